namespace Cake.PySign.Common.Ci;

/// <summary>A GitLab CI job, from its predefined variables.</summary>
internal sealed record GitLabCiJob : CiJob
{
    private readonly Func<string, string?> _variable;

    public GitLabCiJob(Func<string, string?> variable) => _variable = variable;

    public override Uri? ProjectUrl => Address(_variable("CI_PROJECT_URL"));

    /// <summary>Fulcio writes <c>https://{ci_config_ref_uri}</c>: server, project path, two slashes, config path, <c>@</c>, full
    /// ref.</summary>
    public override string? CertificateIdentity
    {
        get
        {
            var server = _variable("CI_SERVER_FQDN") ?? (Address(_variable("CI_SERVER_URL")) is { } url ? url.Authority : null);
            var reference =
                _variable("CI_COMMIT_TAG") is { } tag ? $"refs/tags/{tag}"
                : (_variable("CI_COMMIT_BRANCH") ?? _variable("CI_COMMIT_REF_NAME")) is { } branch ? $"refs/heads/{branch}"
                : null;
            var config = _variable("CI_CONFIG_PATH") ?? ".gitlab-ci.yml";

            // A file of another project (path@group/project) or of another site has that place's identity, which no variable tells.
            var elsewhere = config.Contains('@', StringComparison.Ordinal) || config.Contains("://", StringComparison.Ordinal);
            return server is null || reference is null || elsewhere || _variable("CI_PROJECT_PATH") is not { } project
                ? null
                : $"https://{server}/{project}//{config}@{reference}";
        }
    }

    public override string? CertificateOidcIssuer => _variable("CI_SERVER_URL")?.TrimEnd('/');

    public override Uri? PyPiUrl => Packages("pypi");

    public override Uri? GenericUrl => Packages("generic");

    public override string? UserName => Token is null ? null : "gitlab-ci-token";

    public override string? Token => _variable("CI_JOB_TOKEN");

    public override string? Tag => _variable("CI_COMMIT_TAG");

    /// <summary>
    /// Nobody asked for this one by name: where a container does not have the file, nothing more is trusted, and a server that needs it is
    /// refused with advice.
    /// </summary>
    public override string? CaFile =>
        _variable("CI_SERVER_TLS_CA_FILE") is { } path && new FileInfo(path) is { Exists: true, Length: > 0 } ? path : null;

    public override string? Commit => _variable("CI_COMMIT_SHA");

    public override string? Ref => _variable("CI_COMMIT_REF_NAME");

    private Uri? Packages(string kind) =>
        _variable("CI_API_V4_URL") is { } api && _variable("CI_PROJECT_ID") is { } id
            ? Address($"{api.TrimEnd('/')}/projects/{Uri.EscapeDataString(id)}/packages/{kind}")
            : null;
}
