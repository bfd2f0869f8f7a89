using System.Buffers;

namespace PySign.Sigstore.Formats;

internal static class HexText
{
    private static readonly SearchValues<char> _hex = SearchValues.Create("0123456789abcdefABCDEF");

    public static bool ContainsOnlyHex(this ReadOnlySpan<char> text) => !text.ContainsAnyExcept(_hex);
}
