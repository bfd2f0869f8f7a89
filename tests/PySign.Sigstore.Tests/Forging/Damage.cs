using System.Text;
using System.Text.RegularExpressions;

namespace PySign.Sigstore.Tests.Forging;

/// <summary>Random damage to documents: to their text, or to the bytes inside one of their base64 fields.</summary>
internal static partial class Damage
{
    public static byte[] Bytes(byte[] original, Random random)
    {
        List<byte> bytes = [.. original];
        for (var i = random.Next(1, 4); i > 0 && bytes.Count > 8; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)));
                    break;
                case 4:
                    bytes.Insert(at, "{}[]\",:0-\\"u8[random.Next(10)]);
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    public static byte[] Base64Field(byte[] original, Random random)
    {
        var text = Encoding.UTF8.GetString(original);
        var fields = Field().Matches(text);
        var field = fields[random.Next(fields.Count)];
        byte[] content;
        try
        {
            content = Convert.FromBase64String(Regex.Unescape(field.Groups[1].Value));
        }
        catch (FormatException)
        {
            return Bytes(original, random);
        }

        return content.Length == 0
            ? Bytes(original, random)
            : Encoding.UTF8.GetBytes(
                string.Concat(
                    text.AsSpan(0, field.Groups[1].Index),
                    Convert.ToBase64String(Bytes(content, random)),
                    text.AsSpan(field.Groups[1].Index + field.Groups[1].Length)
                )
            );
    }

    [GeneratedRegex("\"((?:[A-Za-z0-9+/=]|\\\\u002B){24,})\"")]
    private static partial Regex Field();
}
