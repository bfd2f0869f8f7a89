using System.Security.Cryptography;

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
