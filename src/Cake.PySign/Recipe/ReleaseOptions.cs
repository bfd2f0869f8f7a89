using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Audit;
using Cake.PySign.Build;
using Cake.PySign.Recipe.Rehearsing;
using Cake.PySign.Sign;
using Cake.PySign.Test;
using Cake.PySign.Verify;
using PySign.Packaging;
using PySign.Packaging.Acceptance;
using PySign.Packaging.Versions;

namespace Cake.PySign.Recipe;

/// <summary>
/// The parameters of a release. <see cref="From(ICakeContext)"/> reads them from Cake arguments, then from the environment; a script
/// changes what it likes before the tasks run. Secrets come from the environment only and are never printed.
/// </summary>
public sealed class ReleaseOptions
{
    /// <summary>Options as they are when neither arguments nor variables say anything.</summary>
    public ReleaseOptions()
    {
        Network = new NetworkSettings();
        Test = new PyTestSettings { Network = Network };
        Audit = new PyAuditDependenciesSettings
        {
            Trust = Trust,
            Network = Network,
            ReportDirectory = "artifacts/audit",
        };
        Mirror = new PyCheckMirrorSettings { Network = Network };
        Inspect = new PyInspectAttestationsSettings { Network = Network };
    }

    /// <summary>The Python project.</summary>
    /// <value>Argument <c>project</c>, <c>PYSIGN_PROJECT</c>; default the script's folder.</value>
    public DirectoryPath ProjectDirectory
    {
        get;
        set => field = Setting.NotNull(value);
    } = ".";

    /// <summary>The folder that the stages hand on.</summary>
    /// <value>Argument <c>dist</c>, <c>PYSIGN_DIST</c>; default <c>dist</c>.</value>
    public DirectoryPath DistDirectory
    {
        get;
        set => field = Setting.NotNull(value);
    } = "dist";

    /// <summary>Where the consumer's verification downloads to; emptied of what an earlier one left.</summary>
    /// <value>Argument <c>consumer</c>, <c>PYSIGN_CONSUMER</c>; default <c>consumer</c>.</value>
    public DirectoryPath ConsumerDirectory
    {
        get;
        set => field = Setting.NotNull(value);
    } = "consumer";

    /// <summary>Where the report of the release goes: <c>index.html</c>, <c>release.json</c> and <c>release.md</c>.</summary>
    /// <value>Argument <c>report</c>, <c>PYSIGN_REPORT</c>; default <c>artifacts/release</c>.</value>
    public DirectoryPath ReportDirectory
    {
        get;
        set => field = Setting.NotNull(value);
    } = "artifacts/release";

    /// <summary>Folders below the project that are not part of it.</summary>
    /// <value>Paths. What the recipe itself writes there is left out anyway.</value>
    public IList<DirectoryPath> ExcludedDirectories { get; } = Setting.List<DirectoryPath>();

    /// <summary>A name to build under instead of the project's own.</summary>
    /// <value>Argument <c>package-name</c>, <c>PYSIGN_PACKAGE_NAME</c>; default the project's own.</value>
    public string? Name { get; set; }

    /// <summary>The name that the result must have; the project is never renamed for it.</summary>
    /// <value><c>PACKAGE_NAME</c>, as the tutorial's pipelines set it; null means no such check.</value>
    public string? ExpectName { get; set; }

    /// <summary>The version to build.</summary>
    /// <value>Argument <c>package-version</c>, <c>PYSIGN_PACKAGE_VERSION</c>, <c>PACKAGE_VERSION</c>; default that of the tag, else the
    /// project's own.</value>
    public string? Version { get; set; }

    /// <summary>The tag that is released; what version it names must be the one that is built.</summary>
    /// <value>Argument <c>tag</c>, <c>PYSIGN_TAG</c>; default the CI job's tag; null when no tag is released.</value>
    public string? Tag { get; set; }

    /// <summary>How tags name versions.</summary>
    /// <value>Argument <c>tag-pattern</c>, <c>PYSIGN_TAG_PATTERN</c>: the tag with <c>{version}</c> in the version's place; default
    /// <c>v{version}</c> or <c>{version}</c>.</value>
    public string? TagPattern { get; set; }

