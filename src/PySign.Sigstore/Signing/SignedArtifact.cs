using System.Security.Cryptography;
using System.Text;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Signing;

/// <summary>A signature that was made, logged, and verified.</summary>
public sealed record SignedArtifact
{
    internal SignedArtifact() { }

    /// <summary>The bundle, version 0.3: what a verifier needs.</summary>
    public required Bundle Bundle { get; init; }

    /// <summary>What the library's own verifier found in the bundle.</summary>
    public required VerifiedArtifact Verified { get; init; }

    /// <summary>Anything out of the ordinary that a reader of the logs might ask about, as sentences; usually none.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>The index of the first log entry, over all shards of its log; -1 for a signature by a managed key that was not
    /// logged.</summary>
    public long LogIndex => Verified.LogEntries is [var first, ..] ? first.LogIndex : -1;

    /// <summary>Certificate or public key, PEM with lines of 64 characters that all end.</summary>
    internal string VerifierPem { get; init; } = "";

    /// <summary>A signature that was made before, and verified again.</summary>
    public static SignedArtifact Of(Bundle bundle, VerifiedArtifact verified, string? publicKeyPem) =>
        new()
        {
            Bundle = bundle,
            Verified = verified,
            VerifierPem = publicKeyPem ?? PemEncoding.WriteString("CERTIFICATE", bundle.VerificationMaterial.Certificates[0].Span) + "\n",
        };

    /// <summary>The signature file as cosign 2 writes it (<c>--output-signature</c>): base64 of the DER signature, without an end of
    /// line.</summary>
    /// <exception cref="InvalidOperationException">A statement was signed: a signature without its envelope says nothing.</exception>
    public byte[] CosignSignature() => Encoding.ASCII.GetBytes(Convert.ToBase64String(Message.Signature.Span));

    /// <summary>
    /// The certificate file as cosign 2 writes it (<c>--output-certificate</c>): base64, in one line without an end, of the PEM
    /// certificate, whose lines have 64 characters and all end.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was signed with a managed key, which has no certificate.</exception>
    public byte[] CosignCertificate() =>
        Bundle.VerificationMaterial.Certificates.Count > 0
            ? Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.ASCII.GetBytes(VerifierPem)))
            : throw new InvalidOperationException("There is no certificate: a managed key has signed.");

    /// <summary>The bundle file as cosign 2 writes it (<c>--bundle</c>, old format): one JSON object without an end of line.</summary>
    /// <exception cref="InvalidOperationException">There is no entry of a Rekor v1 log, or a statement was signed: the format has no place
    /// for them.</exception>
    public byte[] CosignBundle() =>
        CosignBundleWriter.Write(
            Message.Signature.Span,
            VerifierPem,
            Bundle.VerificationMaterial.LogEntries.FirstOrDefault(static entry =>
                entry is { SignedEntryTimestamp: not null, IntegratedTime: not null }
            ) ?? throw new InvalidOperationException("cosign's old bundle holds an entry of a Rekor v1 log, and there is none.")
        );

    private MessageSignature Message =>
        Bundle.MessageSignature ?? throw new InvalidOperationException("The signature of a statement is in its envelope only.");
}
