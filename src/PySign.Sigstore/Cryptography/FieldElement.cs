using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace PySign.Sigstore.Cryptography;

/// <summary>
/// An element of the field of 2^255-19 elements in five limbs of 51 bits. Results of multiplication and subtraction have limbs
/// below 2^52; one addition of two such is still a valid operand. Not constant in time: only public data is verified here.
/// </summary>
internal readonly struct FieldElement(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4)
{
    private const ulong Mask = (1UL << 51) - 1;

    private readonly ulong _0 = l0,
        _1 = l1,
        _2 = l2,
        _3 = l3,
        _4 = l4;

    public static FieldElement Zero => default;

    public static FieldElement One => new(1, 0, 0, 0, 0);

    /// <summary>Reads 255 bits, little endian; the highest bit is ignored.</summary>
    public static FieldElement FromBytes(ReadOnlySpan<byte> bytes)
    {
        var a = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var b = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        var c = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        var d = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
        return new FieldElement(
            a & Mask,
            ((a >> 51) | (b << 13)) & Mask,
            ((b >> 38) | (c << 26)) & Mask,
            ((c >> 25) | (d << 39)) & Mask,
            (d >> 12) & Mask
        );
    }

    /// <summary>Reads a constant in hexadecimal, most significant digit first.</summary>
    public static FieldElement FromHex(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Array.Reverse(bytes);
        return FromBytes(bytes);
    }

    /// <summary>Writes the one representative below 2^255-19, little endian.</summary>
    public void ToBytes(Span<byte> destination)
    {
        var (a, b, c, d, e) = Carry(_0, _1, _2, _3, _4);

        // After one carry the value is below 2p; q tells whether p has to be taken off.
        var q = (a + 19) >> 51;
        q = (b + q) >> 51;
        q = (c + q) >> 51;
        q = (d + q) >> 51;
        q = (e + q) >> 51;
        a += 19 * q;
        b += a >> 51;
        c += b >> 51;
        d += c >> 51;
        e += d >> 51;
        a &= Mask;
        b &= Mask;
        c &= Mask;
        d &= Mask;
        e &= Mask;
        BinaryPrimitives.WriteUInt64LittleEndian(destination, a | (b << 51));
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], (b >> 13) | (c << 38));
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], (c >> 26) | (d << 25));
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], (d >> 39) | (e << 12));
    }

    public bool IsZero => Equals(this, Zero);

    /// <summary>The lowest bit of the representative, which stands for the sign.</summary>
    public bool IsNegative
    {
        get
        {
            Span<byte> bytes = stackalloc byte[32];
            ToBytes(bytes);
            return (bytes[0] & 1) != 0;
        }
    }

    public static bool Equals(in FieldElement x, in FieldElement y)
    {
        Span<byte> a = stackalloc byte[32],
            b = stackalloc byte[32];
        x.ToBytes(a);
        y.ToBytes(b);
        return a.SequenceEqual(b);
    }

    public static FieldElement operator +(in FieldElement x, in FieldElement y) =>
        new(x._0 + y._0, x._1 + y._1, x._2 + y._2, x._3 + y._3, x._4 + y._4);

    public static FieldElement operator -(in FieldElement x, in FieldElement y)
    {
        // 16p is added first, so that no limb goes below zero.
        var (a, b, c, d, e) = Carry(
            x._0 + 36028797018963664UL - y._0,
            x._1 + 36028797018963952UL - y._1,
            x._2 + 36028797018963952UL - y._2,
            x._3 + 36028797018963952UL - y._3,
            x._4 + 36028797018963952UL - y._4
        );
        return new FieldElement(a, b, c, d, e);
    }

    public FieldElement Negate() => Zero - this;

    public static FieldElement operator *(in FieldElement x, in FieldElement y)
    {
        // 2^255 = 19, so what overflows the fifth limb comes back times 19.
        ulong b1 = y._1 * 19,
            b2 = y._2 * 19,
            b3 = y._3 * 19,
            b4 = y._4 * 19;
        return Reduce(
            Product(x._0, y._0) + Product(x._4, b1) + Product(x._3, b2) + Product(x._2, b3) + Product(x._1, b4),
            Product(x._1, y._0) + Product(x._0, y._1) + Product(x._4, b2) + Product(x._3, b3) + Product(x._2, b4),
            Product(x._2, y._0) + Product(x._1, y._1) + Product(x._0, y._2) + Product(x._4, b3) + Product(x._3, b4),
            Product(x._3, y._0) + Product(x._2, y._1) + Product(x._1, y._2) + Product(x._0, y._3) + Product(x._4, b4),
            Product(x._4, y._0) + Product(x._3, y._1) + Product(x._2, y._2) + Product(x._1, y._3) + Product(x._0, y._4)
        );
    }

    public FieldElement Square()
    {
        ulong a2 = _0 * 2,
            b2 = _1 * 2,
            d19 = _3 * 19,
            e19 = _4 * 19;
        return Reduce(
            Product(_0, _0) + Product(b2, e19) + Product(_2 * 2, d19),
            Product(a2, _1) + Product(_2 * 2, e19) + Product(_3, d19),
            Product(a2, _2) + Product(_1, _1) + Product(_3 * 2, e19),
            Product(a2, _3) + Product(b2, _2) + Product(_4, e19),
            Product(a2, _4) + Product(b2, _3) + Product(_2, _2)
        );
    }

    /// <summary>Squares several times.</summary>
    public FieldElement Square(int times)
    {
        var result = Square();
        for (var i = 1; i < times; i++)
        {
            result = result.Square();
        }

        return result;
    }

    /// <summary>x^(p-2) = 1/x.</summary>
    public FieldElement Invert()
    {
        var (all250, eleven) = Power250();
        return all250.Square(5) * eleven;
    }

    /// <summary>x^((p-5)/8), from which square roots are made (RFC 8032 5.1.3).</summary>
    public FieldElement PowerForRoot() => Power250().All250.Square(2) * this;

    /// <summary>x^(2^250-1) and x^11.</summary>
    private (FieldElement All250, FieldElement Eleven) Power250()
    {
        var two = Square();
        var nine = two.Square(2) * this;
        var eleven = nine * two;
        var all5 = eleven.Square() * nine;
        var all10 = all5.Square(5) * all5;
        var all20 = all10.Square(10) * all10;
        var all40 = all20.Square(20) * all20;
        var all50 = all40.Square(10) * all10;
        var all100 = all50.Square(50) * all50;
        var all200 = all100.Square(100) * all100;
        return (all200.Square(50) * all50, eleven);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static UInt128 Product(ulong x, ulong y)
    {
        var high = Math.BigMul(x, y, out var low);
        return new UInt128(high, low);
    }

    private static FieldElement Reduce(UInt128 a, UInt128 b, UInt128 c, UInt128 d, UInt128 e)
    {
        b += (ulong)(a >> 51);
        c += (ulong)(b >> 51);
        d += (ulong)(c >> 51);
        e += (ulong)(d >> 51);
        var l0 = ((ulong)a & Mask) + (ulong)(e >> 51) * 19;
        return new FieldElement(l0 & Mask, ((ulong)b & Mask) + (l0 >> 51), (ulong)c & Mask, (ulong)d & Mask, (ulong)e & Mask);
    }

    private static (ulong A, ulong B, ulong C, ulong D, ulong E) Carry(ulong a, ulong b, ulong c, ulong d, ulong e) =>
        ((a & Mask) + (e >> 51) * 19, (b & Mask) + (a >> 51), (c & Mask) + (b >> 51), (d & Mask) + (c >> 51), (e & Mask) + (d >> 51));
}
