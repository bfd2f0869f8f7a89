using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cake.PySign.Recipe;

/// <summary>A page of Markdown with commands to be copied.</summary>
internal sealed class NotesText
{
    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    /// <summary>One word for a POSIX shell, whatever is in it.</summary>
    public static string Shell(string word) =>
        word.Any(char.IsControl)
            ? throw new PySignException(
                PySignFailure.InvalidSettings,
                $"'{word}' holds control characters, which no command should be copied with.",
                "Correct the identity, the issuer or the address."
            )
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

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
