using Cake.Core.IO;
using PySign.Formats;

namespace Cake.PySign.Common.Statements;

/// <summary>The distributions on disk that make a release.</summary>
internal static class ReleaseFiles
{
    /// <exception cref="PySignException">They are not of one version of one project.</exception>
    public static ReleaseStatement Read(IReadOnlyList<FilePath> paths)
    {
        Duplicates.Refuse(paths, static path => path.GetFilename().FullPath, "A release has each name once.");
        return Of(paths.Select(path => KeyValuePair.Create(path.GetFilename().FullPath, FileDigest.Of(path))));
    }

    /// <exception cref="PySignException">They are not of one version of one project.</exception>
    public static ReleaseStatement Of(IEnumerable<KeyValuePair<string, Sha256Digest>> files)
    {
        try
        {
            return ReleaseStatement.About(files);
        }
        catch (StatementException e)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"The files are not one release: expected {e.Expected}, found {e.Found}.",
                "List the wheels and the sdist of one version, and all of them.",
                e
            );
        }
    }

    /// <summary>Where all of them lie.</summary>
    /// <exception cref="PySignException">They lie in several folders.</exception>
    public static DirectoryPath Folder(IReadOnlyList<FilePath> paths)
    {
        var folders = paths.Select(path => path.GetDirectory().FullPath).Distinct(StringComparer.Ordinal).ToList();
        return folders.Count == 1
            ? folders[0]
            : throw new PySignException(
                PySignFailure.InvalidSettings,
                $"The files lie in several folders: {string.Join(", ", folders)}.",
                "Say where the statement is, or gather them."
            );
    }
}
