using Cake.Core.IO;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>
/// Copies a project's tree to where the back end may write into it. Everything is copied, version control included (back ends read versions and
/// file lists from it), except caches that nobody tracks, the output folder and what the caller names: some back ends would put them into the sdist.
/// </summary>
internal sealed class SourceCopy(DirectoryPath project, DirectoryPath output, IReadOnlyCollection<string> tracked, IEnumerable<DirectoryPath>? leftOut = null)
{
    private static readonly string[] _caches =
        [".venv", "venv", ".tox", ".nox", "__pycache__", "node_modules", ".cache", ".pip-cache", ".pytest_cache", ".mypy_cache", ".ruff_cache"];

    private readonly string _root = IoPath.GetFullPath(project.FullPath);
    private readonly string _output = IoPath.GetFullPath(output.FullPath);
    private readonly HashSet<string> _leftOut = [.. (leftOut ?? []).Select(folder => IoPath.GetFullPath(folder.FullPath))];

    /// <summary>What to ask version control for: a cache folder with a tracked file in it is source.</summary>
    public static IEnumerable<string> Patterns => [.. _caches.Select(name => $":(glob)**/{name}/**"), ":(glob)build/**"];

    public void To(DirectoryPath target, CancellationToken cancellationToken)
    {
        if (_root == _output)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"The output folder '{output.FullPath}' is the project folder itself.",
                "Name a folder of its own as OutputDirectory.");
        }

        Copy(_root, target.FullPath, cancellationToken);
    }

    private void Copy(string source, string target, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(target);
        foreach (var entry in new DirectoryInfo(source).EnumerateFileSystemInfos())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var destination = IoPath.Combine(target, entry.Name);
            if (entry.LinkTarget is { } link)
            {
                CopyLink(entry, link, destination);
            }
            else if (entry is DirectoryInfo)
            {
                if (!IsLeftOut(entry.FullName))
                {
                    Copy(entry.FullName, destination, cancellationToken);
                }
            }
            else
            {
                CopyFile((FileInfo)entry, destination);
            }
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(target, File.GetUnixFileMode(source) | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    // Modes matter to an sdist, times to a back end without SOURCE_DATE_EPOCH: File.Copy keeps both. A socket or a pipe that some program left
    // (git's file system monitor does) has no length; opening it would block, so whatever is empty is made anew.
    private void CopyFile(FileInfo file, string destination)
    {
        if (file.FullName == IoPath.Combine(_root, ".git"))
        {
            CopyGitFile(file, destination);
            return;
        }

        if (file.Length > 0)
        {
            file.CopyTo(destination);
            return;
        }

        File.Create(destination).Dispose();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(destination, file.UnixFileMode);
        }

        File.SetLastWriteTimeUtc(destination, file.LastWriteTimeUtc);
    }

    // In a submodule or a second work tree, .git is a file that says where the repository is, often relative to where it lies.
    private static void CopyGitFile(FileInfo file, string destination)
    {
        const string mark = "gitdir:";
        var text = File.ReadAllText(file.FullName);
        var folder = text.StartsWith(mark, StringComparison.Ordinal) ? text[mark.Length..].Trim() : null;
        File.WriteAllText(destination, folder is null ? text : $"{mark} {IoPath.GetFullPath(folder, file.DirectoryName!)}\n");
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
        return (_caches.Contains(IoPath.GetFileName(folder)) || IsSetuptoolsLeftover(relative))
            && !tracked.Any(file => file.StartsWith(relative + "/", StringComparison.Ordinal));
    }

    // Setuptools packs whatever an earlier build left in build/lib into the next wheel.
    private static bool IsSetuptoolsLeftover(string relative) =>
        relative.StartsWith("build/", StringComparison.Ordinal)
        && relative.IndexOf('/', 6) < 0
        && (relative == "build/lib" || relative.StartsWith("build/lib.", StringComparison.Ordinal) || relative.StartsWith("build/bdist.", StringComparison.Ordinal));
}
