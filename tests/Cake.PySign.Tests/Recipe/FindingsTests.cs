using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Cake.PySign.Recipe;
using Cake.PySign.Recipe.Rehearsing;
using Cake.PySign.Sandbox;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Recipe;

/// <summary>
/// What once was found after something could not be taken back, by the recipe's tasks in processes of their own, in the jobs of the CI
/// service that it happens on: one report, no entry in a log, nothing public.
/// </summary>
public sealed class FindingsTests(OwnSandbox own) : IClassFixture<OwnSandbox>, IDisposable
{
    private const string Repository = "acme/hello";
    private const string Caller = $"https://github.com/{Repository}/.github/workflows/release.yml@refs/tags/v1.0.0";

    private readonly ReleaseJobs _jobs = ReleaseJobs.Elsewhere();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _jobs.Dispose();

    [Fact]
    public async Task Names_of_an_old_back_end_and_a_wheel_that_nobody_repaired_end_a_whole_release_with_20()
    {
        SystemPython.Require("build.__main__");
        var sandbox = await own.FreshAsync();
        var before = await OwnSandbox.LogsAsync(sandbox);
        _jobs.Folder.Write(
            "setup.py",
            "from setuptools import setup, Distribution\nclass Binary(Distribution):\n    def has_ext_modules(self): return True\n"
                + "setup(name='Hello-PySign', version='1.0.0', py_modules=['hello'], distclass=Binary)\n"
        );
        _jobs.Folder.Write("hello.py", "");
        var (exit, output) = await RunAsync(sandbox, RehearsedAs.GitHubPyPi, ReleaseStage.Sign, "PySign-Release");
        Assert.True(exit == 20, output);
        var reasons = Problems().Select(problem => problem.Reason);
        string[] expected = OldNames() ? ["PlatformTag", "SdistFileName"] : ["PlatformTag"];
        Assert.Empty(expected.Except(reasons));
        Assert.DoesNotContain("PySign-Sign", output.Split("Preflight report")[1].Split("Error")[0], StringComparison.Ordinal);
        await AssertNothingHappenedAsync(sandbox, before);
    }

    [Fact]
    public async Task The_same_names_stop_the_job_that_signs_when_it_runs_alone()
    {
        var sandbox = await own.FreshAsync();
        var before = await OwnSandbox.LogsAsync(sandbox);
        OldBuild.Play(_jobs);
        var (exit, output) = await RunAsync(sandbox, RehearsedAs.GitHubPyPi, ReleaseStage.Sign);
        Assert.True(exit == 20, output);
        Assert.Equal(["PlatformTag", "SdistFileName"], Problems().Select(problem => problem.Reason).Order(StringComparer.Ordinal));
        await AssertNothingHappenedAsync(sandbox, before);
    }

    [Fact]
    public async Task The_identity_of_a_branch_in_a_pipeline_of_a_tag_stops_the_job_that_signs()
    {
        var sandbox = await own.FreshAsync();
        var before = await OwnSandbox.LogsAsync(sandbox);
        _jobs.PlayBuild();
        var (exit, output) = await RunAsync(
            sandbox,
            RehearsedAs.GitLab,
            ReleaseStage.Sign,
            more: (
                "CERTIFICATE_IDENTITY",
                $"https://{sandbox.Info.GitLab.ServerUrl.Authority}/{Repository}//.gitlab-ci.yml@refs/heads/main"
            )
        );
        Assert.True(exit == 20, output);
        var problem = Assert.Single(Problems());
        Assert.Equal("IdentityMismatch", problem.Reason);
        Assert.Contains("@refs/tags/$CI_COMMIT_TAG", problem.Advice, StringComparison.Ordinal);
        await AssertNothingHappenedAsync(sandbox, before);
    }

