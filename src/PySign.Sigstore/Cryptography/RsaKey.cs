using System.Security.Cryptography;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Cryptography;

/// <summary>RSA of 2048 to 4096 bits, PKCS #1 v1.5 or PSS with SHA-2.</summary>
internal sealed class RsaKey : VerificationKey
{
    private readonly KeyPool<RSA> _pool;
    private readonly int _bits;

    private RsaKey(ReadOnlyMemory<byte> spki, RSAParameters parameters, int bits)
        : base(spki, HashAlgorithmName.SHA256)
    {
        _bits = bits;
        _pool = new KeyPool<RSA>(() => RSA.Create(parameters));
    }

    public override string KeyDetails => $"PKIX_RSA_PKCS1V15_{_bits}_SHA256";

    public static RsaKey? Read(ReadOnlyMemory<byte> spki, ReadOnlyMemory<byte> pkcs1, out string problem)
    {
        var reader = new DerReader(pkcs1);
        var key = reader.Sequence();
        reader.End();
        var modulus = key.IntegerBytes().Span.TrimStart((byte)0);
        var exponent = key.IntegerBytes().Span;
        key.End();
        var bits = modulus.Length * 8 - (modulus.IsEmpty ? 0 : System.Numerics.BitOperations.LeadingZeroCount(modulus[0]) - 24);

        // An even modulus or exponent, or exponent 1, is not a key; exponents of more than 32 bits only serve to slow us down.
        if (
            bits is < 2048 or > 4096
            || (modulus[^1] & 1) == 0
            || exponent.Length is 0 or > 5
            || (exponent[0] & 0x80) != 0
            || (exponent[^1] & 1) == 0
            || exponent is [1]
        )
        {
            problem = $"an RSA key of {bits} bits, or with a bad modulus or exponent; 2048 to 4096 bits are supported";
            return null;
        }

        problem = "";
        return new RsaKey(spki, new RSAParameters { Modulus = modulus.ToArray(), Exponent = exponent.ToArray() }, bits);
    }

    public override bool VerifyHash(HashAlgorithmName hash, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature) =>
        Verify(hash, digest, signature, RSASignaturePadding.Pkcs1) || Verify(hash, digest, signature, RSASignaturePadding.Pss);

    /// <summary>Whether a signature is one with PSS padding; its key then has another name in the algorithm registry.</summary>
    public bool IsPss(HashAlgorithmName hash, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature) =>
        Verify(hash, digest, signature, RSASignaturePadding.Pss);

    public string PssKeyDetails => $"PKIX_RSA_PSS_{_bits}_SHA256";

    public override bool VerifyData(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var padding = algorithm.Scheme switch
        {
            SignatureScheme.RsaPkcs1 => RSASignaturePadding.Pkcs1,
            SignatureScheme.RsaPss => RSASignaturePadding.Pss,
            _ => null,
        };
        Span<byte> digest = stackalloc byte[64];
        return padding is not null && Verify(algorithm.Hash, Digests.Hash(algorithm.Hash, data, digest), signature, padding);
    }

    public override void Dispose()
    {
        _pool.Dispose();
        base.Dispose();
    }

    private bool Verify(HashAlgorithmName hash, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, RSASignaturePadding padding)
    {
        if (signature.Length != (_bits + 7) / 8)
        {
            return false;
        }

        var key = _pool.Rent();
        try
        {
            return key.VerifyHash(digest, signature, hash, padding);
        }
        catch (CryptographicException)
        {
            // A number not below the modulus is reported by exception on some platforms.
            return false;
        }
        finally
        {
            _pool.Return(key);
        }
    }
}
