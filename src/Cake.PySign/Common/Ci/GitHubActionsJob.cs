namespace Cake.PySign.Common.Ci;

/// <summary>A GitHub Actions job, from its default variables. It has no package registry for Python of its own.</summary>
internal sealed record GitHubActionsJob : CiJob
{
    private readonly Func<string, string?> _variable;

    public GitHubActionsJob(Func<string, string?> variable) => _variable = variable;

    public override Uri? ProjectUrl => _variable("GITHUB_REPOSITORY") is { } repository ? Address($"{Server}/{repository}") : null;

    public override Uri? ReleasesUrl =>
        _variable("GITHUB_REPOSITORY") is { } repository
            ? Address($"{(_variable("GITHUB_API_URL") ?? "https://api.github.com").TrimEnd('/')}/repos/{repository}")
            : null;

    /// <summary>Fulcio writes <c>https://github.com/{job_workflow_ref}</c>, which for a workflow that is not reusable is its own
    /// ref.</summary>
    public override string? CertificateIdentity => _variable("GITHUB_WORKFLOW_REF") is { } workflow ? $"{Server}/{workflow}" : null;

    public override string? CertificateOidcIssuer => "https://token.actions.githubusercontent.com";

    public override string? Commit => _variable("GITHUB_SHA");

    public override string? Ref => _variable("GITHUB_REF");

    private string Server => (_variable("GITHUB_SERVER_URL") ?? "https://github.com").TrimEnd('/');
}
