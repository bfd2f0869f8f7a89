using System.Text.RegularExpressions;

namespace Cake.PySign.Publishing;

/// <summary>The names that GitLab's generic registry takes, checked before the first request: half an upload is worse than none.</summary>
internal static partial class GenericNames
{
    public static void RequirePackage(string? name, string? version)
    {
        if (string.IsNullOrEmpty(name) || string.IsNullOrEmpty(version))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"{(string.IsNullOrEmpty(name) ? "PackageName" : "PackageVersion")} of the generic package is not set.");
        }

        if (!PackageName().IsMatch(name))
        {
            throw Invalid("package name", name, "letters, digits and . _ - +", "Use the normalized project name.");
        }

        if (!Version().IsMatch(version))
        {
            throw Invalid(
                "package version",
                version,
                "letters, digits and . _ - +, without '..'",
                version.Contains('!', StringComparison.Ordinal)
                    ? "A version with an epoch (N!) cannot be a generic package's version. Give the generic package a version of its own, such as the one without the epoch."
                    : "Give the generic package a version of its own.");
        }
    }

    public static void RequireFile(string name)
    {
        if (!FileName().IsMatch(name) || name.Contains("..", StringComparison.Ordinal))
        {
            throw Invalid(
                "file name",
                name,
                "letters, digits and . _ - + ~, not starting or ending with ~, without '..'",
                "Rename the file. A distribution of a version with an epoch (N!) cannot be kept in a generic registry.");
        }
    }

    private static PySignException Invalid(string what, string value, string expected, string advice) =>
        new(PySignFailure.InvalidName, $"The generic registry does not take the {what} '{value}': expected {expected}.", advice);

    [GeneratedRegex(@"\A[A-Za-z0-9._\-+]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex PackageName();

    [GeneratedRegex(@"\A(?!.*\.\.)[A-Za-z0-9_+.-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    [GeneratedRegex(@"\A[A-Za-z0-9._\-+][A-Za-z0-9._\-+~]*(?<!~)\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();
}
