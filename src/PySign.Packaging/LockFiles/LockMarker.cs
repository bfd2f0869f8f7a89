namespace PySign.Packaging.LockFiles;

/// <summary>
/// An environment marker (dependency specifiers, PEP 508), as far as it speaks of extras and dependency groups (PEP 751). What it says of
/// the environment is not known here, so the answer is only "may hold" or "cannot hold".
/// </summary>
internal sealed class LockMarker
{
    private readonly List<string> _tokens;
    private readonly LockSelection _selection;
    private readonly IReadOnlyList<string> _defaultGroups;
    private int _at;

    private LockMarker(List<string> tokens, LockSelection selection, IReadOnlyList<string> defaultGroups)
    {
        _tokens = tokens;
        _selection = selection;
        _defaultGroups = defaultGroups;
    }

    /// <summary>False only where no environment can make the marker true; a marker that is not understood may hold.</summary>
    public static bool MayHold(string marker, LockSelection selection, IReadOnlyList<string> defaultGroups)
    {
        if (marker.Length > 10_000)
            return true;
        var parser = new LockMarker(Tokens(marker), selection, defaultGroups);
        return parser.Or(0) is not false || parser._at < parser._tokens.Count;
    }

    private bool? Or(int depth)
    {
        var value = And(depth);
        while (Take("or"))
        {
            var right = And(depth);
            value =
                value is true || right is true ? true
                : value is false && right is false ? false
                : null;
        }

        return value;
    }

    private bool? And(int depth)
    {
        var value = Atom(depth);
        while (Take("and"))
        {
            var right = Atom(depth);
            value =
                value is false || right is false ? false
                : value is true && right is true ? true
                : null;
        }

        return value;
    }

    private bool? Atom(int depth)
    {
        if (depth < 64 && Take("("))
        {
            var inner = Or(depth + 1);
            Take(")");
            return inner;
        }

        var (left, operation) = (Next(), Next());
        var negated = operation == "not" && Take("in");
        var right = Next();
        if (operation != "in" && !negated)
            return null;
        return right switch
        {
            "extras" => _selection.HasExtra(Unquoted(left)) != negated,
            "dependency_groups" => (_selection.HasGroup(Unquoted(left)) || _defaultGroups.Contains(Unquoted(left), StringComparer.Ordinal))
                != negated,
            _ => null,
        };
    }

    private bool Take(string token)
    {
        if (_at >= _tokens.Count || _tokens[_at] != token)
            return false;
        _at++;
        return true;
    }

    private string Next() => _at < _tokens.Count ? _tokens[_at++] : "";

    private static string Unquoted(string token) => token.Trim('"', '\'');

    private static List<string> Tokens(string marker)
    {
        var tokens = new List<string>();
        for (var i = 0; i < marker.Length; )
        {
            var c = marker[i];
            var end = i + 1;
            if (char.IsWhiteSpace(c))
            {
                i++;
                continue;
            }

            if (c is '"' or '\'')
                end = marker.IndexOf(c, i + 1) is >= 0 and var close ? close + 1 : marker.Length;
            else if (char.IsAsciiLetterOrDigit(c) || c is '_' or '.')
                end = End(marker, i, static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.');
            else if (c is '<' or '>' or '=' or '!' or '~')
                end = End(marker, i, static c => c is '<' or '>' or '=' or '!' or '~');
            tokens.Add(marker[i..end]);
            i = end;
        }

        return tokens;
    }

    private static int End(string text, int start, Func<char, bool> belongs)
    {
        var end = start;
        while (end < text.Length && belongs(text[end]))
            end++;
        return end;
    }
}
