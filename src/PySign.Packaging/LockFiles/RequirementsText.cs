using System.Text;
using System.Text.RegularExpressions;

namespace PySign.Packaging.LockFiles;

/// <summary>A logical line of a requirements file.</summary>
/// <param name="Text">Its text, continuations joined, comments removed.</param>
/// <param name="Line">Its first line, from 1.</param>
/// <param name="Pieces">Where in the text each further line of the file begins.</param>
internal sealed record RequirementLine(string Text, int Line, IReadOnlyList<(int Start, int Line)> Pieces)
{
    /// <summary>The line of the file that a position of the text stands in.</summary>
    public int LineAt(int position) => Pieces.LastOrDefault(piece => piece.Start <= position, (Start: 0, Line)).Line;
}

/// <summary>
/// The bytes of a requirements file as pip takes them apart: encoding, lines, continuations, comments (pip, "Requirements File Format").
/// Variables (<c>${NAME}</c>) stay as they are written: what they hold may be secret.
/// </summary>
internal static partial class RequirementsText
{
    private static readonly (byte[] Mark, Encoding Encoding)[] _byteOrderMarks =
    [
        ([0xef, 0xbb, 0xbf], new UTF8Encoding(false, true)),
        ([0xff, 0xfe, 0, 0], new UTF32Encoding(false, false, true)),
        ([0, 0, 0xfe, 0xff], new UTF32Encoding(true, false, true)),
        ([0xff, 0xfe], new UnicodeEncoding(false, false, true)),
        ([0xfe, 0xff], new UnicodeEncoding(true, false, true)),
    ];

    public static IEnumerable<RequirementLine> Lines(ReadOnlySpan<byte> content) => Join(Split(Decode(content)));

    private static string Decode(ReadOnlySpan<byte> content)
    {
        try
        {
            foreach (var (mark, encoding) in _byteOrderMarks)
            {
                if (content.StartsWith(mark))
                    return encoding.GetString(content[mark.Length..]);
            }

            return Declared(content).GetString(content);
        }
        catch (DecoderFallbackException e)
        {
            throw LockText.Invalid("bytes that are not text", "UTF-8, or the encoding that a byte order mark or a coding line names", 1, e);
        }
    }

    // A comment such as "# -*- coding: latin-1 -*-" in one of the first two lines.
    private static Encoding Declared(ReadOnlySpan<byte> content)
    {
        var head = Encoding.Latin1.GetString(content[..Math.Min(content.Length, 1000)]).Split('\n');
        foreach (var line in head.Take(2).Where(line => line.StartsWith('#')))
        {
            if (Coding().Match(line) is { Success: true } match)
                return match.Groups[1].Value.ToLowerInvariant() switch
                {
                    "utf-8" or "utf8" => new UTF8Encoding(false, true),
                    "latin-1" or "latin1" or "iso-8859-1" => Encoding.Latin1,
                    "ascii" or "us-ascii" => new UTF8Encoding(false, true),
                    var other => throw LockText.Invalid($"coding {other}", "UTF-8, Latin-1 or ASCII", 1),
                };
        }

        return new UTF8Encoding(false, true);
    }

    // As Python's str.splitlines does.
    private static IEnumerable<string> Split(string text)
    {
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029'))
                continue;
            yield return text[start..i];
            if (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n')
                i++;
            start = i + 1;
        }

        if (start < text.Length)
            yield return text[start..];
    }

    private static IEnumerable<RequirementLine> Join(IEnumerable<string> lines)
    {
        var (text, first, number) = (new StringBuilder(), 0, 0);
        var pieces = new List<(int, int)>();
        foreach (var line in lines)
        {
            number++;
            var isComment = CommentLine().IsMatch(line);
            if (text.Length == 0)
            {
                first = number;
                pieces = [];
            }

            pieces.Add((text.Length, number));

            // A line that is only a comment ends a continuation; what it says falls away with the other comments.
            text.Append(
                isComment ? " " + line
                : line.EndsWith('\\') ? line.Trim('\\')
                : line
            );
            if (!isComment && line.EndsWith('\\'))
                continue;
            if (Finish(text, first, pieces) is { } joined)
                yield return joined;
            text.Clear();
        }

        if (text.Length > 0 && Finish(text, first, pieces) is { } last)
            yield return last;
    }

    private static RequirementLine? Finish(StringBuilder text, int first, List<(int, int)> pieces)
    {
        var bare = Comment().Replace(text.ToString(), "").TrimEnd();
        return bare.Trim().Length == 0 ? null : new RequirementLine(bare, first, pieces);
    }

    [GeneratedRegex(@"coding[:=]\s*([-\w.]+)", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Coding();

    [GeneratedRegex(@"^\s*#", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex CommentLine();

    [GeneratedRegex(@"(^|\s+)#.*$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Comment();
}
