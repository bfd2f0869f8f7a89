using Cake.PySign.Common.Network;

namespace Cake.PySign.Common.Stores;

/// <summary>Which release of which repository, and what is meant to be done with it.</summary>
/// <param name="Repository">The API's address of the repository.</param>
/// <param name="Title">What a new release is called, before its tag.</param>
/// <param name="Tag">The release's tag.</param>
internal sealed record GitHubReleaseTarget(Uri Repository, string Title, string Tag)
{
    private const string EnterprisePath = "/api/v3/repos/";

    private const string PublicPath = "/repos/";

    /// <summary>Whether files are to be added, so that drafts count.</summary>
    public bool Uploads { get; init; }

    /// <summary>Whether the release is not to be published in the end.</summary>
    public bool StaysDraft { get; init; }

    /// <summary>Whether there is a token, without which the API answers few questions.</summary>
    public bool HasToken { get; init; }

    /// <summary>The release's page.</summary>
    public Uri Page => Below("tag", Tag);

    /// <summary>Where anybody downloads a file, which the API's limits do not count.</summary>
    public Uri Download(string fileName) => Below("download", Tag, fileName);

    public Uri Api(params string[] segments) => ServiceAddress.Below(Repository, segments);

    /// <summary>api.github.com/repos/O/R is github.com/O/R; a server of one's own has its API below /api/v3.</summary>
    private Uri Site()
    {
        var path = Repository.AbsolutePath;
        if (path.StartsWith(EnterprisePath, StringComparison.Ordinal))
        {
            return new Uri(Repository, "/" + path[EnterprisePath.Length..]);
        }

        if (path.StartsWith(PublicPath, StringComparison.Ordinal) && Repository.Host.StartsWith("api.", StringComparison.OrdinalIgnoreCase))
        {
            return new UriBuilder(Repository) { Host = Repository.Host[4..], Path = path[PublicPath.Length..] }.Uri;
        }

        throw new PySignException(
            PySignFailure.InvalidSettings,
            $"'{Repository}' is not the address of a repository in GitHub's API.",
            "Set Store.Url to https://api.github.com/repos/OWNER/NAME, or https://HOST/api/v3/repos/OWNER/NAME on a server of your own."
        );
    }

    // A tag may hold slashes, which stay slashes in these addresses.
    private Uri Below(string kind, string tag, params string[] rest) =>
        ServiceAddress.Below(Site(), ["releases", kind, .. tag.Split('/'), .. rest]);
}
