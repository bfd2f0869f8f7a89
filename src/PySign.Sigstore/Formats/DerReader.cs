using System.Formats.Asn1;
using System.Numerics;

namespace PySign.Sigstore.Formats;

/// <summary>Walks DER without copying and without recursion. Every method throws <see cref="AsnContentException"/> on anything but strict
/// DER.</summary>
internal struct DerReader(ReadOnlyMemory<byte> data)
{
    private static readonly Asn1Tag _setTag = Asn1Tag.SetOf;

    private ReadOnlyMemory<byte> _rest = data;

    public readonly bool HasData => !_rest.IsEmpty;

    /// <summary>What has not been read yet.</summary>
    public readonly ReadOnlyMemory<byte> Rest => _rest;

    public readonly bool NextIs(Asn1Tag tag) => HasData && Asn1Tag.Decode(_rest.Span, out _) == tag;

    public readonly bool NextIsContext(int number, bool constructed = true) =>
        NextIs(new Asn1Tag(TagClass.ContextSpecific, number, constructed));

    /// <summary>Reads the next value whole, tag and length included.</summary>
    public ReadOnlyMemory<byte> Encoded()
    {
        AsnDecoder.ReadEncodedValue(_rest.Span, AsnEncodingRules.DER, out _, out _, out var consumed);
        return Take(consumed);
    }

    public ReadOnlyMemory<byte> Content(Asn1Tag tag)
    {
        if (Asn1Tag.Decode(_rest.Span, out _) != tag)
        {
            throw new AsnContentException($"a value with tag {tag} was expected");
        }

        AsnDecoder.ReadEncodedValue(_rest.Span, AsnEncodingRules.DER, out var offset, out var length, out var consumed);
        return Take(consumed).Slice(offset, length);
    }

    public DerReader Sequence() => new(Content(Asn1Tag.Sequence));

    /// <summary>A SET OF, whose order is not checked: it is used as it stands, and what is signed are these very bytes.</summary>
    public DerReader Set() => new(Content(_setTag));

    /// <summary>The content of data that is one SET and nothing else.</summary>
    public DerReader SetContent()
    {
        var content = Set();
        End();
        return content;
    }

    public DerReader Context(int number) => new(Content(new Asn1Tag(TagClass.ContextSpecific, number, isConstructed: true)));

    public ReadOnlyMemory<byte> ContextPrimitive(int number) => Content(new Asn1Tag(TagClass.ContextSpecific, number));

    public ReadOnlyMemory<byte> OctetString() => Content(Asn1Tag.PrimitiveOctetString);

    /// <summary>The content bytes of an object identifier, to be compared with those in <see cref="Oids"/>.</summary>
    public ReadOnlyMemory<byte> Oid()
    {
        var oid = Content(Asn1Tag.ObjectIdentifier);
        return oid.IsEmpty || (oid.Span[^1] & 0x80) != 0 ? throw new AsnContentException("an object identifier is cut off") : oid;
    }

    public ReadOnlyMemory<byte> IntegerBytes()
    {
        AsnDecoder.ReadIntegerBytes(_rest.Span, AsnEncodingRules.DER, out var consumed);
        return Content(Asn1Tag.Integer) is var content && consumed > 0 ? content : default;
    }

    public int SmallInteger()
    {
        var bytes = IntegerBytes();
        var value = bytes.Length <= 4 ? (int)new BigInteger(bytes.Span, isUnsigned: false, isBigEndian: true) : -1;
        return value >= 0 ? value : throw new AsnContentException("a small non-negative integer was expected");
    }

    public bool Boolean()
    {
        var value = AsnDecoder.ReadBoolean(_rest.Span, AsnEncodingRules.DER, out var consumed);
        Take(consumed);
        return value;
    }

    /// <summary>A bit string of whole bytes.</summary>
    public ReadOnlyMemory<byte> BitString()
    {
        var content = Content(Asn1Tag.PrimitiveBitString);
        return !content.IsEmpty && content.Span[0] == 0
            ? content[1..]
            : throw new AsnContentException("a bit string of whole bytes was expected");
    }

    /// <summary>A bit string of named bits; bit 0 is the lowest bit of the result.</summary>
    public int NamedBits()
    {
        if (
            !AsnDecoder.TryReadPrimitiveBitString(_rest.Span, AsnEncodingRules.DER, out _, out var bits, out var consumed)
            || bits.Length > 2
        )
        {
            throw new AsnContentException("a short list of named bits was expected");
        }

        var flags = 0;
        for (var i = 0; i < bits.Length * 8; i++)
        {
            flags |= ((bits[i / 8] >> (7 - i % 8)) & 1) << i;
        }

        Take(consumed);
        return flags;
    }

    /// <summary>UTCTime or GeneralizedTime, as RFC 5280 4.1.2.5 wants them in certificates.</summary>
    public DateTimeOffset Time()
    {
        DateTimeOffset time;
        int consumed;
        if (NextIs(Asn1Tag.UtcTime))
        {
            time = AsnDecoder.ReadUtcTime(_rest.Span, AsnEncodingRules.DER, out consumed, twoDigitYearMax: 2049);
        }
        else
        {
            time = AsnDecoder.ReadGeneralizedTime(_rest.Span, AsnEncodingRules.DER, out consumed);
        }

        Take(consumed);
        return time;
    }

    public string Text(UniversalTagNumber kind)
    {
        var text = AsnDecoder.ReadCharacterString(_rest.Span, AsnEncodingRules.DER, kind, out var consumed);
        Take(consumed);
        return text;
    }

    public readonly void End()
    {
        if (HasData)
        {
            throw new AsnContentException("there is data after the end of a structure");
        }
    }

    private ReadOnlyMemory<byte> Take(int length)
    {
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
