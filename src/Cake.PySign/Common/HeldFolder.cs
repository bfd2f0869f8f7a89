using Cake.Core.IO;
using IoPath = System.IO.Path;

namespace Cake.PySign.Common;

/// <summary>
/// A private folder in which something comes to be, with a name that nobody else has. Beside it lies a file that the process holds open:
/// where another process can open it, this one is gone, and what it left may go too. A folder without such a file is somebody else's.
/// </summary>
internal sealed class HeldFolder : IDisposable
{
    private const string Suffix = ".part";
    private const string LockSuffix = ".lock";

    private readonly FileStream _lock;

    /// <param name="above">Where the folder is made; it is made too where it is absent.</param>
    /// <param name="name">What it is for: folders of this name that were abandoned are removed.</param>
    /// <exception cref="PySignException">Nothing can be written there.</exception>
    public HeldFolder(DirectoryPath above, string name)
    {
        try
        {
            Directory.CreateDirectory(above.FullPath);
            RemoveAbandoned(above.FullPath, name);
            Path = IoPath.Combine(above.FullPath, $".{name}.{Guid.NewGuid():N}{Suffix}");
            _lock = new FileStream(
                Path.FullPath + LockSuffix,
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.None,
                1,
                FileOptions.DeleteOnClose
            );
            Directory.CreateDirectory(Path.FullPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _lock?.Dispose();
            throw AtomicFile.Unwritable(above.FullPath, e);
        }
    }

    public DirectoryPath Path { get; }

    /// <summary>Whether a name is that of such a folder, or of the file beside one.</summary>
    public static bool IsNamed(string entry, string name)
    {
        var end = entry.EndsWith(LockSuffix, StringComparison.Ordinal) ? entry[..^LockSuffix.Length] : entry;
        return end.StartsWith($".{name}.", StringComparison.Ordinal)
            && end.EndsWith(Suffix, StringComparison.Ordinal)
            && end.Length > name.Length + 2 + Suffix.Length
            && Guid.TryParseExact(end[(name.Length + 2)..^Suffix.Length], "N", out _);
    }

    /// <summary>Removes the folder, where it is still under its name.</summary>
    public void Dispose()
    {
        try
        {
            if (Directory.Exists(Path.FullPath))
            {
                Directory.Delete(Path.FullPath, recursive: true);
            }
        }
        finally
        {
            _lock.Dispose();
        }
    }

    private static void RemoveAbandoned(string above, string name)
    {
        foreach (var held in Directory.EnumerateFiles(above).Where(held => IsLock(held, name)).ToList())
        {
            try
            {
                using var gone = new FileStream(held, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
                var folder = new DirectoryInfo(held[..^LockSuffix.Length]);
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

    private static bool IsLock(string path, string name) =>
        path.EndsWith(LockSuffix, StringComparison.Ordinal)
        && IsNamed(IoPath.GetFileName(path), name)
        && new FileInfo(path) is { LinkTarget: null, Length: 0 }
        && SpecialFile.KindOf(path) is null;
}
