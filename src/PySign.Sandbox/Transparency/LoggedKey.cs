using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PySign.Sandbox.Transparency;

/// <summary>The certificate or public key that a log entry names, and the one check a log makes with it.</summary>
internal sealed class LoggedKey
{
    private const string CertificateLabel = "CERTIFICATE";
    private readonly PublicKey _publicKey;

    private LoggedKey(string label, byte[] der)
    {
        IsCertificate = label == CertificateLabel;
        Der = der;
        Pem = PemEncoding.WriteString(label, der) + "\n";
        if (IsCertificate)
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            _publicKey = certificate.PublicKey;
        }
        else
        {
            _publicKey = PublicKey.CreateFromSubjectPublicKeyInfo(der, out _);
        }
    }

    public bool IsCertificate { get; }

    public byte[] Der { get; }

    /// <summary>PEM rewritten: 64 columns, LF, one newline at the end.</summary>
    public string Pem { get; }

    /// <exception cref="CryptographicException">The text is neither a certificate nor a public key.</exception>
    public static LoggedKey FromPem(byte[] utf8)
    {
        var text = Encoding.UTF8.GetString(utf8);
        if (!PemEncoding.TryFind(text, out var fields))
        {
            throw new CryptographicException("no PEM block found");
        }

        var label = text[fields.Label];
        if (label is not (CertificateLabel or "PUBLIC KEY"))
        {
            throw new CryptographicException($"unexpected PEM type {label}");
        }

        return new LoggedKey(label, Convert.FromBase64String(text[fields.Base64Data]));
    }

    public static LoggedKey FromCertificate(byte[] der) => new(CertificateLabel, der);

    public static LoggedKey FromSubjectPublicKeyInfo(byte[] der) => new("PUBLIC KEY", der);

    public bool VerifyDigest(byte[] digest, HashAlgorithmName algorithm, byte[] signature)
    {
        using var ecdsa = _publicKey.GetECDsaPublicKey();
        if (ecdsa is not null)
        {
            return ecdsa.VerifyHash(digest, signature, DSASignatureFormat.Rfc3279DerSequence);
        }

        using var rsa = _publicKey.GetRSAPublicKey();
        return rsa is not null && rsa.VerifyHash(digest, signature, algorithm, RSASignaturePadding.Pkcs1);
    }

    /// <summary>The protobuf-specs name of the key's algorithm, or null for a key the v2 logs do not take.</summary>
    public string? KeyDetails()
    {
        using var ecdsa = _publicKey.GetECDsaPublicKey();
        if (ecdsa is not null)
        {
            return ecdsa.KeySize switch
            {
                256 => "PKIX_ECDSA_P256_SHA_256",
                384 => "PKIX_ECDSA_P384_SHA_384",
                521 => "PKIX_ECDSA_P521_SHA_512",
                _ => null,
            };
        }

        using var rsa = _publicKey.GetRSAPublicKey();
        return rsa?.KeySize switch
        {
            2048 => "PKIX_RSA_PKCS1V15_2048_SHA256",
            3072 => "PKIX_RSA_PKCS1V15_3072_SHA256",
            4096 => "PKIX_RSA_PKCS1V15_4096_SHA256",
            _ => null,
        };
    }
}
