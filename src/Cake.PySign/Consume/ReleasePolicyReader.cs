using Cake.Core.IO;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;
using PySign.Packaging.Toml;
using PySign.Packaging.Versions;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Consume;

/// <summary>Reads <c>pysign-policy.toml</c>. What is not understood is refused: a rule that is passed over protects nobody.</summary>
internal sealed class ReleasePolicyReader(FilePath path)
{
    private const long MaxBytes = 1 << 20;

    private static readonly Dictionary<string, FulcioExtension> _extensions = new(StringComparer.Ordinal)
    {
        ["source-repository"] = FulcioExtension.SourceRepositoryUri,
        ["source-ref"] = FulcioExtension.SourceRepositoryRef,
        ["source-digest"] = FulcioExtension.SourceRepositoryDigest,
        ["source-visibility"] = FulcioExtension.SourceRepositoryVisibility,
        ["source-owner"] = FulcioExtension.SourceRepositoryOwnerUri,
        ["build-config"] = FulcioExtension.BuildConfigUri,
        ["build-trigger"] = FulcioExtension.BuildTrigger,
        ["runner-environment"] = FulcioExtension.RunnerEnvironment,
        ["deployment-environment"] = FulcioExtension.DeploymentEnvironment,
    };

    /// <exception cref="PySignException">The file is missing or says something that is not known.</exception>
    public ReleasePolicy Read()
    {
        var file = new FileInfo(path.FullPath);
        if (!file.Exists)
        {
            throw new PySignException(
                PySignFailure.MissingFile,
                $"There is no policy '{path}'.",
                "Correct PolicyFile; docs/verify-as-a-user.md shows a policy."
            );
        }

        if (file.Length > MaxBytes)
        {
            throw Invalid($"at most {MaxBytes} bytes, not {file.Length}");
        }

        try
        {
            return Read(TomlDocument.Parse(File.ReadAllBytes(path.FullPath)).Root);
        }
        catch (TomlException e)
        {
            throw Invalid(e.Message, e);
        }
    }

    private ReleasePolicy Read(TomlTable root)
    {
        RequireKeys(root, "the policy", ["schema", "release", "provenance", "threshold", "signers"]);
        if (!root.TryGetValue("schema", out var schema) || schema is not TomlInteger { Value: 1 })
        {
            throw Invalid("schema = 1");
        }

        var kinds = new List<DistributionKind>();
        var (detached, attestation, provenance, statement, lookalikes) = (false, false, false, true, false);
        var accepted = new VerifierOptions();
        if (root.TryGetValue("release", out var value))
        {
            var release = value as TomlTable ?? throw Invalid("a table [release]");
            RequireKeys(
                release,
                "[release]",
                ["distributions", "signatures", "statement", "lookalikes", "old-bundles", "require-log", "unlogged-keys"]
            );
            kinds.AddRange(Texts(release, "distributions").Select(Kind));
            var signatures = Texts(release, "signatures").ToList();
            if (signatures.FirstOrDefault(s => s is not ("bundle" or "detached" or "attestation" or "provenance")) is { } unknown)
            {
                throw Invalid($"\"bundle\", \"detached\", \"attestation\" and \"provenance\" in release.signatures, not \"{unknown}\"");
            }

            detached = signatures.Contains("detached");
            attestation = signatures.Contains("attestation");
            provenance = signatures.Contains("provenance");
            statement = Choice(release, "statement", "required", "none") == 0;
            lookalikes = Choice(release, "lookalikes", "refuse", "allow") == 1;
            accepted = new VerifierOptions
            {
                AcceptOldBundles = Choice(release, "old-bundles", "refuse", "accept") == 1,
                AcceptUnloggedKeys = Choice(release, "unlogged-keys", "refuse", "accept") == 1,
                RequireLog = Truth(release, "require-log", otherwise: true),
            };
        }

        var signers =
            root.TryGetValue("signers", out var list) && list is TomlArray { Items.Count: > 0 } array
                ? array
                    .Items.Select((item, i) => Signer(item as TomlTable ?? throw Invalid("tables [[signers]]"), $"signers[{i}]"))
                    .ToList()
                : throw Invalid("at least one [[signers]]: without one, nobody is accepted");
        if (
            signers
                .Select(static signer => signer.Key?.Hint)
                .OfType<string>()
                .GroupBy(static hint => hint, StringComparer.Ordinal)
                .Any(static same => same.Skip(1).Any())
        )
        {
            throw Invalid("each key in one [[signers]] only: a signer counts once");
        }

        if (attestation && signers.All(signer => signer.Key is not null))
        {
            throw Invalid("a signer with an identity: an index takes attestations of no others, and release.signatures asks for them");
        }

        return new ReleasePolicy(kinds, detached, signers)
        {
            Threshold = Threshold(root, signers.Count),
            Provenance =
                root.TryGetValue("provenance", out var table) ? Provenance(table as TomlTable ?? throw Invalid("a table [provenance]"))
                : provenance ? new ProvenanceRule()
                : null,
            Attestation = attestation,
            Statement = statement,
            Lookalikes = lookalikes,
            Accepted = accepted,
        };
    }

