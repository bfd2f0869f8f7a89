using System.Text.RegularExpressions;
using Cake.PySign.Common.Provenance;
using PySign.Formats;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Consume;

/// <summary>What a release must be made of and who must have signed it, as a policy file says it.</summary>
/// <param name="Kinds">Kinds of distribution of which at least one must be there.</param>
/// <param name="Detached">Whether <c>.sig</c> and <c>.crt</c> must be there too, and be the bundle's own.</param>
/// <param name="Signers">Each file must have been signed by one of them.</param>
internal sealed record ReleasePolicy(IReadOnlyList<DistributionKind> Kinds, bool Detached, IReadOnlyList<SignerRule> Signers)
{
    /// <summary>Whether the index must serve an attestation by the signer of each file.</summary>
    public bool Attestation { get; init; }

    /// <summary>What the provenance of each file must say; null where none is asked for.</summary>
    public ProvenanceRule? Provenance { get; init; }

    /// <summary>Whether the signer must have stated which files the release consists of, and the index must serve exactly these.</summary>
    public bool Statement { get; init; } = true;

    /// <summary>Whether the index may have files that pip takes for the version though they are of another or in no form that the standards
    /// know.</summary>
    public bool Lookalikes { get; init; }

    /// <summary>What signatures may do without: bundles of old formats, a log.</summary>
    public VerifierOptions Accepted { get; init; } = new();

    /// <summary>Every file that the release consists of, with its SHA-256, where somebody knows it: who published it does.</summary>
    public IReadOnlyDictionary<string, Sha256Digest>? Files { get; init; }

    /// <summary>How many of <see cref="Signers"/> must have signed each file and the statement.</summary>
    public int Threshold { get; init; } = 1;

    /// <summary>The signers, for one version: what the file leaves open ({name}, {version}) is filled in.</summary>
    public SignerThreshold For(ProjectName name, PythonVersion version) => new(Trusted(name, version), Threshold);

    /// <summary>Any one of them, for what one job says by itself: provenance.</summary>
    public SignerThreshold Any(ProjectName name, PythonVersion version) => new(Trusted(name, version), 1);

    /// <summary>Those of them that are identities: an index takes attestations of no others.</summary>
    public VerificationPolicy Identities(ProjectName name, PythonVersion version) =>
        Signers.Where(signer => signer.Key is null).Select(signer => signer.For(name, version)).ToList() is [var only]
            ? only
            : VerificationPolicy.Any([.. Signers.Where(signer => signer.Key is null).Select(signer => signer.For(name, version))]);

    private List<TrustedSigner> Trusted(ProjectName name, PythonVersion version) =>
        [
            .. Signers.Select(
                (signer, i) =>
                    signer.Key is { } key
                        ? TrustedSigner.WithKey($"signers[{i}] (key {key.Hint})", key)
                        : TrustedSigner.WithIdentity($"signers[{i}] ({signer.Identity})", signer.For(name, version))
            ),
        ];
}

/// <summary>What provenance must say beyond that it is by a signer of the policy and says what its certificate says.</summary>
internal sealed record ProvenanceRule
{
    /// <summary>The source repository.</summary>
    public string? Repository { get; init; }

    /// <summary>The commit.</summary>
    public string? Commit { get; init; }

    /// <summary>The ref, such as <c>refs/tags/v1.0</c>.</summary>
    public string? Ref { get; init; }

    /// <summary>The builder's id.</summary>
    public string? Builder { get; init; }

    /// <summary>The workflow's path in its repository.</summary>
    public string? Workflow { get; init; }

    /// <summary>Compares what provenance says with what is wanted.</summary>
    /// <exception cref="ProvenanceException">It says other.</exception>
    public void Require(VerifiedProvenance said, ProjectName name, PythonVersion version)
    {
        foreach (
            var (part, wanted, found) in new[]
            {
                (ProvenancePart.Repository, Repository, said.Repository),
                (ProvenancePart.Commit, Commit, said.Commit),
                (ProvenancePart.Ref, Ref, said.Ref),
                (ProvenancePart.Builder, Builder, said.Builder),
                (ProvenancePart.Workflow, Workflow, said.Workflow),
            }
        )
        {
            if (wanted is not null && SignerRule.Fill(wanted, name, version, escape: false) is var text && text != found)
            {
                throw new ProvenanceException(part, $"the {ProvenanceException.NameOf(part)} {text} of the policy", found);
            }
        }
    }
}

/// <summary>One signer that is accepted.</summary>
/// <param name="Issuer">The OIDC issuer, exact.</param>
/// <param name="Identity">The certificate's subject alternative name, exact or as a pattern.</param>
/// <param name="IsPattern">Whether <paramref name="Identity"/> is a pattern.</param>
/// <param name="Extensions">What else the certificate must say.</param>
internal sealed record SignerRule(
    string Issuer,
    string Identity,
    bool IsPattern,
    IReadOnlyList<(FulcioExtension Extension, string Value)> Extensions
)
{
    /// <summary>The public key of a signer without a certificate; then nothing else is asked for.</summary>
    public ManagedKey? Key { get; init; }

    public static SignerRule WithKey(ManagedKey key) => new("", "", IsPattern: false, []) { Key = key };

    public VerificationPolicy For(ProjectName name, PythonVersion version)
    {
        var identity = Fill(Identity, name, version, IsPattern);
        var signer = IsPattern ? VerificationPolicy.Pattern(identity, Issuer) : VerificationPolicy.Exact(identity, Issuer);
        return VerificationPolicy.All([
            signer,
            .. Extensions.Select(e => CertifiedSource.Policy(e.Extension, Fill(e.Value, name, version, escape: false))),
        ]);
    }

    /// <summary>Whether it names somebody, as far as a name and an issuer say it.</summary>
    public bool Names(string identity, string issuer, ProjectName name, PythonVersion version)
    {
        if (Key is not null || Issuer != issuer)
        {
            return false;
        }

        var wanted = Fill(Identity, name, version, IsPattern);
        return IsPattern
            ? new Regex($@"\A(?:{wanted})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant).IsMatch(identity)
            : wanted == identity;
    }

    // A signature over an older release is as valid as ever; only an identity that names the version tells them apart.
    internal static string Fill(string text, ProjectName name, PythonVersion version, bool escape)
    {
        string As(string value) => escape ? Regex.Escape(value) : value;
        return text.Replace("{name}", As(name.Normalized), StringComparison.Ordinal)
            .Replace("{version}", As(version.Normalized), StringComparison.Ordinal);
    }
}
