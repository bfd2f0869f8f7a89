using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PySign.Http;

/// <summary>
/// Takes secrets out of text: as they are, URL-encoded, JSON-escaped, and inside base64 whatever stands in front of them
/// (<c>user:secret</c> of Basic authentication included). Safe to use from many threads.
/// </summary>
public sealed partial class SecretRedactor
{
    /// <summary>What stands in the place of a secret.</summary>
    public const string Mask = "***";

    /// <summary>Shorter values are not registered: masking them would eat ordinary text.</summary>
    public const int MinimumLength = 6;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _secrets = new(StringComparer.Ordinal);

    // Longest first, so that a secret inside another does not leave the rest of the longer one.
    private volatile string[] _plain = [];
    private volatile string[] _base64 = [];

    /// <summary>Registers a secret; null, blank and very short values are ignored.</summary>
    public void Add(string? secret)
    {
        secret = secret?.Trim();
        if (secret is null || secret.Length < MinimumLength)
        {
            return;
        }

        lock (_gate)
        {
            if (_secrets.Add(secret))
            {
                _plain = Sorted([
                    .. _plain,
                    secret,
                    Uri.EscapeDataString(secret),
                    WebUtility.UrlEncode(secret),
                    JsonEncodedText.Encode(secret).ToString(),
                ]);
                _base64 = Sorted([.. _base64, .. Base64Cores(Encoding.UTF8.GetBytes(secret))]);
            }
        }

        // Of a JWT, the signature alone is what nobody else could make.
        if (secret.StartsWith("eyJ", StringComparison.Ordinal) && secret.Split('.') is [_, _, var signature])
        {
            Add(signature);
        }
    }

    /// <summary>The text without any registered secret, and without anything that looks like a JWT.</summary>
    public string Redact(string text)
    {
        foreach (var form in _plain)
        {
            text = text.Replace(form, Mask, StringComparison.OrdinalIgnoreCase);
        }

        foreach (var core in _base64)
        {
            for (var at = text.IndexOf(core, StringComparison.Ordinal); at >= 0; at = text.IndexOf(core, StringComparison.Ordinal))
            {
                // The characters around the core carry the secret's first and last bits: the whole run goes.
                int start = at,
                    end = at + core.Length;
                while (start > 0 && IsBase64(text[start - 1]))
                {
                    start--;
                }

                while (end < text.Length && IsBase64(text[end]))
                {
                    end++;
                }

                text = string.Concat(text.AsSpan(0, start), Mask, text.AsSpan(end));
            }
        }

        return JsonWebToken().Replace(text, Mask);
    }

    private static string[] Sorted(IEnumerable<string> forms) =>
        [.. forms.Distinct(StringComparer.Ordinal).OrderByDescending(static f => f.Length).ThenBy(static f => f, StringComparer.Ordinal)];

    /// <summary>
    /// For each of the three ways in which bytes can be aligned in base64, the characters that depend on the secret alone; in
    /// both alphabets.
    /// </summary>
    private static IEnumerable<string> Base64Cores(byte[] secret)
    {
        for (var offset = 0; offset < 3; offset++)
        {
            var encoded = Convert.ToBase64String([.. new byte[offset], .. secret]);
            var from = (offset * 8 + 5) / 6;
            var core = encoded[from..((offset + secret.Length) * 8 / 6)];
            yield return core;
            yield return core.Replace('+', '-').Replace('/', '_');
        }
    }

    private static bool IsBase64(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '-' or '_' or '=';

    /// <summary>Three base64url parts of which the first begins a JSON object.</summary>
    [GeneratedRegex(@"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex JsonWebToken();
}
