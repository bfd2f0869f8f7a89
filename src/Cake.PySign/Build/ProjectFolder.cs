using Cake.Core.IO;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>What makes a folder a Python project that can be built.</summary>
internal static class ProjectFolder
{
    private static readonly string[] _describing = ["pyproject.toml", "setup.py"];

    public static void Check(DirectoryPath project)
    {
        if (!Directory.Exists(project.FullPath))
        {
            throw new PySignException(PySignFailure.MissingFile, $"The project folder '{project.FullPath}' does not exist.");
        }

        if (!_describing.Any(name => File.Exists(IoPath.Combine(project.FullPath, name))))
        {
            throw new PySignException(
                PySignFailure.MissingFile,
                $"'{project.FullPath}' holds neither pyproject.toml nor setup.py: there is no Python project to build.",
                "Name the folder that holds pyproject.toml."
            );
        }
    }

    /// <summary>Refuses to write the result over the sources.</summary>
    public static void CheckOutput(DirectoryPath project, DirectoryPath output)
    {
        if (RealPath.Of(output.FullPath) == project.FullPath)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"The output folder '{output.FullPath}' is the project folder itself.",
                "Name a folder of its own as OutputDirectory."
            );
        }
    }

    /// <summary>The first of the files that describe a project; <see cref="Check"/> has seen one.</summary>
    public static string DescribingFile(DirectoryPath project) =>
        _describing.Select(name => IoPath.Combine(project.FullPath, name)).First(File.Exists);
}