    [Fact]
    public async Task A_reusable_workflow_is_named_by_the_job_that_signs()
    {
        var sandbox = await own.FreshAsync();
        var before = await OwnSandbox.LogsAsync(sandbox);
        _jobs.PlayBuild();
        var (exit, output) = await RunAsync(
            sandbox,
            RehearsedAs.GitHubPyPi,
            ReleaseStage.Sign,
            pipeline => pipeline with { ReusableWorkflow = "acme/shared/.github/workflows/sign.yml@refs/tags/v9" },
            ("CERTIFICATE_IDENTITY", Caller)
        );
        Assert.True(exit == 20, output);
        Assert.Equal(["IdentityMismatch", "ReusableWorkflow"], Problems().Select(problem => problem.Reason));
        Assert.Contains("acme/shared/.github/workflows/sign.yml", Problems()[0].Message, StringComparison.Ordinal);
        await AssertNothingHappenedAsync(sandbox, before);
    }

    [Fact]
    public async Task A_publisher_that_is_registered_for_another_workflow_is_found_by_the_preflight()
    {
        var sandbox = await own.FreshAsync();
        var before = await OwnSandbox.LogsAsync(sandbox);
        _jobs.PlayBuild();
        const string Token = "pypi-canary-0123456789";
        object[] publishers =
        [
            new
            {
                kind = "GitHub",
                project = "hello-pysign",
                repository = Repository,
                workflow = "publish.yml",
            },
        ];
        var tokens = new Dictionary<string, string> { [Token] = "" };
        await OwnSandbox.PostAsync(sandbox, "/_sandbox/pypi", new { tokens, publishers });

        // The project is there: an exchange creates nothing.
        await SampleUpload.ToPyPiAsync(sandbox, Token, "0.9");
        var (exit, output) = await RunAsync(sandbox, RehearsedAs.GitHubPyPi, ReleaseStage.Preflight);
        Assert.True(exit == 20, output);
        var problem = Assert.Single(Problems());
        Assert.Equal(("TrustedPublishingFailed", "Publish"), (problem.Reason, problem.Stage));
        Assert.Contains("release.yml", problem.Message, StringComparison.Ordinal);
        await AssertNothingHappenedAsync(sandbox, before, files: 1);
    }

    [Fact]
    public async Task An_immutable_release_that_lacks_files_is_found_by_the_preflight()
    {
        var sandbox = await own.FreshAsync();
        var before = await OwnSandbox.LogsAsync(sandbox);
        _jobs.PlayBuild();
        var (exit, output) = await RunAsync(sandbox, RehearsedAs.GitHubPyPi, ReleaseStage.Preflight, prepare: PublishEmptyReleaseAsync);
        Assert.True(exit == 20, output);
        var problem = Assert.Single(Problems());
        Assert.Equal(("ReleaseClosed", "PublishSignatures"), (problem.Reason, problem.Stage));
        await AssertNothingHappenedAsync(sandbox, before);
    }

    [Fact]
    public async Task A_dry_run_of_what_was_only_built_is_the_preflight_and_both_plans()
    {
        var sandbox = await own.FreshAsync();
        var before = await OwnSandbox.LogsAsync(sandbox);
        _jobs.PlayBuild();
        var (exit, output) = await RunAsync(sandbox, RehearsedAs.GitLab, ReleaseStage.Sign, "PySign-Publish", "--dry-run");
        Assert.True(exit == 0, output);
        Assert.Contains("2 to upload, 0 there already, 0 different", output, StringComparison.Ordinal);
        (exit, output) = await RunAsync(sandbox, RehearsedAs.GitLab, ReleaseStage.Sign, "PySign-PublishSignatures", "--dry-run");
        Assert.True(exit == 0, output);
        Assert.Contains("3 signatures to make and upload, 0 there already", output, StringComparison.Ordinal);
        await AssertNothingHappenedAsync(sandbox, before);
    }

