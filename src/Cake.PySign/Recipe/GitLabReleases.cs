using Cake.PySign.Common.Ci;
using Cake.PySign.Common.Stores;

namespace Cake.PySign.Recipe;

/// <summary>
/// The release of the tag in a GitLab job, made when everything is public: links to distributions and signatures, and the notes for people
/// without Cake. It proves nothing and can be made later, so that by default what is in its way is a warning.
/// </summary>
internal static class GitLabReleases
{
    public static async Task WriteAsync(Release release, IReadOnlyDictionary<string, Uri> addresses, CancellationToken cancellationToken)
    {
        if (Place(release) is not { } place)
        {
            return;
        }

        var ledger = release.Dist.ReadSigned();
        var distributions = ledger.Files.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        var links = addresses
            .OrderBy(pair => !distributions.Contains(pair.Key))
            .ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new GitLabReleaseLink(pair.Key, pair.Value, distributions.Contains(pair.Key) ? "package" : "other"))
            .ToList();
        var notes = await File.ReadAllTextAsync(release.Dist.File(VerificationNotes.FileName).FullPath, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            using var page = release
                .Connections.For(release.Options.Network, release.Context.Environment)
                .GitLabRelease(place.Project, place.Token, place.Tag, release.Log);
            var added = await page.WriteAsync(release.SharesTag ? ledger.NormalizedName : null, notes, links, cancellationToken)
                .ConfigureAwait(false);
            release.Log.Information($"Release {place.Tag}: {links.Count} links, {added} of them new");
        }
        catch (PySignException e) when (release.Options.GitLabRelease == PySignChoice.Auto)
        {
            release.Log.Warning(
                $"The tag's release was not made: {e.Message} Everything is public all the same. Whoever starts the pipeline must be "
                    + "allowed to create the tag where it is protected (Settings > Repository > Protected tags); or switch this off "
                    + "(--gitlab-release=never, PYSIGN_GITLAB_RELEASE)."
            );
        }
    }

    /// <summary>Where to, and with what; null where no release is to be made.</summary>
    private static (Uri Project, string Tag, string Token)? Place(Release release)
    {
        if (release.Options.GitLabRelease == PySignChoice.Never)
        {
            return null;
        }

        const string Packages = "/packages/generic";
        var job = CiJob.Detect(release.Context.Environment.GetEnvironmentVariable) as GitLabCiJob;
        if (job is { GenericUrl: { } generic, Token: { Length: > 0 } token, Tag: { Length: > 0 } tag })
        {
            return (new Uri(generic.AbsoluteUri[..^Packages.Length]), tag, token);
        }

        return release.Options.GitLabRelease == PySignChoice.Auto
            ? null
            : throw Release.Missing("CI_JOB_TOKEN", "the token of a GitLab job that runs for a tag, which the release is made with");
    }
}
