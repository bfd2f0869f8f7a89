using Cake.Core.IO;
using Cake.PySign.Build;
using IoPath = System.IO.Path;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>Which sources a rehearsal plays.</summary>
/// <param name="Project">The Python project.</param>
/// <param name="Script">The folder of the script, or of the build.</param>
/// <param name="Needed">Files without which nothing can be played.</param>
/// <param name="Written">Folders and files that releases write.</param>
/// <param name="Uncommitted">Whether what is not committed takes part.</param>
internal sealed record PlayedSources(
    DirectoryPath Project,
    DirectoryPath Script,
    IReadOnlyList<FilePath> Needed,
    IReadOnlyList<Cake.Core.IO.Path> Written,
    bool Uncommitted
)
{
    /// <summary>What is played where there is no repository: the script's folder with the project in it, or the project's.</summary>
    public string Folder()
    {
        var (project, script) = (RealPath.Of(Project.FullPath), RealPath.Of(Script.FullPath));
        return Below(script, project) is null ? project : script;
    }

    /// <summary>What releases write below the root, with forward slashes.</summary>
    public IEnumerable<string> LeaveOut(string root) =>
        Written.Select(path => Below(root, RealPath.Of(path.FullPath))).Where(inside => inside is { Length: > 0 })!;

    /// <summary>The path of one folder or file below another; <see langword="null"/> where it is not there, empty for itself.</summary>
    public static string? Below(string root, string path)
    {
        var inside = IoPath.GetRelativePath(root, path).Replace('\\', '/');
        return inside == "." ? ""
            : IoPath.IsPathRooted(inside) || inside == ".." || inside.StartsWith("../", StringComparison.Ordinal) ? null
            : inside;
    }
}
