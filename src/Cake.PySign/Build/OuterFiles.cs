using System.Text.RegularExpressions;
using Cake.Core.IO;
using PySign.Packaging.Toml;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>
/// Which of a repository's other files the copy of a project in a subfolder is made with. Files in the folders above it always, because
/// back ends look there (a version, a license, what is ignored). What its configuration names with <c>..</c>. All of them where code of
/// the project that may run in the build looks above its own folder. That is a guess from text, made so that a large repository is not
/// copied for one of its projects; the build is the judge: where it fails on such a copy, it is made again with everything
/// (<see cref="PyBuilder"/>).
/// </summary>
internal static partial class OuterFiles
{
    // So few are copied in no time.
    private const int Few = 64;

    private const long MaxCode = 1 << 20;

    // Their values name where the repository begins, and only git is asked there.
    private static readonly string[] _roots = ["root", "fallback_root", "fallback-root", "git_root", "repo_root"];

    // Other programs' projects: a workspace above is made of its members.
    private static readonly string[] _workspaces = ["Cargo.toml", "meson.build", "CMakeLists.txt", "pnpm-workspace.yaml"];

    private static readonly string[] _buildFiles = ["setup.cfg", "MANIFEST.in", "CMakeLists.txt", "meson.build", "Cargo.toml", "build.rs"];

    // What no build runs, unless the configuration names it.
    private static readonly string[] _neverRun = ["benchmarks", "doc", "docs", "example", "examples", "test", "tests"];

    /// <summary>Files and folders, relative to the work tree; <see langword="null"/> for everything.</summary>
    /// <param name="repository">The repository, asked in the project's folder.</param>
    /// <param name="project">What is tracked in the project, relative to it.</param>
    /// <param name="outside">What is tracked outside of it, relative to the work tree.</param>
    public static IReadOnlyList<string>? Needed(GitRepository repository, IReadOnlySet<string> project, IReadOnlyCollection<string> outside)
    {
        var folder = IoPath.Combine(repository.Root.FullPath, repository.Prefix);
        var above = Above(repository.Prefix).ToHashSet(StringComparer.Ordinal);
        var beside = outside.Where(name => above.Contains(Folder(name))).ToList();
        var said = new[] { "pyproject.toml", "hatch.toml" }.SelectMany(file => Said(IoPath.Combine(folder, file))).ToList();
        var code = said.Select(one => one.Text).Where(text => text.Length > 0).ToHashSet(StringComparer.Ordinal);
        if (
            outside.Count <= Few
            || beside.Exists(name => _workspaces.Contains(IoPath.GetFileName(name), StringComparer.Ordinal))
            || project.Any(name => IsBuildCode(name, code) && LooksAbove(IoPath.Combine(folder, name)))
        )
        {
            return null;
        }

        var named = new List<string>();
        foreach (var (key, path) in said.Where(one => one.Text.Split('/', '\\').Contains("..", StringComparer.Ordinal)))
        {
            var wanted = Resolve(repository.Prefix, path);
            if (wanted is null || (above.Contains(wanted) && _roots.Contains(key, StringComparer.Ordinal)))
            {
                continue;
            }

            if (above.Contains(wanted))
            {
                return null;
            }

            named.Add(wanted);
        }

        return [.. beside, .. named];
    }

    /// <summary>The folders above one, the work tree itself (an empty name) among them.</summary>
    public static IEnumerable<string> Above(string prefix)
    {
        while (prefix.Length > 0)
        {
            prefix = Folder(prefix);
            yield return prefix;
        }
    }

    // setup.py and hooks import what they like of the project.
    private static bool IsBuildCode(string name, HashSet<string> said)
    {
        var file = IoPath.GetFileName(name);
        if (_buildFiles.Contains(file, StringComparer.Ordinal) || file.EndsWith(".cmake", StringComparison.Ordinal))
        {
            return true;
        }

        var top = name.Split('/')[0];
        return file.EndsWith(".py", StringComparison.Ordinal)
            && (said.Contains(name) || said.Contains(top) || !_neverRun.Contains(top, StringComparer.Ordinal));
    }

    // One step up leads to the file's own folder; a second one, wherever in the file it is taken, leads above that.
    private static bool LooksAbove(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length > MaxCode)
        {
            return file.Exists;
        }