    [Fact]
    public async Task A_consumer_without_a_token_asks_no_api_and_one_with_a_token_is_told_of_its_limit()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await own.FreshAsync());
        var sandbox = await own.FreshAsync();
        await OwnSandbox.PostAsync(
            sandbox,
            "/_sandbox/projects",
            new
            {
                id = jobs.Id,
                path = jobs.Path,
                visibility = "public",
                jobToken = jobs.JobToken,
            }
        );
        await GitHubAsync(sandbox, isPublic: true, tokenLimit: 1000);
        jobs.PlayBuild();
        (string, string?)[] store =
        [
            ("PYSIGN_GENERIC_KIND", "GitHubRelease"),
            ("PYSIGN_GENERIC_URL", new Uri(sandbox.Info.BaseUrl, $"/api/v3/repos/{Repository}").AbsoluteUri),
            ("PYSIGN_GENERIC_TOKEN", "the-token-of-the-run"),
        ];
        await jobs.RunAsync("PySign-Sign", store);
        await jobs.RunAsync("PySign-PublishSignatures", store);
        foreach (var file in jobs.Dist.ReadSigned().Files)
        {
            await jobs.PostAsync(file.Name, await File.ReadAllBytesAsync(jobs.Dist.File(file.Name).FullPath, Stop));
        }

        // Nobody may ask the API, and nobody needs it.
        await GitHubAsync(sandbox, isPublic: true, tokenLimit: 0);
        using var open = await jobs.JobAsync([.. store.SkipLast(1)]);
        var (exit, output) = await InProcessAsync(jobs, open.Environment.Variables, "PySign-ConsumerVerification");
        Assert.True(exit == 0, output);

        await GitHubAsync(sandbox, isPublic: false, tokenLimit: 0);
        using var closed = await jobs.JobAsync(store);
        (exit, output) = await InProcessAsync(jobs, closed.Environment.Variables, "PySign-ConsumerVerification");
        Assert.Equal((int)ReleaseStage.ConsumerVerification, exit);
        Assert.Contains("RateLimited", output, StringComparison.Ordinal);
        Assert.Matches("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} UTC", output);
    }

    private static Task GitHubAsync(PySignSandbox sandbox, bool isPublic, int tokenLimit) =>
        OwnSandbox.PostAsync(
            sandbox,
            "/_sandbox/github/repositories",
            new
            {
                path = Repository,
                token = "the-token-of-the-run",
                isPublic,
                anonymousLimit = 0,
                tokenLimit,
                immutableReleases = true,
            }
        );

    private static async Task PublishEmptyReleaseAsync(PySignSandbox sandbox, IReadOnlyDictionary<string, string> job)
    {
        using var http = new HttpClient { BaseAddress = sandbox.Info.BaseUrl };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", job["PYSIGN_GENERIC_TOKEN"]);
        using var made = await http.PostAsJsonAsync(
            $"/api/v3/repos/{Repository}/releases",
            new { tag_name = "v1.0.0", draft = false },
            Stop
        );
        Assert.Equal(201, (int)made.StatusCode);
    }

    private Task<(int ExitCode, string Output)> RunAsync(
        PySignSandbox sandbox,
        RehearsedAs flavor,
        ReleaseStage stage,
        Func<PlayedPipeline, PlayedPipeline>? change = null,
        params (string Name, string Value)[] more
    ) => RunAsync(sandbox, flavor, stage, [$"--target=PySign-{stage}"], change, null, more);

    private Task<(int ExitCode, string Output)> RunAsync(
        PySignSandbox sandbox,
        RehearsedAs flavor,
        ReleaseStage stage,
        Func<PySignSandbox, IReadOnlyDictionary<string, string>, Task> prepare
    ) => RunAsync(sandbox, flavor, stage, [$"--target=PySign-{stage}"], null, prepare, []);

    private Task<(int ExitCode, string Output)> RunAsync(
        PySignSandbox sandbox,
        RehearsedAs flavor,
        ReleaseStage stage,
        string target,
        params string[] arguments
    ) => RunAsync(sandbox, flavor, stage, [$"--target={target}", .. arguments], null, null, []);

    /// <summary>Runs a task with the variables of the job that a stage has, as a rehearsal gives them.</summary>
    private async Task<(int ExitCode, string Output)> RunAsync(
        PySignSandbox sandbox,
        RehearsedAs flavor,
        ReleaseStage stage,
        string[] arguments,
        Func<PlayedPipeline, PlayedPipeline>? change,
        Func<PySignSandbox, IReadOnlyDictionary<string, string>, Task>? prepare,
        (string Name, string Value)[] more
    )
    {
        var pipeline = new PlayedPipeline
        {
            As = flavor,
            Repository = Repository,
            Commit = "714a629c0b401fdce83e847fc9589983fc6f46bc",
            Tag = "v1.0.0",
        };
        pipeline = change?.Invoke(pipeline) ?? pipeline;
        var ci = new PlayedCi(sandbox);
        await ci.PrepareAsync(pipeline, Stop);
        var variables = new Dictionary<string, string>(
            await ci.JobAsync(pipeline, PlayedJob.All(imports: false).Single(job => job.Stage == stage), Stop)
        );
        if (prepare is not null)
        {
            await prepare(sandbox, variables);
        }

        return await InProcessAsync(
            _jobs,
            variables
                .Concat([
                    new("PYSIGN_TRUSTED_ROOT", sandbox.Info.TrustedRoot.FullPath),
                    new("PYSIGN_SIGNING_CONFIG", sandbox.Info.SigningConfig.FullPath),
                    new("PYSIGN_PYTHON", SystemPython.Path),
                    new("PYSIGN_ISOLATION", "none"),
                ])
                .Concat(more.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)))
                .Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)),
            arguments
        );
    }

    private static Task<(int ExitCode, string Output)> InProcessAsync(
        ReleaseJobs jobs,
        IEnumerable<KeyValuePair<string, string?>> variables,
        params string[] arguments
    )
    {
        var all = variables.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!);
        all["PYSIGN_PREFLIGHT_REPORT"] = "reports/preflight.json";
        return RehearsalProcess.RunAsync(
            jobs.Folder.Path,
            all,
            [.. arguments.Select(one => one.StartsWith("--", StringComparison.Ordinal) ? one : $"--target={one}")]
        );
    }

    private IReadOnlyList<(string Reason, string Stage, string Message, string Advice)> Problems()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(_jobs.Folder.File("reports/preflight.json").FullPath));
        Assert.Equal(["schema", "ready", "problems", "notKnown"], json.RootElement.EnumerateObject().Select(one => one.Name));
        Assert.False(json.RootElement.GetProperty("ready").GetBoolean());

        // Which twine this machine has is another matter.
        return
        [
            .. json
                .RootElement.GetProperty("problems")
                .EnumerateArray()
                .Where(one => Text(one, "reason") != nameof(PySignFailure.ToolTooOld))
                .Select(one =>
                {
                    Assert.Equal(["reason", "subject", "message", "advice", "stage"], one.EnumerateObject().Select(field => field.Name));
                    return (Text(one, "reason"), Text(one, "stage"), Text(one, "message"), Text(one, "advice"));
                }),
        ];
    }

    private static string Text(JsonElement one, string name) => one.GetProperty(name).GetString()!;

    // setuptools 69 and newer name the file as PyPI wants it.
    private bool OldNames() => Directory.GetFiles(_jobs.Dist.Path.FullPath, "Hello*.tar.gz").Length > 0;

    private static async Task AssertNothingHappenedAsync(PySignSandbox sandbox, string before, int files = 0)
    {
        Assert.Equal(before, await OwnSandbox.LogsAsync(sandbox));
        using var http = sandbox.CreateControlClient();
        var registries = await http.GetFromJsonAsync<JsonElement>("/_sandbox/registries", Stop);
        Assert.Equal(files, registries.GetProperty("pypi").GetArrayLength());
        var state = await http.GetFromJsonAsync<JsonElement>("/_sandbox/state", Stop);
        Assert.Equal(0, state.GetProperty("packages").GetArrayLength());
        Assert.DoesNotContain(
            state.GetProperty("requests").EnumerateArray().Select(line => line.ToString()),
            line => line.Contains("POST", StringComparison.Ordinal) && line.Contains("/assets", StringComparison.Ordinal)
        );
    }
}
