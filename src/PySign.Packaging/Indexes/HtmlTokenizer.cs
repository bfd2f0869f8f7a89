using System.Net;

namespace PySign.Packaging.Indexes;

/// <summary>
/// The part of HTML's tokenizer that index pages need: tags with quoted and bare attributes, comments, declarations, raw text in
/// script and style. One pass, no recursion, tolerant of everything else.
/// </summary>
internal static class HtmlTokenizer
{
    public static IEnumerable<HtmlTag> Tags(string html)
    {
        var at = 0;
        while ((at = html.IndexOf('<', at)) >= 0)
        {
            if (string.CompareOrdinal(html, at, "<!--", 0, 4) == 0)
            {
                at = After(html, "-->", at + 4);
            }
            else if (at + 1 < html.Length && html[at + 1] is '!' or '?')
            {
                at = After(html, ">", at + 2);
            }
            else if (BeginsTag(html, at))
            {
                // A tag that never ends swallows the rest of the page, as in browsers; looking again inside it would take quadratic time.
                if (ReadTag(html, at) is not { } tag)
                    yield break;
                yield return tag;
                at = tag.End;
                if (tag.Name is "script" or "style" or "textarea" or "template" or "noscript")
                    at = SkipRaw(html, tag);
            }
            else
            {
                at++;
            }
        }
    }

    /// <summary>Text between tags: tags removed, entities resolved, white space around dropped.</summary>
    public static string Text(string html, int start, int end) => WebUtility.HtmlDecode(html[start..end]).Trim();

    private static int SkipRaw(string html, HtmlTag tag)
    {
        var end = html.IndexOf("</" + tag.Name, tag.End, StringComparison.OrdinalIgnoreCase);
        return end < 0 ? html.Length : end;
    }

    private static int After(string html, string mark, int start)
    {
        var found = start <= html.Length ? html.IndexOf(mark, start, StringComparison.Ordinal) : -1;
        return found < 0 ? html.Length : found + mark.Length;
    }

    private static bool BeginsTag(string html, int start)
    {
        var at = start + 1 < html.Length && html[start + 1] == '/' ? start + 2 : start + 1;
        return at < html.Length && char.IsAsciiLetter(html[at]);
    }

    private static HtmlTag? ReadTag(string html, int start)
    {
        var at = start + (html[start + 1] == '/' ? 2 : 1);
        while (at < html.Length && !IsSpace(html[at]) && html[at] is not ('>' or '/'))
            at++;
        var name = html[(start + 1)..at].ToLowerInvariant();
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        var repeats = false;
        while (true)
        {
            while (at < html.Length && (IsSpace(html[at]) || html[at] == '/'))
                at++;
            if (at >= html.Length)
                return null;
            if (html[at] == '>')
                return new HtmlTag(name, attributes, repeats, start, at + 1);
            repeats |= !ReadAttribute(html, ref at, attributes);
        }
    }

    /// <returns>False for the second of two attributes of one name.</returns>
    private static bool ReadAttribute(string html, ref int at, Dictionary<string, string> attributes)
    {
        var start = at++;
        while (at < html.Length && !IsSpace(html[at]) && html[at] is not ('=' or '>' or '/'))
            at++;
        var name = html[start..at].ToLowerInvariant();
        var next = at;
        while (next < html.Length && IsSpace(html[next]))
            next++;
        if (next >= html.Length || html[next] != '=')
        {
            return attributes.TryAdd(name, string.Empty);
        }

        at = next + 1;
        while (at < html.Length && IsSpace(html[at]))
            at++;
        return attributes.TryAdd(name, WebUtility.HtmlDecode(ReadValue(html, ref at)));
    }

    private static string ReadValue(string html, ref int at)
    {
        int start;
        if (at < html.Length && html[at] is '"' or '\'')
        {
            var quote = html[at];
            start = ++at;
            var close = html.IndexOf(quote, start);
            at = close < 0 ? html.Length : close + 1;
            return html[start..(close < 0 ? html.Length : close)];
        }

        start = at;
        while (at < html.Length && !IsSpace(html[at]) && html[at] != '>')
            at++;
        return html[start..at];
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r' or '\f';
}

/// <summary>A start tag (<c>a</c>) or an end tag (<c>/a</c>) in lower case, with its attributes, entities resolved.</summary>
/// <param name="Name">The name, with the slash of an end tag.</param>
/// <param name="Attributes">The first of each name.</param>
/// <param name="Repeats">Whether an attribute stands there twice: browsers take the first, pip the last.</param>
/// <param name="Start">Where it begins in the page.</param>
/// <param name="End">Where what follows it begins.</param>
internal sealed record HtmlTag(string Name, IReadOnlyDictionary<string, string> Attributes, bool Repeats, int Start, int End);
