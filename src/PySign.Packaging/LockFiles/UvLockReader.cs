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

        var members = toml.Table(toml.Root, "manifest") is { } manifest ? toml.Texts(manifest, "members") : [];
        var own = tables.Where(table => IsOwn(table, members)).ToHashSet();
        var reached = selection == LockSelection.All ? null : new UvWalk(toml, selection, _byName).From(own);
        return new LockFile
        {
            Kind = LockFileKind.Uv,
            Packages = [.. tables.Where(table => !own.Contains(table) && (reached?.Contains(table) ?? true)).Select(Package)],
            OwnProjects = [.. own.Select(table => toml.RequireText(table, "name"))],
        };
    }

    // The project itself, and the members of its workspace.
    private bool IsOwn(TomlTable table, IReadOnlyList<string> members)
    {
        if (toml.Table(table, "source") is not { } source)
            return false;
        var path = toml.Text(source, "editable") ?? toml.Text(source, "virtual") ?? toml.Text(source, "directory");
        return path is not null && (path == "." || members.Contains(toml.RequireText(table, "name"), StringComparer.Ordinal));
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

/// <summary>Walks the edges of a <c>uv.lock</c> from the project over the groups and extras that are chosen.</summary>
internal sealed class UvWalk(LockToml toml, LockSelection selection, Dictionary<string, List<TomlTable>> byName)
{
    private readonly HashSet<TomlTable> _reached = [];
    private readonly HashSet<(TomlTable Package, string Extra)> _extras = [];
    private readonly Stack<TomlTable> _edges = new();

    public HashSet<TomlTable> From(IEnumerable<TomlTable> own)
    {
        foreach (var root in own)
        {
            Push(toml.Tables(root, "dependencies"));
            foreach (var (name, edges) in Lists(root, "optional-dependencies"))
            {
                if (selection.HasExtra(name))
                    Push(edges);
            }

            foreach (var (name, edges) in Lists(root, "dev-dependencies").Concat(Lists(root, "dependency-groups")))
            {
                if (selection.HasGroup(name))
                    Push(edges);
            }
        }

        if (toml.Table(toml.Root, "manifest") is { } manifest)
            Push(toml.Tables(manifest, "requirements"));
        while (_edges.TryPop(out var edge))
            Follow(edge);
        return _reached;
    }

    private void Follow(TomlTable edge)
    {
        var name = LockText.Name(toml.RequireText(edge, "name"), toml.Line(edge)).Normalized;
        var version = toml.Text(edge, "version");
        foreach (var package in byName.GetValueOrDefault(name) ?? [])
        {
            // Version and source stand on an edge only where the name alone is ambiguous.
            if (version is not null && toml.Text(package, "version") != version)
                continue;
            if (_reached.Add(package))
                Push(toml.Tables(package, "dependencies"));
            var lists = Lists(package, "optional-dependencies").ToList();
            foreach (var extra in toml.Texts(edge, "extra"))
            {
                foreach (var (_, edges) in lists.Where(list => list.Name == extra && _extras.Add((package, extra))))
                    Push(edges);
            }
        }
    }

    private void Push(IEnumerable<TomlTable> edges)
    {
        foreach (var edge in edges)
            _edges.Push(edge);
    }

    private IEnumerable<(string Name, IReadOnlyList<TomlTable> Edges)> Lists(TomlTable package, string key) =>
        toml.Table(package, key) is { } lists ? lists.Keys.Select(name => (name, toml.Tables(lists, name))) : [];
}
