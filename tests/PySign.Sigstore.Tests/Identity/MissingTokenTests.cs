using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;

namespace PySign.Sigstore.Tests.Identity;

/// <summary>One test per thing that can be wrong before there is any token: its reason, and the lines that put it right.</summary>
public sealed class MissingTokenTests : IDisposable
{
    private readonly Dictionary<string, string> _environment = [];
    private readonly string _event = Path.GetTempFileName();

    public void Dispose() => File.Delete(_event);

    [Fact]
    public async Task A_GitHub_job_without_the_permission_is_told_the_lines_to_add()
    {
        _environment["GITHUB_ACTIONS"] = "true";
        await RefusedAsync(SigningFailure.TokenPermissionMissing, "permissions:", "  id-token: write", "  contents: read");
    }

    [Fact]
    public async Task A_pull_request_from_a_fork_is_told_that_it_never_gets_a_token()
    {
        PlayPullRequest("mallory/hello", "acme/hello");
        await RefusedAsync(SigningFailure.TokenWithheldFromFork, "fork", "a push or a tag", "pull_request_target");
    }

    [Theory]
    [InlineData("acme/hello", "Acme/Hello")]
    [InlineData(null, "acme/hello")]
    public async Task A_pull_request_of_the_repository_itself_lacks_the_permission(string? head, string target)
    {
        PlayPullRequest(head, target);
        await RefusedAsync(SigningFailure.TokenPermissionMissing, "id-token: write");
        await File.WriteAllTextAsync(_event, "{", TestContext.Current.CancellationToken);
        await RefusedAsync(SigningFailure.TokenPermissionMissing, "id-token: write");
    }

    [Fact]
    public async Task A_GitLab_job_without_id_tokens_is_told_the_lines_to_add()
    {
        _environment["GITLAB_CI"] = "true";
        await RefusedAsync(SigningFailure.TokenNotConfigured, "id_tokens:", "  SIGSTORE_ID_TOKEN:", "    aud: sigstore");
    }

    [Fact]
    public async Task A_GitLab_job_with_a_token_for_PyPI_alone_is_told_that_it_needs_two()
    {
        _environment["GITLAB_CI"] = "true";
        _environment["PYPI_ID_TOKEN"] = Tokens.Jwt(Tokens.GitLabClaims);
        await RefusedAsync(
            SigningFailure.TokenNotConfigured,
            "PYPI_ID_TOKEN",
            "Each audience needs a token of its own",
            "  SIGSTORE_ID_TOKEN:"
        );
    }

    [Theory]
    [InlineData("TF_BUILD", "Azure Pipelines")]
    [InlineData("JENKINS_URL", "Jenkins")]
    public async Task A_service_without_tokens_for_Sigstore_is_told_what_to_do_instead(string variable, string name)
    {
        _environment[variable] = "https://ci.example/";
        await RefusedAsync(SigningFailure.TokenNotOffered, name, "Sign with a key", "Fulcio of your own", "PYSIGN_ID_TOKEN_FILE");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("CI")]
    [InlineData("TEAMCITY_VERSION")]
    public async Task Anywhere_else_the_ways_to_a_token_are_listed(string? variable)
    {
        if (variable is not null)
        {
            _environment[variable] = "true";
        }

        await RefusedAsync(SigningFailure.TokenMissing, "SIGSTORE_ID_TOKEN", "GitLab", "CircleCI", "--interactive");
    }

    private void PlayPullRequest(string? head, string target)
    {
        _environment["GITHUB_ACTIONS"] = "true";
        _environment["GITHUB_EVENT_NAME"] = "pull_request";
        _environment["GITHUB_EVENT_PATH"] = _event;
        var repository = head is null ? "null" : $$"""{"full_name":"{{head}}"}""";
        File.WriteAllText(_event, $$"""{"pull_request":{"head":{"repo":{{repository}} },"base":{"repo":{"full_name":"{{target}}"} } } }""");
    }

    private async Task RefusedAsync(SigningFailure reason, params string[] said)
    {
        var source = IdentityTokenSource.Default(new TokenSourceOptions { Environment = _environment.GetValueOrDefault });
        var e = await Assert.ThrowsAsync<SigningException>(() => source.GetAsync("sigstore", TestContext.Current.CancellationToken));
        Assert.Equal(reason, e.Reason);
        Assert.All(said, text => Assert.Contains(text, e.Message, StringComparison.Ordinal));
    }
}
