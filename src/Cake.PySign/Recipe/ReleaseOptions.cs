using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Build;
using Cake.PySign.Sign;
using Cake.PySign.Test;
using Cake.PySign.Verify;

namespace Cake.PySign.Recipe;

/// <summary>
/// The parameters of a release. <see cref="From(ICakeContext)"/> reads them from Cake arguments, then from the environment; a script
/// changes what it likes before the tasks run. Secrets come from the environment only and are never printed.
/// </summary>
public sealed class ReleaseOptions
{
    /// <summary>The Python project.</summary>
    /// <value>Argument <c>project</c>, <c>PYSIGN_PROJECT</c>; default the script's folder.</value>
    public DirectoryPath Project { get; set; } = ".";

    /// <summary>The folder that stands between the stages.</summary>
    /// <value>Argument <c>dist</c>, <c>PYSIGN_DIST</c>; default <c>dist</c>.</value>
    public DirectoryPath Dist { get; set; } = "dist";

    /// <summary>Where the consumer's verification downloads to; emptied of what an earlier one left.</summary>
    /// <value>Argument <c>consumer</c>, <c>PYSIGN_CONSUMER</c>; default <c>consumer</c>.</value>
    public DirectoryPath Consumer { get; set; } = "consumer";

    /// <summary>Folders below the project that are no part of it.</summary>
    /// <value>Paths. What the recipe itself writes there is left out anyway.</value>
    public IList<DirectoryPath> LeaveOut { get; } = [];

    /// <summary>A name to build under instead of the project's own.</summary>
    /// <value>Argument <c>package-name</c>, <c>PYSIGN_PACKAGE_NAME</c>; default the project's own.</value>
    public string? PackageName { get; set; }

    /// <summary>The name that the result must have; the project is never renamed for it.</summary>
    /// <value><c>PACKAGE_NAME</c>, as the tutorial's pipelines set it; null means no such check.</value>
    public string? ExpectedName { get; set; }

    /// <summary>The version to build.</summary>
    /// <value>Argument <c>package-version</c>, <c>PYSIGN_PACKAGE_VERSION</c>, <c>PACKAGE_VERSION</c>; default that of the tag, else the
    /// project's own.</value>
    public string? PackageVersion { get; set; }

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
    public IList<DirectoryPath> ImportFrom { get; } = [];

    /// <summary>The wheels that the release must have, and no others.</summary>
    /// <value>Argument <c>expect-wheels</c>, <c>PYSIGN_EXPECT_WHEELS</c>: tags or cibuildwheel's identifiers, with <c>*</c> and
    /// <c>{a,b}</c> and commas between them; default what <c>pysign.toml</c> says under <c>[release] wheels</c>.</value>
    public IList<string> ExpectWheels { get; } = [];

    /// <summary>Whether the release must have an sdist.</summary>
    /// <value>Argument <c>expect-sdist</c>, <c>PYSIGN_EXPECT_SDIST</c>; default what <c>pysign.toml</c> says under <c>[release]
    /// sdist</c>, else true. With false there may be none.</value>
    public bool? ExpectSdist { get; set; }

    /// <summary>What the build jobs said of their files through the CI service's own channel.</summary>
    /// <value><c>PYSIGN_DIGESTS</c> and every variable whose name starts with <c>PYSIGN_DIGESTS_</c>: lines of <c>sha256sum</c>, or a JSON
    /// object of them.</value>
    public IList<string> ImportDigests { get; } = [];

    /// <summary>Whether the project's tests run before anything is signed.</summary>
    /// <value>Argument <c>tests</c>, <c>PYSIGN_TESTS</c>: auto, required or off; default auto.</value>
    public ReleaseTests Tests { get; set; }

    /// <summary>How they run. Without an interpreter the one that builds is tested; wheels and the report are the release's own.</summary>
    /// <value>Arguments <c>test-python</c>, <c>test-directory</c>, <c>test-requirements</c> and <c>test-no-index</c>, each as
    /// <c>PYSIGN_TEST_…</c> too.</value>
    public PyTestSettings Test { get; set; } = new();

