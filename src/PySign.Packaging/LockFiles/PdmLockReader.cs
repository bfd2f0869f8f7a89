using PySign.Packaging.Toml;
using PySign.Packaging.Versions;

namespace PySign.Packaging.LockFiles;

/// <summary><c>pdm.lock</c>, lock version 3 and 4. It never names an index; each combination of extras is an entry of its own.</summary>
internal sealed class PdmLockReader(LockToml toml, LockSelection selection)
{
    private const string Default = "default";

    private static readonly string[] _versionControls = ["git", "hg", "svn", "bzr"];

    public LockFile Read()
    {
        var metadata = toml.Table(toml.Root, "metadata") ?? throw toml.Wrong(toml.Root, "metadata", "a table");
        var version = toml.Text(metadata, "lock_version") ?? "0";
        if (!PythonVersion.TryParse(version, out var parsed) || parsed.Release[0] is var major && major != 3 && major != 4)
            throw TomlLockReader.Unsupported($"lock_version {version}", "lock_version 3.x or 4.x");
        var files = toml.Table(metadata, "files");
        return new LockFile
        {
            Kind = LockFileKind.Pdm,
            Packages = [.. toml.Tables(toml.Root, "package").Where(IsChosen).Select(package => Package(package, files))],
        };
    }

    // PDM has one list for groups and extras, and keeps the optional ones under their own names.
    private bool IsChosen(TomlTable package) =>
        toml.Texts(package, "groups") is not { Count: > 0 } groups
        || groups.Any(group => group == Default || (selection.HasGroup(group) && selection.HasExtra(group)) || IsNamed(group));

    private bool IsNamed(string group) =>
        (selection.Groups is not null && selection.HasGroup(group)) || (selection.Extras is not null && selection.HasExtra(group));

    private LockedPackage Package(TomlTable package, TomlTable? metadataFiles)
    {
        var line = toml.Line(package);
        var name = LockText.Name(toml.RequireText(package, "name"), line);
        var version = toml.Text(package, "version");
        var files = package.TryGetValue("files", out _) ? toml.Tables(package, "files") : Old(metadataFiles, name.Normalized, version);
        return new LockedPackage
        {
            Name = name,
            Version = version,
            Line = line,
            Source = Source(package),
            Files = [.. files.Select(File)],
            Groups = toml.Texts(package, "groups"),
            Marker = LockMarker.Environment(toml.Text(package, "marker"), selection),
        };
    }

    private LockedSource Source(TomlTable package)
    {
        foreach (var control in _versionControls)
        {
            if (toml.Text(package, control) is { } repository)
                return new LockedSource(LockedSourceKind.Vcs, LockText.Clean(repository), toml.Text(package, "revision"));
        }

        if (toml.Text(package, "path") is { } path)
            return new LockedSource(toml.Flag(package, "editable") ? LockedSourceKind.Editable : LockedSourceKind.Path, path);
        if (toml.Text(package, "url") is { } url)
            return url.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
                ? new LockedSource(LockedSourceKind.Path, LockText.Clean(url))
                : new LockedSource(LockedSourceKind.Url, LockText.Clean(url));
        return toml.Flag(package, "editable") ? new LockedSource(LockedSourceKind.Editable) : LockedSource.UnnamedIndex;
    }

    private LockedFile File(TomlTable file)
    {
        var name = toml.Text(file, "file") ?? (toml.Text(file, "url") is { } url ? LockText.LastPart(url) : null);
        return LockText.Hashed(name, toml.RequireText(file, "hash"), toml.Line(file));
    }

    // Before the files stood in the packages: "name version" = [files].
    private IReadOnlyList<TomlTable> Old(TomlTable? files, string name, string? version)
    {
        if (files is null || version is null)
            return [];
        return
        [
            .. files
                .Keys.Where(key =>
                    key.Split(' ') is [var of, var at] && LockText.Name(of.Split('[')[0], 0).Normalized == name && at == version
                )
                .SelectMany(key => toml.Tables(files, key)),
        ];
    }
}
