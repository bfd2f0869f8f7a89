using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PySign.Sigstore.Signing;

/// <summary>An ephemeral P-256 key; once the certificate authority has answered, with its certificate. The key never leaves the process.</summary>
internal sealed class EphemeralKey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Lock _gate = new();

    public byte[] PublicKey() => _key.ExportSubjectPublicKeyInfo();

    /// <summary>
    /// The signing request (PKCS#10). Its subject is empty: who it is for is decided by the token alone (Fulcio ignores subject and attributes), and an
    /// odd character of a token's subject in it would only break encoders and parsers.
    /// </summary>
    public string SigningRequestPem() =>
        new CertificateRequest(new X500DistinguishedName(""), _key, HashAlgorithmName.SHA256).CreateSigningRequestPem();

    /// <summary>Signs a SHA-256 digest; DER, as every Sigstore format wants it.</summary>
    public byte[] Sign(ReadOnlySpan<byte> sha256)
    {
        lock (_gate)
        {
            return _key.SignHash(sha256, DSASignatureFormat.Rfc3279DerSequence);
        }
    }

    public void Dispose() => _key.Dispose();
}
