using System.Net.Http.Json;
using System.Text.Json;
using Cake.PySign.Recipe;
using Cake.PySign.Sandbox;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.CiFiles;

/// <summary>Plays the workflows as a user copies them: each job in its own process and checkout, with only what the file hands
/// on.</summary>
[Trait("Category", "EndToEnd")]
public sealed class PlayedWorkflowTests(CiMachine machine) : IClassFixture<CiMachine>
{
    private const string Repository = "acme/hello-pysign";
    private const string DeployToken = "deploy-token-of-the-sandbox";
    private const string RunToken = "token-of-the-run";
    private const string Called = "acme/workflows/.github/workflows/release-reusable.yml@refs/tags/v1";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_workflow_for_registries_releases_the_sample_to_the_registry_it_is_given()
    {
        PlayedCiFileTests.SkipWithoutBash();
        SkipUnlessAll("release-registry.yml: its jobs are those of the one for PyPI, and the GitLab file publishes to a registry");
        var sandbox = machine.Sandbox;
        await GiveRegistryAsync(sandbox);
        var gitHub = await GitHubAsync(sandbox);
        using var runner = new JobRunner(machine);
        var workflow = Workflow("release-registry.yml", runner, sandbox, gitHub);
        workflow.Variables = workflow.Variables.Concat(Registry(sandbox)).ToDictionary();
        workflow.Secrets = new Dictionary<string, string> { ["PYSIGN_REGISTRY_TOKEN"] = DeployToken };
        await BeginAfterTestsAsync(workflow);
        await PlayAsync(workflow, runner, "build", "test");
        PlayedCiFileTests.AssertReleased(workflow.Artifact("dist-consumer-verification"), gitHub.Issuer);
        AssertNotSaid(runner, DeployToken);
    }

