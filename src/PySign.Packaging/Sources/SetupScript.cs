namespace PySign.Packaging.Sources;

/// <summary>A setup.py: what the one call of <c>setup()</c> in it is given, as far as that can be read without running it.</summary>
internal sealed class SetupScript
{
    private readonly Dictionary<string, List<PythonToken>> _keywords = new(StringComparer.Ordinal);

    private SetupScript(PythonModule module) => Module = module;

    public PythonModule Module { get; }

    /// <summary>How many calls of <c>setup()</c> name a version.</summary>
    public int Versions { get; private set; }

    /// <summary>Whether a call takes keywords that are computed elsewhere (<c>**</c>).</summary>
    public bool HasSpread { get; private set; }

    public bool HasVersion => Versions > 0;

    /// <summary>The tokens of the version keyword's value; empty when there is none.</summary>
    public IReadOnlyList<PythonToken> Version => _keywords.GetValueOrDefault("version") ?? [];

    /// <summary>The name, where it is written as a plain string.</summary>
    public string? Name => _keywords.GetValueOrDefault("name") is [var token] ? Module.Plain(token)?.Value : null;

    /// <summary>Reads a script; null when it is not Python that can be taken apart.</summary>
    public static SetupScript? Read(string text)
    {
        if (PythonModule.Read(text) is not { } module)
            return null;
        var script = new SetupScript(module);
        foreach (var statement in module.Statements)
            script.ReadCalls(statement.Tokens);
        return script;
    }

    /// <summary>Whether <c>setup()</c> is given this keyword.</summary>
    public bool Has(string keyword) => _keywords.ContainsKey(keyword);

    /// <summary>Whether the script mentions a word, in code or in a string.</summary>
    public bool Mentions(string word) =>
        Module
            .Statements.SelectMany(statement => statement.Tokens)
            .Any(token =>
                Module.Is(token, word)
                || (token.Kind == PythonTokenKind.Text && Module.Word(token).Contains(word, StringComparison.Ordinal))
            );

    /// <summary>Whether the script names something in code, or a program that it may run in a string.</summary>
    public bool Uses(string word) =>
        Module
            .Statements.SelectMany(statement => statement.Tokens)
            .Any(token =>
                Module.Is(token, word)
                || (Module.Plain(token) is { } text && (text.Value == word || text.Value.StartsWith(word + " ", StringComparison.Ordinal)))
            );

    /// <summary>Paths that the script may open: every string, and the strings that stand side by side in one call, joined.</summary>
    public IEnumerable<string> Paths()
    {
        foreach (var statement in Module.Statements)
        {
            var run = new List<string>();
            for (var i = 0; i < statement.Tokens.Count; i++)
            {
                var token = statement.Tokens[i];
                if (Module.Plain(token) is { } text)
                {
                    run.Add(text.Value);
                    yield return text.Value;
                    if (run.Count > 1)
                        yield return string.Join('/', run);
                }
                else if (!Module.Is(token, ",") && !Module.Is(token, "/"))
                {
                    run.Clear();
                }
            }
        }
    }

    private void ReadCalls(IReadOnlyList<PythonToken> tokens)
    {
        for (var i = 0; i + 1 < tokens.Count; i++)
        {
            if (Module.Is(tokens[i], "setup") && Module.Is(tokens[i + 1], "(") && !(i > 0 && Module.Is(tokens[i - 1], "def")))
                ReadKeywords(tokens, i + 2, tokens[i + 1].Depth + 1);
        }
    }

    private void ReadKeywords(IReadOnlyList<PythonToken> tokens, int at, int depth)
    {
        while (at < tokens.Count && tokens[at].Depth >= depth)
        {
            var end = at;
            while (end < tokens.Count && tokens[end].Depth >= depth && !(tokens[end].Depth == depth && Module.Is(tokens[end], ",")))
                end++;
            if (end - at > 2 && Module.Is(tokens[at + 1], "="))
            {
                var keyword = Module.Word(tokens[at]);
                Versions += keyword == "version" ? 1 : 0;
                _keywords[keyword] = [.. tokens.Skip(at + 2).Take(end - at - 2)];
            }
            else if (end > at && Module.Is(tokens[at], "**"))
            {
                HasSpread = true;
            }

            if (end == tokens.Count || tokens[end].Depth < depth)
                return;
            at = end + 1;
        }
    }
}
