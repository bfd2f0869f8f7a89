using System.Text.RegularExpressions;
using Cake.Core.IO;
using PySign.Packaging.Toml;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>
/// Which of a repository's other files the copy of a project in a subfolder needs. Files in the folders above it always, because back ends
/// look there (a version, a licence, what is ignored). What its configuration names with <c>..</c>. All of them where code that runs in the
/// build looks above its own folder: nobody can tell from outside what it reads. The others only count for git, and a large repository is
/// not copied for one of its projects.
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

    private static readonly string[] _versionModules = ["__init__.py", "__about__.py", "_version.py", "version.py", "about.py"];

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
    private static IEnumerable<string> Above(string prefix)
    {
        while (prefix.Length > 0)
        {
            prefix = Folder(prefix);
            yield return prefix;
        }
    }

    // What lies at the top, what the configuration names (a hook, a folder of backend-path), modules that versions are read from.
    private static bool IsBuildCode(string name, HashSet<string> said)
    {
        var file = IoPath.GetFileName(name);
        if (_buildFiles.Contains(file, StringComparer.Ordinal) || file.EndsWith(".cmake", StringComparison.Ordinal))
        {
            return true;
        }

        return file.EndsWith(".py", StringComparison.Ordinal)
            && (
                Folder(name).Length == 0
                || said.Contains(name)
                || said.Contains(name.Split('/')[0])
                || name.StartsWith('_')
                || (_versionModules.Contains(file, StringComparer.Ordinal) && name.Count(letter => letter == '/') <= 2)
            );
    }

    private static bool LooksAbove(string path)
    {
        var file = new FileInfo(path);
        return file.Exists && (file.Length > MaxCode || Upwards().IsMatch(File.ReadAllText(path)));
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

    // A path with "..", the ways in which Python says it, and what searches upwards. Relative imports are none of them.
    [GeneratedRegex(
        """\.\.[/\\]|[/\\"']\.\.["'/\\]|\bpardir\b|\bparents\b|\.parent\.parent|dirname\([^)\n]*dirname\("""
            + """|sys\.path|show-toplevel|\bworkspace\b""",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Upwards();
}

/// <summary>Copies files of a repository that lie outside of the project.</summary>
/// <param name="copy">How a file is copied.</param>
/// <param name="root">The work tree.</param>
/// <param name="top">The folder that stands for it.</param>
/// <param name="outside">What is tracked outside of the project.</param>
internal sealed class OuterCopy(SourceCopy copy, DirectoryPath root, DirectoryPath top, IReadOnlyCollection<string> outside)
{
    private readonly HashSet<string> _brought = new(StringComparer.Ordinal);

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
                var to = IoPath.Combine(top.FullPath, name);
                Directory.CreateDirectory(IoPath.GetDirectoryName(to)!);
                copy.CopyOne(from, to);
                _brought.Add(name);
            }
            else if (Directory.Exists(from.FullName))
            {
                _folders.Add(name);
                _brought.Add(name);
            }
        }
    }

    /// <summary>Copies what copied links lead to, and what links in that lead to.</summary>
    public void BringAims(CancellationToken cancellationToken)
    {
        for (var before = -1; before != _brought.Count; )
        {
            before = _brought.Count;
            Bring(copy.Aims().Select(aim => IoPath.GetRelativePath(root.FullPath, aim).Replace('\\', '/')), cancellationToken);
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
