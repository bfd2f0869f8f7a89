using System.Security.Cryptography;
using PySign.Sigstore.Certificates;

namespace PySign.Sigstore.Signing;

/// <summary>A key, with a certificate that was checked against trusted root and token; a managed key has none.</summary>
internal sealed record SigningCredential(SigningKey Key, Certificate? Certificate)
{
    /// <summary>Certificate or public key as PEM with lines of 64 characters and an end of line at the end, as Rekor v1 stores
    /// it.</summary>
    public string VerifierPem { get; } =
        (
            Certificate is null
                ? PemEncoding.WriteString("PUBLIC KEY", Key.Spki.Span)
                : PemEncoding.WriteString("CERTIFICATE", Certificate.Der.Span)
        ) + "\n";
}
