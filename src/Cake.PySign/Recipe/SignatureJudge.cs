using Cake.PySign.Common;
using Cake.PySign.Common.Provenance;
using Cake.PySign.Common.Signatures;
using Cake.PySign.Common.Statements;
using Cake.PySign.Verify;
using PySign.Formats;
using PySign.Packaging;
using PySign.Packaging.Attestations;
using PySign.Packaging.Distributions;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Recipe;

/// <summary>Whether what an earlier run signed holds for the very bytes of this release and is by its signer.</summary>
internal sealed class SignatureJudge(DistFolder dist, Func<Bundle, Artifact, VerifiedArtifact> verify)
{
    /// <summary>Whether <paramref name="e"/> is a refusal of what was judged, and no accident on the way.</summary>
    public static bool IsRefusal(Exception e) =>
        e is VerificationException or PackagingException or ProvenanceException or StatementException;

    /// <summary>The proof of a signature of the file itself.</summary>
    public VerifiedArtifact Signature(Bundle bundle, LedgerFile file) =>
        bundle.MessageSignature is not null ? verify(bundle, Of(file)) : throw Refuse("a signature of the file", "a statement about it");

    /// <summary>Whether provenance or an attestation under <paramref name="suffix"/> is what the name says, and about the file.</summary>
    /// <exception cref="Exception">It is not: <see cref="IsRefusal"/>.</exception>
    public void Further(LedgerFile file, string suffix, byte[] content)
    {
        if (suffix == SignatureNames.Provenance)
        {
            ProvenanceVerifier.Of(verify(Bundle.Parse(content), Of(file)), file.Name);
            return;
        }

        var attestation = Attestation.Parse(content);
        var (kind, expected) = (attestation.ReadStatement().PredicateType, AttestationFiles.PredicateOf(suffix));
        if (kind != expected)
        {
            throw Refuse($"an attestation of {expected}", kind);
        }

        var name = DistributionFileName.Parse(file.Name);
        var proof = AttestationVerifier.Verify(attestation, name, file.Sha256, bundle => verify(bundle, Of(file)));
        if (suffix == SignatureNames.BuildAttestation)
        {
            ProvenanceVerifier.Of(proof, file.Name);
        }
    }

    /// <summary>The proof of a statement that names exactly the ledger's files.</summary>
    public VerifiedArtifact Statement(Bundle bundle, Ledger ledger)
    {
        var envelope = bundle.DsseEnvelope ?? throw new StatementException("a signed statement", "a signature of a file");
        var proof = verify(bundle, Artifact.FromFirstSubject(envelope.ReadStatement()));
        var said = ReleaseStatement.Read(proof.Statement!);
        var ours = Release.Statement(ledger);
        return said.Name.Equals(ours.Name) && said.Version.Equals(ours.Version) && Same(said.Files, ours.Files)
            ? proof
            : throw new StatementException(
                $"a statement about {string.Join(", ", ours.Files.Select(file => $"{file.Key} ({file.Value})"))}",
                $"one about {string.Join(", ", said.Files.Select(file => $"{file.Key} ({file.Value})"))}"
            );
    }

    private Artifact Of(LedgerFile file) => dist.Artifact(file.Name);

    private static bool Same(IReadOnlyDictionary<string, Sha256Digest> one, IReadOnlyDictionary<string, Sha256Digest> other) =>
        one.Count == other.Count && one.All(file => other.TryGetValue(file.Key, out var sha256) && sha256 == file.Value);

    private static VerificationException Refuse(string expected, string found) =>
        new(VerificationFailure.FieldMissing, VerificationStep.Parse, expected, found, "Do not use it.");
}
