using PySign.Packaging.Projects;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>
/// What distributions hold and version control does not, but for what the back end is known, or told, to write. A file that the
/// configuration takes without saying that the build writes it is excused when the build made it (it was not in the tree), or when git
/// ignores it and the entry means it: an entry that names the file, or a folder or a pattern in which nothing is tracked. A folder of
/// sources does not excuse what somebody left in it.
/// </summary>
internal sealed class UntrackedFiles(CheckedBuild build)
{
    // Kept so that git has the folder at all; the folder's other files are made.
    private static readonly string[] _keepers = [".gitignore", ".gitkeep", ".keep"];

    private readonly DeclaredFiles _declared = DeclaredFiles.Of(build.Project.FullPath);
    private readonly string _project = IoPath.GetFullPath(build.Project.FullPath);

    /// <summary>Those of an sdist's files.</summary>
    public async Task<IReadOnlyList<UntrackedFile>> InSdistAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var found = names.Where(build.Tracked.Contains).Select(BehindOwnLink).OfType<UntrackedFile>().ToList();
        var unknown = names.Where(name => !build.Tracked.Contains(name) && !IsExcused(name)).ToList();
        found.AddRange(await NotMeantAsync(unknown, cancellationToken).ConfigureAwait(false));
        return found;
    }

    /// <summary>Those of a wheel that was built without an sdist. Its paths end as the tree's do.</summary>
    public async Task<IReadOnlyList<UntrackedFile>> InWheelAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var tracked = Endings(build.Tracked);
        var untracked = Endings(
            build.Copied.Files.Where(file => !build.Tracked.Contains(file) && !file.StartsWith("../", StringComparison.Ordinal))
        );
        var links = Endings(build.Copied.Links);
        var own = names.Select(Installed).OfType<string>().ToList();
        var found = own.Select(name => tracked.GetValueOrDefault(name))
            .OfType<string>()
            .Select(BehindOwnLink)
            .OfType<UntrackedFile>()
            .ToList();
        var unknown = own.Where(name => !tracked.ContainsKey(name))
            .Select(name => untracked.GetValueOrDefault(name) ?? BehindLink(name, links))
            .OfType<string>()
            .Where(source => !IsExcused(source))
            .ToList();
        found.AddRange(await NotMeantAsync(unknown, cancellationToken).ConfigureAwait(false));
        return found;
    }

    // The path in the tree of a file that a wheel has from behind a link to a folder.
    private string? BehindLink(string name, Dictionary<string, string> links)
    {
        for (var slash = name.LastIndexOf('/'); slash > 0; slash = name.LastIndexOf('/', slash - 1))
        {
            if (links.TryGetValue(name[..slash], out var link) && File.Exists(IoPath.Combine(_project, link + name[slash..])))
            {
                return link + name[slash..];
            }
        }

        return null;
    }

    private bool IsExcused(string name) =>
        DeclaredFiles.IsRewritten(name)
        || _declared.IsWritten(name)
        || (!IsInTree(name) && (_declared.IsMade(name) || IsCompiled(name)))
        || IsBehindTrackedLink(name)
        || _declared.Taking(name).Any(entry => IsMadeOrTracked(name, entry));

    // Cython's documentation has the C file distributed with the .pyx it was made from.
    private bool IsCompiled(string name) =>
        IoPath.GetExtension(name) is ".c" or ".cpp" && build.Tracked.Contains(IoPath.ChangeExtension(name, ".pyx"));

    /// <summary>What is left once git has said which of them it ignores.</summary>
    private async Task<IEnumerable<UntrackedFile>> NotMeantAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var sources = names
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(
                name => name,
                name =>
                    _declared
                        .Taking(name)
                        .Where(entry => !entry.IsRewrite)
                        .Select(entry => Meant(entry, entry.SourceOf(name)!))
                        .OfType<string>()
                        .ToList(),
                StringComparer.Ordinal
            );
        var asked = sources.Values.SelectMany(source => source).Distinct(StringComparer.Ordinal).ToList();
        var ignored =
            asked.Count > 0 && build.Sources.Repository is { } repository
                ? await repository.IgnoredAsync(build.Project, asked, cancellationToken).ConfigureAwait(false)
                : new HashSet<string>(StringComparer.Ordinal);
        return sources.Keys.Where(name => !sources[name].Exists(ignored.Contains)).Select(name => new UntrackedFile(name, Why(name)));

        string? Meant(FileDeclaration entry, string source) =>
            entry.IsForIgnored
            || entry.Names(source)
            || !build.Tracked.Any(file => entry.Covers(file) && !_keepers.Contains(IoPath.GetFileName(file), StringComparer.Ordinal))
                ? source
                : null;
    }

    private string Why(string name) =>
        _declared.Taking(name).FirstOrDefault(one => !one.IsRewrite) is { } entry
            ? $"not in version control; '{entry.Text}' of the configuration takes it along"
            : "not in version control";

    // A link counts for what it leads to: that is what is packed.
    private UntrackedFile? BehindOwnLink(string name)
    {
        if (!build.Copied.Links.Contains(name) || build.Sources.Repository is not { } repository)
        {
            return null;
        }

        var real = RealPath.Of(IoPath.Combine(_project, name));
        return !File.Exists(real) || IsTracked(real, repository)
            ? null
            : new UntrackedFile(name, $"a link to '{real}', which is not in version control");
    }

    // What lies in the tree was not made by the build, under the one name or the other.
    private bool IsMadeOrTracked(string name, FileDeclaration entry)
    {
        var source = entry.SourceOf(name)!;
        var path = IoPath.GetFullPath(IoPath.Combine(_project, source));
        if (build.Sources.Repository is { } repository && IoPath.Exists(path) && IsTracked(RealPath.Of(path), repository))
        {
            return true;
        }

        return !entry.IsRewrite && !IsInTree(name) && (Relative(path) is { } inside ? !IsInTree(inside) : !IoPath.Exists(path));
    }

    // Whether the back end found it there: it, or a link to the folder it is in.
    private bool IsInTree(string name)
    {
        if (build.Copied.Files.Contains(name))
        {
            return true;
        }

        for (var slash = name.LastIndexOf('/'); slash > 0; slash = name.LastIndexOf('/', slash - 1))
        {
            if (build.Copied.Links.Contains(name[..slash]))
            {
                return true;
            }
        }

        return false;
    }

    // git tracks a link to a folder as one name; the back end packs what it leads to. That must be tracked itself.
    private bool IsBehindTrackedLink(string name)
    {
        if (build.Sources.Repository is not { } repository)
        {
            return false;
        }

        for (var slash = name.LastIndexOf('/'); slash > 0; slash = name.LastIndexOf('/', slash - 1))
        {
            if (build.Tracked.Contains(name[..slash]))
            {
                var real = RealPath.Of(IoPath.Combine(_project, name));
                return File.Exists(real) && IsTracked(real, repository);
            }
        }

        return false;
    }

    private bool IsTracked(string real, GitRepository repository)
    {
        if (Relative(real) is { } inside)
        {
            return build.Tracked.Contains(inside);
        }

        // A submodule is one entry of the index, whatever it holds.
        var outside = IoPath.GetRelativePath(repository.Root.FullPath, real).Replace('\\', '/');
        for (var name = outside; name.Length > 0; name = name.LastIndexOf('/') is > 0 and var slash ? name[..slash] : "")
        {
            if (build.Outside.Contains(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The path below the project; <see langword="null"/> outside of it.</summary>
    private string? Relative(string path)
    {
        var relative = IoPath.GetRelativePath(_project, path).Replace('\\', '/');
        return IoPath.IsPathRooted(relative) || relative == ".." || relative.StartsWith("../", StringComparison.Ordinal) ? null : relative;
    }

    // Where a wheel's file is installed; null for its metadata, which the back end writes.
    private static string? Installed(string name)
    {
        var parts = name.Split('/');
        return parts[0].EndsWith(".dist-info", StringComparison.Ordinal) ? null
            : parts.Length > 2 && parts[0].EndsWith(".data", StringComparison.Ordinal) ? string.Join('/', parts[2..])
            : name;
    }

    // Each path by all of its endings.
    private static Dictionary<string, string> Endings(IEnumerable<string> paths)
    {
        var endings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            for (var start = 0; start >= 0; start = path.IndexOf('/', start) is >= 0 and var slash ? slash + 1 : -1)
            {
                endings.TryAdd(path[start..], path);
            }
        }

        return endings;
    }
}

/// <summary>A file of a distribution that version control does not have.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Why">Why it counts as one.</param>
internal sealed record UntrackedFile(string Name, string Why);
