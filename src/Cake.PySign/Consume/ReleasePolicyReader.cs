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

        var release = Release(root);
        var kinds = Texts(release, "distributions").Select(Kind).ToList();
        var signatures = Signatures(release);
        var signers = Signers(root);
        var attestation = signatures.Contains("attestation");
        if (attestation && signers.All(signer => signer.Key is not null))
        {
            throw Invalid("a signer with an identity: an index takes attestations of no others, and release.signatures asks for them");
        }

        return new ReleasePolicy(kinds, signatures.Contains("detached"), signers)
        {
            Threshold = Threshold(root, signers.Count),
            Provenance = Provenance(root) ?? (signatures.Contains("provenance") ? new ProvenanceRule() : null),
            Attestation = attestation,
            Statement = Choice(release, "statement", "required", "none") == 0,
            Lookalikes = Choice(release, "lookalikes", "refuse", "allow") == 1,
            Accepted = new VerifierOptions
            {
                AcceptOldBundles = Choice(release, "old-bundles", "refuse", "accept") == 1,
                AcceptUnloggedKeys = Choice(release, "unlogged-keys", "refuse", "accept") == 1,
                RequireLog = Truth(release, "require-log", otherwise: true),
            },
        };
    }

    /// <summary>What must be there; without the table, everything has its default.</summary>
    private TomlTable Release(TomlTable root)
    {
        if (!root.TryGetValue("release", out var value))
        {
            return TomlDocument.Parse([]).Root;
        }

        var release = value as TomlTable ?? throw Invalid("a table [release]");
        RequireKeys(
            release,
            "[release]",
            ["distributions", "signatures", "statement", "lookalikes", "old-bundles", "require-log", "unlogged-keys"]
        );
        return release;
    }

    private List<string> Signatures(TomlTable release)
    {
        var signatures = Texts(release, "signatures").ToList();
        return signatures.Find(kind => kind is not ("bundle" or "detached" or "attestation" or "provenance")) is { } unknown
            ? throw Invalid($"\"bundle\", \"detached\", \"attestation\" and \"provenance\" in release.signatures, not \"{unknown}\"")
            : signatures;
    }

    private List<SignerRule> Signers(TomlTable root)
    {
        if (!root.TryGetValue("signers", out var list) || list is not TomlArray { Items: { Count: > 0 } items })
        {
            throw Invalid("at least one [[signers]]: without one, nobody is accepted");
        }

        var signers = items.Select((item, i) => Signer(item as TomlTable ?? throw Invalid("tables [[signers]]"), $"signers[{i}]")).ToList();
        var hints = signers.Select(static signer => signer.Key?.Hint).OfType<string>().ToList();
        return hints.Distinct(StringComparer.Ordinal).Count() == hints.Count
            ? signers
            : throw Invalid("each key in one [[signers]] only: a signer counts once");
    }

    private ProvenanceRule? Provenance(TomlTable root)
    {
        if (!root.TryGetValue("provenance", out var value))
        {
            return null;
        }

        var table = value as TomlTable ?? throw Invalid("a table [provenance]");
        RequireKeys(table, "[provenance]", ["source-repository", "commit", "ref", "builder", "workflow"]);
        return new ProvenanceRule
        {
            Repository = Text(table, "source-repository", "provenance"),
            Commit = Text(table, "commit", "provenance"),
            Ref = Text(table, "ref", "provenance"),
            Builder = Text(table, "builder", "provenance"),
            Workflow = Text(table, "workflow", "provenance"),
        };
    }

    /// <summary>How many of the signers: two of three, so that no one of them can release alone.</summary>
    private int Threshold(TomlTable root, int signers)
    {
        if (!root.TryGetValue("threshold", out var value))
        {
            return 1;
        }

        return value is TomlInteger { Value: 1 or 2 } number && number.Value <= signers
            ? (int)number.Value
            : throw Invalid($"1 or 2 in threshold, and no more than the {signers} signers");
    }

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
    private int Choice(TomlTable release, string key, params string[] choices)
    {
        if (Text(release, key, "release") is not { } text)
        {
            return 0;
        }

        var chosen = Array.IndexOf(choices, text);
        return chosen >= 0
            ? chosen
            : throw Invalid($"{string.Join(" or ", choices.Select(choice => $"\"{choice}\""))} in release.{key}, not \"{text}\"");
    }

    private bool Truth(TomlTable release, string key, bool otherwise)
    {
        if (!release.TryGetValue(key, out var value))
        {
            return otherwise;
        }

        return value is TomlBoolean truth ? truth.Value : throw Invalid($"true or false in release.{key}");
    }

    private string? Text(TomlTable table, string key, string at)
    {
        if (!table.TryGetValue(key, out var value))
        {
            return null;
        }

        return value is TomlString text && !string.IsNullOrWhiteSpace(text.Value) ? text.Value : throw Invalid($"text in {at}.{key}");
    }

    private IEnumerable<string> Texts(TomlTable table, string key)
    {
        if (!table.TryGetValue(key, out var value))
        {
            return [];
        }

        return value is TomlArray { Items.Count: > 0 } array && array.Items.All(item => item is TomlString)
            ? array.Items.Select(item => ((TomlString)item).Value)
            : throw Invalid($"an array of strings, not empty, in release.{key}");
    }

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
