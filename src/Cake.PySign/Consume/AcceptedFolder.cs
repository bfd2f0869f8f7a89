using Cake.Core.IO;
using IoPath = System.IO.Path;

namespace Cake.PySign.Consume;

/// <summary>
/// A folder for a release while it is verified: private and beside the one that was asked for, which it becomes by one rename when
/// everything holds. What is refused goes with it, and nothing of anybody else does.
/// </summary>
internal sealed class AcceptedFolder : IDisposable
{
    private const string Suffix = ".part";
    private const string LockSuffix = ".lock";

    private readonly DirectoryPath _target;
    private readonly FileStream _lock;
    private bool _moved;
    private bool _kept;

    /// <exception cref="PySignException">The folder is there and not empty.</exception>
    public AcceptedFolder(DirectoryPath target)
    {
        _target = target;
        if (Directory.Exists(target.FullPath) && Directory.EnumerateFileSystemEntries(target.FullPath).FirstOrDefault() is { } found)
        {
            throw NotEmpty(IoPath.GetFileName(found));
        }

        var above = IoPath.GetDirectoryName(target.FullPath.TrimEnd('/'))!;
        var name = IoPath.GetFileName(target.FullPath.TrimEnd('/'));
        RemoveAbandoned(above, name);
        Private = IoPath.Combine(above, $".{name}.{Guid.NewGuid():N}{Suffix}");
        Directory.CreateDirectory(above);
        _lock = new FileStream(
            Private.FullPath + LockSuffix,
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.None,
            1,
            FileOptions.DeleteOnClose
        );
        Directory.CreateDirectory(Private.FullPath);
    }

    /// <summary>Where everything goes until it is accepted.</summary>
    public DirectoryPath Private { get; }

    /// <summary>Gives the folder its name.</summary>
    /// <returns>The release, with the paths that it has now.</returns>
    /// <exception cref="PySignException">Somebody else put something there meanwhile.</exception>
    public VerifiedRelease Accept(VerifiedRelease release)
    {
        try
        {
            if (Directory.Exists(_target.FullPath))
            {
                // Only an empty one goes away so.
                Directory.Delete(_target.FullPath, recursive: false);
            }

            Directory.Move(Private.FullPath, _target.FullPath);
            _moved = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Directory.Exists(_target.FullPath) && Directory.EnumerateFileSystemEntries(_target.FullPath).FirstOrDefault() is { } found
                ? NotEmpty(IoPath.GetFileName(found))
                : new PySignException(
                    PySignFailure.OutputUnwritable,
                    $"What was verified cannot be put into '{_target}': {e.Message}",
                    "Name a folder that can be replaced as a whole, not a mount point, or correct the permissions.",
                    e
                );
        }

        return release with
        {
            Files = [.. release.Files.Select(file => file with { Path = Now(file.Path), Bundle = Now(file.Bundle) })],
            Statement = release.Statement is { } statement ? statement with { Bundle = Now(statement.Bundle) } : null,
        };
    }

    /// <summary>All is well: what is there stays.</summary>
    public void Keep() => _kept = true;

    public void Dispose()
    {
        try
        {
            var mine = _moved ? _target.FullPath : Private.FullPath;
            if (!_kept && Directory.Exists(mine))
            {
                Directory.Delete(mine, recursive: true);
            }
        }
        finally
        {
            _lock.Dispose();
        }
    }

    /// <summary>
    /// Removes what a killed verification of the same folder left. Beside each private folder lies a file that its process holds open:
    /// where it can be opened, the process is gone. A folder without such a file is somebody else's.
    /// </summary>
    private static void RemoveAbandoned(string above, string name)
    {
        if (!Directory.Exists(above))
        {
            return;
        }

        foreach (var held in Directory.EnumerateFiles(above, $".{name}.*{Suffix}{LockSuffix}").ToList())
        {
            var folder = new DirectoryInfo(held[..^LockSuffix.Length]);
            var id = folder.Name[(name.Length + 2)..^Suffix.Length];
            if (!Guid.TryParseExact(id, "N", out _) || new FileInfo(held) is { LinkTarget: not null } or { Length: > 0 })
            {
                continue;
            }

            try
            {
                using var gone = new FileStream(held, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
                if (folder is { Exists: true, LinkTarget: null })
                {
                    folder.Delete(recursive: true);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Its process lives, or another one was faster.
            }
        }
    }

    private FilePath Now(FilePath path) => _target.CombineWithFilePath(path.GetFilename());

    private PySignException NotEmpty(string found) =>
        new(
            PySignFailure.OutputFolderNotEmpty,
            $"'{_target}' is not empty (it holds {found}): what is verified must be what was downloaded now.",
            "Empty it, or name another OutputDirectory."
        );
}
