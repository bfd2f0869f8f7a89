using System.Formats.Asn1;

namespace PySign.Sigstore.Tests.Forging;

/// <summary>A DER element as a tree whose parts can be exchanged; lengths follow when it is written.</summary>
internal sealed class DerTree
{
    private const byte ConstructedBit = 0x20;

    private DerTree(byte tag, byte[] content)
    {
        Tag = tag;
        Content = content;
        var rest = content.AsMemory();
        while ((tag & ConstructedBit) != 0 && rest.Length > 0)
        {
            AsnDecoder.ReadEncodedValue(rest.Span, AsnEncodingRules.DER, out var offset, out var length, out var consumed);
            Parts.Add(new DerTree(rest.Span[0], rest.Slice(offset, length).ToArray()));
            rest = rest[consumed..];
        }
    }

    /// <summary>The identifier octet; all tags here are below 31.</summary>
    public byte Tag { get; set; }

    /// <summary>The value of a primitive element.</summary>
    public byte[] Content { get; set; }

    public List<DerTree> Parts { get; } = [];

    public DerTree this[Index part] => Parts[part];

    public static DerTree Parse(byte[] der)
    {
        AsnDecoder.ReadEncodedValue(der, AsnEncodingRules.DER, out var offset, out var length, out _);
        return new DerTree(der[0], der[offset..(offset + length)]);
    }

    public byte[] Encode()
    {
        byte[] value = (Tag & ConstructedBit) != 0 ? [.. Parts.SelectMany(part => part.Encode())] : Content;
        byte[] length = value.Length switch
        {
            < 128 => [(byte)value.Length],
            < 256 => [0x81, (byte)value.Length],
            _ => [0x82, (byte)(value.Length >> 8), (byte)value.Length],
        };
        return [Tag, .. length, .. value];
    }
}