    /// <summary>Where their JUnit report goes.</summary>
    /// <value>Argument <c>test-report</c>, <c>PYSIGN_TEST_REPORT</c>; default <c>test-results/junit.xml</c>.</value>
    public FilePath TestReport { get; set; } = "test-results/junit.xml";

    /// <summary>Limits the versions of the build requirements that an isolated build installs.</summary>
    /// <value>Argument <c>constraints</c>, <c>PYSIGN_CONSTRAINTS</c>; default none.</value>
    public FilePath? Constraints { get; set; }

    /// <summary>Checks of the built files that are not made.</summary>
    /// <value>Argument <c>waive-checks</c>, <c>PYSIGN_WAIVE_CHECKS</c>, names with commas between them; default none.</value>
    public IList<PyBuildCheck> WaivedChecks { get; } = [];

    /// <summary>Files that belong into the distributions although version control does not have them, or although they look like a
    /// secret.</summary>
    /// <value>Argument <c>allowed-files</c>, <c>PYSIGN_ALLOWED_FILES</c>, paths with commas between them and <c>*</c> for anything; default
    /// none.</value>
    public IList<string> AllowedFiles { get; } = [];

    /// <summary>Whether a warning of <c>twine check --strict</c> stops the build as an error does.</summary>
    /// <value>Argument <c>strict-metadata</c>, <c>PYSIGN_STRICT_METADATA</c>; default false.</value>
    public bool StrictMetadata { get; set; }

    /// <summary>The identity token to sign with.</summary>
    /// <value><c>SIGSTORE_ID_TOKEN</c>; null lets the signer ask the CI service.</value>
    public string? IdentityToken { get; set; }

    /// <summary>Where the identity token comes from when the CI environment has none by itself.</summary>
    /// <value>Arguments <c>id-token-variable</c>, <c>id-token-file</c>, <c>interactive</c>; <c>PYSIGN_ID_TOKEN_VARIABLE</c>,
    /// <c>PYSIGN_ID_TOKEN_FILE</c>, <c>PYSIGN_INTERACTIVE</c>. A program can be named by the script only.</value>
    public IdentityTokenSettings TokenSource { get; set; } = new();

    /// <summary>Whether a release from a ref that is not protected, or not known to be, may go to the public log.</summary>
    /// <value>Argument <c>allow-unprotected-ref</c>, <c>PYSIGN_ALLOW_UNPROTECTED_REF</c>; default false.</value>
    public bool AllowUnprotectedRef { get; set; }

    /// <summary>Whether the name of a project that is not public, or not known to be, may go to the public log, for ever.</summary>
    /// <value>Argument <c>allow-private-project</c>, <c>PYSIGN_ALLOW_PRIVATE_PROJECT</c>; default false.</value>
    public bool AllowPrivateProject { get; set; }

    /// <summary>The services to sign with.</summary>
    /// <value>Argument <c>signing-config</c>, <c>PYSIGN_SIGNING_CONFIG</c>; it replaces the URLs below.</value>
    public FilePath? SigningConfig { get; set; }

    /// <summary>The certificate authority.</summary>
    /// <value>Argument <c>fulcio-url</c>, <c>PYSIGN_FULCIO_URL</c>, <c>FULCIO_URL</c>; default the public one.</value>
    public Uri? FulcioUrl { get; set; }

    /// <summary>The transparency log.</summary>
    /// <value>Argument <c>rekor-url</c>, <c>PYSIGN_REKOR_URL</c>, <c>REKOR_URL</c>; default the public one.</value>
    public Uri? RekorUrl { get; set; }

    /// <summary>The timestamp authority.</summary>
    /// <value>Argument <c>timestamp-url</c>, <c>PYSIGN_TIMESTAMP_URL</c>.</value>
    public Uri? TimestampUrl { get; set; }

    /// <summary>What signatures are verified against.</summary>
    /// <value>Argument <c>trusted-root</c>, <c>PYSIGN_TRUSTED_ROOT</c>; default what <see cref="Trust"/> says.</value>
    public FilePath? TrustedRoot { get; set; }

