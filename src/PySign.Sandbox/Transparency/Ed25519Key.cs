using System.Numerics;
using System.Security.Cryptography;

namespace PySign.Sandbox.Transparency;

/// <summary>
/// Ed25519 signing (RFC 8032 section 5.1), which the base class library lacks. Written for a rehearsal key that lives for
/// one run: plain big integers, not constant time.
/// </summary>
internal sealed class Ed25519Key
{
    private static readonly BigInteger _prime = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger _order =
        BigInteger.Pow(2, 252)
        + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly BigInteger _d = Mod(-121665 * Invert(121666));
    private static readonly Point _basePoint = CreateBasePoint();
    private static readonly byte[] _spkiPrefix = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00];

    private readonly BigInteger _scalar;
    private readonly byte[] _prefix;

    public Ed25519Key(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != 32)
        {
            throw new ArgumentException($"An Ed25519 seed has 32 bytes, not {seed.Length}.", nameof(seed));
        }

        var hash = SHA512.HashData(seed);
        hash[0] &= 0xF8;
        hash[31] = (byte)((hash[31] & 0x7F) | 0x40);
        _scalar = Read(hash.AsSpan(0, 32));
        _prefix = hash[32..];
        PublicKey = Encode(Multiply(_basePoint, _scalar));
    }

    /// <summary>The 32-byte public key.</summary>
    public byte[] PublicKey { get; }

    /// <summary>The key as SubjectPublicKeyInfo (RFC 8410).</summary>
    public byte[] SubjectPublicKeyInfo => [.. _spkiPrefix, .. PublicKey];

    public static Ed25519Key Generate() => new(RandomNumberGenerator.GetBytes(32));

    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        var nonce = Read(SHA512.HashData([.. _prefix, .. message])) % _order;
        var commitment = Encode(Multiply(_basePoint, nonce));
        var challenge = Read(SHA512.HashData([.. commitment, .. PublicKey, .. message])) % _order;
        return [.. commitment, .. Write((nonce + challenge * _scalar) % _order)];
    }

    private static BigInteger Mod(BigInteger value)
    {
        var rest = value % _prime;
        return rest.Sign < 0 ? rest + _prime : rest;
    }

    private static BigInteger Invert(BigInteger value) => BigInteger.ModPow(value, _prime - 2, _prime);

    private static BigInteger Read(ReadOnlySpan<byte> littleEndian) => new(littleEndian, isUnsigned: true);

    private static byte[] Write(BigInteger value)
    {
        var bytes = new byte[32];
        value.TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }

    // y = 4/5; x is the even root of (y² - 1)/(d·y² + 1).
    private static Point CreateBasePoint()
    {
        var y = Mod(4 * Invert(5));
        var square = Mod((y * y - 1) * Invert(_d * y * y + 1));
        var x = BigInteger.ModPow(square, (_prime + 3) / 8, _prime);
        if (Mod(x * x - square) != 0)
        {
            x = Mod(x * BigInteger.ModPow(2, (_prime - 1) / 4, _prime));
        }

        if (!x.IsEven)
        {
            x = _prime - x;
        }

        return new Point(x, y, 1, Mod(x * y));
    }

    private static byte[] Encode(Point point)
    {
        var inverse = Invert(point.Z);
        var bytes = Write(Mod(point.Y * inverse));
        if (!Mod(point.X * inverse).IsEven)
        {
            bytes[31] |= 0x80;
        }

        return bytes;
    }

    private static Point Multiply(Point point, BigInteger factor)
    {
        var result = new Point(0, 1, 1, 0);
        for (var bit = (int)factor.GetBitLength() - 1; bit >= 0; bit--)
        {
            result = Add(result, result);
            if (!((factor >> bit) & 1).IsZero)
            {
                result = Add(result, point);
            }
        }

        return result;
    }

    // RFC 8032 section 5.1.4; the formula is complete, so it doubles as well.
    private static Point Add(Point left, Point right)
    {
        var a = Mod((left.Y - left.X) * (right.Y - right.X));
        var b = Mod((left.Y + left.X) * (right.Y + right.X));
        var c = Mod(2 * left.T * Mod(right.T * _d));
        var d = Mod(2 * left.Z * right.Z);
        var (e, f, g, h) = (b - a, d - c, d + c, b + a);
        return new Point(Mod(e * f), Mod(g * h), Mod(f * g), Mod(e * h));
    }

    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T);
}
