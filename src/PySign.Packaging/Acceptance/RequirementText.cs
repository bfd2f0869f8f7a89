using System.Text.RegularExpressions;
using PySign.Packaging.Metadata;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Acceptance;

/// <summary>A dependency as metadata writes it (dependency specifiers, PEP 508), read as far as an index does.</summary>
/// <param name="IsDirect">Whether it names a URL instead of versions.</param>
internal sealed partial record RequirementText(bool IsDirect)
{
    /// <summary>Reads one; null when the text is not a requirement.</summary>
    public static RequirementText? Read(string text)
    {
        var head = Head().Match(text);
        if (!head.Success)
            return null;
        var rest = text[head.Length..].Trim();
        if (rest.StartsWith('@'))
            return ReadDirect(rest[1..].Trim());
        var semicolon = rest.IndexOf(';', StringComparison.Ordinal);
        var versions = (semicolon < 0 ? rest : rest[..semicolon]).Trim();
        if (versions.StartsWith('(') && versions.EndsWith(')'))
            versions = versions[1..^1];
        var isValid =
            (versions.Length == 0 || VersionSpecifier.TryParse(versions, out _))
            && (semicolon < 0 || MarkerText.IsValid(rest[(semicolon + 1)..]));
        return isValid ? new RequirementText(false) : null;
    }

    // A URL may hold ';'; a marker behind one needs a blank before it.
    private static RequirementText? ReadDirect(string text)
    {
        var blank = text.IndexOfAny([' ', '\t']);
        var url = blank < 0 ? text : text[..blank];
        var rest = blank < 0 ? "" : text[blank..].Trim();
        return url.Length > 0 && (rest.Length == 0 || (rest[0] == ';' && MarkerText.IsValid(rest[1..]))) ? new RequirementText(true) : null;
    }

    [GeneratedRegex(
        @"\A\s*[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\s*"
            + @"(?:\[\s*(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\s*(?:,\s*[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\s*)*)?\])?",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Head();
}

/// <summary>The condition behind a dependency's ';'.</summary>
internal sealed partial class MarkerText
{
    private const int MaxTokens = 1000;

    private readonly List<string> _tokens;
    private int _at;

    private MarkerText(List<string> tokens) => _tokens = tokens;

    public static bool IsValid(string text)
    {
        var matches = Tokens().Matches(text);
        if (
            matches.Count is 0 or > MaxTokens
            || matches.Sum(match => match.Length) != text.Count(c => !char.IsWhiteSpace(c)) + Blanks(matches)
        )
            return false;
        var marker = new MarkerText([.. matches.Select(match => match.Value)]);
        return marker.Any() && marker._at == marker._tokens.Count;
    }

    private static int Blanks(MatchCollection matches) => matches.Sum(match => match.Value.Count(char.IsWhiteSpace));

    private bool Any()
    {
        do
        {
            if (!All())
                return false;
        } while (Take("or"));

        return true;
    }

    private bool All()
    {
        do
        {
            if (!One())
                return false;
        } while (Take("and"));

        return true;
    }

    private bool One() => Take("(") ? Any() && Take(")") : Value() && Operator() && Value();

    private bool Operator() => Take("not") ? Take("in") : Take("in") || TakeIf(token => Operators().IsMatch(token));

    private bool Value() => TakeIf(token => token[0] is '"' or '\'' || MarkerVariables.Known.Contains(token));

    private bool Take(string wanted) => TakeIf(token => token == wanted);

    private bool TakeIf(Func<string, bool> matches)
    {
        if (_at >= _tokens.Count || !matches(_tokens[_at]))
            return false;
        _at++;
        return true;
    }

    [GeneratedRegex(
        @"""[^""]*""|'[^']*'|[()]|===|[<>=!~]=|[<>]|[A-Za-z_][A-Za-z0-9_.]*",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Tokens();

    [GeneratedRegex(@"\A(?:===|==|!=|<=|>=|~=|<|>)\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Operators();
}