    /// <summary>The Homepage to set, whatever the project says.</summary>
    /// <value>Argument <c>homepage</c>, <c>PYSIGN_HOMEPAGE</c>; default null.</value>
    public Uri? Homepage { get; set; }

    /// <summary>The Homepage to set where the project names none.</summary>
    /// <value><c>CI_PROJECT_URL</c>, or GitHub's repository URL.</value>
    public Uri? DefaultHomepage { get; set; }

    /// <summary>The Python that builds and uploads.</summary>
    /// <value>Argument <c>python</c>; default the first that can (<c>PYSIGN_PYTHON</c>, <c>VIRTUAL_ENV</c>, PATH).</value>
    public FilePath? Python { get; set; }

    /// <summary>Whether the build runs in an environment of its own.</summary>
    /// <value>Argument <c>isolation</c>, <c>PYSIGN_ISOLATION</c>: auto, isolated or none; default auto.</value>
    public BuildIsolation Isolation { get; set; } = BuildIsolation.Auto;

    /// <summary>What is built here; the rest is imported.</summary>
    /// <value>Argument <c>build</c>, <c>PYSIGN_BUILD</c>: auto, all, sdist, wheel or none; default auto: wheel and sdist, or the sdist
    /// alone where wheels are imported.</value>
    public ReleaseBuild Build { get; set; }

    /// <summary>The folders that the artifacts of other build jobs were downloaded into.</summary>
    /// <value>Argument <c>import-from</c>, <c>PYSIGN_IMPORT_FROM</c>, with commas between them; default none.</value>
    public IList<DirectoryPath> ImportFrom { get; } = Setting.List<DirectoryPath>();

    /// <summary>The wheels that the release must have, and no others.</summary>
    /// <value>Argument <c>expect-wheels</c>, <c>PYSIGN_EXPECT_WHEELS</c>: tags or cibuildwheel's identifiers, with <c>*</c> and
    /// <c>{a,b}</c> and commas between them; default what <c>pysign.toml</c> says under <c>[release] wheels</c>.</value>
    public IList<string> ExpectWheels { get; } = Setting.List<string>();

    /// <summary>Whether the release must have an sdist.</summary>
    /// <value>Argument <c>expect-sdist</c>, <c>PYSIGN_EXPECT_SDIST</c>; default what <c>pysign.toml</c> says under <c>[release]
    /// sdist</c>, else true. With false there may be none.</value>
    public bool? ExpectSdist { get; set; }

    /// <summary>What the build jobs said of their files through the CI service's own channel.</summary>
    /// <value><c>PYSIGN_DIGESTS</c> and every variable whose name starts with <c>PYSIGN_DIGESTS_</c>: lines of
    /// <c>sha256sum</c>, or a JSON object of them.</value>
    public IList<string> ImportDigests { get; } = Setting.List<string>();

    /// <summary>Whether the project's tests run before anything is signed.</summary>
    /// <value>Argument <c>tests</c>, <c>PYSIGN_TESTS</c>: auto, required or off; default auto.</value>
    public ReleaseTests Tests { get; set; }

    /// <summary>How they run, and where their JUnit report goes. Without an interpreter the one that builds is tested; the wheels are the
    /// release's own.</summary>
    /// <value>Arguments <c>test-python</c>, <c>test-directory</c>, <c>test-requirements</c>, <c>test-extras</c>, <c>test-groups</c>,
    /// <c>test-deselect</c>, <c>test-arguments</c>, <c>test-no-index</c> and <c>test-report</c>, each as <c>PYSIGN_TEST_…</c>
    /// too.</value>
    public PyTestSettings Test { get; }

    /// <summary>Limits the versions of the build requirements that an isolated build installs.</summary>
    /// <value>Argument <c>constraints</c>, <c>PYSIGN_CONSTRAINTS</c>; default none.</value>
    public FilePath? Constraints { get; set; }

