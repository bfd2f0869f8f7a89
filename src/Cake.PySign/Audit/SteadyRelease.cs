using PySign.Packaging.Indexes;
using PySign.Packaging.LockFiles;
using PySign.Packaging.Versions;

namespace Cake.PySign.Audit;

/// <summary>How long the index has announced attestations for every file of a project's versions, without a gap up to the locked
/// one.</summary>
internal static class SteadyRelease
{
    public static (int Versions, DateTimeOffset? Since) Of(SimpleIndex page, LockedPackage package)
    {
        if (!PythonVersion.TryParse(package.Version, out var locked))
        {
            return (0, null);
        }

        var (versions, since) = (0, (DateTimeOffset?)null);
        foreach (var release in Releases(page, package).Where(release => release.Key <= locked))
        {
            if (release.Any(static file => file.Provenance is null))
            {
                break;
            }

            versions++;
            since = release.Min(static file => file.UploadedAt) ?? since;
        }

        return (versions, since);
    }

    /// <summary>Whether the release before a version was only partly attested, too.</summary>
    public static bool WasPartlyBefore(SimpleIndex page, LockedPackage package) =>
        PythonVersion.TryParse(package.Version, out var locked)
        && Releases(page, package).FirstOrDefault(release => release.Key < locked) is { } before
        && before.Any(static file => file.Provenance is null)
        && before.Any(static file => file.Provenance is not null);

    private static IEnumerable<IGrouping<PythonVersion, SimpleIndexFile>> Releases(SimpleIndex page, LockedPackage package) =>
        page
            .Files.Where(file => file.Distribution.Name.Equals(package.Name) && !file.Distribution.Version.IsPrerelease)
            .GroupBy(static file => file.Distribution.Version)
            .OrderByDescending(static release => release.Key);
}
