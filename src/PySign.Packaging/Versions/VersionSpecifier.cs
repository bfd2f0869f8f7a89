using System.Diagnostics.CodeAnalysis;

namespace PySign.Packaging.Versions;

/// <summary>
/// A version specifier (version specifiers specification, PEP 440): clauses between commas that must all hold, such as
/// <c>&gt;=3.9, !=3.9.1, &lt;4</c>. This is the form of <c>Requires-Python</c> and of what stands behind a dependency's name.
/// </summary>
public sealed class VersionSpecifier
{
    // Real ones have a handful.
    private const int MaxClauses = 200;

    private readonly IReadOnlyList<VersionClause> _clauses;

    private VersionSpecifier(string text, IReadOnlyList<VersionClause> clauses)
    {
        Value = text;
        _clauses = clauses;
    }

    /// <summary>The specifier as written.</summary>
    public string Value { get; }

    /// <summary>Whether a clause names a pre-release, which lets pre-releases match.</summary>
    public bool NamesPrerelease => _clauses.Any(clause => clause.NamesPrerelease);

    /// <summary>Reads a specifier; an empty one allows every version.</summary>
    /// <exception cref="PackagingException"><see cref="PackagingFailure.InvalidSpecifier"/>: a clause is not one of PEP 440.</exception>
    public static VersionSpecifier Parse(string specifier) =>
        TryParse(specifier, out var result)
            ? result
            : throw new PackagingException(
                PackagingFailure.InvalidSpecifier,
                specifier,
                "clauses such as >=3.9, <4, ~=1.4.2, ==2.* or !=1.5, between commas",
                "Correct the specifier; only == and != take '.*', and only they take a local version."
            );

    /// <summary>Reads a specifier; false when the text is not one.</summary>
    public static bool TryParse(string? specifier, [NotNullWhen(true)] out VersionSpecifier? result)
    {
        result = null;
        if (specifier is null)
            return false;
        var texts = specifier.Split(',').Where(text => !string.IsNullOrWhiteSpace(text)).ToList();
        var clauses = texts.Take(MaxClauses + 1).Select(VersionClause.Read).OfType<VersionClause>().ToList();
        if (clauses.Count != texts.Count || clauses.Count > MaxClauses)
            return false;
        result = new VersionSpecifier(specifier, clauses);
        return true;
    }

    /// <summary>Whether a version satisfies every clause, and is not a pre-release unless a clause names one.</summary>
    public bool Contains(PythonVersion version) => Contains(version, NamesPrerelease);

    /// <summary>Whether a version satisfies every clause.</summary>
    /// <param name="version">The version.</param>
    /// <param name="allowPrereleases">Whether a pre-release may; true for an interpreter, which is there whatever it is.</param>
    public bool Contains(PythonVersion version, bool allowPrereleases)
    {
        ArgumentNullException.ThrowIfNull(version);
        return (allowPrereleases || !version.IsPrerelease) && _clauses.All(clause => clause.Matches(version));
    }

    /// <summary>
    /// The versions that satisfy the specifier, in their order. Pre-releases are among them when a clause names one, or when nothing else
    /// satisfies it ("Handling of pre-releases").
    /// </summary>
    public IReadOnlyList<PythonVersion> Filter(IEnumerable<PythonVersion> versions)
    {
        var matching = versions.Where(version => Contains(version, allowPrereleases: true)).ToList();
        var released = matching.Where(version => !version.IsPrerelease).ToList();
        return NamesPrerelease || released.Count == 0 ? matching : released;
    }

    /// <summary>The specifier as written.</summary>
    public override string ToString() => Value;
}
