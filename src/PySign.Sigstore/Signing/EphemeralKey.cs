using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PySign.Sigstore.Signing;

/// <summary>An ephemeral P-256 key; once the certificate authority has answered, with its certificate. The key never leaves the
/// process.</summary>
internal sealed class EphemeralKey : SigningKey
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Lock _gate = new();

    public EphemeralKey() => Spki = _key.ExportSubjectPublicKeyInfo();

    public override ReadOnlyMemory<byte> Spki { get; }

    public override HashAlgorithmName Hash => HashAlgorithmName.SHA256;

    public override string KeyDetails => "PKIX_ECDSA_P256_SHA_256";

    /// <summary>
    /// The signing request (PKCS#10). Its subject is empty: who it is for is decided by the token alone (Fulcio ignores subject and
    /// attributes), and an odd character of a token's subject in it would only break encoders and parsers.
    /// </summary>
    public string SigningRequestPem() =>
        new CertificateRequest(new X500DistinguishedName(""), _key, HashAlgorithmName.SHA256).CreateSigningRequestPem();

    public override Task<byte[]> SignAsync(ReadOnlyMemory<byte> digest, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_key.SignHash(digest.Span, DSASignatureFormat.Rfc3279DerSequence));
        }
    }

    public override void Dispose() => _key.Dispose();
}