    /// <summary>Where the trust comes from, and the services where none is named, when <see cref="TrustedRoot"/> is not set.</summary>
    /// <value>Argument <c>trust</c>, <c>PYSIGN_TRUST</c>: tuf or embedded; default tuf.</value>
    public TrustSource Trust { get; set; } = TrustSource.Tuf;

    /// <summary>The TUF repository of another instance than Sigstore's public one.</summary>
    /// <value>Argument <c>tuf-mirror</c>, <c>PYSIGN_TUF_MIRROR</c>; used with <see cref="TufRoot"/>.</value>
    public Uri? TufMirror { get; set; }

    /// <summary>The <c>root.json</c> that the belief in <see cref="TufMirror"/> starts from.</summary>
    /// <value>Argument <c>tuf-root</c>, <c>PYSIGN_TUF_ROOT</c>.</value>
    public FilePath? TufRoot { get; set; }

    /// <summary>Where TUF keeps what was believed.</summary>
    /// <value>Argument <c>tuf-cache</c>, <c>PYSIGN_TUF_CACHE</c>; default a folder below the user's local application data.</value>
    public DirectoryPath? TufCache { get; set; }

    /// <summary>Ask no TUF repository: take what is cached or embedded, and warn.</summary>
    /// <value>Argument <c>tuf-offline</c>, <c>PYSIGN_TUF_OFFLINE</c>: true or false; default false.</value>
    public bool TufOffline { get; set; }

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
    public FilePath? Policy { get; set; }

    /// <summary>The simple index that consumers read.</summary>
    /// <value>Argument <c>index-url</c>, <c>PYSIGN_INDEX_URL</c>; default the repository's own <c>/simple</c>.</value>
    public Uri? IndexUrl { get; set; }

    /// <summary>The user name for the package index.</summary>
    /// <value><c>TWINE_USERNAME</c>, else <c>gitlab-ci-token</c> in a GitLab job that publishes to its own instance.</value>
    public string? UserName { get; set; }

    /// <summary>The password for the package index.</summary>
    /// <value><c>TWINE_PASSWORD</c>, else <c>CI_JOB_TOKEN</c> in a GitLab job that publishes to its own instance: no other host ever sees
    /// that.</value>
    public string? Password { get; set; }

    /// <summary>Whether the CI job's own identity is exchanged for an upload token, instead of a password.</summary>
    /// <value>Argument <c>trusted-publishing</c>, <c>PYSIGN_TRUSTED_PUBLISHING</c>: auto, always or never; default auto: on PyPI and
    /// TestPyPI where there is no password.</value>
    public ReleaseChoice TrustedPublishing { get; set; }

    /// <summary>Whether each distribution gets an attestation (PEP 740), which is published with its signature, and with itself where the
    /// job publishes by <see cref="TrustedPublishing"/>.</summary>
    /// <value>Argument <c>attestations</c>, <c>PYSIGN_ATTESTATIONS</c>: auto, always or never; default auto: where trusted publishing is
    /// used.</value>
    public ReleaseChoice Attestations { get; set; }

    /// <summary>Whose the attestations must be before they are sent to the index.</summary>
    /// <value>Only a script sets it; default this very job, as its identity token names it.</value>
    public TrustedPublisher? Publisher { get; set; }

    /// <summary>The generic package registry.</summary>
    /// <value>Argument <c>generic-url</c>, <c>PYSIGN_GENERIC_URL</c>, <c>GENERIC_PACKAGE_BASE_URL</c> (which may name package and version
    /// as well); default the GitLab project's, for GitHub releases the GitHub job's repository.</value>
    public Uri? GenericUrl { get; set; }

    /// <summary>The generic package's name.</summary>
    /// <value>From <c>GENERIC_PACKAGE_BASE_URL</c> when it has one; default the normalized project name.</value>
    public string? GenericName { get; set; }

    /// <summary>The generic package's version.</summary>
    /// <value>From <c>GENERIC_PACKAGE_BASE_URL</c> when it has one; default the project's version, for GitHub releases
    /// <see cref="Tag"/>.</value>
    public string? GenericVersion { get; set; }

    /// <summary>The token for the generic registry.</summary>
    /// <value><c>PYSIGN_GENERIC_TOKEN</c>, else <c>CI_JOB_TOKEN</c> in a GitLab job that publishes to its own instance: no other host ever
    /// sees that.</value>
    public string? GenericToken { get; set; }

