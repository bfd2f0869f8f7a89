using PySign.Sigstore.Identity;

namespace Cake.PySign.Common.Ci;

/// <summary>What a CI job says of itself, as far as a release needs it.</summary>
internal abstract record CiJob
{
    private const string TagReference = "refs/tags/";

    /// <summary>The project's page.</summary>
    public abstract Uri? ProjectUrl { get; }

    /// <summary>The subject alternative name that Fulcio writes for this job.</summary>
    public abstract string? CertificateIdentity { get; }

    /// <summary>The issuer of this job's identity tokens.</summary>
    public abstract string? CertificateOidcIssuer { get; }

    /// <summary>The project's own PyPI registry, where the CI service has one.</summary>
    public virtual Uri? PyPiUrl => null;

    /// <summary>The project's own generic registry, where the CI service has one.</summary>
    public virtual Uri? GenericUrl => null;

    /// <summary>Where the project's releases are kept, where the CI service keeps releases with files of their own.</summary>
    public virtual Uri? ReleasesUrl => null;

    /// <summary>The user name that goes with <see cref="Token"/>.</summary>
    public virtual string? UserName => null;

    /// <summary>The token that the job may publish with; a secret.</summary>
    public virtual string? Token => null;

    /// <summary>The authorities that the job's runner was told to trust for the CI service, where it says so.</summary>
    public virtual string? CaFile => null;

    /// <summary>The commit that the job works on.</summary>
    public abstract string? Commit { get; }

    /// <summary>The branch or tag.</summary>
    public abstract string? Ref { get; }

    /// <summary>The tag that the job runs for; null when it runs for a branch or a merge request.</summary>
    public virtual string? Tag =>
        Ref is { } reference && reference.StartsWith(TagReference, StringComparison.Ordinal) ? reference[TagReference.Length..] : null;

    /// <summary>The job this process runs in, or null outside of CI.</summary>
    /// <param name="variable">Looks up an environment variable; null for unset or empty.</param>
    public static CiJob? Detect(Func<string, string?> variable) =>
        variable("GITLAB_CI") is not null ? new GitLabCiJob(variable)
        : variable("GITHUB_ACTIONS") is not null ? new GitHubActionsJob(variable)
        : null;

    /// <summary>Whether this is a job of any CI service, also of one that a release knows nothing else of.</summary>
    public static bool IsAny(Func<string, string?> variable) => CiSurroundings.Detect(variable) != CiService.None;

    // The variables hold secrets: the default text of a record would print what it is made of.
    public sealed override string ToString() => GetType().Name;

    protected static Uri? Address(string? value) => Uri.TryCreate(value, UriKind.Absolute, out var uri) ? uri : null;
}
