using System.Buffers;

namespace PySign.Sigstore.Formats;

internal static class HexText
{
    private const int Sha256Chars = 64;

    private static readonly SearchValues<char> _hex = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly SearchValues<char> _lowerHex = SearchValues.Create("0123456789abcdef");

    public static bool ContainsOnlyHex(this ReadOnlySpan<char> text) => !text.ContainsAnyExcept(_hex);

    /// <summary>Whether a text is a SHA-256 as statements write it: 64 digits, and lower-case letters only (in-toto attestation framework,
    /// DigestSet). In another case it is another text, and no reader here takes it for the same.</summary>
    public static bool IsSha256(string text) => text.Length == Sha256Chars && !text.AsSpan().ContainsAnyExcept(_lowerHex);
}
