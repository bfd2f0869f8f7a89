namespace PySign.Sandbox.Registries.GitHub;

/// <summary>A repository of the sandbox's GitHub and the settings that change how its releases answer.</summary>
public sealed record GitHubRepositoryOptions
{
    /// <summary>The full name, <c>owner/name</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The token that may push.</summary>
    public required string Token { get; init; }

    /// <summary>Whether anonymous callers may read.</summary>
    public bool IsPublic { get; init; } = true;

    /// <summary>Whether files are served through a redirect to another host name, as GitHub does.</summary>
    public bool ObjectStorage { get; init; } = true;

    /// <summary>Whether the next upload breaks off after half of the file, and leaves the stub that GitHub leaves then.</summary>
    public bool BreakNextUpload { get; init; }

    /// <summary>Another upload address than the service's own, as a hostile or misconfigured API would name it; null for the right
    /// one.</summary>
    public string? UploadUrl { get; init; }

    /// <summary>Whether releases are immutable once they are published: no file comes or goes, and the tag's name is used up.</summary>
    public bool ImmutableReleases { get; init; }

    /// <summary>Whether the token may write attestations; a job has to ask for that permission (<c>attestations: write</c>).</summary>
    public bool MayAttest { get; init; } = true;

    /// <summary>Whether attestations are listed with their bundles, as older versions of the API do, and not with addresses
    /// alone.</summary>
    public bool InlineAttestations { get; init; }

    /// <summary>How many requests to the API anybody without a token has.</summary>
    public int AnonymousLimit { get; init; } = 60;

    /// <summary>How many requests to the API the repository's token has.</summary>
    public int TokenLimit { get; init; } = 1000;

    /// <summary>The window of both limits; GitHub's is an hour.</summary>
    public int LimitSeconds { get; init; } = 3600;
}
