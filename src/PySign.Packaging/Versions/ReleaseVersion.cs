namespace PySign.Packaging.Versions;

/// <summary>The one version of a release, out of everything that states one.</summary>
/// <param name="Version">The version, in the spelling of its origin.</param>
/// <param name="Origin">What stated it.</param>
public sealed record ReleaseVersion(PythonVersion Version, string Origin)
{
    /// <summary>Takes the first of the stated versions, if all others are the same version.</summary>
    /// <param name="stated">What states a version, the most important first: a parameter, the tag, variables of the CI job, the
    /// project.</param>
    /// <returns>The version, or null when nothing states one.</returns>
    /// <exception cref="PackagingException">
    /// <see cref="PackagingFailure.InvalidVersion"/>: one of them is not a PEP 440 version; the error names its origin.
    /// <see cref="PackagingFailure.ConflictingVersions"/>: two of them differ; the error names both.
    /// </exception>
    public static ReleaseVersion? Choose(params IEnumerable<StatedVersion> stated)
    {
        ArgumentNullException.ThrowIfNull(stated);
        ReleaseVersion? chosen = null;
        foreach (var (origin, text) in stated)
        {
            var version = Read(origin, text);
            if (chosen is null)
                chosen = new ReleaseVersion(version, origin);
            else if (chosen.Version != version)
                throw Conflict(chosen, origin, version);
        }

        return chosen;
    }

    private static PythonVersion Read(string origin, string text)
    {
        try
        {
            return PythonVersion.Parse(text);
        }
        catch (PackagingException refused)
        {
            throw new PackagingException(refused.Reason, $"{origin} says '{text}'", refused.Expected, refused.Advice, refused);
        }
    }

    private static PackagingException Conflict(ReleaseVersion chosen, string origin, PythonVersion other) =>
        new(
            PackagingFailure.ConflictingVersions,
            $"{chosen.Origin} says {chosen.Version.Value}, {origin} says {other.Value}",
            "one version",
            "Correct the one that is wrong."
        );
}

/// <summary>A version that something states for a release.</summary>
/// <param name="Origin">What states it, as an error names it: <c>the tag v1.2.3</c>, <c>pyproject.toml</c>.</param>
/// <param name="Text">The version as written there.</param>
public sealed record StatedVersion(string Origin, string Text);
