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

    /// <exception cref="PySignException">The file is not text, not TOML, contradicts the specification, or is a template that nobody filled
    /// in.</exception>
    public static void Check(DirectoryPath project)
    {
        var path = IoPath.Combine(project.FullPath, "pyproject.toml");
        if (!File.Exists(path))
        {
            return;
        }

        var bytes = File.ReadAllBytes(path);
        CheckText(path, bytes);
        try
        {
            _ = PyProject.Load(path);
        }
        catch (TomlException e)
        {
            throw Wrong($"{path}, line {e.Line}, column {e.Column}: {e.Explanation}.", null, e);
        }
        catch (PackagingException e)
        {
            throw Wrong($"{path}: {e.Message}", null, e);
        }

        CheckFilledIn(path, Encoding.UTF8.GetString(bytes));
    }

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

    // A tutorial's file as it is copied: name = "<my_package>". No such name can be released, and nobody means such an author.
    private static void CheckFilledIn(string path, string text)
    {
        var lines = text.Split('\n');
        var table = "";
        var found = new List<string>();
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            table = Header().Match(line) is { Success: true } header ? header.Groups["name"].Value : table;
            if (table is "project" or "project.urls" && !line.StartsWith('#') && Placeholder().IsMatch(line))
            {
                found.Add($"    line {i + 1}: {line}");
            }
        }

        if (found.Count > 0)
        {
            throw Wrong(
                $"{path} is a template that is not filled in yet:{Environment.NewLine}{string.Join(Environment.NewLine, found)}",
                "Write your own values in place of what stands in <>: the project's name, its version, its authors, its page. Name and "
                    + "version of a single build can be given as --package-name and --package-version then."
            );
        }
    }

    private static PySignException Wrong(string message, string? advice, Exception? cause = null) =>
        new(PySignFailure.BuildMismatch, message, advice, cause);

    [GeneratedRegex(@"^(<{7}|>{7}|\|{7}) |^={7}\r?$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ConflictMarker();

    [GeneratedRegex(@"^\[\s*(?<name>[A-Za-z0-9._-]+)\s*\]", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Header();

    // A specifier such as ">=3.8,<4" holds no word in brackets.
    [GeneratedRegex(@"[""'/]<[A-Za-z0-9][^<>""']*>", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Placeholder();
}
