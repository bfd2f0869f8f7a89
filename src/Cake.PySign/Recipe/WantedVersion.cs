using Cake.Core.IO;
using Cake.PySign.Common.Logging;
using PySign.Packaging;
using PySign.Packaging.Projects;
using PySign.Packaging.Toml;
using PySign.Packaging.Versions;

namespace Cake.PySign.Recipe;

/// <summary>
/// The version to build, by one precedence: the parameter, the tag, the project. What they state must agree; only the parameter may be
/// other than what the project says, because it is there to replace it.
/// </summary>
internal static class WantedVersion
{
    /// <summary>The version that the build must carry, or null when only the project knows.</summary>
    public static string? Of(ReleaseOptions options, DirectoryPath project, SafeLog log)
    {
        try
        {
            var stated = new List<StatedVersion>();
            if (options.Version is { } parameter)
            {
                stated.Add(new StatedVersion("the parameter package-version", parameter));
            }

            if (options.Tag is { Length: > 0 } tag)
            {
                AddTag(stated, tag, options.TagPattern, log);
            }

            if (ReleaseVersion.Choose(stated) is not { } chosen)
            {
                return null;
            }

            var own = options.Version is null ? Own(project, chosen.Version) : null;
            ReleaseVersion.Choose(own is null ? stated : [.. stated, own]);
            log.Information($"The version is {own?.Text ?? chosen.Version.Normalized}, as {chosen.Origin} says");
            return own?.Text ?? chosen.Version.Normalized;
        }
        catch (Exception e) when (e is PackagingException or TomlException)
        {
            throw new PySignException(
                PySignFailure.BuildMismatch,
                $"It is not clear which version to build: {e.Message}",
                "Tag the commit whose files say the tag's version, say how tags name versions (--tag-pattern, PYSIGN_TAG_PATTERN), or pass "
                    + "--package-version to build another one than they say.",
                innerException: e
            );
        }
    }

    // A parameter may build another version than a tag that only happens to hold one.
    private static void AddTag(List<StatedVersion> stated, string tag, string? pattern, SafeLog log)
    {
        StatedVersion? named;
        try
        {
            named = VersionTag.Read(tag, pattern);
        }
        catch (PackagingException e) when (pattern is null && stated.Count > 0)
        {
            log.Warning($"The tag {tag} is not read as a version: {e.Message}");
            return;
        }

        if (named is null)
        {
            log.Information($"The tag {tag} names no version; what the project says is built.");
        }
        else
        {
            stated.Add(named);
        }
    }

    // Where the project's files hold a version, it is one that somebody wrote there; a placeholder such as "unknown" states none.
    private static StatedVersion? Own(DirectoryPath project, PythonVersion chosen) =>
        Directory.Exists(project.FullPath)
        && VersionInjection.Find(project.FullPath, chosen) is { Refusal: null, Found: { } found } injection
        && PythonVersion.TryParse(found, out _)
            ? new StatedVersion(injection.Place, found)
            : null;
}
