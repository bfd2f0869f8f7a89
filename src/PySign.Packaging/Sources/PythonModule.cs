namespace PySign.Packaging.Sources;

/// <summary>A module's name that stands for one of another module: <c>from .version import number as __version__</c>.</summary>
/// <param name="Level">The dots in front: 0 for an absolute import.</param>
/// <param name="Module">The dotted module name, empty for <c>from . import x</c>.</param>
/// <param name="Name">The name there.</param>
internal sealed record PythonImport(int Level, string Module, string Name);

/// <summary>What a module binds a name to: one plain string literal, an import, or something that only running it would tell.</summary>
/// <param name="Literal">The characters between the quotes, when it is one literal.</param>
/// <param name="Import">Where the name comes from, when it is imported.</param>
/// <param name="Count">How often the module binds the name.</param>
/// <param name="Line">The statement as written, for a message.</param>
internal sealed record PythonBinding(SourceSpan? Literal, PythonImport? Import, int Count, string Line);

/// <summary>A Python source file, read but never run.</summary>
internal sealed class PythonModule
{
    private PythonModule(string text, IReadOnlyList<PythonStatement> statements)
    {
        Text = text;
        Statements = statements;
    }

    public string Text { get; }

    public IReadOnlyList<PythonStatement> Statements { get; }

    /// <summary>Reads a module; null when it is not Python that can be taken apart.</summary>
    public static PythonModule? Read(string text) =>
        PythonTokenizer.Read(text) is { } statements ? new PythonModule(text, statements) : null;

    /// <summary>What the module binds a name to, or null when it never does.</summary>
    public PythonBinding? Find(string name)
    {
        var bindings = Statements.Where(statement => !statement.InDefinition && Binds(statement, name)).ToList();
        if (bindings.Count == 0)
            return null;
        var first = bindings[0];
        var plain = bindings.Count == 1 && first.Indent == 0;
        return new PythonBinding(plain ? Assigned(first) : null, plain ? Imported(first, name) : null, bindings.Count, Line(first));
    }

    public string Word(PythonToken token) => Text[token.Start..token.End];

    /// <summary>A literal's characters, when they are exactly its value: no prefix but u and r, no escapes.</summary>
    public SourceSpan? Plain(PythonToken token)
    {
        if (token.Kind != PythonTokenKind.Text)
            return null;
        var quote = Text.IndexOfAny(['"', '\''], token.Start);
        var isLong = token.End - quote >= 6 && Text[quote + 1] == Text[quote] && Text[quote + 2] == Text[quote];
        var (start, end) = isLong ? (quote + 3, token.End - 3) : (quote + 1, token.End - 1);
        var value = Text[start..end];
        return Text.AsSpan(token.Start, quote - token.Start).IndexOfAnyExcept("uUrR") >= 0 || value.Contains('\\', StringComparison.Ordinal)
            ? null
            : new SourceSpan(start, end, value);
    }

    public bool Is(PythonToken token, string text) =>
        token.End - token.Start == text.Length && string.CompareOrdinal(Text, token.Start, text, 0, text.Length) == 0;

    private bool Binds(PythonStatement statement, string name)
    {
        var tokens = statement.Tokens;
        var isImport = Is(tokens[0], "import") || Is(tokens[0], "from");
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Kind != PythonTokenKind.Word || !Is(tokens[i], name) || (i > 0 && Is(tokens[i - 1], ".")))
                continue;
            if (
                isImport
                    ? ImportsAs(tokens, i)
                    : tokens[i].Depth == 0 && (i == tokens.Count - 1 ? IsKeyword(tokens, i) : IsTarget(tokens, i))
            )
                return true;
        }

        return false;
    }

    // Anything that gives the name another value, understood or not: assignments of every kind, loops, definitions, del.
    private bool IsTarget(IReadOnlyList<PythonToken> tokens, int at)
    {
        var next = Word(tokens[at + 1]);
        return (next.EndsWith('=') && next is not ("==" or "!=" or "<=" or ">="))
            || next is "," or "in"
            || (next == ":" && at == 0)
            || IsKeyword(tokens, at);
    }

    private bool IsKeyword(IReadOnlyList<PythonToken> tokens, int at) =>
        at > 0 && Word(tokens[at - 1]) is "def" or "class" or "del" or "for" or "as" or "global";

    private bool ImportsAs(IReadOnlyList<PythonToken> tokens, int at)
    {
        var import = Enumerable.Range(0, tokens.Count).First(i => Is(tokens[i], "import") || i == tokens.Count - 1);
        return at > import && (at == tokens.Count - 1 || !Is(tokens[at + 1], "as"));
    }

    // name [: annotation] = [other =]... "literal"
    private SourceSpan? Assigned(PythonStatement statement)
    {
        var tokens = statement.Tokens;
        if (tokens.Count < 3 || tokens[0].Kind != PythonTokenKind.Word || !Is(tokens[^2], "=") || tokens[^2].Depth != 0)
            return null;
        if (Is(tokens[1], ":"))
            return tokens.Count(token => token.Depth == 0 && Is(token, "=")) == 1 ? Plain(tokens[^1]) : null;
        for (var i = 0; i < tokens.Count - 1; i++)
        {
            if (i % 2 == 0 ? tokens[i].Kind != PythonTokenKind.Word : !Is(tokens[i], "="))
                return null;
        }

        return Plain(tokens[^1]);
    }

    private PythonImport? Imported(PythonStatement statement, string name)
    {
        var tokens = statement.Tokens;
        if (!Is(tokens[0], "from"))
            return null;
        var import = Enumerable.Range(0, tokens.Count).FirstOrDefault(i => Is(tokens[i], "import"));
        if (import == 0)
            return null;
        var from = string.Concat(tokens.Take(import).Skip(1).Select(Word));
        var at = Enumerable
            .Range(import + 1, tokens.Count - import - 1)
            .First(i => Is(tokens[i], name) && (i == tokens.Count - 1 || !Is(tokens[i + 1], "as")));
        var original = Is(tokens[at - 1], "as") ? Word(tokens[at - 2]) : name;
        var level = from.Length - from.TrimStart('.').Length;
        return new PythonImport(level, from[level..], original);
    }

    private string Line(PythonStatement statement)
    {
        var text = Text[statement.Tokens[0].Start..statement.Tokens[^1].End].ReplaceLineEndings(" ");
        return text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 80), "…");
    }
}
