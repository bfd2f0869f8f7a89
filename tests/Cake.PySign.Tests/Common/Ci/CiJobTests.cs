using Cake.PySign.Common.Ci;

namespace Cake.PySign.Tests.Common.Ci;

public sealed class CiJobTests
{
    private readonly Dictionary<string, string> _variables = [];

    [Fact]
    public void Outside_of_CI_there_is_no_job()
    {
        Assert.Null(CiJob.Detect(_variables.GetValueOrDefault));
        _variables["CI"] = "true";
        Assert.Null(CiJob.Detect(_variables.GetValueOrDefault));
    }

    [Theory]
    [InlineData("CI_COMMIT_TAG", "v1.0.0", null, "https://gitlab.example/acme/sub/hello//.gitlab-ci.yml@refs/tags/v1.0.0")]
    [InlineData("CI_COMMIT_BRANCH", "feature/x", null, "https://gitlab.example/acme/sub/hello//.gitlab-ci.yml@refs/heads/feature/x")]
    [InlineData("CI_COMMIT_TAG", "v1.0.0", "ci/release.yml", "https://gitlab.example/acme/sub/hello//ci/release.yml@refs/tags/v1.0.0")]
    [InlineData("CI_COMMIT_TAG", "v1.0.0", "ci.yml@acme/pipelines", null)]
    [InlineData("CI_COMMIT_TAG", "v1.0.0", "https://ci.example/ci.yml", null)]
    public void A_GitLab_jobs_identity_is_what_Fulcio_writes(string variable, string reference, string? config, string? identity)
    {
        PlayGitLab();
        _variables[variable] = reference;
        _variables["CI_COMMIT_REF_NAME"] = reference;
        if (config is not null)
        {
            _variables["CI_CONFIG_PATH"] = config;
        }

        var job = Detect();
        Assert.Equal(identity, job.CertificateIdentity);
        Assert.Equal("https://gitlab.example", job.CertificateOidcIssuer);
    }

    [Fact]
    public void A_GitLab_job_on_a_port_of_its_own_names_the_port()
    {
        PlayGitLab();
        _variables["CI_SERVER_URL"] = "https://gitlab.example:8443/";
        _variables["CI_COMMIT_TAG"] = "v1";
        Assert.Equal("https://gitlab.example:8443/acme/sub/hello//.gitlab-ci.yml@refs/tags/v1", Detect().CertificateIdentity);
        Assert.Equal("https://gitlab.example:8443", Detect().CertificateOidcIssuer);
        _variables["CI_SERVER_FQDN"] = "git.example";
        Assert.StartsWith("https://git.example/acme/", Detect().CertificateIdentity, StringComparison.Ordinal);
    }

    [Fact]
    public void A_GitLab_job_has_registries_and_a_token_that_is_never_printed()
    {
        PlayGitLab();
        _variables["CI_JOB_TOKEN"] = "canary-job-token";
        var job = Detect();
        Assert.Equal("https://gitlab.example/api/v4/projects/42/packages/pypi", job.PyPiUrl!.AbsoluteUri);
        Assert.Equal("https://gitlab.example/api/v4/projects/42/packages/generic", job.GenericUrl!.AbsoluteUri);
        Assert.Equal(("gitlab-ci-token", "canary-job-token"), (job.UserName, job.Token));
        Assert.DoesNotContain("canary", job.ToString(), StringComparison.Ordinal);
        _variables.Remove("CI_JOB_TOKEN");
        Assert.Null(Detect().UserName);
    }

    [Theory]
    [InlineData("CI_PROJECT_PATH")]
    [InlineData("CI_SERVER_URL")]
    public void A_job_that_does_not_say_enough_has_no_identity(string missing)
    {
        PlayGitLab();
        _variables["CI_COMMIT_TAG"] = "v1";
        Assert.NotNull(Detect().CertificateIdentity);
        _variables.Remove(missing);
        Assert.Null(Detect().CertificateIdentity);
    }

    [Fact]
    public void A_GitHub_job_has_the_identity_of_its_workflow_and_no_registry()
    {
        _variables["GITHUB_ACTIONS"] = "true";
        _variables["GITHUB_REPOSITORY"] = "acme/hello";
        _variables["GITHUB_WORKFLOW_REF"] = "acme/hello/.github/workflows/release.yml@refs/tags/v1";
        _variables["GITHUB_SHA"] = "abc";
        _variables["GITHUB_REF"] = "refs/tags/v1";
        var job = Detect();
        Assert.Equal("https://github.com/acme/hello/.github/workflows/release.yml@refs/tags/v1", job.CertificateIdentity);
        Assert.Equal("https://token.actions.githubusercontent.com", job.CertificateOidcIssuer);
        Assert.Equal("https://github.com/acme/hello", job.ProjectUrl!.AbsoluteUri);
        Assert.Equal(("abc", "refs/tags/v1"), (job.Commit, job.Ref));
        Assert.Null(job.PyPiUrl);
        Assert.Null(job.GenericUrl);
        Assert.Null(job.Token);
    }

    private CiJob Detect() => CiJob.Detect(_variables.GetValueOrDefault)!;

    private void PlayGitLab()
    {
        _variables["GITLAB_CI"] = "true";
        _variables["CI_SERVER_URL"] = "https://gitlab.example";
        _variables["CI_API_V4_URL"] = "https://gitlab.example/api/v4";
        _variables["CI_PROJECT_ID"] = "42";
        _variables["CI_PROJECT_PATH"] = "acme/sub/hello";
    }
}
