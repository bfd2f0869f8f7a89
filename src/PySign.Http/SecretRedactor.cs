using System.Net;
using System.Text;
using System.Text.Json;

namespace PySign.Http;

/// <summary>
/// Takes secrets out of text: as they are, URL-encoded, JSON-escaped, and inside base64 whatever stands in front of them
/// (<c>user:secret</c> of Basic authentication included). Safe to use from many threads.
/// </summary>
public sealed class SecretRedactor
{
    /// <summary>What stands in the place of a secret.</summary>
    public const string Mask = "***";

    /// <summary>Shorter values are not registered: masking them would eat ordinary text.</summary>
    public const int MinimumLength = 6;

    // A line of a secret that is shorter says nothing, and could be anybody's.
    private const int ShortestLine = 12;

    // Of a secret that is broken in two by a line's end, so much is looked for at either side.
    private const int ShortestPart = 8;

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
                AddLines(secret);
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
            text = RedactRuns(text, core);
        }

        return RedactTokens(RedactWrapped(text));
    }

    /// <summary>
    /// What fits lines to the width of a terminal breaks a long secret in two. A line that ends as a secret begins, or begins as one ends,
    /// shows a part of it.
    /// </summary>
    private string RedactWrapped(string text)
    {
        string[] forms = [.. _plain.Concat(_base64).Where(IsTelling)];
        if (forms.Length == 0)
        {
            return text;
        }

        StringBuilder? redacted = null;
        var done = 0;
        for (var start = 0; start < text.Length; )
        {
            var feed = text.IndexOf('\n', start);
            var end = feed < 0 ? text.Length : feed;
            var (from, to) = WithoutParts(text, start, end, forms);
            if (from > start || to < end)
            {
                redacted ??= new StringBuilder(text.Length);
                redacted.Append(text, done, start - done).Append(from > start ? Mask : "").Append(text, from, to - from);
                redacted.Append(to < end ? Mask : "");
                done = end;
            }

            start = end + 1;
        }

        return redacted is null ? text : redacted.Append(text, done, text.Length - done).ToString();
    }

    // How a key in PEM begins is not a secret.
    private static bool IsTelling(string form) =>
        form.Length >= 2 * ShortestPart
        && !form.Contains('\n', StringComparison.Ordinal)
        && !form.StartsWith("-----", StringComparison.Ordinal);

    /// <summary>The bounds of a line without the part of a secret with which it begins, and that with which it ends.</summary>
    private static (int From, int To) WithoutParts(string text, int start, int end, string[] forms)
    {
        var (from, to) = (start, end);
        while (from < end && char.IsWhiteSpace(text[from]))
        {
            from++;
        }

        while (to > from && char.IsWhiteSpace(text[to - 1]))
        {
            to--;
        }

        var (first, last) = (from, to);
        foreach (var form in forms)
        {
            var line = text.AsSpan(first, last - first);
            var head = line[..Math.Min(line.Length, form.Length)];
            var ending = head.IndexOf(form.AsSpan(form.Length - ShortestPart), StringComparison.Ordinal) + ShortestPart;
            if (ending > ShortestPart - 1 && form.AsSpan().EndsWith(head[..ending], StringComparison.Ordinal))
            {
                from = Math.Max(from, first + ending);
            }

            var tail = line[Math.Max(0, line.Length - form.Length)..];
            var beginning = tail.LastIndexOf(form.AsSpan(0, ShortestPart), StringComparison.Ordinal);
            if (beginning >= 0 && form.AsSpan().StartsWith(tail[beginning..], StringComparison.Ordinal))
            {
                to = Math.Min(to, last - tail.Length + beginning);
            }
        }

        return from == first && to == last ? (start, end)
            : from > to ? (end, end)
            : (from == first ? start : from, to == last ? end : to);
    }

    // The characters around the core carry the secret's first and last bits: the whole run goes.
    private static string RedactRuns(string text, string core)
    {
        var at = text.IndexOf(core, StringComparison.Ordinal);
        if (at < 0)
        {
            return text;
        }

        var redacted = new StringBuilder(text.Length);
        var done = 0;
        for (; at >= 0; at = text.IndexOf(core, done, StringComparison.Ordinal))
        {
            var (start, end) = (at, at + core.Length);
            while (start > done && IsBase64(text[start - 1]))
            {
                start--;
            }

            while (end < text.Length && IsBase64(text[end]))
            {
                end++;
            }

            redacted.Append(text, done, start - done).Append(Mask);
            done = end;
        }

        return redacted.Append(text, done, text.Length - done).ToString();
    }

    /// <summary>Three base64url parts of which the first holds what begins a JSON object (RFC 7519). One pass, whatever the text.</summary>
    private static string RedactTokens(string text)
    {
        const string Beginning = "eyJ";
        const int Shortest = 8;
        StringBuilder? redacted = null;
        var done = 0;
        for (var at = text.IndexOf(Beginning, StringComparison.Ordinal); at >= 0; )
        {
            var header = RunEnd(text, at);
            var body = header < text.Length && text[header] == '.' ? RunEnd(text, header + 1) : header;
            if (header - at >= Shortest && body > header + 1 && body < text.Length && text[body] == '.')
            {
                redacted ??= new StringBuilder(text.Length);
                redacted.Append(text, done, at - done).Append(Mask);
                done = RunEnd(text, body + 1);
                header = done;
            }

            // Whatever begins later in this run is not a token either: it ends where this one ends.
            at = header < text.Length ? text.IndexOf(Beginning, header, StringComparison.Ordinal) : -1;
        }

        return redacted is null ? text : redacted.Append(text, done, text.Length - done).ToString();
    }

    private static int RunEnd(string text, int start)
    {
        while (start < text.Length && (char.IsAsciiLetterOrDigit(text[start]) || text[start] is '-' or '_'))
        {
            start++;
        }

        return start;
    }

    // What prints a secret of several lines prints each of them on a line of its own: a key, a service account.
    private void AddLines(string secret)
    {
        var lines = secret.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length < 2)
        {
            return;
        }

        string[] telling = [.. lines.Where(line => line.Length >= ShortestLine && !line.StartsWith("-----", StringComparison.Ordinal))];
        _plain = Sorted([.. _plain, .. telling, secret.ReplaceLineEndings("\r\n"), secret.ReplaceLineEndings("\n")]);
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
}
