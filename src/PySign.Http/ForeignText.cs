using System.Globalization;
using System.Text;

namespace PySign.Http;

/// <summary>
/// Makes text that others wrote harmless for a terminal, a CI log and a page: control and format characters become visible, colors go,
/// and what CI services take for a command (<c>::error::</c>, <c>##[group]</c>, <c>section_start:</c>) is broken up so that it is read and
/// not obeyed.
/// </summary>
public static class ForeignText
{
    private static readonly string[] _anywhere = ["##[", "##vso[", "##teamcity[", "section_start:", "section_end:"];

    /// <summary>Cleans text of several lines; its line ends stay.</summary>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsHarmless(text) ? text : string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(CleanLine));
    }

    /// <summary>Cleans text that belongs on one line: line ends become visible too.</summary>
    public static string Line(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsHarmless(text) && text.AsSpan().IndexOfAny('\n', '\r') < 0 ? text : CleanLine(text);
    }

    private static bool IsHarmless(string text)
    {
        foreach (var c in text)
        {
            if (c is '\r' or '\t' or '#' || (c is not '\n' && (char.IsControl(c) || c > '~')))
            {
                return false;
            }
        }

        return !text.Contains("::", StringComparison.Ordinal) && !text.Contains("section_", StringComparison.OrdinalIgnoreCase);
    }

    private static string CleanLine(string line)
    {
        var clean = new StringBuilder(line.Length + 16);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\u001b' && ColorEnd(line, i) is { } end)
            {
                i = end;
            }
            else if (char.IsHighSurrogate(line[i]) && i + 1 < line.Length && char.IsLowSurrogate(line[i + 1]))
            {
                var category = CharUnicodeInfo.GetUnicodeCategory(line, i);
                if (category is UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse)
                {
                    clean.Append(CultureInfo.InvariantCulture, $"\\U{char.ConvertToUtf32(line, i):x8}");
                }
                else
                {
                    clean.Append(line, i, 2);
                }

                i++;
            }
            else
            {
                Append(clean, line[i]);
            }
        }

        return BreakCommands(clean.ToString());
    }

    private static void Append(StringBuilder clean, char c)
    {
        if (c == '\t')
        {
            clean.Append(' ');
        }
        else if (c is '\n' or '\r')
        {
            clean.Append(c == '\n' ? "\\n" : "\\r");
        }
        else if (IsVisible(c))
        {
            clean.Append(c);
        }
        else
        {
            clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }
    }

    private static bool IsVisible(char c) =>
        c is >= ' ' and <= '~'
        || char.GetUnicodeCategory(c)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
            );

    /// <summary>Where a sequence that only colors text ends; null for every other sequence.</summary>
    private static int? ColorEnd(string line, int start)
    {
        if (start + 1 >= line.Length || line[start + 1] != '[')
        {
            return null;
        }

        var at = start + 2;
        while (at < line.Length && at - start < 32 && (char.IsAsciiDigit(line[at]) || line[at] == ';'))
        {
            at++;
        }

        return at < line.Length && line[at] == 'm' ? at : null;
    }

    // GitHub obeys "::" at the beginning of a line and "##[" anywhere in it, Azure "##vso[", TeamCity "##teamcity[", GitLab "section_…:".
    private static string BreakCommands(string line)
    {
        var start = line.Length - line.AsSpan().TrimStart().Length;
        if (string.CompareOrdinal(line, start, "::", 0, 2) == 0)
        {
            line = line.Insert(start + 1, " ");
        }

        foreach (var command in _anywhere)
        {
            line = line.Replace(command, command.Insert(command.Length - 1, " "), StringComparison.OrdinalIgnoreCase);
        }

        return line;
    }
}
