using System.Text.RegularExpressions;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Indexes;

/// <summary>
/// Whether an installer takes a file, by its name alone, for <c>name==version</c>. Installers are more generous than the standards of
/// today: they read archive forms that no back end writes any more, and a version with a local label satisfies the same version without one
/// (PEP 440, "Version matching"), and is preferred to it.
/// </summary>
internal static partial class InstallerMatch
{
    // Versions of any length are versions for pip, and zeros at the end or at the beginning of a number change nothing: what is longer than
    // is read here may be any version.
    private const int LongestVersion = 64;

    // What pip and uv unpack in addition to wheels; the longer before those that end alike.
    private static readonly string[] _archives =
    [
        ".tar.gz",
        ".tgz",
        ".tar.bz2",
        ".tbz2",
        ".tbz",
        ".tar.xz",
        ".txz",
        ".tar.lzma",
        ".tar.lz",
        ".tlz",
        ".tar.zst",
        ".tar",
        ".zip",
    ];

    public static bool Takes(string fileName, ProjectName name, VersionSpecifier version) =>
        Versions(fileName, name).Any(text => Satisfies(text, version));

    /// <summary>The same for what pip's <c>egg</c> fragment says, <c>name-version</c>; the file's own name then means nothing.</summary>
    public static bool TakesEgg(string egg, ProjectName name, VersionSpecifier version) =>
        AfterName(egg, name).Any(text => Satisfies(text, version));

    /// <summary>Whether a name ends as files do that installers take.</summary>
    public static bool IsArchive(string fileName) =>
        _archives.Append(".whl").Any(end => fileName.EndsWith(end, StringComparison.OrdinalIgnoreCase));

    // Readers of versions take white space around them, and pip what an old sdist says of its Python behind them.
    private static bool Satisfies(string text, VersionSpecifier version) =>
        new[] { text, PythonSuffix().Replace(text, "") }
            .Distinct(StringComparer.Ordinal)
            .Any(one =>
                PythonVersion.TryParse(TrimLikePython(one), out var found)
                    ? version.Contains(found, allowPrereleases: true)
                    : one.Length > LongestVersion
            );

    private static string TrimLikePython(string text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && IsSpace(text[start]))
            start++;
        while (end > start && IsSpace(text[end - 1]))
            end--;
        return text[start..end];
    }

    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    private static IEnumerable<string> Versions(string fileName, ProjectName name)
    {
        if (fileName.EndsWith(".whl", StringComparison.OrdinalIgnoreCase))
        {
            // An underscore in the version stands for a hyphen.
            var parts = fileName.Split('-');
            return parts.Length > 2 && IsNamed(parts[0], name) ? [parts[1], parts[1].Replace('_', '-')] : [];
        }

        return _archives.FirstOrDefault(end => fileName.EndsWith(end, StringComparison.OrdinalIgnoreCase)) is { } archive
            ? AfterName(fileName[..^archive.Length], name)
            : [];
    }

    // Name and version of an sdist may both hold hyphens: whatever makes the name the project's leaves the version. What stands before a
    // hyphen is the name when it has been compared to its end; behind the first difference nothing is.
    private static IEnumerable<string> AfterName(string stem, ProjectName name)
    {
        var wanted = name.Normalized;
        var compared = 0;
        for (var i = 0; i < stem.Length; i++)
        {
            var isSeparator = stem[i] is '-' or '_' or '.';
            if (stem[i] == '-' && compared == wanted.Length)
                yield return stem[(i + 1)..];
            if (isSeparator && i > 0 && stem[i - 1] is '-' or '_' or '.')
                continue;
            if (compared == wanted.Length || (isSeparator ? '-' : char.ToLowerInvariant(stem[i])) != wanted[compared])
                yield break;
            compared++;
        }
    }

    // pip compares names without asking whether they are names: lower case, runs of separators as one hyphen. The Kelvin sign is a k.
    private static bool IsNamed(string text, ProjectName name) => Separators().Replace(text.ToLowerInvariant(), "-") == name.Normalized;

    [GeneratedRegex("[-_.]+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Separators();

    [GeneratedRegex(@"-py[123]\.?[0-9]*$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex PythonSuffix();
}
