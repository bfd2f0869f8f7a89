using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;
using PySign.Packaging.Toml;
using PySign.Packaging.Versions;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Consume;

/// <summary>Reads <c>pysign-policy.toml</c>.</summary>
internal sealed class ReleasePolicyReader(FilePath path)
{
    private readonly StrictToml _toml = new(path, "policy", 1 << 20, "docs/verify-as-a-user.md lists what a policy may say.");

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
        if (!File.Exists(path.FullPath))
        {
            throw new PySignException(
                PySignFailure.MissingFile,
                $"There is no policy '{path}'.",
                "Correct PolicyFile; docs/verify-as-a-user.md shows a policy."
            );
        }

        return _toml.Read(document => Read(document.Root));
    }

    private ReleasePolicy Read(TomlTable root)
    {
        _toml.RequireKeys(root, "the policy", ["schema", "release", "provenance", "threshold", "signers"]);
        _toml.RequireSchema(root);

        var release = Release(root);
        var kinds = _toml.Texts(release, "distributions", "release").Select(Kind).ToList();
        var signatures = Signatures(release);
        var signers = Signers(root);
        var attestation = signatures.Contains("attestation");
        if (attestation && signers.All(signer => signer.Key is not null))
        {
            throw _toml.Invalid(
                "a signer with an identity: an index takes attestations of no others, and release.signatures asks for them"
            );
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
                RequireLog = _toml.Truth(release, "require-log", "release") ?? true,
            },
        };
    }

    /// <summary>What must be there; without the table, everything has its default.</summary>
    private TomlTable Release(TomlTable root)
    {
        if (_toml.Table(root, "release", "release") is not { } release)
        {
            return TomlDocument.Parse([]).Root;
        }

        _toml.RequireKeys(
            release,
            "[release]",
            ["distributions", "signatures", "statement", "lookalikes", "old-bundles", "require-log", "unlogged-keys"]
        );
        return release;
    }

    private List<string> Signatures(TomlTable release)
    {
        var signatures = _toml.Texts(release, "signatures", "release").ToList();
        return signatures.Find(kind => kind is not ("bundle" or "detached" or "attestation" or "provenance")) is { } unknown
            ? throw _toml.Invalid($"\"bundle\", \"detached\", \"attestation\" and \"provenance\" in release.signatures, not \"{unknown}\"")
            : signatures;
    }

    private List<SignerRule> Signers(TomlTable root)
    {
        if (!root.TryGetValue("signers", out var list) || list is not TomlArray { Items: { Count: > 0 } items })
        {
            throw _toml.Invalid("at least one [[signers]]: without one, nobody is accepted");
        }

        var signers = items
            .Select((item, i) => Signer(item as TomlTable ?? throw _toml.Invalid("tables [[signers]]"), $"signers[{i}]"))
            .ToList();
        var hints = signers.Select(static signer => signer.Key?.Hint).OfType<string>().ToList();
        return hints.Distinct(StringComparer.Ordinal).Count() == hints.Count
            ? signers
            : throw _toml.Invalid("each key in one [[signers]] only: a signer counts once");
    }

    private ProvenanceRule? Provenance(TomlTable root)
    {
        if (_toml.Table(root, "provenance", "provenance") is not { } table)
        {
            return null;
        }

        _toml.RequireKeys(table, "[provenance]", ["source-repository", "commit", "ref", "builder", "workflow"]);
        return new ProvenanceRule
        {
            Repository = _toml.Text(table, "source-repository", "provenance"),
            Commit = _toml.Text(table, "commit", "provenance"),
            Ref = _toml.Text(table, "ref", "provenance"),
            Builder = _toml.Text(table, "builder", "provenance"),
            Workflow = _toml.Text(table, "workflow", "provenance"),
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
            : throw _toml.Invalid($"1 or 2 in threshold, and no more than the {signers} signers");
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
            throw _toml.Invalid($"a public key (PEM) in {at}.key, relative to the policy: '{keyFile}' ({e.Message})", e);
        }
    }

    private DistributionKind Kind(string text) =>
        text switch
        {
            "wheel" => DistributionKind.Wheel,
            "sdist" => DistributionKind.Sdist,
            _ => throw _toml.Invalid($"\"wheel\" and \"sdist\" in release.distributions, not \"{text}\""),
        };

    private SignerRule Signer(TomlTable table, string at)
    {
        _toml.RequireKeys(table, at, ["key", "issuer", "identity", "identity-pattern", .. _extensions.Keys]);
        if (_toml.Text(table, "key", at) is { } key)
        {
            _toml.RequireKeys(table, $"{at}, which has a key,", ["key"]);
            return SignerRule.WithKey(Key(key, at));
        }

        var (exact, pattern) = (_toml.Text(table, "identity", at), _toml.Text(table, "identity-pattern", at));
        if (exact is null == pattern is null)
        {
            throw _toml.Invalid($"exactly one of identity and identity-pattern in {at}");
        }

        var rule = new SignerRule(
            _toml.Text(table, "issuer", at) ?? throw _toml.Invalid($"issuer in {at}"),
            exact ?? pattern!,
            IsPattern: pattern is not null,
            [.. _extensions.Where(e => table.TryGetValue(e.Key, out _)).Select(e => (e.Value, _toml.Text(table, e.Key, at)!))]
        );
        try
        {
            // A pattern is tried as it will be used, so that a broken one is found before anything is downloaded.
            rule.For(ProjectName.Parse("name"), PythonVersion.Parse("1.0"));
        }
        catch (ArgumentException e)
        {
            throw _toml.Invalid($"a regular expression without look-around and back references in {at}.identity-pattern ({e.Message})", e);
        }

        return rule;
    }

    /// <returns>The place among the choices; the first is the default.</returns>
    private int Choice(TomlTable release, string key, params string[] choices)
    {
        if (_toml.Text(release, key, "release") is not { } text)
        {
            return 0;
        }

        var chosen = Array.IndexOf(choices, text);
        return chosen >= 0
            ? chosen
            : throw _toml.Invalid($"{string.Join(" or ", choices.Select(choice => $"\"{choice}\""))} in release.{key}, not \"{text}\"");
    }
}
