using System.Numerics;
using System.Security.Cryptography;

namespace PySign.Sigstore.Tests.Tuf;

/// <summary>Ed25519 signing by the book (RFC 8032 5.1), for test keys only: slow, and not constant in time.</summary>
internal sealed class Ed25519Signer
{
    private static readonly BigInteger _p = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger _l =
        BigInteger.Pow(2, 252)
        + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly BigInteger _d = Mod(-121665 * Invert(121666));
    private static readonly (BigInteger X, BigInteger Y) _base = BasePoint();

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
        var r = Number(SHA512.HashData([.. _prefix, .. message])) % _l;
        var point = Encode(Multiply(r));
        var k = Number(SHA512.HashData([.. point, .. PublicKey, .. message])) % _l;
        return [.. point, .. Bytes((r + k * _scalar) % _l)];
    }

    private static (BigInteger X, BigInteger Y) BasePoint()
    {
        var y = Mod(4 * Invert(5));
        var x2 = Mod((y * y - 1) * Invert(_d * y * y + 1));
        var x = BigInteger.ModPow(x2, (_p + 3) / 8, _p);
        if (Mod(x * x - x2) != 0)
        {
            x = Mod(x * BigInteger.ModPow(2, (_p - 1) / 4, _p));
        }

        return (x.IsEven ? x : _p - x, y);
    }

    private static (BigInteger X, BigInteger Y, BigInteger Z) Add(
        (BigInteger X, BigInteger Y, BigInteger Z) a,
        (BigInteger X, BigInteger Y, BigInteger Z) b
    )
    {
        var z = a.Z * b.Z % _p;
        var z2 = z * z % _p;
        var xx = a.X * b.X % _p;
        var yy = a.Y * b.Y % _p;
        var e = _d * xx % _p * yy % _p;
        var f = Mod(z2 - e);
        var g = Mod(z2 + e);
        return (Mod(z * f % _p * ((a.X + a.Y) * (b.X + b.Y) - xx - yy)), Mod(z * g % _p * (yy + xx)), f * g % _p);
    }

    private static (BigInteger X, BigInteger Y) Multiply(BigInteger scalar)
    {
        (BigInteger X, BigInteger Y, BigInteger Z) sum = (0, 1, 1);
        (BigInteger X, BigInteger Y, BigInteger Z) power = (_base.X, _base.Y, 1);
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

    private static BigInteger Invert(BigInteger number) => BigInteger.ModPow(Mod(number), _p - 2, _p);

    private static BigInteger Mod(BigInteger number) => (number % _p + _p) % _p;
}
