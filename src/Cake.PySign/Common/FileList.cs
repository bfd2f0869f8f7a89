using Cake.Core;
using Cake.Core.IO;

namespace Cake.PySign.Common;

/// <summary>The explicit list of files that a step works on. An empty list, a missing file or one named twice is an error, never a
/// shrug.</summary>
internal static class FileList
{
    /// <summary>The files, absolute, in the order given.</summary>
    public static IReadOnlyList<FilePath> Require(IEnumerable<FilePath> files, ICakeEnvironment environment, string purpose)
    {
        var absolute = files.Select(file => Absolute(file, environment, purpose)).ToList();
        if (Duplicates.OfPaths(absolute) is { } twice)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"'{twice}' is in the list of files to {purpose} twice.",
                "Name each file once."
            );
        }

        if (absolute.Find(static path => !File.Exists(path.FullPath)) is { } missing)
        {
            throw new PySignException(
                PySignFailure.MissingFile,
                $"There is no file '{missing}' to {purpose}.",
                "Check the path; nothing was done yet."
            );
        }

        return absolute.Count > 0
            ? absolute
            : throw new PySignException(
                PySignFailure.NothingToDo,
                $"The list of files to {purpose} is empty.",
                "A pattern that matched nothing is the usual cause: look at what is in the folder."
            );
    }

    private static FilePath Absolute(FilePath? file, ICakeEnvironment environment, string purpose) =>
        file?.MakeAbsolute(environment).Collapse()
        ?? throw new PySignException(PySignFailure.InvalidSettings, $"The list of files to {purpose} holds a null.");
}
