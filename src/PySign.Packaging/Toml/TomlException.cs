namespace PySign.Packaging.Toml;

/// <summary>A text is not TOML, or an edit of a document cannot be made.</summary>
public sealed class TomlException : Exception
{
    private const int LongestExplanation = 500;

    /// <summary>Creates the error.</summary>
    /// <param name="reason">Which rule was broken.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="column">The column in Unicode scalar values, from 1.</param>
    /// <param name="explanation">What is wrong there, as a sentence; cut where it is longer than 500 characters.</param>
    public TomlException(TomlFailure reason, int line, int column, string explanation)
        : base($"line {line}, column {column}: {Shortened(explanation)}")
    {
        Reason = reason;
        Line = line;
        Column = column;
        Explanation = Shortened(explanation);
    }

    /// <summary>Which rule was broken.</summary>
    public TomlFailure Reason { get; }

    /// <summary>The line, from 1.</summary>
    public int Line { get; }

    /// <summary>The column in Unicode scalar values, from 1.</summary>
    public int Column { get; }

    /// <summary>What is wrong there.</summary>
    public string Explanation { get; }

    // A key may be as long as the document.
    private static string Shortened(string text) => text.Length <= LongestExplanation ? text : $"{text[..LongestExplanation]}…";

    internal static TomlException At(string text, int position, TomlFailure reason, string explanation)
    {
        var line = 1;
        var start = text.StartsWith('\ufeff') ? 1 : 0;
        for (var i = 0; i < position; i++)
        {
            if (text[i] != '\n')
                continue;
            line++;
            start = i + 1;
        }

        var column = 1;
        for (var i = start; i < position; i++)
            column += char.IsLowSurrogate(text[i]) ? 0 : 1;
        return new TomlException(reason, line, column, explanation);
    }
}
