using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PySign.Sandbox.Fulcio;

/// <summary>The key to certify: read from a request, judged, and proven to be held by whoever asks.</summary>
internal static class SubjectKey
{
    private const string Unparsable = "The public key supplied in the request could not be parsed";
    private const string Insecure = "The public key supplied in the request is insecure";
    private const string Unproven = "The signature supplied in the request could not be verified";
    private const string BadRequest = "The certificate signing request could not be parsed";

    /// <exception cref="FulcioException">The key cannot be read, is too weak, or was not proven.</exception>
    public static PublicKey FromProof(byte[] content, byte[] signature, string challenge)
    {
        PublicKey key;
        try
        {
            // The v2 API sends PEM, the old one DER.
            var der = content is [0x30, ..] ? content : ReadPem(content, "PUBLIC KEY");
            key = PublicKey.CreateFromSubjectPublicKeyInfo(der, out _);
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            throw FulcioException.Invalid(Unparsable);
        }

        RequireStrong(key);
        return Proves(key, signature, Encoding.UTF8.GetBytes(challenge)) ? key : throw FulcioException.Invalid(Unproven);
    }

    /// <summary>Reads a PKCS#10 request: only its key counts, and its own signature is the proof.</summary>
    /// <exception cref="FulcioException">The request cannot be read, its signature is wrong or its key too weak.</exception>
    public static PublicKey FromSigningRequest(byte[] pem)
    {
        CertificateRequest request;
        try
        {
            var der = ReadPem(pem, "CERTIFICATE REQUEST");
            request = CertificateRequest.LoadSigningRequest(
                der,
                HashAlgorithmName.SHA256,
                CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions | CertificateRequestLoadOptions.SkipSignatureValidation
            );
            RequireStrong(request.PublicKey);
            request = CertificateRequest.LoadSigningRequest(
                der,
                HashAlgorithmName.SHA256,
                CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions
            );
        }
        catch (CryptographicException exception) when (exception.Message.Contains("signature", StringComparison.OrdinalIgnoreCase))
        {
            throw FulcioException.Invalid(Unproven);
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or NotSupportedException)
        {
            throw FulcioException.Invalid(BadRequest);
        }

        return request.PublicKey;
    }

    private static byte[] ReadPem(byte[] content, string label)
    {
        var text = Encoding.UTF8.GetString(content);
        return PemEncoding.TryFind(text, out var fields) && text[fields.Label] == label
            ? Convert.FromBase64String(text[fields.Base64Data])
            : throw new CryptographicException($"no PEM block {label}");
    }

    private static void RequireStrong(PublicKey key)
    {
        using var ecdsa = key.GetECDsaPublicKey();
        using var rsa = ecdsa is null ? key.GetRSAPublicKey() : null;
        if (ecdsa is not { KeySize: 256 or 384 or 521 } && rsa is not { KeySize: >= 2048 and <= 4096 })
        {
            throw FulcioException.Invalid(Insecure);
        }
    }

    private static bool Proves(PublicKey key, byte[] signature, byte[] challenge)
    {
        using var ecdsa = key.GetECDsaPublicKey();
        if (ecdsa is not null)
        {
            return ecdsa.VerifyData(challenge, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                || ecdsa.KeySize == 384
                    && ecdsa.VerifyData(challenge, signature, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence)
                || ecdsa.KeySize == 521
                    && ecdsa.VerifyData(challenge, signature, HashAlgorithmName.SHA512, DSASignatureFormat.Rfc3279DerSequence);
        }

        using var rsa = key.GetRSAPublicKey();
        return rsa is not null && rsa.VerifyData(challenge, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }
}
