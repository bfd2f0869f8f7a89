using System.Security.Cryptography;
using System.Text;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Signing;

/// <summary>A signature that was made, logged, and verified.</summary>
public sealed record SignedArtifact
{
    internal SignedArtifact()
    {
    }

    /// <summary>The bundle, version 0.3: what a verifier needs.</summary>
    public required Bundle Bundle { get; init; }

    /// <summary>What the library's own verifier found in the bundle.</summary>
    public required VerifiedArtifact Verified { get; init; }

    /// <summary>Anything out of the ordinary that a reader of the logs might ask about, as sentences; usually none.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>The index of the first log entry, over all shards of its log.</summary>
    public long LogIndex => Verified.LogEntries[0].LogIndex;

    /// <summary>The signature file as cosign 2 writes it (<c>--output-signature</c>): base64 of the DER signature, without an end of line.</summary>
    /// <exception cref="InvalidOperationException">A statement was signed: a signature without its envelope says nothing.</exception>
    public byte[] CosignSignature() => Encoding.ASCII.GetBytes(Convert.ToBase64String(
        (Bundle.MessageSignature ?? throw new InvalidOperationException("The signature of a statement is in its envelope only.")).Signature.Span));

    /// <summary>
    /// The certificate file as cosign 2 writes it (<c>--output-certificate</c>): base64, in one line without an end, of the PEM certificate, whose
    /// lines have 64 characters and all end.
    /// </summary>
    public byte[] CosignCertificate() => Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.ASCII.GetBytes(
        PemEncoding.WriteString("CERTIFICATE", Bundle.VerificationMaterial.Certificates[0].Span) + "\n")));
}
