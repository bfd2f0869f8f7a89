using System.Security.Cryptography;
using PySign.Sigstore.Certificates;

namespace PySign.Sigstore.Signing;

/// <summary>A private key, and what logs and bundles are told about it. Safe to sign with from many threads.</summary>
internal abstract class SigningKey : IDisposable
{
    /// <summary>The public key, SubjectPublicKeyInfo.</summary>
    public abstract ReadOnlyMemory<byte> Spki { get; }

    /// <summary>The hash that is signed.</summary>
    public abstract HashAlgorithmName Hash { get; }

    /// <summary>The name of kind and hash in Sigstore's algorithm registry (PublicKeyDetails).</summary>
    public abstract string KeyDetails { get; }

    /// <summary>Signs a digest made with <see cref="Hash"/>; ECDSA as DER, as every Sigstore format wants it.</summary>
    public abstract Task<byte[]> SignAsync(ReadOnlyMemory<byte> digest, CancellationToken cancellationToken);

    public abstract void Dispose();
}

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
