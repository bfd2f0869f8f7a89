namespace PySign.Sigstore.Cryptography;

/// <summary>A point of edwards25519 in extended coordinates: x = X/Z, y = Y/Z, xy = T/Z.</summary>
internal readonly struct EdwardsPoint(FieldElement x, FieldElement y, FieldElement z, FieldElement t)
{
    private static readonly FieldElement _d = FieldElement.FromHex("52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3");
    private static readonly FieldElement _twoD = _d + _d;
    private static readonly FieldElement _rootOfMinusOne = FieldElement.FromHex(
        "2b8324804fc1df0b2b4d00993dfbd7a72f431806ad2fe478c4ee1b274a0ea0b0"
    );

    private readonly FieldElement _x = x,
        _y = y,
        _z = z,
        _t = t;

    public static EdwardsPoint Identity => new(FieldElement.Zero, FieldElement.One, FieldElement.One, FieldElement.Zero);

    /// <summary>Reads a point in its one canonical encoding (RFC 8032 5.1.3); null for every other 32 bytes.</summary>
    public static EdwardsPoint? TryRead(ReadOnlySpan<byte> encoded)
    {
        var y = FieldElement.FromBytes(encoded);
        var negative = (encoded[31] & 0x80) != 0;
        Span<byte> canonical = stackalloc byte[32];
        y.ToBytes(canonical);
        canonical[31] |= (byte)(encoded[31] & 0x80);
        if (!canonical.SequenceEqual(encoded))
        {
            return null;
        }

        // x^2 = (y^2-1) / (dy^2+1)
        var ySquared = y.Square();
        var u = ySquared - FieldElement.One;
        var v = _d * ySquared + FieldElement.One;
        var v3 = v.Square() * v;
        var x = u * v3 * (u * v3.Square() * v).PowerForRoot();
        var check = v * x.Square();
        if (!FieldElement.Equals(check, u))
        {
            if (!FieldElement.Equals(check, u.Negate()))
            {
                return null;
            }

            x *= _rootOfMinusOne;
        }

        if (x.IsZero && negative)
        {
            return null;
        }

        if (x.IsNegative != negative)
        {
            x = x.Negate();
        }

        return new EdwardsPoint(x, y, FieldElement.One, x * y);
    }

    public void Write(Span<byte> destination)
    {
        var inverse = _z.Invert();
        (_y * inverse).ToBytes(destination);
        destination[31] |= (byte)((_x * inverse).IsNegative ? 0x80 : 0);
    }

    /// <summary>Whether eight times the point is the identity: such a point proves nothing about anybody.</summary>
    public bool IsSmallOrder
    {
        get
        {
            var eight = Double().Double().Double();
            return eight._x.IsZero && FieldElement.Equals(eight._y, eight._z);
        }
    }

    public EdwardsPoint Negate() => new(_x.Negate(), _y, _z, _t.Negate());

    public EdwardsPoint Double()
    {
        var a = _x.Square();
        var b = _y.Square();
        var zz = _z.Square();
        var h = a + b;
        var e = h - (_x + _y).Square();
        var g = a - b;
        var f = zz + zz + g;
        return new EdwardsPoint(e * f, g * h, f * g, e * h);
    }

    public static EdwardsPoint operator +(in EdwardsPoint p, in EdwardsPoint q)
    {
        var a = (p._y - p._x) * (q._y - q._x);
        var b = (p._y + p._x) * (q._y + q._x);
        var c = p._t * _twoD * q._t;
        var zz = p._z * q._z;
        var d = zz + zz;
        var e = b - a;
        var f = d - c;
        var g = d + c;
        var h = b + a;
        return new EdwardsPoint(e * f, g * h, f * g, e * h);
    }

    /// <summary>P, 3P, 5P … for a sliding window.</summary>
    public EdwardsPoint[] OddMultiples(int count)
    {
        var multiples = new EdwardsPoint[count];
        var twice = Double();
        multiples[0] = this;
        for (var i = 1; i < count; i++)
        {
            multiples[i] = multiples[i - 1] + twice;
        }

        return multiples;
    }
}
