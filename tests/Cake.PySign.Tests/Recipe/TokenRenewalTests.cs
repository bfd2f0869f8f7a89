using System.Text.Json.Nodes;
using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Faults;
using PySign.Sandbox.Registries.GitHub;
using PySign.Sandbox.Trust;

namespace Cake.PySign.Tests.Recipe;

/// <summary>Jobs, as processes, that sign for longer than their certificate and their identity token live.</summary>
public sealed class TokenRenewalTests(LongSigning long_) : IClassFixture<LongSigning>
{
    [Fact]
    public void A_github_job_asks_for_another_token_under_way_and_signs_every_file_once()
    {
        var run = long_.GitHub;
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.True(run.Count("GET", "/_sandbox/github/id-token") >= 2, "no token was asked for under way");
        Assert.True(run.Count("POST", "/api/v2/signingCert") >= 2, "no certificate was asked for under way");
        var ledger = run.Jobs.Dist.ReadSigned();
        Assert.Equal(LongSigning.Files, ledger.Files.Count);

        // A signature and a provenance for each, and the statement of them all.
        Assert.Equal((2 * LongSigning.Files) + 1, run.Count("POST", "/api/v1/log/entries"));
    }

    [Fact]
    public void A_gitlab_job_stops_before_the_entry_that_would_fail_and_keeps_what_it_signed()
    {
        var run = long_.GitLab;
        Assert.NotEqual(0, run.ExitCode);
        Assert.True(run.Output.Contains("CredentialsExpired", StringComparison.Ordinal), run.Output);
        Assert.Contains("where the token came from there is no newer one", run.Output, StringComparison.Ordinal);
        Assert.Contains("GitLab makes a job's tokens once, when the job begins.", run.Output, StringComparison.Ordinal);
        var signed = run.Jobs.Dist.ReadChecked().Files.Count(file => file.Signature is not null);
        Assert.InRange(signed, 1, LongSigning.Files - 1);
        Assert.Equal(signed, run.Count("POST", "/api/v1/log/entries"));
    }
}

/// <summary>The same release signed by a job of GitHub and by one of GitLab, side by side, for both wait most of their time.</summary>
public sealed class LongSigning : IAsyncLifetime
{
    /// <summary>Distributions of each release.</summary>
    internal const int Files = 61;

    // A certificate signs while it is valid for 45 s more, and a token is renewed 30 s before its end.
    private const int CertificateSeconds = 50;
    private const long GitHubTokenSeconds = 33;
    private const long GitLabTokenSeconds = 13;

    private readonly List<Run> _runs = [];

    internal Run GitHub { get; private set; } = null!;

    internal Run GitLab { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _runs.AddRange(await Task.WhenAll(PlayAsync(isGitHub: true, delay: 2000), PlayAsync(isGitHub: false, delay: 7000)));
        (GitHub, GitLab) = (_runs[0], _runs[1]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var run in _runs)
        {
            await run.DisposeAsync();
        }
    }

    private static async Task<Run> PlayAsync(bool isGitHub, int delay)
    {
        var state = new TemporaryFolder();
        var server = await SandboxServer.StartAsync(state);
        var jobs = ReleaseJobs.Elsewhere();
        jobs.PlayBuild(moreTags: [.. Enumerable.Range(10, Files - 2).Select(i => $"cp3{i}")]);
        await File.WriteAllTextAsync(state.File("root.json").FullPath, server.Services.TrustedRootJson());
        await File.WriteAllTextAsync(state.File("config.json").FullPath, server.Services.SigningConfigJson(SigningConfigKind.RekorV1));
        server.Services.Faults.Add(new Fault(SandboxService.Fulcio, "clock-skew", Times: -1, Seconds: CertificateSeconds - 600));
        server.Services.Faults.Add(new Fault(SandboxService.RekorV1, "delay", Times: -1, DelayMilliseconds: delay));
        var variables = new Dictionary<string, string?>
        {
            ["PYSIGN_TRUSTED_ROOT"] = state.File("root.json").FullPath,
            ["PYSIGN_SIGNING_CONFIG"] = state.File("config.json").FullPath,
            ["PYSIGN_REPOSITORY_URL"] = new Uri(server.BaseUrl, "/legacy/").AbsoluteUri,
            ["PYSIGN_INDEX_URL"] = new Uri(server.BaseUrl, "/simple").AbsoluteUri,
            ["TWINE_USERNAME"] = "__token__",
            ["TWINE_PASSWORD"] = "pypi-canary",
        };
        if (isGitHub)
        {
            AddGitHub(server, variables);
        }
        else
        {
            AddGitLab(server, variables);
        }

        var (exit, output) = await RunAsync(jobs.Folder, variables);
        TestContext.Current.AddAttachment(isGitHub ? "GitHub.log" : "GitLab.log", output);
        return new Run(state, server, jobs, exit, output);
    }

