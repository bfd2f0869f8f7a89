using System.Globalization;
using System.Text;
using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Common.Provenance;

/// <summary>
/// Verifies provenance: the signature as of any bundle, then that it is provenance of this very file, and that what it repeats of the
/// signer is what the certificate says. Without the last a job could name another commit, run or event than it ran for.
/// </summary>
internal sealed class ProvenanceVerifier(SigstoreVerifier verifier, SignerThreshold signers)
{
    // Where the certificate repeats what the token said of the job (fulcio docs/oid-info.md); the names of SLSA on the left. On the first
    // three policies rest. The others older private instances do not write: then they are the job's word, as they would be in a field that
    // no certificate has. Nobody who signs can take an extension out of his certificate.
    private static readonly (ProvenancePart Part, FulcioExtension Certified, bool IsEssential)[] _repeated =
    [
        (ProvenancePart.Repository, FulcioExtension.SourceRepositoryUri, true),
        (ProvenancePart.Ref, FulcioExtension.SourceRepositoryRef, true),
        (ProvenancePart.Commit, FulcioExtension.SourceRepositoryDigest, true),
        (ProvenancePart.Run, FulcioExtension.RunInvocationUri, false),
        (ProvenancePart.Event, FulcioExtension.BuildTrigger, false),
        (ProvenancePart.RepositoryId, FulcioExtension.SourceRepositoryIdentifier, false),
        (ProvenancePart.OwnerId, FulcioExtension.SourceRepositoryOwnerIdentifier, false),
        (ProvenancePart.Runner, FulcioExtension.RunnerEnvironment, false),
    ];

    /// <exception cref="VerificationException">The bundle's signature does not hold, or is about other bytes.</exception>
    /// <exception cref="ProvenanceException">It is not such provenance, or says other than its certificate.</exception>
    public VerifiedProvenance Verify(Bundle bundle, string name, Sha256Digest sha256)
    {
        return Of(verifier.VerifyThreshold([bundle], Artifact.FromSha256(sha256), signers)[0].Verified, name);
    }

    /// <summary>What a verified bundle says, if it is provenance of the file of this name.</summary>
    /// <exception cref="ProvenanceException">It is not, or says other than its certificate.</exception>
    public static VerifiedProvenance Of(VerifiedArtifact proof, string name)
    {
        if (proof.Statement is not { } statement || proof.PredicateType != SlsaProvenance.PredicateType)
        {
            throw new ProvenanceException(
                ProvenancePart.Type,
                $"a statement of the type {SlsaProvenance.PredicateType}",
                proof.PredicateType ?? "a signature"
            );
        }

        if (statement.Subjects is not [var subject] || subject.Name != name)
        {
            throw new ProvenanceException(
                ProvenancePart.Subject,
                $"one subject, named {name}",
                string.Join(", ", statement.Subjects.Take(5).Select(other => other.Name ?? "one without a name"))
            );
        }

        var said = ProvenanceDocument.Read(statement);
        if (proof.Certificate is { } certificate)
        {
            Compare(said, proof.Identity, certificate);
        }

        return said with
        {
            Identity = proof.Identity,
            Issuer = proof.Issuer,
        };
    }

    /// <summary>What provenance of these claims would say under this certificate, for which nothing needs to be signed. What the
    /// certificate leaves to the job's word is listed so.</summary>
    /// <exception cref="ProvenanceException">It would be refused.</exception>
    public static (BuildClaims Claims, VerifiedProvenance Said) Of(BuildClaims claims, CertificateIdentity certificate)
    {
        var nothing = new Dictionary<string, string>(StringComparer.Ordinal);
        var subject = new StatementSubject("any", Sha256Digest.Of([]));
        var said = ProvenanceDocument.Read(SlsaProvenance.About(subject, claims, new BuildFacts(nothing, nothing)));
        Compare(said, certificate.SubjectAlternativeName, certificate);
        var alone = _repeated
            .Where(one => said[one.Part] is not null && certificate[one.Certified] is null)
            .Select(one => ProvenanceDocument.NameOf(said.BuildType, one.Part));
        return (claims with { NotCertified = [.. claims.NotCertified, .. alone] }, said);
    }

    private static void Compare(VerifiedProvenance said, string identity, CertificateIdentity certificate)
    {
        Require(ProvenancePart.Builder, said.Builder, identity);
        var isGitLab = said.BuildType == SlsaProvenance.GitLabBuildType;
        foreach (var (part, extension, isEssential) in _repeated)
        {
            var certified = isGitLab ? CertifiedSource.Of(certificate, extension) : certificate[extension];
            if (said[part] is { } text && (certified is not null || isEssential || CertifiedSource.IsPublic(certificate)))
            {
                Require(part, text, certified);
            }
        }

        // https://github.com/owner/name/.github/workflows/a.yml@ref, https://gitlab.com/group/name//.gitlab-ci.yml@ref: on GitLab the file
        // may be another project's, which is why the repository in front of it is compared on GitHub alone.
        var workflow = $"{said.Workflow}@{said.WorkflowRef}";
        var config = certificate[FulcioExtension.BuildConfigUri];
        var same = isGitLab
            ? config?.EndsWith('/' + workflow, StringComparison.Ordinal) == true
                || (config == identity && config.EndsWith('/' + Escaped(workflow), StringComparison.Ordinal))
            : config == $"{said.Repository}/{workflow}";
        if (!same)
        {
            throw Other(ProvenancePart.Workflow, workflow, config);
        }
    }

    // Fulcio's older rules for GitLab write the configuration as the certificate's name has it, escaped by Go (net/url, encodePath).
    private static string Escaped(string path) =>
        string.Concat(
            Encoding
                .UTF8.GetBytes(path)
                .Select(b =>
                    char.IsAsciiLetterOrDigit((char)b) || "-_.~$&+,/:;=@".Contains((char)b, StringComparison.Ordinal)
                        ? ((char)b).ToString()
                        : "%" + b.ToString("X2", CultureInfo.InvariantCulture)
                )
        );

    private static void Require(ProvenancePart part, string said, string? certified)
    {
        if (!string.Equals(said, certified, StringComparison.Ordinal))
        {
            throw Other(part, said, certified);
        }
    }

    private static ProvenanceException Other(ProvenancePart part, string said, string? certified) =>
        new(part, $"the {ProvenanceException.NameOf(part)} of the certificate, {certified ?? "which names none"}", said);
}

/// <summary>A statement is signed and is not the provenance that it should be.</summary>
internal sealed class ProvenanceException(ProvenancePart part, string expected, string found, Exception? inner = null)
    : Exception($"expected {expected}, found {found}", inner)
{
    /// <summary>What of it is wrong.</summary>
    public ProvenancePart Part { get; } = part;

    public string Expected { get; } = expected;

    public string Found { get; } = found;

    public static string NameOf(ProvenancePart part) =>
        part switch
        {
            ProvenancePart.Type => "predicate type",
            ProvenancePart.BuildType => "build type",
            ProvenancePart.Repository => "source repository",
            ProvenancePart.RepositoryId => "number of the repository",
            ProvenancePart.OwnerId => "number of the repository's owner",
            ProvenancePart.Runner => "runner environment",
            _ => $"{part}".ToLowerInvariant(),
        };
}
