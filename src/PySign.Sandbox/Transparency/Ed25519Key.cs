using System.Numerics;
using System.Security.Cryptography;

namespace PySign.Sandbox.Transparency;

/// <summary>
/// Ed25519 signing (RFC 8032 section 5.1), which the base class library lacks. Written for a rehearsal key that lives for
/// one run: plain big integers, not constant time.
/// </summary>
internal sealed class Ed25519Key
{
    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger Order =
        BigInteger.Pow(2, 252)
        + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly BigInteger D = Mod(-121665 * Invert(121666));
    private static readonly Point BasePoint = CreateBasePoint();
    private static readonly byte[] SpkiPrefix = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00];

    private readonly BigInteger scalar;
    private readonly byte[] prefix;

    public Ed25519Key(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != 32)
        {
            throw new ArgumentException($"An Ed25519 seed has 32 bytes, not {seed.Length}.", nameof(seed));
        }

        var hash = SHA512.HashData(seed);
        hash[0] &= 0xF8;
        hash[31] = (byte)((hash[31] & 0x7F) | 0x40);
        scalar = Read(hash.AsSpan(0, 32));
        prefix = hash[32..];
        PublicKey = Encode(Multiply(BasePoint, scalar));
    }

    /// <summary>The 32-byte public key.</summary>
    public byte[] PublicKey { get; }

    /// <summary>The key as SubjectPublicKeyInfo (RFC 8410).</summary>
    public byte[] SubjectPublicKeyInfo => [.. SpkiPrefix, .. PublicKey];

    public static Ed25519Key Generate() => new(RandomNumberGenerator.GetBytes(32));

    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        var nonce = Read(SHA512.HashData([.. prefix, .. message])) % Order;
        var commitment = Encode(Multiply(BasePoint, nonce));
        var challenge = Read(SHA512.HashData([.. commitment, .. PublicKey, .. message])) % Order;
        return [.. commitment, .. Write((nonce + challenge * scalar) % Order)];
    }

    private static BigInteger Mod(BigInteger value)
    {
        var rest = value % Prime;
        return rest.Sign < 0 ? rest + Prime : rest;
    }

    private static BigInteger Invert(BigInteger value) => BigInteger.ModPow(value, Prime - 2, Prime);

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
        var square = Mod((y * y - 1) * Invert(D * y * y + 1));
        var x = BigInteger.ModPow(square, (Prime + 3) / 8, Prime);
        if (Mod(x * x - square) != 0)
        {
            x = Mod(x * BigInteger.ModPow(2, (Prime - 1) / 4, Prime));
        }

        if (!x.IsEven)
        {
            x = Prime - x;
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
        var c = Mod(2 * left.T * Mod(right.T * D));
        var d = Mod(2 * left.Z * right.Z);
        var (e, f, g, h) = (b - a, d - c, d + c, b + a);
        return new Point(Mod(e * f), Mod(g * h), Mod(f * g), Mod(e * h));
    }

    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T);
}
