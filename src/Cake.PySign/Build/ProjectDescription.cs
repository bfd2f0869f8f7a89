using System.Text;
using System.Text.RegularExpressions;
using Cake.Core.IO;
using PySign.Packaging;
using PySign.Packaging.Projects;
using PySign.Packaging.Toml;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>Reads pyproject.toml before any back end does, and says what is wrong with it by line and column.</summary>
internal static partial class ProjectDescription
{
    private const string Encoded =
        "Save it as UTF-8 without a byte order mark; PowerShell's > writes UTF-16, Set-Content -Encoding utf8NoBOM does not.";

    /// <summary>The description; <see langword="null"/> where the project has another file for it.</summary>
    /// <exception cref="PySignException">The file is not text, not TOML, or contradicts the specification.</exception>
    public static PyProject? Check(DirectoryPath project)
    {
        var path = IoPath.Combine(project.FullPath, "pyproject.toml");
        if (!File.Exists(path))
        {
            return null;
        }

        var bytes = File.ReadAllBytes(path);
        CheckText(path, bytes);
        try
        {
            return PyProject.Load(path);
        }
        catch (TomlException e)
        {
            throw Wrong($"{path}, line {e.Line}, column {e.Column}: {e.Explanation}.", null, e);
        }
        catch (PackagingException e)
        {
            throw Wrong($"{path}: {e.Message}", null, e);
        }
    }

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
                "What stands in brackets is a placeholder, and an index would show it permanently."
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

    private static void CheckText(string path, byte[] bytes)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [_, 0, ..] or [0, _, ..])
        {
            throw Wrong($"{path}, line 1, column 1: the file is UTF-16; TOML is UTF-8.", Encoded);
        }

        if (bytes is [0xEF, 0xBB, 0xBF, ..])
        {
            throw Wrong($"{path}, line 1, column 1: the file begins with a byte order mark, which Python's TOML reader refuses.", Encoded);
        }

        var lines = Encoding.UTF8.GetString(bytes).Split('\n');
        var at = Array.FindIndex(lines, line => ConflictMarker().IsMatch(line));
        if (at >= 0)
        {
            throw Wrong(
                $"{path}, line {at + 1}, column 1: a merge left its conflict marker '{lines[at].Trim()}'.",
                "Resolve the conflict: keep one side, and take out the lines that begin with <<<<<<<, ======= and >>>>>>>."
            );
        }
    }

    private static PySignException Wrong(string message, string? advice, Exception? cause = null) =>
        new(PySignFailure.BuildMismatch, message, advice, cause);

    [GeneratedRegex(@"^(<{7}|>{7}|\|{7}) |^={7}\r?$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ConflictMarker();
}
