using System.Formats.Asn1;
using System.Security.Cryptography;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Cryptography;

/// <summary>ECDSA on a NIST curve, signatures as strict DER.</summary>
internal sealed class EcdsaKey : VerificationKey
{
    private const int LargestFieldBytes = 66;

    private readonly KeyPool<ECDsa> _pool;
    private readonly int _fieldBytes;

    private EcdsaKey(ReadOnlyMemory<byte> spki, ECParameters parameters, HashAlgorithmName hash)
        : base(spki, hash)
    {
        _fieldBytes = parameters.Q.X!.Length;
        _pool = new KeyPool<ECDsa>(() => ECDsa.Create(parameters));
    }

    public override string KeyDetails =>
        _fieldBytes switch
        {
            32 => "PKIX_ECDSA_P256_SHA_256",
            48 => "PKIX_ECDSA_P384_SHA_384",
            _ => "PKIX_ECDSA_P521_SHA_512",
        };

    /// <exception cref="AsnContentException">The curve or the point's form is not supported.</exception>
    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    public static EcdsaKey Read(ReadOnlyMemory<byte> spki, ReadOnlySpan<byte> curve, ReadOnlySpan<byte> point)
    {
        var (named, bytes, hash) = CurveOf(curve);
        if (point.Length != 1 + 2 * bytes || point[0] != 4)
        {
            throw new AsnContentException("an uncompressed point was expected");
        }

        return new EcdsaKey(
            spki,
            new ECParameters
            {
                Curve = named,
                Q = new ECPoint { X = point.Slice(1, bytes).ToArray(), Y = point[(1 + bytes)..].ToArray() },
            },
            hash
        );
    }

    private static (ECCurve Curve, int FieldBytes, HashAlgorithmName Hash) CurveOf(ReadOnlySpan<byte> oid)
    {
        if (oid.SequenceEqual(Oids.P256))
        {
            return (ECCurve.NamedCurves.nistP256, 32, HashAlgorithmName.SHA256);
        }

        if (oid.SequenceEqual(Oids.P384))
        {
            return (ECCurve.NamedCurves.nistP384, 48, HashAlgorithmName.SHA384);
        }

        if (oid.SequenceEqual(Oids.P521))
        {
            return (ECCurve.NamedCurves.nistP521, LargestFieldBytes, HashAlgorithmName.SHA512);
        }

        throw new AsnContentException($"the curve {Oids.Dotted(oid)} is not supported");
    }

    public override bool VerifyHash(HashAlgorithmName hash, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        Span<byte> fields = stackalloc byte[2 * LargestFieldBytes];
        fields = fields[..(2 * _fieldBytes)];
        if (!TryReadDer(signature, fields[.._fieldBytes], fields[_fieldBytes..]))
        {
            return false;
        }

        var key = _pool.Rent();
        try
        {
            return key.VerifyHash(digest, fields);
        }
        catch (CryptographicException)
        {
            // Some platforms throw where r or s is out of range; it is not a signature either way.
            return false;
        }
        finally
        {
            _pool.Return(key);
        }
    }

    public override bool VerifyData(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (algorithm.Scheme != SignatureScheme.Ecdsa)
        {
            return false;
        }

        Span<byte> digest = stackalloc byte[64];
        return VerifyHash(algorithm.Hash, Digests.Hash(algorithm.Hash, data, digest), signature);
    }

    public override void Dispose()
    {
        _pool.Dispose();
        base.Dispose();
    }

    /// <summary>Reads r and s, strictly: the framework would take them as DER too, and turn them into these fields itself.</summary>
    private static bool TryReadDer(ReadOnlySpan<byte> signature, Span<byte> r, Span<byte> s)
    {
        if (signature.Length > r.Length + s.Length + 9)
        {
            return false;
        }

        try
        {
            AsnDecoder.ReadSequence(signature, AsnEncodingRules.DER, out var offset, out var length, out var consumed);
            var content = signature.Slice(offset, length);
            var first = AsnDecoder.ReadIntegerBytes(content, AsnEncodingRules.DER, out var firstLength);
            var second = AsnDecoder.ReadIntegerBytes(content[firstLength..], AsnEncodingRules.DER, out var secondLength);
            return consumed == signature.Length
                && firstLength + secondLength == length
                && TryCopyUnsigned(first, r)
                && TryCopyUnsigned(second, s);
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    /// <summary>Right-aligns a DER integer in a field of zeros; a negative one, or one too large for the curve, is refused.</summary>
    private static bool TryCopyUnsigned(ReadOnlySpan<byte> integer, Span<byte> field)
    {
        if ((integer[0] & 0x80) != 0)
        {
            return false;
        }

        var magnitude = integer[0] == 0 ? integer[1..] : integer;
        if (magnitude.Length > field.Length)
        {
            return false;
        }

        field.Clear();
        magnitude.CopyTo(field[(field.Length - magnitude.Length)..]);
        return true;
    }
}
