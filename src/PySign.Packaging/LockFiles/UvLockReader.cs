using PySign.Packaging.Toml;

namespace PySign.Packaging.LockFiles;

/// <summary><c>uv.lock</c>, version 1 of any revision. Groups and extras stand on the edges between packages, so they are walked.</summary>
internal sealed class UvLockReader(LockToml toml, LockSelection selection)
{
    private readonly Dictionary<string, List<TomlTable>> _byName = new(StringComparer.Ordinal);

    public LockFile Read()
    {
        if (!toml.Root.TryGetValue("version", out var version) || version is not TomlInteger { Value: 1 })
            throw TomlLockReader.Unsupported("version of uv.lock", "version = 1");
        var key = toml.Root.TryGetValue("distribution", out _) ? "distribution" : "package";
        var tables = toml.Tables(toml.Root, key);
        foreach (var table in tables)
        {
            var name = LockText.Name(toml.RequireText(table, "name"), toml.Line(table)).Normalized;
            if (!_byName.TryGetValue(name, out var list))
                _byName[name] = list = [];
            list.Add(table);
        }

        var members = toml.Table(toml.Root, "manifest") is { } manifest
            ? toml.Texts(manifest, "members").Select(member => LockText.Name(member, 0).Normalized).ToList()
            : [];
        var own = tables.Where(table => IsOwn(table, members)).ToHashSet();
        var reached = new UvWalk(toml, selection, _byName).From(own);
        return new LockFile
        {
            Kind = LockFileKind.Uv,
            Packages =
            [
                .. tables
                    .Where(table => !own.Contains(table) && (selection == LockSelection.All || reached.ContainsKey(table)))
                    .Select(table => Package(table) with { Marker = reached.GetValueOrDefault(table) }),
            ],
            OwnProjects = [.. own.Select(table => toml.RequireText(table, "name"))],
        };
    }

    // The project itself, and the members of its workspace.
    private bool IsOwn(TomlTable table, List<string> members)
    {
        if (toml.Table(table, "source") is not { } source)
            return false;
        var path = toml.Text(source, "editable") ?? toml.Text(source, "virtual") ?? toml.Text(source, "directory");
        return path is not null
            && (path == "." || members.Contains(LockText.Name(toml.RequireText(table, "name"), toml.Line(table)).Normalized));
    }

    private LockedPackage Package(TomlTable package)
    {
        var line = toml.Line(package);
        var source = Source(package);
        var files = toml.Tables(package, "wheels").ToList();
        if (toml.Table(package, "sdist") is { } sdist)
            files.Insert(0, sdist);
        return new LockedPackage
        {
            Name = LockText.Name(toml.RequireText(package, "name"), line),
            Version = toml.Text(package, "version"),
            Line = line,
            Source = source,
            Files = [.. files.Select(File).OfType<LockedFile>()],
        };
    }

    private LockedSource Source(TomlTable package)
    {
        var source = toml.Table(package, "source") ?? throw toml.Wrong(package, "source", "a table");
        if (toml.Text(source, "registry") is { } registry)
            return registry.Contains("://", StringComparison.Ordinal)
                ? new LockedSource(LockedSourceKind.Index, LockText.Clean(registry))
                : new LockedSource(LockedSourceKind.Path, registry);
        if (toml.Text(source, "git") is { } git)
        {
            var hash = git.LastIndexOf('#');
            return new LockedSource(LockedSourceKind.Vcs, LockText.Clean(git), hash < 0 ? null : git[(hash + 1)..]);
        }

        if (toml.Text(source, "url") is { } url)
            return new LockedSource(LockedSourceKind.Url, LockText.Clean(url));
        if (toml.Text(source, "editable") is { } editable)
            return new LockedSource(LockedSourceKind.Editable, editable);
        var path = toml.Text(source, "path") ?? toml.Text(source, "directory") ?? toml.Text(source, "virtual");
        return path is not null
            ? new LockedSource(LockedSourceKind.Path, path)
            : throw toml.Wrong(package, "source", "registry, git, url, path, directory, editable or virtual");
    }

    private LockedFile File(TomlTable file)
    {
        var line = toml.Line(file);
        var address = toml.Text(file, "filename") ?? toml.Text(file, "url") ?? toml.Text(file, "path");
        var name = address is null ? null : LockText.LastPart(address);
        return toml.Text(file, "hash") is { } hash ? LockText.Hashed(name, hash, line) : new LockedFile(name, null, line);
    }
}