    /// <summary>Checks of the built files that are not made.</summary>
    /// <value>Argument <c>waive-checks</c>, <c>PYSIGN_WAIVE_CHECKS</c>, names with commas between them; default none.</value>
    public IList<PyBuildCheck> WaivedChecks { get; } = [];

    /// <summary>Files that belong in the distributions although version control does not have them, or although they look like a
    /// secret.</summary>
    /// <value>Argument <c>allowed-files</c>, <c>PYSIGN_ALLOWED_FILES</c>, paths with commas between them and <c>*</c> for anything; default
    /// none.</value>
    public IList<string> AllowedFiles { get; } = Setting.List<string>();

    /// <summary>Whether a warning of <c>twine check --strict</c> stops the build as an error does.</summary>
    /// <value>Argument <c>strict-metadata</c>, <c>PYSIGN_STRICT_METADATA</c>; default false.</value>
    public bool StrictMetadata { get; set; }

    /// <summary>Whether this is a job of a rehearsal, as <c>PYSIGN_REHEARSAL</c> says: what would stop a release for its name alone is
    /// then only said.</summary>
    internal bool Rehearses { get; set; }

    /// <summary>Who signs in the played job, and whom that stands for; null in a release.</summary>
    internal RehearsedSigner? RehearsedSigner { get; set; }

    /// <summary>Who signs, and which services are used.</summary>
    /// <value><c>SIGSTORE_ID_TOKEN</c>, else what the CI service gives; arguments <c>id-token-variable</c>, <c>id-token-file</c>,
    /// <c>interactive</c>, <c>allow-unprotected-ref</c>, <c>allow-private-project</c>, <c>signing-config</c>, <c>fulcio-url</c>,
    /// <c>rekor-url</c> and <c>timestamp-url</c>, each as <c>PYSIGN_…</c> too; <c>FULCIO_URL</c>, <c>REKOR_URL</c>. Where a signing config
    /// is named, URLs are not read. Default the public services. A program that prints a token can be named by the script only.</value>
    public SigningSettings Signing { get; } = new();

    /// <summary>Who is believed, when signing and when verifying.</summary>
    /// <value>Arguments <c>trusted-root</c>, <c>trust</c> (tuf or embedded), <c>tuf-mirror</c>, <c>tuf-root</c>,
    /// <c>tuf-cache</c> and <c>tuf-offline</c>, each as <c>PYSIGN_…</c> too; default Sigstore's public instance, by TUF.
    /// <see cref="TrustSource.Auto"/> is by TUF too: what is signed is verified with what it was signed with.</value>
    public TrustSettings Trust { get; } = new() { Source = TrustSource.Tuf };

    /// <summary>How services and registries are reached, wherever the release goes.</summary>
    /// <value>Argument <c>ca-file</c>, <c>PYSIGN_CA_FILE</c>, in a GitLab job <c>CI_SERVER_TLS_CA_FILE</c>: a PEM file; default none. What
    /// else it is asked for is never left out: host names, dates, https.</value>
    public NetworkSettings Network { get; }

    /// <summary>The identity that must have signed.</summary>
    /// <value>Argument <c>certificate-identity</c>, <c>PYSIGN_CERTIFICATE_IDENTITY</c>, <c>CERTIFICATE_IDENTITY</c>; default the running CI
    /// job's.</value>
    public string? CertificateIdentity { get; set; }

    /// <summary>The issuer of that identity.</summary>
    /// <value>Argument <c>certificate-oidc-issuer</c>, <c>PYSIGN_CERTIFICATE_OIDC_ISSUER</c>, <c>CERTIFICATE_OIDC_ISSUER</c>; default the
    /// running CI job's.</value>
    public string? CertificateOidcIssuer { get; set; }

    /// <summary>Where twine uploads.</summary>
    /// <value>Argument <c>repository-url</c>, <c>PYSIGN_REPOSITORY_URL</c>, <c>TWINE_REPOSITORY_URL</c>; default the GitLab
    /// project's.</value>
    public Uri? RepositoryUrl { get; set; }