    /// <summary>What kind of token <see cref="GenericToken"/> is.</summary>
    /// <value>Argument <c>generic-token-kind</c>, <c>PYSIGN_GENERIC_TOKEN_KIND</c>: JobToken, PrivateToken, DeployToken, BearerToken or
    /// Password; default JobToken.</value>
    public RegistryTokenKind GenericTokenKind { get; set; }

    /// <summary>The user that a <see cref="GenericToken"/> of the kind Password belongs to.</summary>
    /// <value><c>PYSIGN_GENERIC_USERNAME</c>; default null.</value>
    public string? GenericUserName { get; set; }

    /// <summary>What kind of store the generic registry is.</summary>
    /// <value>Argument <c>generic-kind</c>, <c>PYSIGN_GENERIC_KIND</c>: GitLab, Http or GitHubRelease; default GitLab.</value>
    public RegistryKind GenericKind { get; set; }

    /// <summary>Whether the publishing stages only print what they would do.</summary>
    /// <value>Argument <c>dry-run</c>, <c>PYSIGN_DRY_RUN</c>: true or false; default false. Nothing is signed, sent or verified as a
    /// consumer then.</value>
    public bool DryRun { get; set; }

    /// <summary>Certificates of authorities of your own that are trusted besides the system's, wherever the release goes.</summary>
    /// <value>Argument <c>ca-file</c>, <c>PYSIGN_CA_FILE</c>, in a GitLab job <c>CI_SERVER_TLS_CA_FILE</c>: a PEM file; default none. What
    /// else it is asked for is never left out: host names, dates, https.</value>
    public FilePath? CaFile { get; set; }

    /// <summary>What the build came from, for the ledger.</summary>
    /// <value><c>CI_COMMIT_SHA</c> and <c>CI_COMMIT_REF_NAME</c>, or GitHub's.</value>
    public LedgerSource? Source { get; set; }

    /// <summary>Reads the parameters: Cake arguments first, then PYSIGN_ variables, then the tutorial's names, then what the CI service
    /// says.</summary>
    /// <param name="context">The Cake context.</param>
    /// <exception cref="CakeException">A parameter has a form that cannot be used; exit code 10.</exception>
    public static ReleaseOptions From(ICakeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new ReleaseParameters(
            name => context.Arguments.HasArgument(name) ? context.Arguments.GetArgument(name) ?? "" : null,
            name => context.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
            context.Environment.GetEnvironmentVariables().Keys
        ).Read();
    }

    /// <summary>The parameters without a secret, one a line, for logs.</summary>
    public IReadOnlyList<string> Describe() =>
        [
            $"project                 {Project}",
            $"dist                    {Dist}",
            $"name, version           {PackageName ?? "(the project's)"} "
                + $"{PackageVersion ?? (Tag is null ? "(the project's)" : $"(the tag's, {Tag})")}",
            $"tests                   {Tests} on "
                + $"{(Test.Interpreters.Count > 0 ? string.Join(", ", Test.Interpreters) : "(the Python that builds)")}",
            $"signing services        {SigningConfig?.FullPath ?? FulcioUrl?.Host ?? "Sigstore public good"}",
            "trusted root            "
                + $"{TrustedRoot?.FullPath ?? Shown(TufMirror) ?? $"Sigstore public good ({(Trust is TrustSource.Tuf ? $"TUF{(TufOffline ? ", offline" : "")}" : "embedded")})"}",
            $"certificate identity    {CertificateIdentity ?? "(not known: set CERTIFICATE_IDENTITY)"}",
            $"certificate OIDC issuer {CertificateOidcIssuer ?? "(not known: set CERTIFICATE_OIDC_ISSUER)"}",
            $"package index           {Shown(RepositoryUrl) ?? "(not known: set PYSIGN_REPOSITORY_URL)"}",
            $"generic registry        {Shown(GenericUrl) ?? "(not known: set PYSIGN_GENERIC_URL)"}",
        ];

    // A script can set any URL, also one with a password or a token in it.
    private static string? Shown(Uri? url) => url?.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
