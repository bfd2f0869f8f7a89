using Cake.Core.IO;

namespace Cake.PySign.Common;

/// <summary>
/// What is named twice. Names that differ in upper and lower case alone are one name: a folder on Windows or macOS holds only one of the
/// files, whoever it belongs to. Paths as a script gives them differ in case where it says so: they are compared as they are.
/// </summary>
internal static class Duplicates
{
    /// <summary>The first name that several have, with all that have it; <see langword="null"/> where each has its own.</summary>
    public static IGrouping<string, T>? Of<T>(IEnumerable<T> all, Func<T, string> name) => All(all, name).FirstOrDefault();

    /// <summary>Every name that several have, with all that have it.</summary>
    public static IEnumerable<IGrouping<string, T>> All<T>(IEnumerable<T> all, Func<T, string> name) =>
        all.GroupBy(name, StringComparer.OrdinalIgnoreCase).Where(static group => group.Skip(1).Any());

    /// <summary>The first path that stands in a list twice.</summary>
    public static FilePath? OfPaths(IEnumerable<FilePath> paths) =>
        paths.GroupBy(static path => path.FullPath, StringComparer.Ordinal).FirstOrDefault(static group => group.Skip(1).Any())?.First();

    /// <exception cref="PySignException">Two files have the same name.</exception>
    public static void Refuse(IEnumerable<FilePath> files, Func<FilePath, string> name, string advice)
    {
        if (Of(files, name) is { } twice)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"Two files are called {twice.Key}: {string.Join(" and ", twice.Select(static path => path.FullPath))}.",
                advice
            );
        }
    }
}
