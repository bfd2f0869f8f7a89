namespace PySign.Packaging.Sources;

/// <summary>
/// A setup.cfg as Python's configparser reads it: sections, <c>key = value</c> or <c>key: value</c>, values that go on with indented lines,
/// comments of whole lines with <c>#</c> or <c>;</c>. Keys are compared as setuptools does: without case, <c>-</c> as <c>_</c>.
/// </summary>
internal sealed class IniDocument
{
    private readonly List<(string Section, string Key, SourceSpan Value)> _values = [];

    private IniDocument() { }

    public static IniDocument Read(string text)
    {
        var document = new IniDocument();
        var section = string.Empty;
        var at = 0;
        while (at < text.Length)
        {
            var end = LineEnd(text, at, out var next);
            var line = text.AsSpan(at, end - at);
            if (line.StartsWith('[') && line.IndexOf(']') is > 0 and var close)
            {
                section = line[1..close].ToString();
            }
            else if (
                !line.IsEmpty
                && !char.IsWhiteSpace(line[0])
                && line[0] is not ('#' or ';')
                && line.IndexOfAny('=', ':') is > 0 and var delimiter
            )
            {
                next = ContinuedUntil(text, next, ref end);
                document._values.Add((section, Key(line[..delimiter]), Trim(text, at + delimiter + 1, end)));
            }

            at = next;
        }

        return document;
    }

    /// <summary>A value, trimmed; null when there is none or it is there twice, which configparser refuses.</summary>
    public SourceSpan? Find(string section, string key)
    {
        var found = _values.Where(value => value.Section == section && value.Key == key).ToList();
        return found.Count == 1 ? found[0].Value : null;
    }

    public string? Text(string section, string key) => Find(section, key)?.Value;

    // Lines deeper than the key belong to its value; an empty line between them too.
    private static int ContinuedUntil(string text, int next, ref int end)
    {
        var at = next;
        while (at < text.Length)
        {
            var lineEnd = LineEnd(text, at, out var after);
            var line = text.AsSpan(at, lineEnd - at);
            if (!line.Trim().IsEmpty && !char.IsWhiteSpace(line[0]))
                break;
            at = after;
            if (line.Trim().IsEmpty)
                continue;
            end = lineEnd;
            next = after;
        }

        return next;
    }

    private static SourceSpan Trim(string text, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text[start]))
            start++;
        while (end > start && char.IsWhiteSpace(text[end - 1]))
            end--;
        return new SourceSpan(start, end, text[start..end]);
    }

    private static string Key(ReadOnlySpan<char> key) => key.Trim().ToString().Replace('-', '_').ToLowerInvariant();

    private static int LineEnd(string text, int at, out int next)
    {
        var feed = text.IndexOf('\n', at);
        next = feed < 0 ? text.Length : feed + 1;
        var end = feed < 0 ? text.Length : feed;
        return end > at && text[end - 1] == '\r' ? end - 1 : end;
    }
}
