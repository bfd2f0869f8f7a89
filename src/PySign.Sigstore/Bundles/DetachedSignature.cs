using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Bundles;

/// <summary>
/// A signature and its certificate in two files, as cosign 2 writes them with <c>--output-signature</c> and <c>--output-certificate</c>.
/// Nothing in them says when the signature was made, so they prove something only together with a log's search.
/// </summary>
public sealed record DetachedSignature
{
    private DetachedSignature(byte[] signature, byte[] certificate)
    {
        Signature = signature;
        Certificate = certificate;
    }

    /// <summary>The signature's bytes.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>The certificate, DER.</summary>
    public ReadOnlyMemory<byte> Certificate { get; }

    /// <summary>Reads the two files.</summary>
    /// <param name="signatureFile">The signature: base64, with or without a line end, or its bytes (DER).</param>
    /// <param name="certificateFile">The certificate: PEM, or base64 of PEM.</param>
    /// <exception cref="VerificationException">One of the two is not in such a form.</exception>
    public static DetachedSignature Parse(ReadOnlyMemory<byte> signatureFile, ReadOnlyMemory<byte> certificateFile)
    {
        if (CertificatePem.TryRead(certificateFile.Span) is not (CertificatePem.CertificateLabel, var der))
        {
            throw Refusal.Bundle(
                VerificationFailure.FieldInvalid,
                "a certificate file with one PEM certificate, or base64 of it",
                "something else"
            );
        }

        return new DetachedSignature(ReadSignature(signatureFile), der);
    }

    private static byte[] ReadSignature(ReadOnlyMemory<byte> file)
    {
        if (file.Length > 2 * Limits.SignatureBytes)
        {
            throw Refusal.Bundle(
                VerificationFailure.DocumentTooLarge,
                $"a signature file of at most {2 * Limits.SignatureBytes} bytes",
                $"{file.Length}"
            );
        }

        if (file.IsEmpty)
        {
            throw Refusal.Bundle(VerificationFailure.FieldMissing, "a signature", "an empty file");
        }

        if (TextFile.IsText(file.Span))
        {
            return TextFile.DecodeBase64(file.Span, Limits.SignatureBytes) is { Length: > 0 } decoded
                ? decoded
                : throw Refusal.Bundle(
                    VerificationFailure.Base64Invalid,
                    "a signature file with the signature's base64, on one line or wrapped, or with its bytes",
                    "other text"
                );
        }

        return file.Length <= Limits.SignatureBytes
            ? file.ToArray()
            : throw Refusal.Bundle(
                VerificationFailure.DocumentTooLarge,
                $"a signature of at most {Limits.SignatureBytes} bytes",
                $"{file.Length}"
            );
    }
}
