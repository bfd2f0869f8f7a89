using System.Text.RegularExpressions;

namespace PySign.Packaging.Versions;

/// <summary>Reads the version out of a tag's name.</summary>
public static partial class VersionTag
{
    private const string Place = "{version}";

    /// <summary>Reads a tag: <c>v1.2.3</c> or <c>1.2.3</c>, or what a pattern says.</summary>
    /// <param name="tag">The tag's name, without <c>refs/tags/</c>.</param>
    /// <param name="pattern">The name with <c>{version}</c> in the version's place, for example <c>hello/v{version}</c>; null for the two
    /// usual forms.</param>
    /// <returns>What the tag states, or null for a tag that holds no version at all, such as <c>nightly</c>.</returns>
    /// <exception cref="PackagingException">
    /// <see cref="PackagingFailure.InvalidVersion"/>: the tag looks like a version and is not one of PEP 440, does not have the pattern's
    /// form, or holds a version that without a pattern is not expected there. <see cref="PackagingFailure.InvalidValue"/>: the pattern does
    /// not hold <c>{version}</c> exactly once.
    /// </exception>
    public static StatedVersion? Read(string tag, string? pattern = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        var origin = $"the tag {tag}";
        if (pattern is not null)
            return new StatedVersion(origin, ByPattern(tag, pattern));
        var text = tag[0] is 'v' or 'V' ? tag[1..] : tag;
        if (text.Length > 0 && char.IsAsciiDigit(text[0]))
            return new StatedVersion(origin, text);
        return Within().Match(tag) is { Success: true } match
            ? throw new PackagingException(
                PackagingFailure.InvalidVersion,
                origin,
                $"a tag of the form v{Place} or {Place}, but this one holds {match.Groups["version"].Value} within",
                $"If the tag names this release, say how: the tag pattern {match.Groups["before"].Value}{Place}. If it does not, state the "
                    + "version."
            )
            : null;
    }

    // "pkg@1.2.3", "release/1.2", "hello-v1.2.3": two numbers with a dot between them behind something else.
    [GeneratedRegex(
        @"^(?<before>.*?(?<![0-9.])[vV]?)(?<version>\d+\.\d+.*)$",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Within();

    private static string ByPattern(string tag, string pattern)
    {
        if (pattern.Split(Place) is not [var before, var after])
        {
            throw new PackagingException(
                PackagingFailure.InvalidValue,
                $"tag pattern '{pattern}'",
                $"{Place} exactly once",
                "Write the tag's name with {version} in place of the version, such as v{version}."
            );
        }

        return
            tag.Length > before.Length + after.Length
            && tag.StartsWith(before, StringComparison.Ordinal)
            && tag.EndsWith(after, StringComparison.Ordinal)
            ? tag[before.Length..^after.Length]
            : throw new PackagingException(
                PackagingFailure.InvalidVersion,
                $"the tag {tag}",
                $"a tag of the form {pattern}",
                "Release from a tag of this form, or correct the pattern."
            );
    }
}
