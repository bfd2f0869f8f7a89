using System.Text.Json;
using Cake.PySign.Common.Provenance;
using Cake.PySign.Verify;
using PySign.Formats;
using PySign.Packaging;
using PySign.Packaging.Attestations;
using PySign.Packaging.Distributions;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Audit;

/// <summary>What provenance proves of a file.</summary>
internal sealed record FileVerdict(
    AuditState State,
    AuditReason Reason,
    string? Detail,
    AuditedPublisher? Publisher,
    IReadOnlyList<AuditedAttestation> Attestations
);

/// <summary>
/// Verifies provenance against a locked digest: the statement is about this file, every signature, certificate and log entry holds, and the
/// certificate is that of the publisher whom the index names. Of several publishers the expected one counts, with all that it attests;
/// others neither help nor harm.
/// </summary>
internal sealed class ProvenanceJudge(SigstoreVerifier verifier, PublisherIssuers issuers)
{
    private static readonly (string Name, FulcioExtension Extension)[] _claims =
    [
        ("source-repository", FulcioExtension.SourceRepositoryUri),
        ("source-ref", FulcioExtension.SourceRepositoryRef),
        ("source-digest", FulcioExtension.SourceRepositoryDigest),
        ("source-visibility", FulcioExtension.SourceRepositoryVisibility),
        ("source-owner", FulcioExtension.SourceRepositoryOwnerUri),
        ("source-repository-id", FulcioExtension.SourceRepositoryIdentifier),
        ("source-owner-id", FulcioExtension.SourceRepositoryOwnerIdentifier),
        ("build-config", FulcioExtension.BuildConfigUri),
        ("build-signer", FulcioExtension.BuildSignerUri),
        ("build-trigger", FulcioExtension.BuildTrigger),
        ("build-run", FulcioExtension.RunInvocationUri),
        ("runner-environment", FulcioExtension.RunnerEnvironment),
        ("deployment-environment", FulcioExtension.DeploymentEnvironment),
    ];

    public FileVerdict Judge(
        DistributionFileName name,
        Sha256Digest sha256,
        Provenance provenance,
        IReadOnlyList<AuditedPublisher> expected
    )
    {
        FileVerdict? proven = null;
        FileVerdict? refused = null;
        foreach (var publisher in provenance.Bundles.Select(static bundle => bundle.Publisher).Distinct())
        {
            var verdict = Judge(name, sha256, provenance, publisher);
            if (verdict.State != AuditState.Attested)
            {
                refused ??= verdict;
            }
            else if (expected.Any(one => PublisherChanges.IsSame(one, verdict.Publisher!)))
            {
                return verdict;
            }
            else
            {
                proven ??= verdict;
            }
        }

        // Well-formed and empty is none: PEP 740 leaves empty lists open, and another verifier takes them for proof. What cannot be read
        // is not none: it was refused above.
        return proven
            ?? refused
            ?? new FileVerdict(AuditState.Unattested, AuditReason.ProvenanceEmpty, "Its provenance holds no attestation.", null, []);
    }

    /// <summary>What one publisher attests, as the index names it: all of it must hold.</summary>
    private FileVerdict Judge(DistributionFileName name, Sha256Digest sha256, Provenance provenance, Publisher named)
    {
        try
        {
            var attestations = provenance.Of(one => one == named);
            if (issuers.Of(named) is not { } publisher)
            {
                return Unknown(named);
            }

            var verified = new AttestationVerifier(verifier, new PublisherPolicy(publisher)).VerifyEach(
                Artifact.FromSha256(sha256),
                name,
                sha256,
                attestations
            );
            return new FileVerdict(
                AuditState.Attested,
                AuditReason.None,
                null,
                Publisher(named, verified),
                [.. verified.Select(Attestation)]
            );
        }
        catch (VerificationException e)
        {
            return Refused(
                e.Step == VerificationStep.Identity ? AuditReason.AnotherSigner : AuditReason.NotProven,
                $"{e.Step} ({e.Reason}): expected {AuditText.Shown(e.Expected)}, found {AuditText.Shown(e.Actual)}."
            );
        }
        catch (PackagingException e)
        {
            return Refused(
                e.Reason == PackagingFailure.SubjectMismatch ? AuditReason.AnotherFile : AuditReason.ProvenanceMalformed,
                AuditText.Shown(e.Message)
            );
        }
    }

    private static FileVerdict Unknown(Publisher named) =>
        AuditText.IsPlain(named.Repository) && AuditText.IsPlain(named.Workflow)
            ? Refused(AuditReason.PublisherUnknown, $"The publisher is of the kind '{AuditText.Shown(named.Kind)}', which is not known.")
            : Refused(
                AuditReason.PublisherSuspicious,
                $"'{AuditText.Shown(named.Repository)}' with '{AuditText.Shown(named.Workflow)}' is not the name of a publisher."
            );

    // The certificate's environment is signed; the index's is its word.
    private static AuditedPublisher Publisher(Publisher named, IReadOnlyList<VerifiedArtifact> verified) =>
        new(
            named.Kind,
            named.Repository,
            named.Workflow,
            verified
                .Select(static one => one.Certificate![FulcioExtension.DeploymentEnvironment])
                .FirstOrDefault(static e => e is { Length: > 0 })
                ?? named.Environment,
            named.Email
        );

    private static AuditedAttestation Attestation(VerifiedArtifact one)
    {
        var claims = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (claim, extension) in _claims)
        {
            if (CertifiedSource.Of(one.Certificate!, extension) is { Length: > 0 } value)
            {
                claims[claim] = value;
            }
        }

        if (one.PredicateType == AttestationStatement.ProvenanceType && Builder(one.Statement!) is { } builder)
        {
            claims["slsa-builder"] = builder;
        }

        var time = one.Timestamps.Count == 0 ? (DateTimeOffset?)null : one.Timestamps.Min(static at => at.Time).ToUniversalTime();
        return new AuditedAttestation(one.PredicateType!, one.Identity, one.Issuer, time, claims);
    }

    // SLSA provenance v1: predicate.runDetails.builder.id
    private static string? Builder(InTotoStatement statement)
    {
        return
            statement.Predicate is { ValueKind: JsonValueKind.Object } predicate
            && predicate.TryGetProperty("runDetails", out var run)
            && run.ValueKind == JsonValueKind.Object
            && run.TryGetProperty("builder", out var builder)
            && builder.ValueKind == JsonValueKind.Object
            && builder.TryGetProperty("id", out var id)
            && id.ValueKind == JsonValueKind.String
            ? id.GetString()
            : null;
    }

    private static FileVerdict Refused(AuditReason reason, string detail) => new(AuditState.Unverifiable, reason, detail, null, []);
}