    [Fact]
    public async Task The_workflow_for_PyPI_publishes_without_a_token_with_attestations_and_signatures_in_the_tags_release()
    {
        PlayedCiFileTests.SkipWithoutBash();
        var twine = Path.GetFullPath(Path.Combine(PeerPrograms.Folder, "..", "python", "twine-6"));
        Assert.SkipUnless(Directory.Exists(twine), $"NOT RUN: twine 6 is absent ({twine}); eng/peers.sh brings it.");
        using var rig = new CakeRig();
        await using var sandbox = await rig.Context.StartPySignSandbox(
            new StartPySignSandboxSettings { StateDirectory = rig.Folder.Folder("state"), StartTimeout = TimeSpan.FromMinutes(2) },
            Stop
        );
        var gitHub = await GitHubAsync(sandbox);
        using var http = sandbox.CreateControlClient();
        var repository = new
        {
            path = Repository,
            token = RunToken,
            immutableReleases = true,
        };
        await SetAsync(http, "/_sandbox/github/repositories", repository);
        var publisher = new
        {
            kind = "GitHub",
            project = "hello-pysign",
            repository = Repository,
            workflow = "release-pypi.yml",
            environment = "pypi",
            isPending = true,
        };
        await SetAsync(http, "/_sandbox/pypi", new { publishers = new[] { publisher } });

        // Old back ends name files as the project is written, and PyPI takes no "Hello-PySign-1.0.0.tar.gz".
        using var runner = new JobRunner(machine) { Name = "hello_pysign" };
        var workflow = Workflow("release-pypi.yml", runner, sandbox, gitHub);
        workflow.Token = RunToken;
        workflow.Machine["PYTHONPATH"] = twine;
        workflow.Variables = workflow
            .Variables.Append(new("PYSIGN_REPOSITORY_URL", new Uri(sandbox.Info.BaseUrl, "/legacy/").AbsoluteUri))
            .Append(new("PYSIGN_INDEX_URL", new Uri(sandbox.Info.BaseUrl, "/simple").AbsoluteUri))
            .ToDictionary();
        workflow.Begin = environment => ClaimAsync(http, "release-pypi.yml", environment);
        await PlayAsync(workflow, runner);

        var ledger = new LedgerStore(workflow.Artifact("dist-consumer-verification")).Read();
        Assert.All(
            ledger.Files,
            file => Assert.EndsWith("/release-pypi.yml@refs/tags/v1.0.0", file.Signature!.Identity, StringComparison.Ordinal)
        );
        Assert.All(ledger.Files, file => Assert.Contains(file.Receipts, one => one.File == file.Name + ".publish.attestation"));
        Assert.Contains($"/{Repository}/releases/download/v1.0.0/", ledger.Statement!.Receipts[0].Url, StringComparison.Ordinal);
        Assert.Equal(
            [ReleaseStage.Verify, ReleaseStage.ConsumerVerification],
            ledger.Verifications.Select(verification => verification.By)
        );
        Assert.NotNull(ledger.Preflight);
        var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(workflow.Artifact("preflight"), "preflight.json"), Stop));
        Assert.True(report.RootElement.GetProperty("ready").GetBoolean());
        AssertNotSaid(runner, RunToken);
    }

    [Fact]
    public async Task A_reusable_workflow_signs_as_itself_and_is_refused_before_the_log_where_its_caller_is_expected()
    {
        PlayedCiFileTests.SkipWithoutBash();
        SkipUnlessAll("the reusable workflow: FindingsTests has its refusals, and RehearsalTests plays it");
        using var rig = new CakeRig();
        await using var sandbox = await rig.Context.StartPySignSandbox(
            new StartPySignSandboxSettings { StateDirectory = rig.Folder.Folder("state"), StartTimeout = TimeSpan.FromMinutes(2) },
            Stop
        );
        var gitHub = await GitHubAsync(sandbox);
        await GiveRegistryAsync(sandbox);
        using var http = sandbox.CreateControlClient();
        using var runner = new JobRunner(machine);
        var inputs = new Dictionary<string, string>
        {
            ["certificate-identity"] = $"https://github.com/{Called}",
            ["repository-url"] = Registry(sandbox)["PYSIGN_REPOSITORY_URL"],
            ["generic-url"] = Registry(sandbox)["PYSIGN_GENERIC_URL"],
            ["registry-user"] = "release",
        };
        var workflow = Workflow("release-reusable.yml", runner, sandbox, gitHub);
        workflow.Inputs = inputs;
        workflow.Secrets = new Dictionary<string, string> { ["registry-token"] = DeployToken };
        workflow.Begin = environment => ClaimAsync(http, "release.yml", environment, Called);
        // What the workflow for registries built and tested: those jobs are the same (CiFileTests).
        await BeginAfterTestsAsync(workflow);
        var before = await EntriesAsync(http);
        inputs["certificate-identity"] = $"https://github.com/{Repository}/.github/workflows/release.yml@refs/tags/v1.0.0";
        Assert.Equal((int)ReleaseStage.Preflight, await workflow.RunAsync("sign", Stop));
        Assert.Contains("release-reusable.yml", runner.Output, StringComparison.Ordinal);
        Assert.Equal(before, await EntriesAsync(http));

        inputs["certificate-identity"] = $"https://github.com/{Called}";
        await RunAsync(workflow, runner, "sign");
        var ledger = new LedgerStore(workflow.Artifact("dist-sign")).Read();
        Assert.All(ledger.Files, file => Assert.Equal(inputs["certificate-identity"], file.Signature!.Identity));
    }

    [Fact]
    public async Task The_workflow_for_branches_builds_tests_and_fills_the_cache_of_releases()
    {
        PlayedCiFileTests.SkipWithoutBash();
        SkipUnlessAll("tests.yml: its jobs run what those of a release run");
        using var runner = new JobRunner(machine);
        var workflow = Workflow("tests.yml", runner, machine.Sandbox, await GitHubAsync(machine.Sandbox));
        Assert.Equal(["test", "tools"], workflow.Jobs);
        foreach (var name in new[] { "GITHUB_REF", "GITHUB_REF_NAME", "GITHUB_REF_TYPE" })
        {
            workflow.Machine[name] = name.EndsWith("TYPE", StringComparison.Ordinal) ? "branch" : "refs/heads/main";
        }

        await RunAsync(workflow, runner, "test");
        await RunAsync(workflow, runner, "tools");
        Assert.Contains("PySign-ShowInfo", runner.Output, StringComparison.Ordinal);
    }

    private static void SkipUnlessAll(string left) =>
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("PYSIGN_REHEARSALS") is "all",
            $"NOT RUN: PYSIGN_REHEARSALS=all also plays {left}."
        );

    private static async Task<string> EntriesAsync(HttpClient http) =>
        (await http.GetFromJsonAsync<JsonElement>("/_sandbox/state", Stop)).GetProperty("logs").GetRawText();

    /// <summary>Hands a workflow what build and test of the one for registries made, which are played once.</summary>
    private async Task BeginAfterTestsAsync(GitHubWorkflow workflow)
    {
        var played = await machine.PlayOnceAsync(async runner =>
        {
            var registry = Workflow("release-registry.yml", runner, machine.Sandbox, await GitHubAsync(machine.Sandbox));
            await RunAsync(registry, runner, "build");
            await RunAsync(registry, runner, "test");
            return registry;
        });
        workflow.HandOn("dist-build", played.Artifact("dist-build"));
        foreach (var artifact in new[] { "test-report", "preflight" })
        {
            workflow.HandOn(artifact, played.Artifact("test-report"));
        }
    }

    private static GitHubWorkflow Workflow(string file, JobRunner runner, PySignSandbox sandbox, GitHubTokens gitHub) =>
        new(YamlMap.Load(Path.Combine(RepositoryRoot.Path, "recipes", "github", file)), runner)
        {
            Variables = new Dictionary<string, string>
            {
                ["PYSIGN_TRUSTED_ROOT"] = sandbox.Info.TrustedRoot.FullPath,
                ["PYSIGN_SIGNING_CONFIG"] = sandbox.Info.SigningConfig.FullPath,
                ["PYSIGN_CERTIFICATE_OIDC_ISSUER"] = gitHub.Issuer,
            },
            Defaults = new Dictionary<string, string>
            {
                ["CI"] = "true",
                ["GITHUB_ACTIONS"] = "true",
                ["GITHUB_SERVER_URL"] = "https://github.com",
                ["GITHUB_API_URL"] = new Uri(sandbox.Info.BaseUrl, "/api/v3").AbsoluteUri,
                ["GITHUB_REPOSITORY"] = Repository,
                ["GITHUB_REF"] = "refs/tags/v1.0.0",
                ["GITHUB_REF_NAME"] = "v1.0.0",
                ["GITHUB_REF_TYPE"] = "tag",
                ["GITHUB_SHA"] = "714a629c0b401fdce83e847fc9589983fc6f46bc",

                // A user names the file as they like; where the workflow is reusable, it is the caller's.
                ["GITHUB_WORKFLOW_REF"] =
                    $"{Repository}/.github/workflows/{(file == "release-pypi.yml" ? file : "release.yml")}@refs/tags/v1.0.0",
            },
            IdentityVariables = new Dictionary<string, string>
            {
                ["ACTIONS_ID_TOKEN_REQUEST_URL"] = gitHub.RequestUrl,
                ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = gitHub.RequestToken,
            },
        };

    private static async Task PlayAsync(GitHubWorkflow workflow, JobRunner runner, params string[] played)
    {
        Assert.Equal(8, workflow.Jobs.Count);
        foreach (var job in workflow.Jobs.Except(played))
        {
            await RunAsync(workflow, runner, job);
        }
    }

    private static async Task RunAsync(GitHubWorkflow workflow, JobRunner runner, string job)
    {
        var exit = await workflow.RunAsync(job, Stop);
        Assert.True(exit == 0, $"{job} ended with {exit}:\n{runner.Output}");
    }

    private static Task ClaimAsync(HttpClient http, string file, string? environment, string? called = null)
    {
        var workflow = $"{Repository}/.github/workflows/{file}@refs/tags/v1.0.0";
        var claims = new Dictionary<string, string> { ["workflow_ref"] = workflow, ["job_workflow_ref"] = called ?? workflow };
        if (environment is not null)
        {
            claims["environment"] = environment;
            claims["sub"] = $"repo:{Repository}:environment:{environment}";
        }

        return SetAsync(http, "/_sandbox/github/claims", claims, HttpMethod.Put);
    }

    private static async Task SetAsync(HttpClient http, string path, object body, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        using var answer = await http.SendAsync(request, Stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    private static async Task GiveRegistryAsync(PySignSandbox sandbox)
    {
        using var http = sandbox.CreateControlClient();
        var credential = new
        {
            kind = "DeployToken",
            secret = DeployToken,
            userName = "release",
        };
        var project = new
        {
            id = 43L,
            path = "acme/registry-of-a-github-project",
            credentials = new[] { credential },
        };
        await SetAsync(http, "/_sandbox/projects", project);
    }

    private static Dictionary<string, string> Registry(PySignSandbox sandbox) =>
        new()
        {
            ["PYSIGN_REPOSITORY_URL"] = $"{sandbox.Info.GitLab.ApiUrl.AbsoluteUri}/projects/43/packages/pypi",
            ["PYSIGN_GENERIC_URL"] = $"{sandbox.Info.GitLab.ApiUrl.AbsoluteUri}/projects/43/packages/generic",
            ["PYSIGN_REGISTRY_USER"] = "release",
        };

    private static async Task<GitHubTokens> GitHubAsync(PySignSandbox sandbox)
    {
        using var http = sandbox.CreateControlClient();
        var gitHub = (await http.GetFromJsonAsync<JsonElement>("/_sandbox/info", Stop)).GetProperty("github");
        return new GitHubTokens(
            gitHub.GetProperty("issuer").GetString()!,
            gitHub.GetProperty("requestUrl").GetString()!,
            gitHub.GetProperty("requestToken").GetString()!
        );
    }

    private static void AssertNotSaid(JobRunner runner, string secret)
    {
        Assert.DoesNotContain(secret, runner.Output, StringComparison.Ordinal);
        PlayedCiFileTests.AssertNowhere(secret, Path.Combine(runner.Root, "artifacts"));
    }

    private sealed record GitHubTokens(string Issuer, string RequestUrl, string RequestToken);
}
