using Cake.Core;
using Cake.Core.IO;
using PySign.Packaging;
using PySign.Packaging.LockFiles;

namespace Cake.PySign.Audit;

/// <summary>A lock file that was read.</summary>
/// <param name="Path">Its name in reports.</param>
/// <param name="File">Where it is.</param>
/// <param name="Lock">What it pins.</param>
/// <param name="Content">The bytes that say so.</param>
internal sealed record ReadLock(string Path, FilePath File, LockFile Lock, byte[] Content);

/// <summary>The lock files of an audit, with what they include.</summary>
internal sealed class AuditLocks(ICakeEnvironment environment, LockSelection selection)
{
    private const int Most = 100;

    private readonly List<ReadLock> _read = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>Lock files that lie in a folder: by their names, and requirements files only where they pin hashes.</summary>
    public static IReadOnlyList<FilePath> In(DirectoryPath folder) =>
        [
            .. Directory
                .EnumerateFiles(folder.FullPath)
                .Where(static file => LockFile.IsLockFileName(System.IO.Path.GetFileName(file)))
                .Where(static file => !file.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) || PinsHashes(file))
                .Order(StringComparer.Ordinal)
                .Select(static file => new FilePath(file)),
        ];

    /// <exception cref="PySignException">One is missing, or cannot be read.</exception>
    public IReadOnlyList<ReadLock> Read(IEnumerable<FilePath> files)
    {
        foreach (var file in files)
        {
            Read(file.MakeAbsolute(environment));
        }

        return _read.Count > 0
            ? _read
            : throw new PySignException(
                PySignFailure.NothingToDo,
                "There is no lock file to audit.",
                "Name one, such as uv.lock, poetry.lock, pdm.lock, Pipfile.lock, pylock.toml or a requirements file with hashes."
            );
    }

    private static bool PinsHashes(string file) =>
        new FileInfo(file).Length is > 0 and <= LockFile.MaxBytes && File.ReadAllText(file).Contains("--hash", StringComparison.Ordinal);

    private void Read(FilePath path)
    {
        if (!_seen.Add(path.FullPath))
        {
            return;
        }

        var file = new FileInfo(path.FullPath);
        if (!file.Exists)
        {
            throw new PySignException(PySignFailure.MissingFile, $"There is no lock file '{path}'.", "Correct the name of the lock file.");
        }

        if (file.Length > LockFile.MaxBytes || _seen.Count > Most)
        {
            throw new PySignException(
                PySignFailure.TooLarge,
                $"'{path}' is larger than any lock file, or there are more than {Most} of them."
            );
        }

        try
        {
            var content = File.ReadAllBytes(path.FullPath);
            var read = LockFile.Parse(file.Name, content, selection);
            _read.Add(new ReadLock(Shown(path), path, read, content));
            foreach (var include in read.Includes)
            {
                Include(path, include);
            }
        }
        catch (PackagingException e)
        {
            throw new PySignException(PySignFailure.InvalidMetadata, $"'{path}' cannot be read: {e.Message}", innerException: e);
        }
    }

    // A file of the project, never one that its lock file could point at elsewhere.
    private void Include(FilePath from, string include)
    {
        var root = environment.WorkingDirectory.FullPath.TrimEnd('/') + "/";
        var target = include.Contains("://", StringComparison.Ordinal)
            ? null
            : System.IO.Path.GetFullPath(include, from.GetDirectory().FullPath).Replace('\\', '/');
        if (target?.StartsWith(root, StringComparison.Ordinal) != true)
        {
            throw new PySignException(
                PySignFailure.InvalidMetadata,
                $"'{from}' includes '{AuditText.Shown(include)}', which is not a file below the working directory.",
                "Name the files one by one."
            );
        }

        Read(target);
    }

    private string Shown(FilePath path)
    {
        var root = environment.WorkingDirectory.FullPath.TrimEnd('/') + "/";
        return path.FullPath.StartsWith(root, StringComparison.Ordinal) ? path.FullPath[root.Length..] : path.FullPath;
    }
}
