namespace PySign.Packaging.Projects;

/// <summary>Where a project's version comes from, by what its configuration says.</summary>
internal abstract record VersionPlace
{
    /// <summary>A key of a TOML file.</summary>
    public sealed record TomlKey(string File, IReadOnlyList<string> Key) : VersionPlace;

    /// <summary>Variables that the owner documents for giving a version from outside.</summary>
    /// <param name="Names">The variables.</param>
    /// <param name="Owner">What reads them.</param>
    /// <param name="FromTags">Whether it asks version control where they are not set.</param>
    public sealed record Variable(IReadOnlyList<string> Names, string Owner, bool FromTags = true) : VersionPlace;

    /// <summary>A name of an importable module, to be found below the given folders.</summary>
    /// <param name="Module">Dotted.</param>
    /// <param name="Name">The name in it.</param>
    /// <param name="Folders">Where top-level modules lie, relative to the project.</param>
    /// <param name="Packages">Top-level packages that lie elsewhere: name to folder.</param>
    /// <param name="Owner">What says so, for messages.</param>
    public sealed record Attribute(
        string Module,
        string Name,
        IReadOnlyList<string> Folders,
        IReadOnlyDictionary<string, string> Packages,
        string Owner
    ) : VersionPlace;

    /// <summary>A name of a Python file.</summary>
    public sealed record FileAttribute(string File, string Name, string Owner) : VersionPlace;

    /// <summary>What a regular expression of Python finds in a file.</summary>
    public sealed record Pattern(string File, string Expression, string Group, string Owner) : VersionPlace;

    /// <summary>A file with nothing but the version.</summary>
    public sealed record TextFile(string File, string Owner) : VersionPlace;

    /// <summary>setup.cfg or setup.py.</summary>
    public sealed record SetupFiles : VersionPlace;

    /// <summary>Computed in a way that nothing outside can set.</summary>
    /// <param name="Where">The file or table that says so.</param>
    /// <param name="Found">What was found there.</param>
    /// <param name="Advice">What to do, as a sentence.</param>
    /// <param name="FromTags">Whether it is computed from version control.</param>
    public sealed record Computed(string Where, string Found, string Advice, bool FromTags = false) : VersionPlace;
}
