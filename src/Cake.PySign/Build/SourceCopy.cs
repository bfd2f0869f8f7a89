using Cake.Core.IO;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>
/// Copies a project's tree to where the back end may write into it. Everything is copied, version control included (back ends read versions
/// and file lists from it), except caches that nobody tracks, the output folder and what the caller names: some back ends would put them
/// into the sdist. Every file gets one time and one of two modes, as a checkout under another umask would give others.
/// </summary>
internal sealed class SourceCopy(
    DirectoryPath project,
    DirectoryPath output,
    IReadOnlyCollection<string> tracked,
    DateTimeOffset moment,
    IEnumerable<DirectoryPath>? leftOut = null
)
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode ProgramMode = FileMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly string[] _caches =
    [
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
    ];

    private readonly string _root = IoPath.GetFullPath(project.FullPath);
    private readonly string _output = IoPath.GetFullPath(output.FullPath);
    private readonly HashSet<string> _leftOut = [.. (leftOut ?? []).Select(folder => IoPath.GetFullPath(folder.FullPath))];

    // Asked for every cache folder: the folders above tracked files, each once.
    private readonly HashSet<string> _trackedFolders = [.. tracked.SelectMany(FoldersAbove)];

    public void To(DirectoryPath target, CancellationToken cancellationToken)
    {
        if (_root == _output)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"The output folder '{output.FullPath}' is the project folder itself.",
                "Name a folder of its own as OutputDirectory."
            );
        }

        Copy(_root, target.FullPath, cancellationToken);
    }

    /// <summary>Copies one file or link with the mode and time of a copy.</summary>
    public void CopyOne(FileSystemInfo entry, string destination)
    {
        if (entry.LinkTarget is { } link)
        {
            CopyLink(entry, link, destination);
        }
        else
        {
            CopyFile((FileInfo)entry, destination);
        }
    }

    private void Copy(string source, string target, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(target);
        foreach (var entry in new DirectoryInfo(source).EnumerateFileSystemInfos())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var destination = IoPath.Combine(target, entry.Name);
            if (entry.Name == GitFolder.Name && source == _root)
            {
                GitFolder.Copy(source, target, cancellationToken);
            }
            else if (entry is DirectoryInfo { LinkTarget: null })
            {
                if (!IsLeftOut(entry.FullName))
                {
                    Copy(entry.FullName, destination, cancellationToken);
                }
            }
            else
            {
                CopyOne(entry, destination);
            }
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(target, ProgramMode);
        }
    }

    // A socket or a pipe that some program left has no length; opening it would block, so whatever is empty is made anew.
    private void CopyFile(FileInfo file, string destination)
    {
        if (file.Length > 0)
        {
            file.CopyTo(destination);
        }
        else
        {
            File.Create(destination).Dispose();
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

    // A link stays a link. One that points out of the tree by a relative path would dangle from the copy, so it is made absolute.
    private void CopyLink(FileSystemInfo entry, string link, string destination)
    {
        var aim = IoPath.GetFullPath(link, IoPath.GetDirectoryName(entry.FullName)!);
        var inside = aim == _root || aim.StartsWith(_root + IoPath.DirectorySeparatorChar, StringComparison.Ordinal);
        var kept = inside || IoPath.IsPathRooted(link) ? link : aim;
        if (entry is DirectoryInfo)
        {
            Directory.CreateSymbolicLink(destination, kept);
        }
        else
        {
            File.CreateSymbolicLink(destination, kept);
        }
    }

    private bool IsLeftOut(string folder)
    {
        if (folder == _output || _leftOut.Contains(folder))
        {
            return true;
        }

        var relative = IoPath.GetRelativePath(_root, folder).Replace('\\', '/');
        return (_caches.Contains(IoPath.GetFileName(folder)) || IsSetuptoolsLeftover(relative)) && !_trackedFolders.Contains(relative);
    }

    private static IEnumerable<string> FoldersAbove(string file)
    {
        for (var slash = file.LastIndexOf('/'); slash > 0; slash = file.LastIndexOf('/', slash - 1))
        {
            yield return file[..slash];
        }
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
