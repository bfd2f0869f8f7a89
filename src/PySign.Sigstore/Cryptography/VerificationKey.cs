using System.Formats.Asn1;
using System.Security.Cryptography;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Cryptography;

/// <summary>A public key, read once and safe to verify with from many threads.</summary>
internal abstract class VerificationKey : IDisposable
{
    protected VerificationKey(ReadOnlyMemory<byte> spki, HashAlgorithmName properHash)
    {
        Spki = spki;
        ProperHash = properHash;
    }

    /// <summary>The SubjectPublicKeyInfo as it was read.</summary>
    public ReadOnlyMemory<byte> Spki { get; }

    /// <summary>The hash that belongs to the key: as strong as its curve; SHA-256 for RSA; SHA-512 inside Ed25519.</summary>
    public HashAlgorithmName ProperHash { get; }

    /// <summary>The name of kind and hash in Sigstore's algorithm registry (PublicKeyDetails).</summary>
    public abstract string KeyDetails { get; }

    /// <summary>Whether the key signs messages themselves, not their hash.</summary>
    public virtual bool SignsWholeMessage => false;

    public abstract bool VerifyHash(HashAlgorithmName hash, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature);

    /// <summary>Verifies exactly the given scheme; a key of another kind verifies nothing.</summary>
    public abstract bool VerifyData(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);

    /// <summary>Verifies data signed with the key's own scheme and proper hash.</summary>
    public virtual bool VerifyData(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        Span<byte> digest = stackalloc byte[64];
        return VerifyHash(ProperHash, Digests.Hash(ProperHash, data, digest), signature);
    }

    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Reads a SubjectPublicKeyInfo: P-256, P-384, P-521, RSA of 2048 to 4096 bits, Ed25519.</summary>
    /// <returns>The key, or null with <paramref name="problem"/> saying why not.</returns>
    public static VerificationKey? TryRead(ReadOnlyMemory<byte> spki, out string problem)
    {
        try
        {
            return Read(spki, out problem);
        }
        catch (AsnContentException e)
        {
            problem = e.Message.TrimEnd('.');
            return null;
        }
        catch (CryptographicException e)
        {
            problem = e.Message.TrimEnd('.');
            return null;
        }
    }

    private static VerificationKey? Read(ReadOnlyMemory<byte> spki, out string problem)
    {
        problem = "";
        var reader = new DerReader(spki);
        var info = reader.Sequence();
        reader.End();
        var algorithm = info.Sequence();
        var bits = info.BitString();
        info.End();
        var oid = algorithm.Oid().Span;
        if (oid.SequenceEqual(Oids.EcPublicKey))
        {
            var curve = algorithm.Oid().Span;
            algorithm.End();
            return EcdsaKey.Read(spki, curve, bits.Span);
        }

        if (oid.SequenceEqual(Oids.RsaEncryption))
        {
            if (!algorithm.Content(Asn1Tag.Null).IsEmpty)
            {
                problem = "RSA parameters other than NULL";
                return null;
            }

            algorithm.End();
            return RsaKey.Read(spki, bits, out problem);
        }

        if (oid.SequenceEqual(Oids.Ed25519))
        {
            algorithm.End();
            return Ed25519Key.Read(spki, bits.Span, out problem);
        }

        problem = $"key algorithm {Oids.Dotted(oid)}";
        return null;
    }
}