    /// <summary>What the consumer's verification must satisfy, as users of the project are given it.</summary>
    /// <value>Argument <c>policy</c>, <c>PYSIGN_POLICY</c>: a <c>pysign-policy.toml</c>; <see langword="null"/> asks for
    /// <see cref="CertificateIdentity"/> by <see cref="CertificateOidcIssuer"/>.</value>
    public FilePath? PolicyFile { get; set; }

    /// <summary>The simple index that consumers read, and as whom it is published to.</summary>
    /// <value>Address: argument <c>index-url</c>, <c>PYSIGN_INDEX_URL</c>; default the repository's own <c>/simple</c>. User and password:
    /// <c>TWINE_USERNAME</c> and <c>TWINE_PASSWORD</c>, else <c>gitlab-ci-token</c> and <c>CI_JOB_TOKEN</c> in a GitLab job that publishes
    /// to its own instance: no other host ever sees that.</value>
    public IndexSettings Index { get; } = new();

    /// <summary>The public key that must have signed, where a key signs instead of an identity.</summary>
    /// <value>Argument <c>public-key</c>, <c>PYSIGN_PUBLIC_KEY</c>: a PEM file; default none: then
    /// <see cref="CertificateIdentity"/> must have signed. With <c>key</c> (<c>PYSIGN_KEY</c>) or
    /// <c>signer</c> (<c>PYSIGN_SIGNER</c>), which sign, it must be set too.</value>
    public FilePath? PublicKey { get; set; }

    /// <summary>Whether the CI job's own identity is exchanged for an upload token, instead of a password.</summary>
    /// <value>Argument <c>trusted-publishing</c>, <c>PYSIGN_TRUSTED_PUBLISHING</c>: auto, always or never; default auto: on PyPI and
    /// TestPyPI where there is no password.</value>
    public PySignChoice TrustedPublishing { get; set; }

    /// <summary>Whether each distribution gets an attestation (PEP 740), which is published with its signature, and with itself where the
    /// job publishes by <see cref="TrustedPublishing"/>.</summary>
    /// <value>Argument <c>attestations</c>, <c>PYSIGN_ATTESTATIONS</c>: auto, always or never; default auto: where trusted publishing is
    /// used.</value>
    public PySignChoice Attestations { get; set; }

    /// <summary>Whether each distribution gets provenance (SLSA), which is published with its signature.</summary>
    /// <value>Argument <c>provenance</c>, <c>PYSIGN_PROVENANCE</c>: auto, always or never; default auto: where a job of GitHub or GitLab
    /// signs as itself.</value>
    public PySignChoice Provenance { get; set; }

    /// <summary>Whether provenance is also put into the attestations of the GitHub repository, where <c>gh attestation verify</c> looks for
    /// it.</summary>
    /// <value>Argument <c>github-attestations</c>, <c>PYSIGN_GITHUB_ATTESTATIONS</c>: auto, always or never; default auto: in a job of
    /// GitHub Actions that has a token (the store's, where that is the repository's releases, else <c>GITHUB_TOKEN</c>); then a repository
    /// or a job that may not attest is a warning.</value>
    public PySignChoice GitHubAttestations { get; set; }

    /// <summary>Whether the GitHub release that takes the signatures gets the distributions too. It always gets <c>SHA256SUMS</c> and
    /// <c>pysign-verify.md</c>.</summary>
    /// <value>Argument <c>attach-distributions</c>, <c>PYSIGN_ATTACH_DISTRIBUTIONS</c>: true or false; default false.</value>
    public bool AttachDistributions { get; set; }

    /// <summary>Whether the tag gets a release at GitLab when everything is public: notes, and links to distributions and
    /// signatures.</summary>
    /// <value>Argument <c>gitlab-release</c>, <c>PYSIGN_GITLAB_RELEASE</c>: auto, always or never; default auto: in a GitLab job that runs
    /// for a tag, where what is in its way is a warning.</value>
    public PySignChoice GitLabRelease { get; set; }

    /// <summary>Whose the attestations must be before they are sent to the index.</summary>
    /// <value>Only a script sets it; default this very job, as its identity token names it.</value>
    public TrustedPublisher? Publisher { get; set; }

