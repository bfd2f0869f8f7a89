using Cake.Core.IO;

namespace Cake.PySign.Common.Processes;

/// <summary>An empty folder of its own, readable by this user alone and removed with everything in it.</summary>
internal sealed class NeutralFolder : IDisposable
{
    /// <exception cref="PySignException">The system's temporary folder takes none.</exception>
    public NeutralFolder()
    {
        try
        {
            Path = Directory.CreateTempSubdirectory("pysign-").FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PySignException(
                PySignFailure.OutputUnwritable,
                $"No folder for temporary files can be made: {e.Message}",
                "Make room there, or name another folder for them (TMPDIR, on Windows TMP).",
                e
            );
        }
    }

    public DirectoryPath Path { get; }

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
            OpenUp(new DirectoryInfo(Path.FullPath));

            Directory.Delete(Path.FullPath, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            System.Diagnostics.Trace.TraceWarning($"{Path} could not be removed: {e.Message}");
        }
    }

    // Folder by folder and never through a link: what a link leads to is not ours, neither its files nor their modes.
    internal static void OpenUp(DirectoryInfo folder)
    {
        folder.Attributes &= ~FileAttributes.ReadOnly;
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            if (entry.LinkTarget is not null || entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
            {
                continue;
            }

            if (entry is DirectoryInfo inner)
            {
                if (!OperatingSystem.IsWindows())
                {
                    inner.UnixFileMode |= UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
                }

                OpenUp(inner);
            }
            else if (OperatingSystem.IsWindows())
            {
                // Elsewhere the folder's mode decides whether a file in it can be removed.
                entry.Attributes &= ~FileAttributes.ReadOnly;
            }
        }
    }
}
