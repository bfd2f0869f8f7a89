using System.Formats.Asn1;
using System.Security.Cryptography;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Cryptography;

/// <summary>ECDSA on a NIST curve, signatures as strict DER.</summary>
internal sealed class EcdsaKey : VerificationKey
{
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
        var (named, bytes, hash) =
            curve.SequenceEqual(Oids.P256) ? (ECCurve.NamedCurves.nistP256, 32, HashAlgorithmName.SHA256)
            : curve.SequenceEqual(Oids.P384) ? (ECCurve.NamedCurves.nistP384, 48, HashAlgorithmName.SHA384)
            : curve.SequenceEqual(Oids.P521) ? (ECCurve.NamedCurves.nistP521, 66, HashAlgorithmName.SHA512)
            : throw new AsnContentException($"the curve {Oids.Dotted(curve)} is not supported");
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

    public override bool VerifyHash(HashAlgorithmName hash, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (!IsStrictDer(signature))
        {
            return false;
        }

        var key = _pool.Rent();
        try
        {
            return key.VerifyHash(digest, signature, DSASignatureFormat.Rfc3279DerSequence);
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

    private bool IsStrictDer(ReadOnlySpan<byte> signature)
    {
        if (signature.Length > 2 * _fieldBytes + 9)
        {
            return false;
        }

        try
        {
            AsnDecoder.ReadSequence(signature, AsnEncodingRules.DER, out var offset, out var length, out var consumed);
            var content = signature.Slice(offset, length);
            var r = AsnDecoder.ReadIntegerBytes(content, AsnEncodingRules.DER, out var rLength);
            var s = AsnDecoder.ReadIntegerBytes(content[rLength..], AsnEncodingRules.DER, out var sLength);
            return consumed == signature.Length && rLength + sLength == length && (r[0] & 0x80) == 0 && (s[0] & 0x80) == 0;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