    /// <summary>Where the signatures are kept.</summary>
    /// <value>Url: argument <c>generic-url</c>, <c>PYSIGN_GENERIC_URL</c>, <c>GENERIC_PACKAGE_BASE_URL</c> (which may name package and
    /// version as well); default the GitLab project's, for GitHub releases the GitHub job's repository. Kind: <c>generic-kind</c>,
    /// <c>PYSIGN_GENERIC_KIND</c>: GitLab, Http or GitHubRelease; default GitLab. Name and version: default the normalized project name and
    /// its version, for GitHub releases <see cref="Tag"/>. Token: <c>PYSIGN_GENERIC_TOKEN</c>, else <c>CI_JOB_TOKEN</c> in a GitLab job
    /// that publishes to its own instance: no other host ever sees that. Its kind: <c>generic-token-kind</c>,
    /// <c>PYSIGN_GENERIC_TOKEN_KIND</c>; default JobToken. User: <c>PYSIGN_GENERIC_USERNAME</c>.</value>
    public SignatureStoreSettings Store { get; } = new();

    /// <summary>Whether the release is signed although the signature store or the index cannot be read, so that what an earlier run left
    /// there is not known.</summary>
    /// <value>Argument <c>allow-unread-registries</c>, <c>PYSIGN_ALLOW_UNREAD_REGISTRIES</c>: true or false; default false: nothing is
    /// signed.</value>
    public bool AllowUnreadRegistries { get; set; }

    /// <summary>Whether the publishing stages only print what they would do.</summary>
    /// <value>Argument <c>dry-run</c>, <c>PYSIGN_DRY_RUN</c>: true or false; default false. Nothing is signed, sent or verified as a
    /// consumer then.</value>
    public bool DryRun { get; set; }

    /// <summary>The lock files of <c>PySign-Audit</c>.</summary>
    /// <value>Argument <c>lock</c>, <c>PYSIGN_LOCK</c>, a list with commas; empty takes those that lie beside the
    /// script.</value>
    public IList<FilePath> LockFiles { get; } = Setting.List<FilePath>();

    /// <summary>How <c>PySign-Audit</c> judges; trust comes from the parameters of the release.</summary>
    /// <value>Arguments <c>audit-policy</c>, <c>audit-report</c>, <c>audit-index</c>, <c>audit-groups</c>,
    /// <c>audit-extras</c>, <c>accept</c>, <c>audit-promote</c>, <c>audit-cache</c> and their variables
    /// (docs/dependencies-audit.md).</value>
    public PyAuditDependenciesSettings Audit { get; }

    /// <summary>Where the preflight's report is written as JSON.</summary>
    /// <value>Argument <c>preflight-report</c>, <c>PYSIGN_PREFLIGHT_REPORT</c>; default none.</value>
    public FilePath? PreflightReportFile { get; set; }

    /// <summary>Rules of the index that are not held against the distributions, because it has changed them.</summary>
    /// <value>Argument <c>waive-rules</c>, <c>PYSIGN_WAIVE_RULES</c>: names between commas, such as <c>Classifier</c>; default
    /// none.</value>
    public IList<IndexRule> WaivedRules { get; } = [];

    /// <summary>What <c>PySign-CheckMirror</c> compares.</summary>
    /// <value>Arguments <c>mirror</c>, <c>mirror-upstream</c>, <c>mirror-packages</c>; <c>PYSIGN_MIRROR</c>,
    /// <c>PYSIGN_MIRROR_UPSTREAM</c>, <c>PYSIGN_MIRROR_PACKAGES</c>, <c>PYSIGN_MIRROR_USERNAME</c>, <c>PYSIGN_MIRROR_PASSWORD</c>.
    /// Without packages, up to 20 of the lock files are compared.</value>
    public PyCheckMirrorSettings Mirror { get; }

