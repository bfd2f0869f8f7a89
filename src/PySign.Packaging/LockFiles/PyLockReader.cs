using PySign.Packaging.Toml;

namespace PySign.Packaging.LockFiles;

/// <summary>
/// <c>pylock.toml</c> (PEP 751). Names that are not normalized are taken, because a real writer writes them; file names are only shown,
/// because another one invents them.
/// </summary>
internal sealed class PyLockReader(LockToml toml, LockSelection selection)
{
    private static readonly string[] _sourceKeys = ["vcs", "directory", "archive"];

    public LockFile Read()
    {
        var version = toml.RequireText(toml.Root, "lock-version");
        if (version != "1" && !version.StartsWith("1.", StringComparison.Ordinal))
            throw TomlLockReader.Unsupported($"lock-version {version}", "lock-version 1.x");
        if (!toml.Root.TryGetValue("packages", out _))
            throw toml.Wrong(toml.Root, "packages", "an array of tables");
        toml.RequireText(toml.Root, "created-by");
        var packages = toml.Tables(toml.Root, "packages").Where(IsChosen).Select(Package).ToList();
        return new LockFile
        {
            Kind = LockFileKind.PyLock,
            Packages = packages,
            Remarks = version == "1.0" ? [] : [$"lock-version {version} is newer than 1.0; what is new in it is passed over."],
        };
    }

    // Without a selection everything is read, also what only another platform installs.
    private bool IsChosen(TomlTable package) =>
        selection == LockSelection.All
        || toml.Text(package, "marker") is not { } marker
        || LockMarker.MayHold(marker, selection, toml.Texts(toml.Root, "default-groups"));

    private LockedPackage Package(TomlTable package)
    {
        var line = toml.Line(package);
        var name = LockText.Name(toml.RequireText(package, "name"), line);
        var present = _sourceKeys.Where(key => package.TryGetValue(key, out _)).ToList();
        var (sdist, wheels) = (toml.Table(package, "sdist"), toml.Tables(package, "wheels"));
        var hasFiles = sdist is not null || wheels.Count > 0;
        if (present.Count > 1 || (present.Count == 1 && hasFiles) || (present.Count == 0 && !hasFiles))
            throw LockText.Invalid(name.Value, "one of vcs, directory, archive, or sdist and wheels", line);
        IEnumerable<TomlTable> files = sdist is null ? wheels : wheels.Prepend(sdist);
        var locked = new LockedPackage
        {
            Name = name,
            Version = toml.Text(package, "version"),
            Line = line,
            Marker = LockMarker.Environment(toml.Text(package, "marker"), selection, toml.Texts(toml.Root, "default-groups")),
            Source = new LockedSource(LockedSourceKind.Index, toml.Text(package, "index") is { } index ? LockText.Clean(index) : null),
            Files = [.. files.SelectMany(File)],
            Identities = [.. toml.Tables(package, "attestation-identities").Select(one => Identity(toml, one))],
        };
        return present.Count == 0 ? locked : locked with { Source = Source(package, present[0]), Files = Archive(package) };
    }

    private LockedSource Source(TomlTable package, string key)
    {
        var table = toml.Table(package, key)!;
        var path = toml.Text(table, "path");
        var url = toml.Text(table, "url");
        if (path is null && url is null)
            throw toml.Wrong(table, "url", "a url or a path");
        switch (key)
        {
            case "vcs":
                toml.RequireText(table, "type");
                return new LockedSource(LockedSourceKind.Vcs, LockText.Clean(url ?? path!), toml.RequireText(table, "commit-id"));
            case "directory":
                var kind = toml.Flag(table, "editable") ? LockedSourceKind.Editable : LockedSourceKind.Path;
                return new LockedSource(kind, path ?? throw toml.Wrong(table, "path", "a path"));
            default:
                // "path wins over url when both are there."
                return path is not null
                    ? new LockedSource(LockedSourceKind.Path, path)
                    : new LockedSource(LockedSourceKind.Url, LockText.Clean(url!));
        }
    }

    private IReadOnlyList<LockedFile> Archive(TomlTable package) => toml.Table(package, "archive") is { } archive ? [.. File(archive)] : [];

    private IEnumerable<LockedFile> File(TomlTable file)
    {
        var line = toml.Line(file);
        var address = toml.Text(file, "path") ?? toml.Text(file, "url");
        var name = toml.Text(file, "name") ?? (address is null ? null : LockText.LastPart(address));
        if (name is null)
            throw toml.Wrong(file, "name", "a name, a path or a url");
        if (toml.Table(file, "hashes") is not { Count: > 0 } hashes)
            throw toml.Wrong(file, "hashes", "at least one hash");
        var all = hashes.Keys.Select(algorithm => LockText.Hashed(name, algorithm, toml.RequireText(hashes, algorithm), line)).ToList();
        yield return all.FirstOrDefault(one => one.Sha256 is not null) ?? all[0];
    }

    /// <summary>A publisher that a package expects.</summary>
    public static LockedIdentity Identity(LockToml toml, TomlTable identity) =>
        new(
            toml.RequireText(identity, "kind"),
            identity
                .Entries.Where(entry => entry.Key != "kind" && entry.Value is TomlString)
                .ToDictionary(entry => entry.Key, entry => ((TomlString)entry.Value).Value, StringComparer.Ordinal)
        );
}
