using System.Text.RegularExpressions;

namespace PySign.Packaging.Projects;

/// <summary>A regular expression written for Python's <c>re</c>, as the same expression of .NET where both mean the same.</summary>
internal static partial class PythonPattern
{
    // A pattern comes from the project's own file; it must not hold up a release by accident.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    /// <summary>The pattern with Python's MULTILINE, or null when it may mean something else here.</summary>
    public static Regex? Read(string expression)
    {
        // Named groups count among the numbered ones in Python and behind them here: a reference by number to a group behind a named one
        // differs.
        var named = expression.IndexOf("(?P<", StringComparison.Ordinal);
        if (
            named >= 0
            && NumberedReference().Match(expression) is { Success: true } reference
            && UnnamedGroups(expression.AsSpan(0, named)) < reference.Groups[1].Value[0] - '0'
        )
            return null;
        try
        {
            var text = expression.Replace("(?P<", "(?<", StringComparison.Ordinal).Replace(@"\Z", @"\z", StringComparison.Ordinal);
            return new Regex(NamedReference().Replace(text, @"\k<$1>"), RegexOptions.Multiline | RegexOptions.CultureInvariant, _patience);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static int UnnamedGroups(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '(' && !text[(i + 1)..].StartsWith("?"))
                count++;
        }

        return count;
    }

    [GeneratedRegex(@"\\([1-9])", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NumberedReference();

    [GeneratedRegex(@"\(\?P=(\w+)\)", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NamedReference();
}