    private ProvenanceRule Provenance(TomlTable table)
    {
        RequireKeys(table, "[provenance]", ["source-repository", "commit", "builder", "workflow"]);
        return new ProvenanceRule(
            Text(table, "source-repository", "provenance"),
            Text(table, "commit", "provenance"),
            Text(table, "builder", "provenance"),
            Text(table, "workflow", "provenance")
        );
    }

    /// <summary>How many of the signers: two of three, so that no one of them can release alone.</summary>
    private int Threshold(TomlTable root, int signers) =>
        !root.TryGetValue("threshold", out var value) ? 1
        : value is TomlInteger { Value: 1 or 2 } number && number.Value <= signers ? (int)number.Value
        : throw Invalid($"1 or 2 in threshold, and no more than the {signers} signers");

    private ManagedKey Key(string file, string at)
    {
        var keyFile = path.GetDirectory().CombineWithFilePath(file);
        try
        {
            return ManagedKey.ParsePem(File.ReadAllText(keyFile.FullPath));
        }
        catch (Exception e) when (e is VerificationException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Invalid($"a public key (PEM) in {at}.key, relative to the policy: '{keyFile}' ({e.Message})", e);
        }
    }

    private DistributionKind Kind(string text) =>
        text switch
        {
            "wheel" => DistributionKind.Wheel,
            "sdist" => DistributionKind.Sdist,
            _ => throw Invalid($"\"wheel\" and \"sdist\" in release.distributions, not \"{text}\""),
        };

    private SignerRule Signer(TomlTable table, string at)
    {
        RequireKeys(table, at, ["key", "issuer", "identity", "identity-pattern", .. _extensions.Keys]);
        if (Text(table, "key", at) is { } key)
        {
            RequireKeys(table, $"{at}, which has a key,", ["key"]);
            return SignerRule.WithKey(Key(key, at));
        }

        var (exact, pattern) = (Text(table, "identity", at), Text(table, "identity-pattern", at));
        if (exact is null == pattern is null)
        {
            throw Invalid($"exactly one of identity and identity-pattern in {at}");
        }

        var rule = new SignerRule(
            Text(table, "issuer", at) ?? throw Invalid($"issuer in {at}"),
            exact ?? pattern!,
            IsPattern: pattern is not null,
            [.. _extensions.Where(e => table.TryGetValue(e.Key, out _)).Select(e => (e.Value, Text(table, e.Key, at)!))]
        );
        try
        {
            // A pattern is tried as it will be used, so that a broken one is found before anything is downloaded.
            rule.For(ProjectName.Parse("name"), PythonVersion.Parse("1.0"));
        }
        catch (ArgumentException e)
        {
            throw Invalid($"a regular expression without look-around and back references in {at}.identity-pattern ({e.Message})", e);
        }

        return rule;
    }

    /// <returns>The place among the choices; the first is the default.</returns>
    private int Choice(TomlTable release, string key, params string[] choices) =>
        Text(release, key, "release") is not { } text ? 0
        : Array.IndexOf(choices, text) is >= 0 and var chosen ? chosen
        : throw Invalid($"{string.Join(" or ", choices.Select(choice => $"\"{choice}\""))} in release.{key}, not \"{text}\"");

    private bool Truth(TomlTable release, string key, bool otherwise) =>
        !release.TryGetValue(key, out var value) ? otherwise
        : value is TomlBoolean truth ? truth.Value
        : throw Invalid($"true or false in release.{key}");

    private string? Text(TomlTable table, string key, string at) =>
        !table.TryGetValue(key, out var value) ? null
        : value is TomlString { Value.Length: > 0 } text && !string.IsNullOrWhiteSpace(text.Value) ? text.Value
        : throw Invalid($"text in {at}.{key}");

    private IEnumerable<string> Texts(TomlTable table, string key) =>
        !table.TryGetValue(key, out var value) ? []
        : value is TomlArray { Items.Count: > 0 } array && array.Items.All(item => item is TomlString)
            ? array.Items.Select(item => ((TomlString)item).Value)
        : throw Invalid($"an array of strings, not empty, in release.{key}");

    private void RequireKeys(TomlTable table, string at, string[] known)
    {
        if (table.Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown)
        {
            throw Invalid($"in {at} only {string.Join(", ", known)}, not {unknown}");
        }
    }

    private PySignException Invalid(string expected, Exception? inner = null) =>
        new(
            PySignFailure.InvalidSettings,
            $"The policy '{path}' cannot be used; expected {expected}.",
            "docs/verify-as-a-user.md lists what a policy may say.",
            inner
        );
}
