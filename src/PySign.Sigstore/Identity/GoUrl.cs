using System.Buffers;
using System.Globalization;
using System.Text;

namespace PySign.Sigstore.Identity;

/// <summary>How Go writes a parsed URL (net/url, EscapedPath), which is how Fulcio writes a URI into a certificate.</summary>
internal static class GoUrl
{
    // net/url validEncoded: with nothing else in it, a path is written as it was given.
    private static readonly SearchValues<char> _untouched = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~!$&'()*+,;=:@[]%/?#"
    );

    // net/url shouldEscape(encodePath): once something has to be escaped, everything but these is.
    private static readonly SearchValues<char> _kept = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~$&+,/:;=@%?#"
    );

    public static string Escape(string url)
    {
        if (!url.AsSpan().ContainsAnyExcept(_untouched))
        {
            return url;
        }

        var escaped = new StringBuilder(url.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(url))
        {
            if (_kept.Contains((char)b))
            {
                escaped.Append((char)b);
            }
            else
            {
                escaped.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return escaped.ToString();
    }
}
