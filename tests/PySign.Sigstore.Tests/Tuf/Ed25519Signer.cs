using System.Numerics;
using System.Security.Cryptography;

namespace PySign.Sigstore.Tests.Tuf;

/// <summary>Ed25519 signing by the book (RFC 8032 5.1), for test keys only: slow, and not constant in time.</summary>
internal sealed class Ed25519Signer
{
    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger L =
        BigInteger.Pow(2, 252)
        + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly BigInteger D = Mod(-121665 * Invert(121666));
    private static readonly (BigInteger X, BigInteger Y) Base = BasePoint();

    private readonly BigInteger _scalar;
    private readonly byte[] _prefix;

    public Ed25519Signer(byte[] seed)
    {
        var hash = SHA512.HashData(seed);
        hash[0] &= 248;
        hash[31] = (byte)((hash[31] & 127) | 64);
        _scalar = Number(hash.AsSpan(0, 32));
        _prefix = hash[32..];
        PublicKey = Encode(Multiply(_scalar));
    }

    public byte[] PublicKey { get; }

    public byte[] Sign(byte[] message)
    {
        var r = Number(SHA512.HashData([.. _prefix, .. message])) % L;
        var point = Encode(Multiply(r));
        var k = Number(SHA512.HashData([.. point, .. PublicKey, .. message])) % L;
        return [.. point, .. Bytes((r + k * _scalar) % L)];
    }

    private static (BigInteger X, BigInteger Y) BasePoint()
    {
        var y = Mod(4 * Invert(5));
        var x2 = Mod((y * y - 1) * Invert(D * y * y + 1));
        var x = BigInteger.ModPow(x2, (P + 3) / 8, P);
        if (Mod(x * x - x2) != 0)
        {
            x = Mod(x * BigInteger.ModPow(2, (P - 1) / 4, P));
        }

        return (x.IsEven ? x : P - x, y);
    }

    private static (BigInteger X, BigInteger Y, BigInteger Z) Add(
        (BigInteger X, BigInteger Y, BigInteger Z) a,
        (BigInteger X, BigInteger Y, BigInteger Z) b
    )
    {
        var z = a.Z * b.Z % P;
        var z2 = z * z % P;
        var xx = a.X * b.X % P;
        var yy = a.Y * b.Y % P;
        var e = D * xx % P * yy % P;
        var f = Mod(z2 - e);
        var g = Mod(z2 + e);
        return (Mod(z * f % P * ((a.X + a.Y) * (b.X + b.Y) - xx - yy)), Mod(z * g % P * (yy + xx)), f * g % P);
    }

    private static (BigInteger X, BigInteger Y) Multiply(BigInteger scalar)
    {
        (BigInteger X, BigInteger Y, BigInteger Z) sum = (0, 1, 1);
        (BigInteger X, BigInteger Y, BigInteger Z) power = (Base.X, Base.Y, 1);
        for (; scalar > 0; scalar >>= 1, power = Add(power, power))
        {
            sum = scalar.IsEven ? sum : Add(sum, power);
        }

        var inverse = Invert(sum.Z);
        return (Mod(sum.X * inverse), Mod(sum.Y * inverse));
    }

    private static byte[] Encode((BigInteger X, BigInteger Y) point)
    {
        var bytes = Bytes(point.Y);
        bytes[31] |= (byte)(point.X.IsEven ? 0 : 128);
        return bytes;
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true);

    private static byte[] Bytes(BigInteger number)
    {
        var bytes = new byte[32];
        number.TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }

    private static BigInteger Invert(BigInteger number) => BigInteger.ModPow(Mod(number), P - 2, P);

    private static BigInteger Mod(BigInteger number) => (number % P + P) % P;
}
