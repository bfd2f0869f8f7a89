using Cake.Core.IO;
using Cake.PySign.Common;
using IoPath = System.IO.Path;

namespace Cake.PySign.Consume;

/// <summary>
/// A folder for a release while it is verified: private and beside the one that was asked for, which it becomes by one rename when
/// everything holds. What is refused goes with it, and nothing of anybody else does.
/// </summary>
internal sealed class AcceptedFolder : IDisposable
{
    private readonly DirectoryPath _target;
    private readonly HeldFolder _private;
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

        // It is replaced by a rename, and a link would go.
        if (new DirectoryInfo(target.FullPath).LinkTarget is { } aim)
        {
            throw new PySignException(
                PySignFailure.OutputFolderNotEmpty,
                $"'{target}' is a link to '{aim}'.",
                "Name the folder itself as OutputDirectory."
            );
        }

        var full = target.FullPath.TrimEnd('/');
        _private = new HeldFolder(IoPath.GetDirectoryName(full)!, IoPath.GetFileName(full));
    }

    /// <summary>Where everything goes until it is accepted.</summary>
    public DirectoryPath Private => _private.Path;

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
            if (_moved && !_kept && Directory.Exists(_target.FullPath))
            {
                Directory.Delete(_target.FullPath, recursive: true);
            }
        }
        finally
        {
            _private.Dispose();
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
