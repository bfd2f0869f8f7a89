using PySign.Packaging.Toml;
using PySign.Packaging.Versions;

namespace PySign.Packaging.LockFiles;

/// <summary><c>poetry.lock</c> of Poetry 1 and 2. Without a source table a package is PyPI's, by name.</summary>
internal sealed class PoetryLockReader(LockToml toml, LockSelection selection)
{
    private const string Main = "main";

    public LockFile Read()
    {
        var metadata = toml.Table(toml.Root, "metadata") ?? throw toml.Wrong(toml.Root, "metadata", "a table");
        var version = toml.Text(metadata, "lock-version") ?? "1.0";
        if (!PythonVersion.TryParse(version, out var parsed) || parsed.Release[0] is var major && major != 1 && major != 2)
            throw TomlLockReader.Unsupported($"lock-version {version}", "lock-version 1.x or 2.x");
        var extras = ChosenExtras();
        var files = toml.Table(metadata, "files");
        var hashes = toml.Table(metadata, "hashes");
        return new LockFile
        {
            Kind = LockFileKind.Poetry,
            Packages =
            [
                .. toml.Tables(toml.Root, "package")
                    .Where(package => IsChosen(package, extras))
                    .Select(package => Package(package, files, hashes)),
            ],
        };
    }

    private bool IsChosen(TomlTable package, HashSet<string>? extras)
    {
        var groups = Groups(package);
        if (groups.Count > 0 && !groups.Any(group => group == Main || selection.HasGroup(group)))
            return false;
        return extras is null
            || !toml.Flag(package, "optional")
            || extras.Contains(LockText.Name(toml.RequireText(package, "name"), toml.Line(package)).Normalized);
    }

    // What an extra needs directly; what that needs in turn is marked optional too and cannot be told apart, so it is read.
    private HashSet<string>? ChosenExtras()
    {
        if (selection.Extras is null || toml.Table(toml.Root, "extras") is not { } extras)
            return null;
        var chosen = extras.Keys.Where(selection.HasExtra).SelectMany(extra => toml.Texts(extras, extra)).ToList();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var packages = toml.Tables(toml.Root, "package")
            .ToLookup(package => LockText.Name(toml.RequireText(package, "name"), toml.Line(package)).Normalized, StringComparer.Ordinal);
        var open = new Stack<string>(chosen.Select(text => LockText.Name(NameIn(text), 0).Normalized));
        while (open.TryPop(out var name))
        {
            if (!names.Add(name))
                continue;
            foreach (var dependencies in packages[name].Select(package => toml.Table(package, "dependencies")).OfType<TomlTable>())
            {
                foreach (var dependency in dependencies.Keys)
                    open.Push(LockText.Name(dependency, 0).Normalized);
            }
        }

        return names;
    }

    // An extra lists "name" or "name (>=1.0)" or "name[extra]".
    private static string NameIn(string requirement)
    {
        var end = requirement.IndexOfAny([' ', '(', '[', '<', '>', '=', '!', '~', ';']);
        return end < 0 ? requirement : requirement[..end];
    }

    private IReadOnlyList<string> Groups(TomlTable package)
    {
        if (toml.Texts(package, "groups") is { Count: > 0 } groups)
            return groups;
        return toml.Text(package, "category") is { } category ? [category] : [];
    }

    private LockedPackage Package(TomlTable package, TomlTable? metadataFiles, TomlTable? metadataHashes)
    {
        var line = toml.Line(package);
        var name = LockText.Name(toml.RequireText(package, "name"), line);
        var version = toml.RequireText(package, "version");
        var files =
            package.TryGetValue("files", out _) ? [.. toml.Tables(package, "files").Select(File)]
            : metadataFiles is not null ? OfThisVersion(Named(metadataFiles, name.Normalized), version)
            : metadataHashes is not null ? Hashes(metadataHashes, name.Normalized)
            : [];
        return new LockedPackage
        {
            Name = name,
            Version = version,
            Line = line,
            Source = Source(package),
            Files = files,
            Groups = Groups(package),
            Marker = Marker(package),
        };
    }

    // One marker, or one for each group: then any of those that are chosen (lock-version 2.1).
    private string? Marker(TomlTable package)
    {
        if (!package.TryGetValue("markers", out var markers))
            return null;
        if (markers is not TomlTable groups)
            return LockMarker.Environment(toml.Text(package, "markers"), selection);
        var chosen = Groups(package).Where(group => group == Main || selection.HasGroup(group)).ToList();
        if (chosen.Exists(group => !groups.TryGetValue(group, out _)))
            return null;
        return LockMarker.Environment(string.Join(" or ", chosen.Select(group => $"({toml.Text(groups, group)})")), selection);
    }

    private LockedSource Source(TomlTable package)
    {
        if (toml.Table(package, "source") is not { } source)
            return LockedSource.UnnamedIndex;
        var url = LockText.Clean(toml.RequireText(source, "url"));
        return toml.RequireText(source, "type") switch
        {
            "legacy" => new LockedSource(LockedSourceKind.Index, url),
            "git" => new LockedSource(LockedSourceKind.Vcs, url, toml.Text(source, "resolved_reference")),
            "url" => new LockedSource(LockedSourceKind.Url, url),
            "directory" when toml.Flag(package, "develop") => new LockedSource(LockedSourceKind.Editable, url),
            "file" or "directory" => new LockedSource(LockedSourceKind.Path, url),
            var other => throw LockText.Invalid(other, "legacy, git, url, file or directory as type of a source", toml.Line(source)),
        };
    }

    private LockedFile File(TomlTable file) => LockText.Hashed(toml.Text(file, "file"), toml.RequireText(file, "hash"), toml.Line(file));

    private IReadOnlyList<LockedFile> Named(TomlTable metadata, string name) =>
        [.. Keys(metadata, name).SelectMany(key => toml.Tables(metadata, key)).Select(File)];

    private IReadOnlyList<LockedFile> Hashes(TomlTable metadata, string name)
    {
        var line = toml.Line(metadata);
        return
        [
            .. Keys(metadata, name)
                .SelectMany(key => toml.Texts(metadata, key))
                .Select(hash =>
                    hash.Contains(':', StringComparison.Ordinal)
                        ? LockText.Hashed(null, hash, line)
                        : LockText.Hashed(null, "sha256", hash, line)
                ),
        ];
    }

    private static IEnumerable<string> Keys(TomlTable metadata, string name) =>
        metadata.Keys.Where(key => LockText.Name(key, 0).Normalized == name);

    // Up to lock-version 1.1 the files of all versions of a name stand together.
    private static IReadOnlyList<LockedFile> OfThisVersion(IReadOnlyList<LockedFile> files, string version)
    {
        if (!PythonVersion.TryParse(version, out var wanted))
            return files;
        return
        [
            .. files.Where(file =>
                file.FileName is null
                || !Distributions.DistributionFileName.TryParse(file.FileName, out var parsed)
                || parsed.Version.Equals(wanted)
            ),
        ];
    }
}
