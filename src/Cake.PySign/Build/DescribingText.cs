using System.Text;
using System.Text.RegularExpressions;
using Cake.PySign.Common;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>What is wrong with a configuration file before anybody reads its meaning: how editors and merges leave it.</summary>
internal static partial class DescribingText
{
    private const string Encoded =
        "Save it as UTF-8 without a byte order mark; PowerShell's > writes UTF-16, Set-Content -Encoding utf8NoBOM does not.";

    /// <summary>The bytes of a file that this can be said of.</summary>
    /// <exception cref="PySignException">It is a pipe or a device, not a file; or it is UTF-16, begins with a mark that its readers
    /// refuse, or holds a merge's markers.</exception>
    public static byte[] Read(string path)
    {
        SpecialFile.Refuse(path);
        var bytes = File.ReadAllBytes(path);
        Check(path, bytes);
        return bytes;
    }

    private static void Check(string path, byte[] bytes)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [_, 0, ..] or [0, _, ..])
        {
            throw Wrong($"{path}, line 1, column 1: the file is UTF-16, and whoever reads it expects UTF-8.", Encoded);
        }

        // Python itself takes the mark off a module.
        if (bytes is [0xEF, 0xBB, 0xBF, ..] && IoPath.GetExtension(path) != ".py")
        {
            throw Wrong($"{path}, line 1, column 1: the file begins with a byte order mark, which Python's readers of it refuse.", Encoded);
        }

        var lines = Encoding.UTF8.GetString(bytes).Split('\n');
        var at = Array.FindIndex(lines, line => ConflictMarker().IsMatch(line));

        // Seven of the third kind alone may underline a heading of seven letters; TOML has no headings.
        if (at < 0 && IoPath.GetExtension(path) == ".toml")
        {
            at = Array.FindIndex(lines, line => line.TrimEnd('\r') == "=======");
        }

        if (at >= 0)
        {
            throw Wrong(
                $"{path}, line {at + 1}, column 1: a merge left its conflict marker '{lines[at].Trim()}'.",
                "Resolve the conflict: keep one side, and take out the lines that begin with <<<<<<<, ======= and >>>>>>>."
            );
        }
    }

    private static PySignException Wrong(string message, string advice) => new(PySignFailure.BuildMismatch, message, advice);

    [GeneratedRegex(@"^(<{7}|>{7}|\|{7}) ", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ConflictMarker();
}
