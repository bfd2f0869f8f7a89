using System.Security.Cryptography;
using PySign.Sigstore.Certificates;

namespace PySign.Sigstore.Signing;

/// <summary>A key with a certificate that was checked against trusted root and token.</summary>
internal sealed record SigningCredential(EphemeralKey Key, Certificate Certificate)
{
    /// <summary>PEM with lines of 64 characters and an end of line at the end, as Rekor v1 stores it.</summary>
    public string CertificatePem { get; } = PemEncoding.WriteString("CERTIFICATE", Certificate.Der.Span) + "\n";
}
