using Cake.Core.IO;

namespace Cake.PySign.Processes;

/// <summary>An empty folder of its own, readable by this user alone and removed with everything in it.</summary>
internal sealed class NeutralFolder : IDisposable
{
    public DirectoryPath Path { get; } = Directory.CreateTempSubdirectory("pysign-").FullName;

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path.FullPath, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            MakeWritable();
            Directory.Delete(Path.FullPath, recursive: true);
        }
    }

    // A copied .git holds read-only files, and a build may leave read-only folders.
    private void MakeWritable()
    {
        foreach (var entry in new DirectoryInfo(Path.FullPath).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
        {
            if (entry.LinkTarget is null)
            {
                entry.Attributes &= ~FileAttributes.ReadOnly;
            }
        }
    }
}
