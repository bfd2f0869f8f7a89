using System.Buffers;

namespace PySign.Sigstore.Formats;

/// <summary>Tells files of text from files of bytes: base64 in a file may be wrapped, and what is text is never taken for bytes.</summary>
internal static class TextFile
{
    private static readonly SearchValues<byte> _textBytes = SearchValues.Create([
        (byte)'\t',
        (byte)'\n',
        (byte)'\r',
        .. Enumerable.Range(' ', '~' - ' ' + 1).Select(static c => (byte)c),
    ]);

    /// <summary>Whether a file is text: printable ASCII, or marked as UTF-8 or UTF-16, as some shells write what they redirect.</summary>
    public static bool IsText(ReadOnlySpan<byte> file) =>
        !file.ContainsAnyExcept(_textBytes)
        || file.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])
        || file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])
        || file.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);

    /// <summary>Decodes canonical base64 on one line or wrapped (RFC 4648 3.1, RFC 2045 6.8); null for anything else.</summary>
    public static byte[]? DecodeBase64(ReadOnlySpan<byte> file, int maxBytes)
    {
        if (file.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            file = file[3..];
        }

        // At most one end of line for each character that could stand on a line: a bound, not a rule.
        if (file.Length > 4L * maxBytes)
        {
            return null;
        }

        var text = new byte[file.Length];
        var length = 0;
        foreach (var b in file)
        {
            if (b is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                text[length++] = b;
            }
        }

        return ProtoJson.DecodeBase64(text.AsSpan(0, length), maxBytes);
    }
}
