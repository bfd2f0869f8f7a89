using Cake.Core.IO;
using Cake.PySign.Common;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>
/// Copies a project's tree to where the back end may write into it. Everything is copied, except caches, leftovers of builds and what the
/// caller leaves out, as far as git does not track it: some back ends would put them into the sdist. Repositories (<c>.git</c>) are not
/// copied but named. Every file gets one time and one of two modes, as a checkout under another umask would give others.
/// </summary>
/// <param name="project">The folder, behind all links.</param>
/// <param name="tracked">What git tracks in it, relative to it.</param>
/// <param name="leftOut">What stays behind.</param>
/// <param name="moment">The time that files get.</param>
/// <param name="around">The folder above it whose files are copied as well; <see langword="null"/> for the project's own.</param>
internal sealed class SourceCopy(
    DirectoryPath project,
    IReadOnlyCollection<string> tracked,
    LeftOutFolders leftOut,
    DateTimeOffset moment,
    DirectoryPath? around = null
)
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode ProgramMode = FileMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly HashSet<string> _caches = new(StringComparer.Ordinal)
    {
        ".venv",
        "venv",
        ".tox",
        ".nox",
        "__pycache__",
        "node_modules",
        ".cache",
        ".pip-cache",
        ".pytest_cache",
        ".mypy_cache",
        ".ruff_cache",
    };

    private readonly string _project = IoPath.GetFullPath(project.FullPath);
    private readonly string _top = IoPath.GetFullPath((around ?? project).FullPath);
    private readonly List<string> _nested = [];
    private readonly List<string> _special = [];
    private readonly List<(string Copy, string Aim)> _links = [];

    // Asked for every folder that could stay behind: the folders above tracked files, each once.
    private readonly Dictionary<string, List<string>> _tracked = Below(tracked);

    /// <summary>Folders of the project, relative to it, that are work trees of repositories of their own.</summary>
    public IReadOnlyList<string> Nested => _nested;

    /// <summary>What was copied of the project.</summary>
    public CopiedFiles Copied { get; } = new();

    /// <summary>Pipes, sockets and devices, which have no bytes to copy and stayed behind.</summary>
    public IReadOnlyList<string> Special => _special;

    /// <summary>Copies the project.</summary>
    public void To(DirectoryPath target, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(target.FullPath);
        Copy(_project, target.FullPath, cancellationToken);
        SetMode(target.FullPath);
    }

    /// <summary>Copies one file or link with the mode and time of a copy.</summary>
    public void CopyOne(FileSystemInfo entry, string destination)
    {
        var name = Relative(entry.FullName);
        if (entry is FileInfo { Exists: true, Length: 0, LinkTarget: null } && SpecialFile.KindOf(entry.FullName) is { } kind)
        {
            // Some program left it; opening it would wait for another one.
            _special.Add($"{name} ({kind})");
            return;
        }

        Copied.Files.Add(name);
        if (entry.LinkTarget is { } link)
        {
            Copied.Links.Add(name);
            CopyLink(entry, link, destination);
        }
        else
        {
            CopyFile((FileInfo)entry, destination);
        }
    }

    /// <summary>What would be copied of a folder that git knows nothing of: all files and links but caches and repositories.</summary>
    public static IEnumerable<FileInfo> FilesBelow(string path)
    {
        if (!Directory.Exists(path))
        {
            return File.Exists(path) ? [new FileInfo(path)] : [];
        }

        var folder = new DirectoryInfo(path);
        return folder
            .EnumerateFiles()
            .Where(file => file.Name != GitRepository.FolderName)
            .Concat(
                folder
                    .EnumerateDirectories()
                    .Where(inner => inner.LinkTarget is null && inner.Name != GitRepository.FolderName && !_caches.Contains(inner.Name))
                    .SelectMany(inner => FilesBelow(inner.FullName))
            );
    }

    /// <summary>Where the links that were kept as they are lead in the original.</summary>
    public IReadOnlyList<string> Aims() => [.. _links.Select(link => link.Aim)];

    /// <summary>A link that was kept as it is, and whose target was not copied, is made to lead to the original.</summary>
    public void MendLinks()
    {
        foreach (var (copy, aim) in _links.Where(link => !IoPath.Exists(link.Copy) && IoPath.Exists(link.Aim)))
        {
            File.Delete(copy);
            MakeLink(copy, aim, Directory.Exists(aim));
        }
    }

    private void Copy(string source, string target, CancellationToken cancellationToken)
    {
        foreach (var entry in new DirectoryInfo(source).EnumerateFileSystemInfos())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var destination = IoPath.Combine(target, entry.Name);
            if (entry.Name == GitRepository.FolderName)
            {
                if (source != _project)
                {
                    _nested.Add(Relative(source));
                }
            }
            else if (entry is DirectoryInfo { LinkTarget: null } folder)
            {
                CopyFolder(folder, destination, cancellationToken);
            }
            else
            {
                CopyOne(entry, destination);
            }
        }
    }

    // A folder that is empty only because everything in it stayed behind is not made: setuptools takes it for a package.
    private void CopyFolder(DirectoryInfo folder, string destination, CancellationToken cancellationToken)
    {
        if (IsLeftOut(folder.FullName))
        {
            CopyTracked(Relative(folder.FullName), IoPath.GetDirectoryName(destination)!);
            return;
        }

        Directory.CreateDirectory(destination);
        Copy(folder.FullName, destination, cancellationToken);
        if (!Directory.EnumerateFileSystemEntries(destination).Any() && folder.EnumerateFileSystemInfos().Any())
        {
            Directory.Delete(destination);
        }
        else
        {
            SetMode(destination);
        }
    }

    private void CopyTracked(string folder, string parent)
    {
        foreach (var file in _tracked.GetValueOrDefault(folder) ?? [])
        {
            var from = new FileInfo(IoPath.Combine(_project, file));
            if (from.Exists || from.LinkTarget is not null)
            {
                var to = IoPath.Combine(parent, file[(folder.LastIndexOf('/') + 1)..]);
                Directory.CreateDirectory(IoPath.GetDirectoryName(to)!);
                CopyOne(from, to);
            }
        }
    }

    // Where pipes cannot be told from files, opening one would wait: whatever is empty is made again.
    private void CopyFile(FileInfo file, string destination)
    {
        if (!file.Exists && file.Name.Contains('\uFFFD', StringComparison.Ordinal))
        {
            throw new PySignException(
                PySignFailure.InvalidName,
                $"The name of a file in '{file.DirectoryName}' is not UTF-8 ('{file.Name}'): no archive of a distribution can hold it.",
                "Rename the file, or remove it."
            );
        }

        if (file.Length > 0)
        {
            file.CopyTo(destination);
        }
        else
        {
            new FileStream(destination, System.IO.FileMode.CreateNew, FileAccess.Write).Dispose();
        }

        if (OperatingSystem.IsWindows())
        {
            File.SetAttributes(destination, FileAttributes.Normal);
        }
        else
        {
            File.SetUnixFileMode(destination, (file.UnixFileMode & UnixFileMode.UserExecute) != UnixFileMode.None ? ProgramMode : FileMode);
        }

        File.SetLastWriteTimeUtc(destination, moment.UtcDateTime);
    }

    // A link stays as it is where its target is copied too; one that leads out of the copy would dangle, so it is made absolute.
    private void CopyLink(FileSystemInfo entry, string link, string destination)
    {
        var aim = IoPath.GetFullPath(link, IoPath.GetDirectoryName(entry.FullName)!);
        var inside = aim == _top || aim.StartsWith(_top + IoPath.DirectorySeparatorChar, StringComparison.Ordinal);
        var isKept = inside || IoPath.IsPathRooted(link);
        MakeLink(destination, isKept ? link : aim, entry is DirectoryInfo);
        if (isKept && !IoPath.IsPathRooted(link))
        {
            _links.Add((destination, aim));
        }
    }

    private static void MakeLink(string path, string target, bool toFolder)
    {
        if (toFolder)
        {
            Directory.CreateSymbolicLink(path, target);
        }
        else
        {
            File.CreateSymbolicLink(path, target);
        }
    }

    private static void SetMode(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, ProgramMode);
        }
    }

    private bool IsLeftOut(string folder)
    {
        var relative = Relative(folder);
        return leftOut.Named.Contains(folder)
            || (
                !_tracked.ContainsKey(relative)
                && (_caches.Contains(IoPath.GetFileName(folder)) || IsSetuptoolsLeftover(relative) || leftOut.Holds(folder))
            );
    }

    private string Relative(string folder) => IoPath.GetRelativePath(_project, folder).Replace('\\', '/');

    private static Dictionary<string, List<string>> Below(IEnumerable<string> files)
    {
        var below = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            for (var slash = file.LastIndexOf('/'); slash > 0; slash = file.LastIndexOf('/', slash - 1))
            {
                if (!below.TryGetValue(file[..slash], out var list))
                {
                    below[file[..slash]] = list = [];
                }

                list.Add(file);
            }
        }

        return below;
    }

    // Setuptools packs whatever an earlier build left in build/lib into the next wheel.
    private static bool IsSetuptoolsLeftover(string relative) =>
        relative.StartsWith("build/", StringComparison.Ordinal)
        && relative.IndexOf('/', 6) < 0
        && (
            relative == "build/lib"
            || relative.StartsWith("build/lib.", StringComparison.Ordinal)
            || relative.StartsWith("build/bdist.", StringComparison.Ordinal)
        );
}

/// <summary>What a back end was given of a project: paths relative to it, with forward slashes.</summary>
internal sealed class CopiedFiles
{
    /// <summary>Files, and links of every kind.</summary>
    public HashSet<string> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Links alone.</summary>
    public HashSet<string> Links { get; } = new(StringComparer.Ordinal);
}
