using System.Text.RegularExpressions;
using PySign.Packaging.Names;

namespace Cake.PySign.Common.Stores;

/// <summary>
/// The names that registries take, checked before the first request: half an upload is worse than none. GitLab and GitHub take no '!',
/// which a version with an epoch has (PEP 440): <c>1!2.0</c> is stored as <c>1.epoch.2.0</c> there, which is not a version itself, so that
/// no two names meet.
/// </summary>
internal static partial class GenericNames
{
    private const string Epoch = ".epoch.";

    /// <summary>The name under which GitLab's registry and a GitHub release keep <paramref name="name"/>.</summary>
    public static string Mapped(string name) => name.Replace("!", Epoch, StringComparison.Ordinal);

    public static void RequireGitLabPackage(string name, string version)
    {
        if (!PackageName().IsMatch(name))
        {
            throw Invalid("GitLab", "package name", name, "letters, digits and . _ - +", "Use the normalized project name.");
        }

        if (!Version().IsMatch(Mapped(version)) || version.Contains("..", StringComparison.Ordinal))
        {
            throw Invalid(
                "GitLab",
                "package version",
                version,
                "letters, digits and . _ - +, without '..'",
                "Give the generic package a version of its own."
            );
        }
    }

    public static void RequireGitLabFile(string name)
    {
        if (
            !GitLabFile().IsMatch(Mapped(name))
            || name.EndsWith('~')
            || name.Contains("..", StringComparison.Ordinal)
            || !PortableName.IsPortable(name)
        )
        {
            throw Invalid(
                "GitLab",
                "file name",
                name,
                "letters, digits and . _ - + ~ !, not starting or ending with ~, without '..'",
                "Rename the file."
            );
        }
    }

    /// <summary>A path segment of a store that takes any: only what would lead elsewhere, or cannot be a local file's name, is
    /// refused.</summary>
    public static void RequireSegment(string what, string name)
    {
        if (!PortableName.IsPortable(name) || name.IndexOfAny(['#', '%']) >= 0)
        {
            throw Invalid(
                "HTTP",
                what,
                name,
                "a plain name without / \\ : * ? \" < > | # % and control characters, not a device of Windows, not ending "
                    + "in a dot or blank",
                "Rename it."
            );
        }
    }

    /// <summary>GitHub renames an asset whose name it does not like, and a consumer would look for the old name.</summary>
    public static void RequireGitHubFile(string name)
    {
        if (!GitHubFile().IsMatch(Mapped(name)) || !PortableName.IsPortable(name))
        {
            throw Invalid(
                "GitHub",
                "file name",
                name,
                "letters, digits and . _ - + !, not starting or ending with a dot",
                "Rename the file."
            );
        }
    }

    /// <summary>A tag as git takes it (git-check-ref-format), without characters that have a meaning in an address.</summary>
    public static void RequireTag(string tag)
    {
        if (!Tag().IsMatch(tag) || tag.Contains("..", StringComparison.Ordinal) || tag.EndsWith(".lock", StringComparison.Ordinal))
        {
            throw Invalid("GitHub", "tag", tag, "letters, digits and . _ - + ! /", "Set Store.Version to the release's tag.");
        }
    }

    private static PySignException Invalid(string registry, string what, string value, string expected, string advice) =>
        new(PySignFailure.InvalidName, $"The {registry} registry does not take the {what} '{value}': expected {expected}.", advice);

    [GeneratedRegex(@"\A[A-Za-z0-9._\-+]+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex PackageName();

    [GeneratedRegex(@"\A[A-Za-z0-9_+.-]+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Version();

    [GeneratedRegex(@"\A[A-Za-z0-9._\-+][A-Za-z0-9._\-+~]*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex GitLabFile();

    [GeneratedRegex(@"\A[A-Za-z0-9_+-](?:[A-Za-z0-9._+-]*[A-Za-z0-9_+-])?\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex GitHubFile();

    [GeneratedRegex(
        @"\A[A-Za-z0-9_+!](?:[A-Za-z0-9._+!/-]*[A-Za-z0-9_+!])?\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Tag();
}
