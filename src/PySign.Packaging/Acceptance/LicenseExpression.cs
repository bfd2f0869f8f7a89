using System.Text.RegularExpressions;

namespace PySign.Packaging.Acceptance;

/// <summary>SPDX license expressions (SPDX 2.3 annex D; PEP 639), identifiers and operators in any case.</summary>
internal sealed partial class LicenseExpression
{
    // Deeper nesting is not a license but an attempt on the stack.
    private const int MaxTokens = 500;

    private static readonly Lazy<(HashSet<string> Licenses, HashSet<string> Exceptions)> _known = new(Read);

    private readonly List<string> _tokens;
    private int _at;

    private LicenseExpression(List<string> tokens) => _tokens = tokens;

    public static bool IsValid(string text)
    {
        var tokens = Tokens().Matches(text).Select(match => match.Value).ToList();
        if (tokens.Count is 0 or > MaxTokens || text.Any(c => !char.IsAscii(c) || char.IsControl(c)))
            return false;
        var expression = new LicenseExpression(tokens);
        return expression.Alternatives() && expression._at == tokens.Count;
    }

    private bool Alternatives()
    {
        do
        {
            if (!Conjunction())
                return false;
        } while (Take("or"));

        return true;
    }

    private bool Conjunction()
    {
        do
        {
            if (!One())
                return false;
        } while (Take("and"));

        return true;
    }

    private bool One()
    {
        if (Take("("))
            return Alternatives() && Take(")");
        if (!IsLicense(Next()))
            return false;
        _at++;
        if (!Take("with"))
            return true;
        var isKnown = _known.Value.Exceptions.Contains(Next());
        _at++;
        return isKnown;
    }

    private static bool IsLicense(string token) =>
        Reference().IsMatch(token) || _known.Value.Licenses.Contains(token.EndsWith('+') ? token[..^1] : token);

    private string Next() => _at < _tokens.Count ? _tokens[_at] : "";

    private bool Take(string token)
    {
        if (!Next().Equals(token, StringComparison.OrdinalIgnoreCase))
            return false;
        _at++;
        return true;
    }

    private static (HashSet<string>, HashSet<string>) Read()
    {
        var lines = AcceptanceData.Lines("licenses.txt").SkipWhile(line => line.StartsWith('#')).ToList();
        var gap = lines.IndexOf("");
        return (
            lines.Take(gap).ToHashSet(StringComparer.OrdinalIgnoreCase),
            lines.Skip(gap + 1).Where(line => line.Length > 0).ToHashSet(StringComparer.OrdinalIgnoreCase)
        );
    }

    [GeneratedRegex(@"[()]|[^\s()]+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Tokens();

    [GeneratedRegex(
        @"\ALicenseRef-[A-Za-z0-9.-]+\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex Reference();
}