    private static void AddGitHub(SandboxServer server, Dictionary<string, string?> variables)
    {
        const string Repository = "acme/hello-pysign";
        server.Services.GitHub.Configure(new GitHubRepositoryOptions { Path = Repository, Token = "canary-github-token-0123456789" });
        server.Services.GitHubClaimOverrides = new JsonObject { ["expires_in"] = GitHubTokenSeconds };
        foreach (
            var (name, value) in new (string, string?)[]
            {
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_REPOSITORY", Repository),
                ("GITHUB_REF", "refs/tags/v1.0.0"),
                ("GITHUB_SHA", "714a629c0b401fdce83e847fc9589983fc6f46bc"),
                ("GITHUB_SERVER_URL", "https://github.com"),
                ("GITHUB_API_URL", new Uri(server.BaseUrl, "/api/v3").AbsoluteUri),
                ("GITHUB_WORKFLOW_REF", $"{Repository}/.github/workflows/release.yml@refs/tags/v1.0.0"),
                ("ACTIONS_ID_TOKEN_REQUEST_URL", $"{server.BaseUrl}_sandbox/github/id-token?api-version=2.0"),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", server.Services.GitHubRequestToken),
                ("PYSIGN_CERTIFICATE_OIDC_ISSUER", $"{server.Services.BaseUrl}/github-oidc"),
                ("PYSIGN_GENERIC_KIND", "GitHubRelease"),
                ("PYSIGN_GENERIC_TOKEN", "canary-github-token-0123456789"),
            }
        )
        {
            variables[name] = value;
        }
    }

    private static void AddGitLab(SandboxServer server, Dictionary<string, string?> variables)
    {
        foreach (
            var (name, value) in new (string, string?)[]
            {
                ("GITLAB_CI", "true"),
                ("SIGSTORE_ID_TOKEN", server.Services.MintGitLabToken(new JsonObject { ["expires_in"] = GitLabTokenSeconds })),
                ("PYSIGN_CERTIFICATE_OIDC_ISSUER", server.Services.BaseUrl),
                ("PYSIGN_CERTIFICATE_IDENTITY", $"https://{server.BaseUrl.Authority}/acme/hello-pysign//.gitlab-ci.yml@refs/tags/v1.0.0"),
                ("PYSIGN_GENERIC_URL", new Uri(server.BaseUrl, "/store/").AbsoluteUri),
                ("PYSIGN_GENERIC_KIND", "Http"),
            }
        )
        {
            variables[name] = value;
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(TemporaryFolder folder, Dictionary<string, string?> variables)
    {
        var run = await ProgramRun.OfAsync(ReleaseHost.Of(folder.Path, variables, "PySign-Sign"), CancellationToken.None);
        return (run.ExitCode, run.Said);
    }

    /// <summary>One job that has ended, and the services that it asked.</summary>
    internal sealed record Run(TemporaryFolder State, SandboxServer Server, ReleaseJobs Jobs, int ExitCode, string Output)
        : IAsyncDisposable
    {
        public int Count(string method, string path) =>
            Server.Requests.Count(request =>
                request.StartsWith(method, StringComparison.Ordinal) && request.Contains(path, StringComparison.Ordinal)
            );

        public async ValueTask DisposeAsync()
        {
            Jobs.Dispose();
            await Server.DisposeAsync();
            State.Dispose();
        }
    }
}
