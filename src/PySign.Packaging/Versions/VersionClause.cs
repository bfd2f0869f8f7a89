namespace PySign.Packaging.Versions;

/// <summary>The operators of version specifiers.</summary>
internal enum ClauseOperator
{
    Compatible,
    Equal,
    NotEqual,
    AtMost,
    AtLeast,
    Below,
    Above,
    Identical,
}

/// <summary>One clause of a specifier, such as <c>&gt;=3.9</c> (version specifiers specification, "Version specifiers").</summary>
/// <param name="Operator">The comparison.</param>
/// <param name="Version">The version compared with; null for arbitrary equality.</param>
/// <param name="IsPrefix">Whether it ends with <c>.*</c>.</param>
/// <param name="Text">The right side as written, without <c>.*</c>.</param>
internal sealed record VersionClause(ClauseOperator Operator, PythonVersion? Version, bool IsPrefix, string Text)
{
    // The longest first, so that the first that fits is the one meant.
    private static readonly (string Text, ClauseOperator Operator)[] _operators =
    [
        ("===", ClauseOperator.Identical),
        ("==", ClauseOperator.Equal),
        ("!=", ClauseOperator.NotEqual),
        ("~=", ClauseOperator.Compatible),
        ("<=", ClauseOperator.AtMost),
        (">=", ClauseOperator.AtLeast),
        ("<", ClauseOperator.Below),
        (">", ClauseOperator.Above),
    ];

    public static VersionClause? Read(string clause)
    {
        var text = clause.Trim();
        var (mark, kind) = _operators.FirstOrDefault(pair => text.StartsWith(pair.Text, StringComparison.Ordinal));
        if (mark is null)
            return null;
        var right = text[mark.Length..].Trim();
        if (kind == ClauseOperator.Identical)
            return right.Length == 0 || right.Any(c => char.IsWhiteSpace(c) || c is ';' or ')')
                ? null
                : new VersionClause(kind, null, false, right);
        var isPrefix = kind is ClauseOperator.Equal or ClauseOperator.NotEqual && right.EndsWith(".*", StringComparison.Ordinal);
        if (isPrefix)
            right = right[..^2];
        return PythonVersion.TryParse(right, out var version) && Fits(kind, version, isPrefix)
            ? new VersionClause(kind, version, isPrefix, right)
            : null;
    }

    /// <summary>Whether the clause itself names a pre-release, which asks for pre-releases.</summary>
    public bool NamesPrerelease =>
        Operator != ClauseOperator.NotEqual
        && (Version ?? (PythonVersion.TryParse(Text, out var version) ? version : null)) is { IsPrerelease: true };

    public bool Matches(PythonVersion candidate) =>
        Operator switch
        {
            ClauseOperator.Identical => string.Equals(candidate.Value.Trim(), Text, StringComparison.OrdinalIgnoreCase),
            ClauseOperator.Equal => IsPrefix ? HasPrefix(candidate, Version!) : IsEqual(candidate),
            ClauseOperator.NotEqual => !(IsPrefix ? HasPrefix(candidate, Version!) : IsEqual(candidate)),
            ClauseOperator.AtMost => Public(candidate) <= Version!,
            ClauseOperator.AtLeast => Public(candidate) >= Version!,
            ClauseOperator.Below => candidate < Version! && (Version!.IsPrerelease || !candidate.IsPrerelease || !IsSameRelease(candidate)),
            ClauseOperator.Above => Public(candidate) > Version!
                && (Version!.IsPostrelease || !candidate.IsPostrelease || !IsSameRelease(candidate)),
            _ => Public(candidate) >= Version! && HasPrefix(candidate, Shortened()),
        };

    private static bool Fits(ClauseOperator kind, PythonVersion version, bool isPrefix) =>
        kind switch
        {
            ClauseOperator.Equal or ClauseOperator.NotEqual => !isPrefix || (version.Local is null && !version.IsDevelopment),
            ClauseOperator.Compatible => version.Local is null && version.Release.Count > 1,
            _ => version.Local is null,
        };

    // "~= V.N" is ">= V.N, == V.*", whatever suffix N has.
    private PythonVersion Shortened() =>
        From(Version!.Parts with { Release = [.. Version.Release.SkipLast(1)], Pre = null, Post = null, Dev = null });

    private bool IsEqual(PythonVersion candidate) => (Version!.Local is null ? Public(candidate) : candidate) == Version;

    private bool IsSameRelease(PythonVersion candidate) => Base(candidate) == Base(Version!);

    private static bool HasPrefix(PythonVersion candidate, PythonVersion prefix)
    {
        var (whole, start) = (candidate.Parts, prefix.Parts);
        for (var i = 0; i < start.Release.Count; i++)
        {
            if (start.Release[i] != (i < whole.Release.Count ? whole.Release[i] : 0))
                return false;
        }

        if (whole.Epoch != start.Epoch)
            return false;
        if (start.Pre is null && start.Post is null)
            return true;

        // With a suffix, the release before it is compared whole: 1.1.1a1 does not begin with 1.1a1.
        return IsSame(whole, start) && whole.Pre == start.Pre && (start.Post is null || whole.Post == start.Post);
    }

    private static bool IsSame(VersionParts whole, VersionParts start) => whole.Release.Skip(start.Release.Count).All(part => part.IsZero);

    private static PythonVersion Public(PythonVersion version) => version.Local is null ? version : From(version.Parts with { Local = [] });

    private static PythonVersion Base(PythonVersion version) =>
        From(version.Parts with { Pre = null, Post = null, Dev = null, Local = [] });

    private static PythonVersion From(VersionParts parts) => new(string.Empty, parts);
}
