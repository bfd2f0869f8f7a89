using PySign.Packaging.Names;

namespace PySign.Packaging.LockFiles;

/// <summary>Which program's form a lock file has.</summary>
public enum LockFileKind
{
    /// <summary><c>pylock.toml</c> (PEP 751).</summary>
    PyLock,

    /// <summary>A requirements file of pip.</summary>
    Requirements,

    /// <summary><c>uv.lock</c>.</summary>
    Uv,

    /// <summary><c>poetry.lock</c>.</summary>
    Poetry,

    /// <summary><c>pdm.lock</c>.</summary>
    Pdm,

    /// <summary><c>Pipfile.lock</c>.</summary>
    Pipfile,
}

/// <summary>
/// A lock file: what it would install, and the digests it pins. Everything in it is data from outside; nothing is run, opened or fetched.
/// </summary>
public sealed record LockFile
{
    /// <summary>The most that is read: real ones stay below 3 MB.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>The most packages that are read.</summary>
    public const int MaxPackages = 50_000;

    /// <summary>Whose form it has.</summary>
    public required LockFileKind Kind { get; init; }

    /// <summary>The packages, each name and version once, in the order of the file.</summary>
    public required IReadOnlyList<LockedPackage> Packages { get; init; }

    /// <summary>Names of the locked project itself and of its workspace, which are not dependencies.</summary>
    public IReadOnlyList<string> OwnProjects { get; init; } = [];

    /// <summary>What a reader should know about the file, one sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Other files that this one includes (<c>-r</c>, <c>-c</c> of a requirements file), as written.</summary>
    public IReadOnlyList<string> Includes { get; init; } = [];

    /// <summary>Reads a lock file; its name and content say which form it has.</summary>
    /// <param name="fileName">The file's name, without folders.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="selection">Which groups and extras are read; null for all.</param>
    /// <exception cref="PackagingException">
    /// <see cref="PackagingFailure.InvalidLockFile"/>, <see cref="PackagingFailure.UnsupportedLockFile"/>,
    /// <see cref="PackagingFailure.LockFileTooLarge"/>, or what is wrong with a name.
    /// </exception>
    public static LockFile Parse(string fileName, ReadOnlyMemory<byte> content, LockSelection? selection = null)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        if (content.Length > MaxBytes)
            throw new PackagingException(
                PackagingFailure.LockFileTooLarge,
                fileName,
                $"at most {MaxBytes} bytes",
                "This is not a lock file."
            );
        var chosen = selection ?? LockSelection.All;
        var kind = KindOf(fileName);
        var read = kind switch
        {
            LockFileKind.Requirements => RequirementsReader.Read(content.Span),
            LockFileKind.Pipfile => PipfileLockReader.Read(content, chosen),
            _ => TomlLockReader.Read(fileName, kind, content.Span, chosen),
        };
        if (read.Packages.Count > MaxPackages)
            throw new PackagingException(
                PackagingFailure.LockFileTooLarge,
                fileName,
                $"at most {MaxPackages} packages",
                "This is not a lock file."
            );
        return read with { Packages = LockMerge.Merge(read.Packages) };
    }

    /// <summary>Whether a file's name is that of a lock file; requirements files have no fixed name and count when they end in
    /// <c>requirements.txt</c>.</summary>
    /// <param name="fileName">The file's name, without folders.</param>
    public static bool IsLockFileName(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        return KindByName(fileName) is not null || fileName.EndsWith("requirements.txt", StringComparison.OrdinalIgnoreCase);
    }

    private static LockFileKind? KindOf(string fileName)
    {
        if (KindByName(fileName) is { } kind)
            return kind;

        // A requirements file may have any name; only TOML files of unknown names are told apart by content.
        return
            fileName.EndsWith(".toml", StringComparison.OrdinalIgnoreCase) || fileName.EndsWith(".lock", StringComparison.OrdinalIgnoreCase)
            ? null
            : LockFileKind.Requirements;
    }

    private static LockFileKind? KindByName(string fileName) =>
        fileName switch
        {
            "uv.lock" => LockFileKind.Uv,
            "poetry.lock" => LockFileKind.Poetry,
            "pdm.lock" => LockFileKind.Pdm,
            "Pipfile.lock" => LockFileKind.Pipfile,
            "pylock.toml" => LockFileKind.PyLock,
            _ when fileName.EndsWith(".py.lock", StringComparison.Ordinal) => LockFileKind.Uv,

            // PEP 751: pylock.NAME.toml, the name without a dot.
            _ when fileName.StartsWith("pylock.", StringComparison.Ordinal)
                    && fileName.EndsWith(".toml", StringComparison.Ordinal)
                    && fileName.Length > 12
                    && !fileName[7..^5].Contains('.', StringComparison.Ordinal) => LockFileKind.PyLock,
            _ => null,
        };
}

/// <summary>Which packages of a lock file are read. The default group always is.</summary>
/// <param name="Groups">Names of dependency groups (sections, categories); null for all.</param>
/// <param name="Extras">Names of extras; null for all.</param>
public sealed record LockSelection(IReadOnlyList<string>? Groups, IReadOnlyList<string>? Extras)
{
    /// <summary>Everything.</summary>
    public static LockSelection All { get; } = new(null, null);

    internal bool HasGroup(string group) => Has(Groups, group);

    internal bool HasExtra(string extra) => Has(Extras, extra);

    private static bool Has(IReadOnlyList<string>? chosen, string name) =>
        chosen is null
        || chosen.Any(one => ProjectName.TryParse(one, out var a) && ProjectName.TryParse(name, out var b) ? a.Equals(b) : one == name);
}