    /// <summary>What <c>PySign-InspectAttestations</c> shows.</summary>
    /// <value>Argument <c>inspect</c>, <c>PYSIGN_INSPECT</c>: a file, an https address of provenance, or <c>name==version</c>.</value>
    public PyInspectAttestationsSettings Inspect { get; }

    /// <summary>What the build came from, for the ledger.</summary>
    /// <value><c>CI_COMMIT_SHA</c> and <c>CI_COMMIT_REF_NAME</c>, or GitHub's.</value>
    public ReleaseSource? BuiltFrom { get; set; }

    /// <summary>Reads the parameters: Cake arguments first, then PYSIGN_ variables, then the tutorial's names, then what the CI service
    /// says.</summary>
    /// <param name="context">The Cake context.</param>
    /// <exception cref="CakeException">A parameter has a form that cannot be used; exit code 10.</exception>
    public static ReleaseOptions From(ICakeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ReleaseParameters.RefuseUnknown(context.Environment.GetEnvironmentVariables().Keys);
        ReleaseParameters.RefuseUnknownArguments(context.Arguments.GetArguments().Keys);
        return new ReleaseParameters(
            name => context.Arguments.HasArgument(name) ? context.Arguments.GetArgument(name) ?? "" : null,
            name => context.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
            context.Environment.GetEnvironmentVariables().Keys
        ).Read();
    }

    /// <summary>The parameters without a secret, one a line, for logs.</summary>
    public IReadOnlyList<string> Describe() =>
        [
            $"project                 {ProjectDirectory}",
            $"dist                    {DistDirectory}",
            $"name, version           {Name ?? "(the project's)"} "
                + $"{Version ?? (Tag is null ? "(the project's)" : $"(the tag's, {Tag})")}",
            $"tests                   {Tests} on "
                + $"{(Test.Interpreters.Count > 0 ? string.Join(", ", Test.Interpreters) : "(the Python that builds)")}",
            $"signing services        {Signing.SigningConfig?.FullPath ?? Signing.FulcioUrl?.Host ?? "Sigstore public good"}",
            $"trusted root            {Trust.TrustedRoot?.FullPath ?? Shown(Trust.TufMirror) ?? $"Sigstore public good ({PublicTrust()})"}",
            $"certificate identity    {CertificateIdentity ?? "(not known: set CERTIFICATE_IDENTITY)"}",
            $"certificate OIDC issuer {CertificateOidcIssuer ?? "(not known: set CERTIFICATE_OIDC_ISSUER)"}",
            $"package index           {Shown(RepositoryUrl) ?? "(not known: set PYSIGN_REPOSITORY_URL)"}",
            $"signature store         {Shown(Store.Url) ?? "(not known: set PYSIGN_GENERIC_URL)"}",
        ];

    /// <summary>The other projects of the same script.</summary>
    internal IReadOnlyList<ReleaseOptions> Beside { get; set; } = [];

    /// <summary>Whether a tag is this project's; a run without one is every project's.</summary>
    internal bool IsOfTag(string? tag)
    {
        if (tag is not { Length: > 0 })
        {
            return true;
        }

        try
        {
            return VersionTag.Read(tag, TagPattern) is { } said && PythonVersion.TryParse(said.Text, out _);
        }
        catch (PackagingException e) when (e.Reason == PackagingFailure.InvalidVersion)
        {
            return false;
        }
    }

    /// <summary>Whether this release's tag is another project's too.</summary>
    internal bool SharesTagWith(ReleaseOptions other) =>
        Tag is { Length: > 0 } ? other.IsOfTag(Tag) : string.Equals(TagPattern, other.TagPattern, StringComparison.Ordinal);

    private string PublicTrust()
    {
        if (Trust.Source == TrustSource.Embedded)
        {
            return "embedded";
        }

        return Trust.TufOffline ? "TUF, offline" : "TUF";
    }

    // A script can set any URL, also one with a password or a token in it.
    private static string? Shown(Uri? url) => url?.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}

/// <summary>Where a release was built from.</summary>
/// <param name="Commit">The commit.</param>
/// <param name="Ref">The branch or tag.</param>
public sealed record ReleaseSource(string? Commit = null, string? Ref = null);
