using Cake.Core.IO;
using PySign.Packaging;
using PySign.Packaging.Projects;
using PySign.Packaging.Toml;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>Reads pyproject.toml before any back end does, and says what is wrong with it by line and column; of the other files that
/// describe a project, what no tool says in words that anybody understands.</summary>
internal static class ProjectDescription
{
    private static readonly string[] _others = ["setup.cfg", "setup.py", "MANIFEST.in"];

    /// <summary>The description; <see langword="null"/> where the project has another file for it.</summary>
    /// <exception cref="PySignException">The file is not text, not TOML, or contradicts the specification.</exception>
    public static PyProject? Check(DirectoryPath project)
    {
        foreach (var file in _others.Select(name => IoPath.Combine(project.FullPath, name)).Where(File.Exists))
        {
            DescribingText.Read(file);
        }

        CheckHatchFile(IoPath.Combine(project.FullPath, "hatch.toml"));
        var path = IoPath.Combine(project.FullPath, "pyproject.toml");
        if (!File.Exists(path))
        {
            return null;
        }

        DescribingText.Read(path);
        try
        {
            return PyProject.Load(path);
        }
        catch (TomlException e)
        {
            throw NotToml(path, e);
        }
        catch (PackagingException e)
        {
            throw Wrong($"{path}: {e.Message}", null, e);
        }
    }

    private static void CheckHatchFile(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        var bytes = DescribingText.Read(path);
        try
        {
            _ = TomlDocument.Parse(bytes);
        }
        catch (TomlException e)
        {
            throw NotToml(path, e);
        }
    }

    private static PySignException NotToml(string path, TomlException e) =>
        Wrong($"{path}, line {e.Line}, column {e.Column}: {e.Explanation}.", null, e);

    /// <summary>A tutorial's file as it is copied: what a parameter says of this build replaces its placeholders; nobody else can say who
    /// its authors are.</summary>
    /// <exception cref="PySignException">Placeholders are left: the message shows their lines.</exception>
    public static void CheckFilledIn(DirectoryPath project, PyProject? described, WantedMetadata wanted)
    {
        var left = (described?.Placeholders ?? [])
            .Where(one =>
                one.Field switch
                {
                    PlaceholderField.Name => wanted.Name is null || !described!.HasProjectTable,
                    PlaceholderField.Version => wanted.Version is null,
                    PlaceholderField.Homepage => wanted.Homepage is null || !described!.HasProjectTable,
                    _ => true,
                }
            )
            .ToList();
        if (left.Count > 0)
        {
            var lines = left.GroupBy(one => (one.Line, one.Text))
                .Select(group =>
                    $"    line {group.Key.Line}: {group.Key.Text}{Environment.NewLine}"
                    + $"        write {string.Join(" and ", group.Select(one => Meant(one.Field)).Distinct(StringComparer.Ordinal))}"
                );
            throw Wrong(
                $"{IoPath.Combine(project.FullPath, "pyproject.toml")} is a template that is not filled in yet. Change "
                    + $"{(left.Count == 1 ? "this line" : "these lines")}:{Environment.NewLine}{string.Join(Environment.NewLine, lines)}",
                "What is in brackets is a placeholder, and an index would show it permanently."
            );
        }
    }

    private static string Meant(PlaceholderField field) =>
        field switch
        {
            PlaceholderField.Name => "the project's name, or give it for this build: --package-name, PYSIGN_PACKAGE_NAME or PACKAGE_NAME",
            PlaceholderField.Version => "its version, or give it: a tag such as v1.0.0, --package-version or PACKAGE_VERSION",
            PlaceholderField.Homepage => "the address of its page, or give it for this build: --homepage or PYSIGN_HOMEPAGE (a GitLab or "
                + "GitHub job's own page is taken by itself)",
            PlaceholderField.Description => "what the project does, in one line",
            PlaceholderField.Person => "who the author is",
            _ => "the address that is meant, or take the line out",
        };

    private static PySignException Wrong(string message, string? advice, Exception? cause = null) =>
        new(PySignFailure.BuildMismatch, message, advice, cause);
}
