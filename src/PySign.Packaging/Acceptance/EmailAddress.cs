using System.Text.RegularExpressions;

namespace PySign.Packaging.Acceptance;

/// <summary>
/// The first address of a header such as <c>Ada &lt;ada@example.org&gt;, Bob &lt;bob@example.org&gt;</c>: an index looks at its form and at
/// nothing else.
/// </summary>
internal static partial class EmailAddress
{
    private const int MaxLength = 254;

    private const int MaxLocal = 64;

    // RFC 6761 and its followers: no mail is delivered there, and the index's validator says so without asking.
    private static readonly string[] _reserved = ["arpa", "invalid", "local", "localhost", "onion", "test"];

    public static string? Problem(string header)
    {
        var address = First(header);
        var at = address.LastIndexOf('@');
        return at <= 0
            || address.Length > MaxLength
            || at > MaxLocal
            || !Local().IsMatch(address[..at])
            || !Domain().IsMatch(address[(at + 1)..])
                ? $"'{address}' is not an e-mail address"
            : _reserved.Contains(address[(address.LastIndexOf('.') + 1)..].ToLowerInvariant(), StringComparer.Ordinal)
                ? $"'{address}' is of a domain that is reserved and gets no mail"
            : null;
    }

    /// <summary>RFC 5322 3.4: a display name, quoted or not, and the address in angle brackets; or the address alone.</summary>
    private static string First(string header)
    {
        var quoted = false;
        var end = header.Length;
        for (var i = 0; i < header.Length; i++)
        {
            if (header[i] == '"')
                quoted = !quoted;
            else if (header[i] == ',' && !quoted)
            {
                end = i;
                break;
            }
        }

        var one = header[..end].Trim();
        var open = one.LastIndexOf('<');
        return open >= 0 && one.EndsWith('>') ? one[(open + 1)..^1].Trim() : one;
    }

    [GeneratedRegex(
        @"\A[^\s@<>()\[\]\\,;:""\x00-\x1f.]+(?:\.[^\s@<>()\[\]\\,;:""\x00-\x1f.]+)*\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Local();

    [GeneratedRegex(
        @"\A(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}][\p{L}\p{N}-]*[\p{L}\p{N}]\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Domain();
}
