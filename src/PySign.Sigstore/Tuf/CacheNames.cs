using System.Security.Cryptography;
using System.Text;

namespace PySign.Sigstore.Tuf;

/// <summary>
/// File names for names that a repository chose. No two names share a file name, also where the file system ignores case,
/// and none leaves its folder, is hidden, or means a device: only small letters, digits and <c>-_</c>, and dots inside, stay.
/// </summary>
internal static class CacheNames
{
    private const int MaxLength = 180;

    public static string Encode(string name)
    {
        var encoded = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            var plain =
                b is >= (byte)'a' and <= (byte)'z' or >= (byte)'0' and <= (byte)'9' or (byte)'-' or (byte)'_'
                || (b == '.' && encoded.Length > 0);
            _ = plain ? encoded.Append((char)b) : encoded.Append('%').Append(Convert.ToHexString([b]));
        }

        // A long name becomes its hash; "%-" begins no encoded name.
        return encoded.Length <= MaxLength
            ? encoded.ToString()
            : "%-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
    }
}
