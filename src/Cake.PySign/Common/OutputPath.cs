using Cake.Core.IO;

namespace Cake.PySign.Common;

/// <summary>Folders that are made and files that are removed where somebody said: what stops it has a reason and advice.</summary>
internal static class OutputPath
{
    /// <summary>Makes a folder, with those above it, where it is absent.</summary>
    /// <exception cref="PySignException"><see cref="PySignFailure.OutputUnwritable"/>.</exception>
    public static void Make(DirectoryPath folder) => Try(folder.FullPath, static path => Directory.CreateDirectory(path));

    /// <summary>Removes a file, where there is one.</summary>
    /// <exception cref="PySignException"><see cref="PySignFailure.OutputUnwritable"/>.</exception>
    public static void Remove(FilePath file) => Try(file.FullPath, File.Delete);

    /// <summary>Does something to a path that the system may not allow.</summary>
    /// <exception cref="PySignException"><see cref="PySignFailure.OutputUnwritable"/>.</exception>
    public static void Try(string path, Action<string> change)
    {
        try
        {
            change(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Unwritable(path, e);
        }
    }
}
