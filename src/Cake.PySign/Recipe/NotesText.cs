using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cake.PySign.Common;
using PySign.Http;

namespace Cake.PySign.Recipe;

/// <summary>A page of Markdown with commands to be copied.</summary>
internal sealed class NotesText
{
    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    /// <summary>Whether a command with the word does what a person reads in it: no control characters, and none that turn the direction of
    /// the text or are not seen.</summary>
    public static bool IsPlain(string word) =>
        word.EnumerateRunes()
            .All(rune =>
                Rune.GetUnicodeCategory(rune)
                    is not (
                        UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
                    )
            );

    /// <summary>One word for a POSIX shell, whatever is in it.</summary>
    public static string Shell(string word) =>
        word.Any(char.IsControl)
            ? throw new PySignException(
                PySignFailure.InvalidSettings,
                $"'{word}' holds control characters, which no command should be copied with.",
                "Correct the identity, the issuer or the address."
            )
            : ShellText.Quoted(word);

    /// <summary>Text of a Markdown line that means nothing but itself.</summary>
    public static string Plain(string text) =>
        string.Concat(ForeignText.Line(text).Select(c => "\\`*_[]<>#|!&~".Contains(c, StringComparison.Ordinal) ? $"\\{c}" : $"{c}"));

    /// <summary>A code span, whatever is in it: its fence is longer than any run of backticks inside (CommonMark 6.1).</summary>
    public static string Code(string text)
    {
        var clean = ForeignText.Line(text);
        var (longest, run) = (0, 0);
        foreach (var c in clean)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        var fence = new string('`', longest + 1);
        return longest == 0 ? $"`{clean}`" : $"{fence} {clean} {fence}";
    }

    /// <summary>A string of TOML and of C#: both read JSON's escapes.</summary>
    public static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    public void Section(string title, string explanation, IEnumerable<string> commands)
    {
        Section(title, explanation);
        Block("sh", commands);
    }

    public void Section(string title, string explanation)
    {
        Line();
        Line($"## {title}");
        Line();
        Line(explanation);
        Line();
    }

    public void Block(string language, IEnumerable<string> lines)
    {
        Line($"```{language}");
        foreach (var line in lines)
        {
            Line(line);
        }

        Line("```");
    }

    public void Line(string text = "") => _text.Append(text).Append('\n');
}
