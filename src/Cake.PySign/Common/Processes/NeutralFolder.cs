using Cake.Core.IO;

namespace Cake.PySign.Common.Processes;

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
            DeleteStubborn();
        }
    }

    // A copied .git holds read-only files, and a build may leave read-only folders. What even then stays is a copy of sources in the
    // system's temporary folder: no reason to fail a build, and none to hide why one failed.
    private void DeleteStubborn()
    {
        try
        {
            foreach (var entry in new DirectoryInfo(Path.FullPath).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
            {
                if (entry.LinkTarget is null)
                {
                    entry.Attributes &= ~FileAttributes.ReadOnly;
                }
            }

            Directory.Delete(Path.FullPath, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            System.Diagnostics.Trace.TraceWarning($"{Path} could not be removed: {e.Message}");
        }
    }
}
