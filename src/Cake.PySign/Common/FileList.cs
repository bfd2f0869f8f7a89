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
        var absolute = new List<FilePath>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (file is null)
            {
                throw new PySignException(PySignFailure.InvalidSettings, $"The list of files to {purpose} holds a null.");
            }

            var path = file.MakeAbsolute(environment).Collapse();
            if (!seen.Add(path.FullPath))
            {
                throw new PySignException(
                    PySignFailure.InvalidSettings,
                    $"'{path}' is in the list of files to {purpose} twice.",
                    "Name each file once."
                );
            }

            if (!File.Exists(path.FullPath))
            {
                throw new PySignException(
                    PySignFailure.MissingFile,
                    $"There is no file '{path}' to {purpose}.",
                    "Check the path; nothing was done yet."
                );
            }

            absolute.Add(path);
        }

        return absolute.Count > 0
            ? absolute
            : throw new PySignException(
                PySignFailure.NothingToDo,
                $"The list of files to {purpose} is empty.",
                "A pattern that matched nothing is the usual cause: look at what is in the folder."
            );
    }
}