        var text = File.ReadAllText(path);
        return Upwards().IsMatch(text) || Steps().Count(text) > 1;
    }

    // Strings, and keys (hatchling's force-include has the source there), each with the key it stands under.
    private static IEnumerable<(string Key, string Text)> Said(string path)
    {
        try
        {
            return File.Exists(path) ? Strings("", TomlDocument.Parse(File.ReadAllBytes(path)).Root) : [];
        }
        catch (TomlException)
        {
            return [];
        }
    }

    private static IEnumerable<(string Key, string Text)> Strings(string key, TomlValue value) =>
        value switch
        {
            TomlString text => [(key, text.Value)],
            TomlArray array => array.Items.SelectMany(item => Strings(key, item)),
            TomlTable table => table.Keys.SelectMany(inner =>
                table.TryGetValue(inner, out var held) ? Strings(inner, held).Prepend((inner, inner)) : []
            ),
            _ => [],
        };

    // Up to where a wildcard begins; null outside of the work tree.
    private static string? Resolve(string prefix, string path)
    {
        var parts = prefix.Split('/').ToList();
        foreach (var part in path.Replace('\\', '/').Split('/').TakeWhile(part => part.AsSpan().IndexOfAny("*?[{$") < 0))
        {
            if (part == ".." && parts.Count == 0)
            {
                return null;
            }

            if (part == "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part.Length > 0 && part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private static string Folder(string name) => name.LastIndexOf('/') is > 0 and var slash ? name[..slash] : "";

    // A path with "..", the ways in which Python says it, and what searches upwards. Relative imports are not among them.
    [GeneratedRegex(
        """\.\.[/\\]|[/\\"']\.\.["'/\\]|\bpardir\b|\bparents\b|sys\.path|show-toplevel|\bworkspace\b""",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Upwards();

    [GeneratedRegex(@"\.parent\b|\bdirname\(", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Steps();
}

/// <summary>Copies files of a repository that lie outside of the project.</summary>
/// <param name="copy">How a file is copied.</param>
/// <param name="root">The work tree.</param>
/// <param name="prefix">The project's folder in it.</param>
/// <param name="top">The folder that stands for it.</param>
/// <param name="outside">What is tracked outside of the project.</param>
internal sealed class OuterCopy(SourceCopy copy, DirectoryPath root, string prefix, DirectoryPath top, IReadOnlyCollection<string> outside)
{
    private readonly HashSet<string> _brought = new(StringComparer.Ordinal);

    private readonly HashSet<string> _untracked = new(StringComparer.Ordinal);

    private readonly List<string> _folders = [];

    // Sorted, a folder's files stand together.
    private readonly List<string> _outside = [.. outside.Order(StringComparer.Ordinal)];

    /// <summary>What was copied.</summary>
    public IReadOnlySet<string> Brought => _brought;

    /// <summary>Entries that are folders, as the work trees of submodules are.</summary>
    public IReadOnlyList<string> Folders => _folders;

    /// <summary>Copies files, and what is tracked below folders.</summary>
    public void Bring(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        foreach (var name in names.SelectMany(Files))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_brought.Contains(name))
            {
                continue;
            }

            var from = new FileInfo(IoPath.Combine(root.FullPath, name));
            if (from.Exists || from.LinkTarget is not null)
            {
                BringFile(name, from, cancellationToken);
            }
            else if (Directory.Exists(from.FullName))
            {
                _folders.Add(name);
                _brought.Add(name);
            }
        }
    }

    /// <summary>Copies what copied links lead to, and what links in that lead to. As in the project itself, what is not tracked comes along
    /// too: whether it may be packed is for the check of the result to say.</summary>
    public void BringAims(CancellationToken cancellationToken)
    {
        for (var before = -1; before != _brought.Count; )
        {
            before = _brought.Count;
            foreach (var aim in copy.Aims().Select(aim => IoPath.GetRelativePath(root.FullPath, aim).Replace('\\', '/')).ToList())
            {
                Bring([aim], cancellationToken);
                BringUntracked(aim, cancellationToken);
            }
        }
    }

    /// <summary>Copies small files that lie untracked in a folder of the work tree, as builds find them there.</summary>
    /// <returns>Those that are too large.</returns>
    public IReadOnlyList<string> BringBeside(string folder, long most, CancellationToken cancellationToken)
    {
        var large = new List<string>();
        foreach (var file in new DirectoryInfo(IoPath.Combine(root.FullPath, folder)).EnumerateFiles())
        {
            var name = folder.Length == 0 ? file.Name : $"{folder}/{file.Name}";
            if (file is { Exists: true } && file.Length > most && !_brought.Contains(name))
            {
                large.Add(name);
            }
            else if (file.Name != GitRepository.FolderName && (file.Exists || file.LinkTarget is not null))
            {
                BringFile(name, file, cancellationToken);
            }
        }

        return large;
    }

    private void BringUntracked(string aim, CancellationToken cancellationToken)
    {
        var from = IoPath.Combine(root.FullPath, aim);
        if (aim.StartsWith("..", StringComparison.Ordinal) || IsAround(aim) || !_untracked.Add(aim))
        {
            return;
        }

        foreach (var file in SourceCopy.FilesBelow(from))
        {
            BringFile(IoPath.GetRelativePath(root.FullPath, file.FullName).Replace('\\', '/'), file, cancellationToken);
        }
    }

    // The project, or a folder that it lies in: a link to that leads in a circle.
    private bool IsAround(string aim) =>
        aim == "."
        || (prefix + "/").StartsWith(aim + "/", StringComparison.Ordinal)
        || aim.StartsWith(prefix + "/", StringComparison.Ordinal);

    private void BringFile(string name, FileInfo from, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_brought.Add(name))
        {
            var to = IoPath.Combine(top.FullPath, name);
            Directory.CreateDirectory(IoPath.GetDirectoryName(to)!);
            copy.CopyOne(from, to);
        }
    }

    private IEnumerable<string> Files(string name)
    {
        if (name == ".")
        {
            return _outside;
        }

        var start = _outside.BinarySearch(name, StringComparer.Ordinal);
        if (start >= 0)
        {
            return [name];
        }

        var below = name + "/";
        start = _outside.BinarySearch(below, StringComparer.Ordinal);
        return _outside.Skip(start < 0 ? ~start : start).TakeWhile(one => one.StartsWith(below, StringComparison.Ordinal));
    }
}
