using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Build;
using Cake.PySign.Common;
using Cake.PySign.Common.Ci;
using Cake.PySign.Common.Network;
using Cake.PySign.Recipe.Rehearsing;
using Cake.PySign.Sign;
using PySign.Packaging.Acceptance;

namespace Cake.PySign.Recipe;

/// <summary>Where each parameter comes from. One rule: argument, PYSIGN_ variable, the tutorial's variable, the CI job.</summary>
/// <param name="argument">Looks up an argument; empty when it is there without a value.</param>
/// <param name="variable">Looks up an environment variable; null for unset or empty.</param>
/// <param name="names">The names of all environment variables.</param>
internal sealed partial class ReleaseParameters(
    Func<string, string?> argument,
    Func<string, string?> variable,
    IEnumerable<string>? names = null
)
{
    public ReleaseOptions Read()
    {
        var job = CiJob.Detect(variable);
        var options = new ReleaseOptions { BuiltFrom = job is null ? null : new ReleaseSource(job.Commit, job.Ref) };
        ReadProject(options, job);
        ReadBuild(options);
        ReadImport(options);
        ReadTests(options);
        ReadSigning(options.Signing);
        ReadTrust(options.Trust);
        options.Network.CaFile = File("ca-file", "PYSIGN_CA_FILE") ?? (job?.CaFile is { } trusted ? new FilePath(trusted) : null);
        ReadVerification(options, job);
        ReadIndex(options, job);
        ReadStore(options.Store, job);
        ReadAudit(options);
        ReadMirror(options);
        options.AllowUnreadRegistries = Flag("allow-unread-registries", "PYSIGN_ALLOW_UNREAD_REGISTRIES") ?? false;
        options.DryRun = Flag("dry-run", "PYSIGN_DRY_RUN") ?? false;
        options.Rehearses = Flag("", RehearsedOptions.Variable) ?? false;
        return options;
    }

    /// <summary>Whether an address is of the job's own instance: the job's token belongs there and nowhere else.</summary>
    private static bool IsOwn(Uri? url, Uri? ofJob) =>
        url is not null && ofJob is not null && ServiceAddress.Origin(url) == ServiceAddress.Origin(ofJob);

    private void ReadProject(ReleaseOptions options, CiJob? job)
    {
        options.ProjectDirectory = Folder("project", "PYSIGN_PROJECT") ?? options.ProjectDirectory;
        options.DistDirectory = Folder("dist", "PYSIGN_DIST") ?? options.DistDirectory;
        options.ConsumerDirectory = Folder("consumer", "PYSIGN_CONSUMER") ?? options.ConsumerDirectory;
        options.ReportDirectory = Folder("report", "PYSIGN_REPORT") ?? options.ReportDirectory;
        options.Name = Value("package-name", "PYSIGN_PACKAGE_NAME");
        options.ExpectName = variable("PACKAGE_NAME");
        options.Version = Value("package-version", "PYSIGN_PACKAGE_VERSION", "PACKAGE_VERSION");
        options.Tag = Value("tag", "PYSIGN_TAG") ?? job?.Tag;
        options.TagPattern = Value("tag-pattern", "PYSIGN_TAG_PATTERN");
        options.Homepage = Address("homepage", "PYSIGN_HOMEPAGE");
        options.DefaultHomepage = job?.ProjectUrl;
    }

    private void ReadBuild(ReleaseOptions options)
    {
        options.Python = File("python");
        options.Isolation = Choice("isolation", BuildIsolation.Auto, "PYSIGN_ISOLATION");
        options.Constraints = File("constraints", "PYSIGN_CONSTRAINTS");
        options.StrictMetadata = Flag("strict-metadata", "PYSIGN_STRICT_METADATA") ?? false;
        options.PreflightReportFile = File("preflight-report", "PYSIGN_PREFLIGHT_REPORT");
        foreach (var rule in List("waive-rules", "PYSIGN_WAIVE_RULES"))
        {
            options.WaivedRules.Add(Choice<IndexRule>("waive-rules", rule, "PYSIGN_WAIVE_RULES"));
        }

        foreach (var check in List("waive-checks", "PYSIGN_WAIVE_CHECKS"))
        {
            options.WaivedChecks.Add(Choice<PyBuildCheck>("waive-checks", check, "PYSIGN_WAIVE_CHECKS"));
        }

        foreach (var file in List("allowed-files", "PYSIGN_ALLOWED_FILES"))
        {
            options.AllowedFiles.Add(file);
        }
    }

    private void ReadSigning(SigningSettings signing)
    {
        signing.IdTokenSource.Variable = Value("id-token-variable", "PYSIGN_ID_TOKEN_VARIABLE");
        signing.IdTokenSource.File = File("id-token-file", "PYSIGN_ID_TOKEN_FILE");
        signing.IdTokenSource.Interactive = Choice("interactive", PySignChoice.Auto, "PYSIGN_INTERACTIVE");
        if (signing.IdTokenSource is { Variable: null, File: null })
        {
            signing.IdToken = variable("SIGSTORE_ID_TOKEN");
        }

        signing.UploadToLog = Flag("upload-to-log", "PYSIGN_UPLOAD_TO_LOG") ?? true;
        ReadKey(signing);
        signing.AllowUnprotectedRef = Flag("allow-unprotected-ref", "PYSIGN_ALLOW_UNPROTECTED_REF") ?? false;
        signing.AllowPrivateProject = Flag("allow-private-project", "PYSIGN_ALLOW_PRIVATE_PROJECT") ?? false;
        signing.SigningConfig = File("signing-config", "PYSIGN_SIGNING_CONFIG");
        var (fulcio, rekor, timestamp) = (
            Address("fulcio-url", "PYSIGN_FULCIO_URL", "FULCIO_URL"),
            Address("rekor-url", "PYSIGN_REKOR_URL", "REKOR_URL"),
            Address("timestamp-url", "PYSIGN_TIMESTAMP_URL")
        );

        // A config says everything: an instance's URLs, which a whole group of projects may have set, are then not for this release.
        if (signing.SigningConfig is null)
        {
            signing.FulcioUrl = fulcio;
            signing.RekorUrl = rekor;
            signing.TimestampUrl = timestamp;
        }
    }

    /// <summary>A key signs where there is no identity. Its password comes from a variable or a file: an argument is seen by the whole
    /// machine.</summary>
    private void ReadKey(SigningSettings signing)
    {
        signing.Key = Value("key", "PYSIGN_KEY") is { } key ? new FilePath(key) : null;
        ReadSigner(signing.Signer);
        if (!signing.UsesKey)
        {
            return;
        }

        // A job that could sign as itself and was given a key is meant to sign with the key.
        signing.IdToken = null;
        if (File("key-password-file", "PYSIGN_KEY_PASSWORD_FILE") is { } file)
        {
            signing.KeyPassword = System.IO.File.Exists(file.FullPath)
                ? System.IO.File.ReadAllText(file.FullPath).TrimEnd('\r', '\n')
                : throw Unusable("key-password-file", ["PYSIGN_KEY_PASSWORD_FILE"], file.FullPath, "a file that is there");
        }
    }

    private void ReadSigner(SignerProgramSettings signer)
    {
        signer.Program = File("signer", "PYSIGN_SIGNER");
        signer.PublicKey = File("public-key", "PYSIGN_PUBLIC_KEY");
        foreach (var one in Arguments("signer-arguments", "PYSIGN_SIGNER_ARGUMENTS"))
        {
            signer.Arguments.Add(one);
        }

        foreach (var name in List("signer-variables", "PYSIGN_SIGNER_VARIABLES"))
        {
            signer.PassVariables.Add(name);
        }

        if (Value("signer-timeout", "PYSIGN_SIGNER_TIMEOUT") is { } seconds)
        {
            signer.Timeout =
                int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) && whole is > 0 and <= 3600
                    ? TimeSpan.FromSeconds(whole)
                    : throw Unusable("signer-timeout", ["PYSIGN_SIGNER_TIMEOUT"], seconds, "seconds, from 1 to 3600");
        }
    }

    /// <summary>Arguments between blanks, or as a JSON array. There is no shell, so quotes mean nothing: one that stands there was meant to
    /// mean something.</summary>
    private string[] Arguments(string name, string variable)
    {
        var value = Value(name, variable)?.Trim() ?? "";
        if (!value.StartsWith('['))
        {
            return value.IndexOfAny(['"', '\'', '\\', '`', '$']) >= 0
                ? throw Unusable(name, [variable], value, "arguments between blanks, without quotes, or a JSON array of strings")
                : value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        }

        try
        {
            return JsonSerializer.Deserialize<string[]>(value)?.Where(static one => one is not null).ToArray() ?? [];
        }
        catch (JsonException)
        {
            throw Unusable(name, [variable], value, "a JSON array of strings");
        }
    }

    private void ReadTrust(TrustSettings trust)
    {
        trust.TrustedRoot = File("trusted-root", "PYSIGN_TRUSTED_ROOT");
        trust.Source = Choice("trust", TrustSource.Tuf, "PYSIGN_TRUST");
        trust.TufMirror = Address("tuf-mirror", "PYSIGN_TUF_MIRROR");
        trust.TufRoot = File("tuf-root", "PYSIGN_TUF_ROOT");
        trust.TufCacheDirectory = Folder("tuf-cache", "PYSIGN_TUF_CACHE");
        trust.TufOffline = Flag("tuf-offline", "PYSIGN_TUF_OFFLINE") ?? false;
    }

    private void ReadVerification(ReleaseOptions options, CiJob? job)
    {
        options.CertificateIdentity =
            Value("certificate-identity", "PYSIGN_CERTIFICATE_IDENTITY", "CERTIFICATE_IDENTITY") ?? job?.CertificateIdentity;
        options.CertificateOidcIssuer =
            Value("certificate-oidc-issuer", "PYSIGN_CERTIFICATE_OIDC_ISSUER", "CERTIFICATE_OIDC_ISSUER") ?? job?.CertificateOidcIssuer;
        options.PolicyFile = File("policy", "PYSIGN_POLICY");
        options.PublicKey = File("public-key", "PYSIGN_PUBLIC_KEY");
    }

    private void ReadAudit(ReleaseOptions options)
    {
        foreach (var file in List("lock", "PYSIGN_LOCK"))
        {
            options.LockFiles.Add(file);
        }

        var audit = options.Audit;
        audit.DependencyPolicyFile = File("audit-policy", "PYSIGN_AUDIT_POLICY") ?? audit.DependencyPolicyFile;
        audit.ReportDirectory = Folder("audit-report", "PYSIGN_AUDIT_REPORT") ?? audit.ReportDirectory;
        audit.CacheDirectory = Folder("audit-cache", "PYSIGN_AUDIT_CACHE");
        audit.Index.Url = Address("audit-index", "PYSIGN_AUDIT_INDEX");
        audit.Index.UserName = variable("PYSIGN_AUDIT_USERNAME");
        audit.Index.Password = variable("PYSIGN_AUDIT_PASSWORD");
        audit.RequirementsFile = File("audit-requirements", "PYSIGN_AUDIT_REQUIREMENTS");
        audit.Accept = Flag("accept", "PYSIGN_AUDIT_ACCEPT") ?? false;
        audit.WriteIdentities = Flag("audit-write-identities", "PYSIGN_AUDIT_WRITE_IDENTITIES") ?? false;
        audit.DownloadUnhashed = Flag("audit-download-unhashed", "PYSIGN_AUDIT_DOWNLOAD_UNHASHED") ?? false;
        audit.Promote = Flag("audit-promote", "PYSIGN_AUDIT_PROMOTE") ?? false;
        audit.CertificateOidcIssuer = Value("certificate-oidc-issuer", "PYSIGN_CERTIFICATE_OIDC_ISSUER");
        audit.Groups = Value("audit-groups", "PYSIGN_AUDIT_GROUPS") is null ? null : [.. List("audit-groups", "PYSIGN_AUDIT_GROUPS")];
        audit.Extras = Value("audit-extras", "PYSIGN_AUDIT_EXTRAS") is null ? null : [.. List("audit-extras", "PYSIGN_AUDIT_EXTRAS")];
    }

    private void ReadMirror(ReleaseOptions options)
    {
        options.Mirror.Mirror.Url = Address("mirror", "PYSIGN_MIRROR");
        options.Mirror.Upstream.Url = Address("mirror-upstream", "PYSIGN_MIRROR_UPSTREAM") ?? options.Mirror.Upstream.Url;
        options.Mirror.Mirror.UserName = variable("PYSIGN_MIRROR_USERNAME");
        options.Mirror.Mirror.Password = variable("PYSIGN_MIRROR_PASSWORD");
        foreach (var package in List("mirror-packages", "PYSIGN_MIRROR_PACKAGES"))
        {
            options.Mirror.Packages.Add(package);
        }

        if (options.Audit.Index.Url is not null)
        {
            options.Inspect.Index = options.Audit.Index;
        }

        switch (Value("inspect", "PYSIGN_INSPECT"))
        {
            case { } release when release.Split("==") is [var name, var version]:
                options.Inspect.Name = name;
                options.Inspect.Version = version;
                break;
            case { } address when address.Contains("://", StringComparison.Ordinal):
                options.Inspect.ProvenanceUrl = Address("inspect", "PYSIGN_INSPECT");
                break;
            case { } path:
                options.Inspect.File = path;
                break;
        }
    }

    private void ReadIndex(ReleaseOptions options, CiJob? job)
    {
        options.RepositoryUrl = Address("repository-url", "PYSIGN_REPOSITORY_URL", "TWINE_REPOSITORY_URL") ?? job?.PyPiUrl;
        options.Index.Url = Address("index-url", "PYSIGN_INDEX_URL");
        options.TrustedPublishing = Choice("trusted-publishing", PySignChoice.Auto, "PYSIGN_TRUSTED_PUBLISHING");
        options.Attestations = Choice("attestations", PySignChoice.Auto, "PYSIGN_ATTESTATIONS");
        options.Provenance = Choice("provenance", PySignChoice.Auto, "PYSIGN_PROVENANCE");
        options.GitLabRelease = Choice("gitlab-release", PySignChoice.Auto, "PYSIGN_GITLAB_RELEASE");
        options.AttachDistributions = Flag("attach-distributions", "PYSIGN_ATTACH_DISTRIBUTIONS") ?? false;
        options.GitHubAttestations = Choice("github-attestations", PySignChoice.Auto, "PYSIGN_GITHUB_ATTESTATIONS");
        var own = IsOwn(options.RepositoryUrl, job?.PyPiUrl);
        options.Index.UserName = variable("TWINE_USERNAME") ?? (own ? job!.UserName : null);
        options.Index.Password = variable("TWINE_PASSWORD") ?? (own ? job!.Token : null);
    }

    /// <summary>Stops at a variable that was meant for a release and that no release reads.</summary>
    /// <exception cref="CakeException">There is one; exit code 10.</exception>
    public static void RefuseUnknown(IEnumerable<string> names)
    {
        var unknown = KnownVariables.Unknown(names).Select(one => $"{one.Name} (did you mean {one.Nearest}?)").ToList();
        if (unknown.Count > 0)
        {
            throw new CakeException(
                (int)ReleaseStage.Configuration,
                $"Variables are set that no release reads: {string.Join(", ", unknown)}. Correct or unset them; names that begin with "
                    + $"{KnownVariables.Prefix} are reserved."
            );
        }
    }

    /// <summary>No argument begins like a variable: <c>--pysign-version=1.0</c> is PYSIGN_VERSION, misremembered.</summary>
    public static void RefuseUnknownArguments(IEnumerable<string> names)
    {
        if (names.FirstOrDefault(IsReserved) is { } unknown)
        {
            throw new CakeException(
                (int)ReleaseStage.Configuration,
                $"--{unknown} is not an argument of a release: arguments have their names without that prefix, such as "
                    + "--package-version for PYSIGN_PACKAGE_VERSION. docs/parameters.md has them all."
            );
        }
    }

    private static bool IsReserved(string argument) =>
        argument.StartsWith("pysign-", StringComparison.OrdinalIgnoreCase)
        || argument.StartsWith(KnownVariables.Prefix, StringComparison.OrdinalIgnoreCase);

    private void ReadImport(ReleaseOptions options)
    {
        options.Build = Choice("build", ReleaseBuild.Auto, "PYSIGN_BUILD");
        options.ExpectSdist = Flag("expect-sdist", "PYSIGN_EXPECT_SDIST");
        foreach (var folder in List("import-from", "PYSIGN_IMPORT_FROM"))
        {
            options.ImportFrom.Add(folder);
        }

        // An import that was asked for and finds nothing to do would pass for one that found everything.
        if (options.ImportFrom.Count == 0 && (argument("import-from") ?? variable("PYSIGN_IMPORT_FROM")) is { } nothing)
        {
            throw Unusable("import-from", ["PYSIGN_IMPORT_FROM"], nothing, "folders, with commas between them");
        }

        // Commas may stand in braces here: what the pattern means is for who reads it.
        if (Value("expect-wheels", "PYSIGN_EXPECT_WHEELS") is { } wheels)
        {
            options.ExpectWheels.Add(wheels);
        }

        // A dotenv report of each job of a matrix brings a variable of its own.
        const string Digests = "PYSIGN_DIGESTS";
        var handed = (names ?? []).Where(name => name.StartsWith(Digests + "_", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        foreach (var digests in handed.Prepend(Digests).Select(variable).OfType<string>())
        {
            options.ImportDigests.Add(digests);
        }
    }

    private void ReadTests(ReleaseOptions options)
    {
        options.Tests = Choice("tests", ReleaseTests.Auto, "PYSIGN_TESTS");
        options.Test.ReportFile = File("test-report", "PYSIGN_TEST_REPORT") ?? options.Test.ReportFile;
        options.Test.TestDirectory = Folder("test-directory", "PYSIGN_TEST_DIRECTORY");
        options.Test.NoIndex = Flag("test-no-index", "PYSIGN_TEST_NO_INDEX") ?? false;
        foreach (var interpreter in List("test-python", "PYSIGN_TEST_PYTHON"))
        {
            options.Test.Interpreters.Add(interpreter);
        }

        foreach (var requirement in List("test-requirements", "PYSIGN_TEST_REQUIREMENTS"))
        {
            options.Test.Requirements.Add(requirement);
        }

        foreach (var extra in List("test-extras", "PYSIGN_TEST_EXTRAS"))
        {
            options.Test.Extras.Add(extra);
        }

        foreach (var group in List("test-groups", "PYSIGN_TEST_GROUPS"))
        {
            options.Test.Groups.Add(group);
        }

        foreach (var test in List("test-deselect", "PYSIGN_TEST_DESELECT"))
        {
            options.Test.PytestArguments.Add($"--deselect={test}");
        }

        foreach (Match word in Words().Matches(Value("test-arguments", "PYSIGN_TEST_ARGUMENTS") ?? ""))
        {
            options.Test.PytestArguments.Add(Quoted().Replace(word.Value, "$1$2"));
        }
    }

    private void ReadStore(SignatureStoreSettings store, CiJob? job)
    {
        store.Kind = Choice("generic-kind", StoreKind.GitLab, "PYSIGN_GENERIC_KIND");
        store.TokenKind = Choice("generic-token-kind", StoreTokenKind.JobToken, "PYSIGN_GENERIC_TOKEN_KIND");
        store.UserName = variable("PYSIGN_GENERIC_USERNAME");
        ReadPlace(store, Address("generic-url", "PYSIGN_GENERIC_URL", "GENERIC_PACKAGE_BASE_URL"));
        store.Url ??= store.Kind switch
        {
            StoreKind.GitLab => job?.GenericUrl,
            StoreKind.GitHubRelease => job?.ReleasesUrl,
            _ => null,
        };
        store.Token = variable("PYSIGN_GENERIC_TOKEN") ?? (IsOwn(store.Url, job?.GenericUrl) ? job!.Token : null);
    }

    /// <summary>The tutorial's GENERIC_PACKAGE_BASE_URL ends with package and version; they are taken apart here.</summary>
    private static void ReadPlace(SignatureStoreSettings store, Uri? url)
    {
        const string Marker = "/packages/generic/";
        var at = url?.AbsoluteUri.IndexOf(Marker, StringComparison.Ordinal) ?? -1;
        if (url is null || at < 0)
        {
            store.Url = url;
            return;
        }

        var rest = url.AbsoluteUri[(at + Marker.Length)..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (rest.Length > 2)
        {
            throw Unusable(
                "generic-url",
                ["PYSIGN_GENERIC_URL", "GENERIC_PACKAGE_BASE_URL"],
                url.AbsoluteUri,
                "…/packages/generic, or …/packages/generic/NAME/VERSION"
            );
        }

        store.Url = new Uri(url.AbsoluteUri[..(at + Marker.Length - 1)]);
        store.Name = rest.Length > 0 ? Uri.UnescapeDataString(rest[0]) : null;
        store.Version = rest.Length > 1 ? Uri.UnescapeDataString(rest[1]) : null;
    }

    private string? Value(string name, params ReadOnlySpan<string> variables)
    {
        var value = argument(name) is { Length: > 0 } given ? given : null;
        foreach (var candidate in variables)
        {
            value ??= variable(candidate);
        }

        return value;
    }

    private string[] List(string name, params ReadOnlySpan<string> variables) =>
        Value(name, variables)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private DirectoryPath? Folder(string name, params ReadOnlySpan<string> variables) =>
        Value(name, variables) is { } value ? new DirectoryPath(value) : null;

    private FilePath? File(string name, params ReadOnlySpan<string> variables) =>
        Value(name, variables) is { } value ? new FilePath(value) : null;

    private Uri? Address(string name, params ReadOnlySpan<string> variables)
    {
        if (Value(name, variables) is not { } value)
        {
            return null;
        }

        if (value.Contains('@', StringComparison.Ordinal))
        {
            const string Expected = "a URL without user and password: tokens belong in TWINE_PASSWORD or PYSIGN_GENERIC_TOKEN";
            throw Unusable(name, variables, "(not shown)", Expected);
        }

        if (value.IndexOfAny(['?', '#']) is >= 0 and var at)
        {
            const string Expected = "a URL without a query: tokens belong in TWINE_PASSWORD or PYSIGN_GENERIC_TOKEN";
            throw Unusable(name, variables, value[..at] + "…", Expected);
        }

        return Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"
            ? uri
            : throw Unusable(name, variables, value, "an absolute https URL");
    }

    private T Choice<T>(string name, T otherwise, params ReadOnlySpan<string> variables)
        where T : struct, Enum
    {
        // A bare --interactive means yes, as a bare --dry-run does, and where yes and no are all that is asked, true and false say it.
        var value = Value(name, variables);
        if (typeof(T) == typeof(PySignChoice) && (argument(name) is "" || bool.TryParse(value, out _)))
        {
            var isWanted = argument(name) is "" || bool.Parse(value!);
            value = isWanted ? nameof(PySignChoice.Always) : nameof(PySignChoice.Never);
        }

        return value is null ? otherwise : Choice<T>(name, value, variables);
    }

    private static T Choice<T>(string name, string value, params ReadOnlySpan<string> variables)
        where T : struct, Enum =>
        Enum.GetNames<T>().Contains(value, StringComparer.OrdinalIgnoreCase)
            ? Enum.Parse<T>(value, ignoreCase: true)
            : throw Unusable(name, variables, value, string.Join(", ", Enum.GetNames<T>()));

    private bool? Flag(string name, params ReadOnlySpan<string> variables)
    {
        // A bare --dry-run means yes: taken for nothing said, it would publish.
        var value = argument(name) is "" ? "true" : Value(name, variables);
        if (value is null)
        {
            return null;
        }

        return bool.TryParse(value, out var flag) ? flag : throw Unusable(name, variables, value, "true or false");
    }

    private static CakeException Unusable(string name, ReadOnlySpan<string> variables, string value, string expected) =>
        new((int)ReleaseStage.Configuration, $"The parameter {name} ({string.Join(", ", variables)}) is '{value}'; expected {expected}.");

    // Blanks part arguments, but not between quotes of either kind.
    [GeneratedRegex("""(?:[^\s"']|"[^"]*"|'[^']*')+""", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Words();

    [GeneratedRegex("""\"([^"]*)"|'([^']*)'""", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Quoted();
}
