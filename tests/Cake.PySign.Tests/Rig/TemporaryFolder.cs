using Cake.Core.IO;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Rig;

/// <summary>A folder of its own for one test, removed with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    // A link may lead out of the folder, or round in it.
    private static readonly EnumerationOptions _noLinks = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("pysign-test-").FullName;

    public string Path { get; }

    public FilePath File(string relative) => new(IoPath.Combine(Path, relative));

    public DirectoryPath Folder(string relative) => new(IoPath.Combine(Path, relative));

    public FilePath Write(string relative, string text) => Write(relative, System.Text.Encoding.UTF8.GetBytes(text));

    public FilePath Write(string relative, byte[] bytes)
    {
        var full = IoPath.Combine(Path, relative);
        Directory.CreateDirectory(IoPath.GetDirectoryName(full)!);
        System.IO.File.WriteAllBytes(full, bytes);
        return full;
    }

    /// <summary>Relative path and SHA-256 of every file below <paramref name="relative"/>: two equal snapshots mean nothing was
    /// touched.</summary>
    public IReadOnlyDictionary<string, string> Snapshot(string relative = ".") =>
        Directory
            .EnumerateFiles(IoPath.Combine(Path, relative), "*", _noLinks)
            .ToDictionary(
                file => IoPath.GetRelativePath(Path, file),
                file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.IO.File.ReadAllBytes(file)))
            );

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
