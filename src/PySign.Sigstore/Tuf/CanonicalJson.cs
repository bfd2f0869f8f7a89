using System.Buffers;
using System.Text;
using System.Text.Json;

namespace PySign.Sigstore.Tuf;

/// <summary>
/// OLPC canonical JSON, what TUF signatures are made over: members sorted, no white space, strings as they are with only
/// quote and backslash escaped, integers only. It works on the parsed document, not on what this library understands of it,
/// so that unknown members stay part of what is signed (TUF specification, section 4).
/// </summary>
internal static class CanonicalJson
{
    /// <summary>Encodes one value.</summary>
    /// <exception cref="FormatException">The value holds a number that is not an integer, or a string that is not text.</exception>
    public static byte[] Encode(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(value, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(JsonElement value, ArrayBufferWriter<byte> buffer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, buffer);
                break;
            case JsonValueKind.Array:
                buffer.Write("["u8);
                var first = true;
                foreach (var item in value.EnumerateArray())
                {
                    buffer.Write(first ? ""u8 : ","u8);
                    first = false;
                    Write(item, buffer);
                }

                buffer.Write("]"u8);
                break;
            case JsonValueKind.String:
                WriteString(Text(value), buffer);
                break;
            case JsonValueKind.Number:
                WriteInteger(value.GetRawText(), buffer);
                break;
            default:
                buffer.Write(
                    value.ValueKind switch
                    {
                        JsonValueKind.True => "true"u8,
                        JsonValueKind.False => "false"u8,
                        _ => "null"u8,
                    }
                );
                break;
        }
    }

    private static void WriteObject(JsonElement value, ArrayBufferWriter<byte> buffer)
    {
        // Sorted by code point, which is the order of the UTF-8 bytes, not that of UTF-16.
        var members = new List<(byte[] Name, JsonElement Value)>();
        foreach (var member in value.EnumerateObject())
        {
            members.Add((Encoding.UTF8.GetBytes(Name(member)), member.Value));
        }

        members.Sort(static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        buffer.Write("{"u8);
        for (var i = 0; i < members.Count; i++)
        {
            buffer.Write(i == 0 ? ""u8 : ","u8);
            WriteString(members[i].Name, buffer);
            buffer.Write(":"u8);
            Write(members[i].Value, buffer);
        }

        buffer.Write("}"u8);
    }

    private static void WriteString(ReadOnlySpan<byte> utf8, ArrayBufferWriter<byte> buffer)
    {
        buffer.Write("\""u8);
        for (int special; (special = utf8.IndexOfAny((byte)'"', (byte)'\\')) >= 0; utf8 = utf8[(special + 1)..])
        {
            buffer.Write(utf8[..special]);
            buffer.Write("\\"u8);
            buffer.Write(utf8.Slice(special, 1));
        }

        buffer.Write(utf8);
        buffer.Write("\""u8);
    }

    private static void WriteInteger(string raw, ArrayBufferWriter<byte> buffer)
    {
        if (raw.AsSpan().IndexOfAny('.', 'e', 'E') >= 0)
        {
            throw new FormatException($"the number {TufRefusal.Shown(raw)} is not an integer");
        }

        buffer.Write(Encoding.ASCII.GetBytes(raw == "-0" ? "0" : raw));
    }

    private static byte[] Text(JsonElement value)
    {
        try
        {
            return Encoding.UTF8.GetBytes(value.GetString()!);
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("a string holds half a surrogate pair", e);
        }
    }

    private static string Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("a member's name holds half a surrogate pair", e);
        }
    }
}
