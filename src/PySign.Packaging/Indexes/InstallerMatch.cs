using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Indexes;

/// <summary>
/// Whether an installer takes a file, by its name alone, for <c>name==version</c>. Installers are more generous than the standards of
/// today: they read archive forms that no back end writes any more, and a version with a local label satisfies the same version without one
/// (PEP 440, "Version matching"), and is preferred to it.
/// </summary>
internal static class InstallerMatch
{
    // What pip unpacks beside wheels; the longer before those that end alike.
    private static readonly string[] Archives =
    [
        ".tar.gz",
        ".tgz",
        ".tar.bz2",
        ".tbz",
        ".tar.xz",
        ".txz",
        ".tar.lzma",
        ".tar.lz",
        ".tlz",
        ".tar",
        ".zip",
    ];

    public static bool Takes(string fileName, ProjectName name, VersionSpecifier version) =>
        Versions(fileName, name)
            .Any(text => PythonVersion.TryParse(text, out var found) && version.Contains(found, allowPrereleases: true));

    private static IEnumerable<string> Versions(string fileName, ProjectName name)
    {
        if (fileName.EndsWith(".whl", StringComparison.OrdinalIgnoreCase))
        {
            // An underscore in the version stands for a hyphen.
            var parts = fileName.Split('-');
            return parts.Length > 2 && IsNamed(parts[0], name) ? [parts[1], parts[1].Replace('_', '-')] : [];
        }

        return Archives.FirstOrDefault(end => fileName.EndsWith(end, StringComparison.OrdinalIgnoreCase)) is { } archive
            ? AfterName(fileName[..^archive.Length], name)
            : [];
    }

    // Name and version of an sdist may both hold hyphens: whatever makes the name the project's leaves the version.
    private static IEnumerable<string> AfterName(string stem, ProjectName name)
    {
        for (var hyphen = stem.IndexOf('-', StringComparison.Ordinal); hyphen > 0; hyphen = stem.IndexOf('-', hyphen + 1))
        {
            if (IsNamed(stem[..hyphen], name))
                yield return stem[(hyphen + 1)..];
        }
    }

    private static bool IsNamed(string text, ProjectName name) => ProjectName.TryParse(text, out var found) && found.Equals(name);
}
