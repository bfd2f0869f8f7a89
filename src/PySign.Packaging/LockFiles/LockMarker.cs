using System.Text;
using PySign.Packaging.Metadata;

namespace PySign.Packaging.LockFiles;

/// <summary>
/// An environment marker (dependency specifiers, "Environment Markers"), with extras and dependency groups (PEP 751). Which groups and
/// extras are chosen is known here and decided; what it says of the environment is not, and stays.
/// </summary>
internal sealed class LockMarker
{
    private const int MaxLength = 10_000;
    private const int MaxDepth = 64;

    private static readonly string[] _operators = ["<", "<=", "==", "!=", ">=", ">", "~=", "===", "in"];

    private readonly List<string> _tokens;
    private readonly LockSelection? _selection;
    private readonly IReadOnlyList<string> _defaultGroups;
    private int _at;

    private LockMarker(List<string> tokens, LockSelection? selection, IReadOnlyList<string> defaultGroups)
    {
        _tokens = tokens;
        _selection = selection;
        _defaultGroups = defaultGroups;
    }

    /// <summary>False only where no environment can make the marker true; a marker that is not understood may hold.</summary>
    public static bool MayHold(string marker, LockSelection selection, IReadOnlyList<string> defaultGroups) =>
        Read(marker, selection, defaultGroups)?.Holds != false;

    /// <summary>What the marker asks of the environment, written again from what was understood: foreign text never reaches a file as it
    /// is.</summary>
    /// <param name="marker">The marker; null for none.</param>
    /// <param name="selection">Which extras and groups are chosen; null leaves what is said of extras as it is.</param>
    /// <param name="defaultGroups">Groups that count when none is named.</param>
    /// <returns>A marker that every installer reads; null where it always holds, and where it is not understood.</returns>
    public static string? Environment(string? marker, LockSelection? selection, IReadOnlyList<string>? defaultGroups = null) =>
        marker is null ? null
        : Read(marker, selection, defaultGroups ?? []) is { Holds: null } node ? node.Text
        : null;

    private static Node? Read(string marker, LockSelection? selection, IReadOnlyList<string> defaultGroups)
    {
        if (marker.Length > MaxLength)
            return null;
        var parser = new LockMarker(Tokens(marker), selection, defaultGroups);
        var node = parser.Or(0);
        return parser._at == parser._tokens.Count ? node : null;
    }

    private Node? Or(int depth) => Chain("or", () => And(depth), static (nodes) => Node.Any(nodes));

    private Node? And(int depth) => Chain("and", () => Atom(depth), static (nodes) => Node.All(nodes));

    private Node? Chain(string word, Func<Node?> part, Func<List<Node>, Node> join)
    {
        var nodes = new List<Node>();
        do
        {
            if (part() is not { } node)
                return null;
            nodes.Add(node);
        } while (Take(word));
        return join(nodes);
    }

    private Node? Atom(int depth)
    {
        if (Take("("))
        {
            var inner = depth < MaxDepth ? Or(depth + 1) : null;
            return Take(")") ? inner : null;
        }

        var left = Next();
        var negated = Take("not");
        var operation = Next();
        var right = Next();
        if (!IsOperand(left) || !IsOperand(right) || !_operators.Contains(operation) || (negated && operation != "in"))
            return null;
        return Chosen(left, operation, negated, right)
            ?? new Node(null, $"{Written(left)} {(negated ? "not " : "")}{operation} {Written(right)}", IsChoice: false);
    }

    // What is said of extras and groups, where it is known what was chosen.
    private Node? Chosen(string left, string operation, bool negated, string right)
    {
        if (_selection is not { } chosen)
            return null;
        return (left, operation, right) switch
        {
            (_, "in", "extras") => Node.Known(chosen.HasExtra(Unquoted(left)) != negated),
            (_, "in", "dependency_groups") => Node.Known(
                (chosen.HasGroup(Unquoted(left)) || _defaultGroups.Contains(Unquoted(left), StringComparer.Ordinal)) != negated
            ),

            // Where all are taken, a package that an extra leaves out is there too.
            ("extra", _, _) or (_, _, "extra") => Node.Known(
                chosen.Extras is null || chosen.HasExtra(Unquoted(left == "extra" ? right : left)) == (operation == "==")
            ),
            _ => null,
        };
    }

    private static bool IsOperand(string token) => MarkerVariables.Known.Contains(token) || Quote(token) is not null;

    // A string holds printable characters and not its own quote (PEP 508, python_str).
    private static char? Quote(string token) =>
        token.Length >= 2
        && token[0] is '"' or '\''
        && token[^1] == token[0]
        && token.AsSpan(1, token.Length - 2).IndexOf(token[0]) < 0
        && token.All(static c => c is >= ' ' and <= '~' and not '\\' and not '#')
            ? token[0]
            : null;

    private static string Written(string token) =>
        Quote(token) == '\'' && !token.Contains('"', StringComparison.Ordinal) ? $"\"{token[1..^1]}\"" : token;

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

    /// <summary>A part of a marker.</summary>
    /// <param name="Holds">Whether it holds; null where the environment decides.</param>
    /// <param name="Text">It, written.</param>
    /// <param name="IsChoice">Whether it is an "or", which needs parentheses inside an "and".</param>
    private sealed record Node(bool? Holds, string Text, bool IsChoice)
    {
        public static Node Known(bool holds) => new(holds, "", IsChoice: false);

        public static Node Any(List<Node> nodes) => Joined(nodes, decides: true, " or ");

        public static Node All(List<Node> nodes) => Joined(nodes, decides: false, " and ");

        private static Node Joined(List<Node> nodes, bool decides, string word)
        {
            if (nodes.Exists(node => node.Holds == decides))
                return Known(decides);
            var open = nodes.Where(static node => node.Holds is null).ToList();
            if (open.Count == 0)
                return Known(!decides);
            if (open.Count == 1)
                return open[0];
            var text = new StringBuilder();
            foreach (
                var written in open.Select(node => node.IsChoice && !decides ? $"({node.Text})" : node.Text)
                    .Distinct(StringComparer.Ordinal)
            )
                text.Append(text.Length > 0 ? word : "").Append(written);
            return new Node(null, text.ToString(), IsChoice: decides);
        }
    }
}
