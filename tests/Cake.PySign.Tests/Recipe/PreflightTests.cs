using System.Net.Http.Json;
using System.Text.Json;
using Cake.Core;
using Cake.PySign.Recipe;
using Cake.PySign.Recipe.Preflight;
using Cake.PySign.Sandbox;
using Cake.PySign.Tests.Pages;
using Cake.PySign.Tests.Rig;
using PySign.Sigstore.Identity;

namespace Cake.PySign.Tests.Recipe;

/// <summary>What would stop a release is one report, before the first log entry and before anything is public.</summary>
public sealed class PreflightTests(OwnSandbox own) : IClassFixture<OwnSandbox>
{
    private const string Token = "pypi-canary-0123456789";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_release_that_is_right_is_ready_and_leaves_no_trace()
    {
        var sandbox = await own.FreshAsync();
        using var jobs = await ReleaseJobs.CreateAsync(sandbox);
        jobs.PlayBuild();
        var before = await OwnSandbox.LogsAsync(sandbox);
        await jobs.RunAsync("PySign-Preflight", ("PYSIGN_PREFLIGHT_REPORT", "reports/preflight.json"));
        var report = Report(jobs);
        Assert.True(report.GetProperty("ready").GetBoolean());
        Assert.Equal(1, report.GetProperty("schema").GetInt32());
        Assert.Equal(0, report.GetProperty("problems").GetArrayLength());
        Assert.True(report.GetProperty("notKnown").GetArrayLength() > 0);
        Assert.Equal(before, await OwnSandbox.LogsAsync(sandbox));
        Assert.Contains("2 to upload, 0 there already, 0 different", jobs.Log, StringComparison.Ordinal);
        Assert.Equal(3, Directory.GetFiles(jobs.Dist.Path.FullPath).Length);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_one_report_and_exit_code_20_and_nothing_is_signed_or_public()
    {
        var sandbox = await own.FreshAsync();
        using var jobs = await ReleaseJobs.CreateAsync(sandbox);
        var (index, variables) = await IndexAsync(sandbox);
        OldBuild.Play(jobs);
        var before = await OwnSandbox.LogsAsync(sandbox);
        (string, string?)[] wrong =
        [
            .. variables,
            ("CERTIFICATE_IDENTITY", $"https://{sandbox.Info.BaseUrl.Authority}/{jobs.Path}//.gitlab-ci.yml@refs/heads/main"),
            ("PYSIGN_PREFLIGHT_REPORT", "reports/preflight.json"),
        ];
        foreach (var target in new[] { "PySign-Preflight", "PySign-Sign" })
        {
            var e = await Assert.ThrowsAsync<CakeException>(() => jobs.RunAsync(target, wrong));
            Assert.Equal(20, e.ExitCode);
            var problems = Report(jobs).GetProperty("problems").EnumerateArray().ToList();
            Assert.Equal(
                ["IdentityMismatch", "PlatformTag", "SdistFileName"],
                problems.Select(problem => problem.GetProperty("reason").GetString()).Order(StringComparer.Ordinal)
            );
            Assert.All(problems, problem => Assert.EndsWith(".", problem.GetProperty("advice").GetString(), StringComparison.Ordinal));
            Assert.Equal("Sign", problems[0].GetProperty("stage").GetString());
            Assert.Contains("@refs/tags/$CI_COMMIT_TAG", problems[0].GetProperty("advice").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(before, await OwnSandbox.LogsAsync(sandbox));
        using var http = new HttpClient { BaseAddress = index };
        Assert.Equal(404, (int)(await http.GetAsync(new Uri("/simple/hello-pysign/", UriKind.Relative), Stop)).StatusCode);
        Assert.DoesNotContain("canary", jobs.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signatures_that_are_public_and_not_here_are_no_obstacle_where_they_hold_and_one_where_they_are_of_other_bytes()
    {
        var sandbox = await own.FreshAsync();
        using var jobs = await ReleaseJobs.CreateAsync(sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign, ReleaseStage.PublishSignatures);
        jobs.LoseFolder();
        await jobs.RunAsync("PySign-Preflight");
        Assert.Contains("3 there already, which hold and are kept", jobs.Log, StringComparison.Ordinal);
        jobs.PlayBuild("print('rebuilt')\n");
        Assert.Equal([nameof(PySignFailure.Conflict)], await RefusedAsync(jobs, "PySign-Preflight"));
    }

    [Fact]
    public async Task Other_bytes_on_the_index_and_a_wrong_token_are_found()
    {
        var sandbox = await own.FreshAsync();
        using var jobs = await ReleaseJobs.CreateAsync(sandbox);
        jobs.PlayBuild();
        await jobs.PostAsync("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel(body: "import os\n"));
        Assert.Equal([nameof(PySignFailure.Conflict)], await RefusedAsync(jobs, "PySign-Preflight"));
        Assert.Equal(
            [nameof(PySignFailure.Unauthorized), nameof(PySignFailure.Unauthorized)],
            await RefusedAsync(jobs, "PySign-Preflight", ("CI_JOB_TOKEN", "wrong-token-0123456789"))
        );
    }

    [Fact]
    public async Task A_publisher_that_is_registered_wrongly_is_found_and_a_pending_one_creates_no_project()
    {
        var sandbox = await own.FreshAsync();
        using var jobs = await ReleaseJobs.CreateAsync(sandbox);
        jobs.PlayBuild();
        var (index, variables) = await IndexAsync(sandbox);
        (string, string?)[] trusted =
        [
            .. variables.Where(pair => pair.Item1 is not ("TWINE_PASSWORD" or "TWINE_USERNAME")),
            ("PYSIGN_TRUSTED_PUBLISHING", "always"),
            ("PYSIGN_ATTESTATIONS", "never"),
            (
                "PYPI_ID_TOKEN",
                await sandbox.MintGitLabTokenAsync(new Dictionary<string, object> { ["aud"] = "pypi", ["project_path"] = jobs.Path }, Stop)
            ),
            ("PYSIGN_PREFLIGHT_REPORT", "reports/preflight.json"),
        ];
        await jobs.RunAsync("PySign-Preflight", trusted);
        Assert.Contains(
            Report(jobs).GetProperty("notKnown").EnumerateArray(),
            what => what.GetString()!.Contains("pending publisher", StringComparison.Ordinal)
        );
        using var http = new HttpClient { BaseAddress = index };
        Assert.Equal(404, (int)(await http.GetAsync(new Uri("/simple/hello-pysign/", UriKind.Relative), Stop)).StatusCode);

        await SampleUpload.ToPyPiAsync(sandbox, Token, "0.9");
        Assert.Equal([nameof(PySignFailure.TrustedPublishingFailed)], await RefusedAsync(jobs, "PySign-Preflight", trusted));
    }

    [Fact]
    public async Task A_job_without_an_identity_is_told_where_to_ask_for_one()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await own.FreshAsync());
        jobs.PlayBuild();
        Assert.Equal(["TokenNotConfigured"], await RefusedAsync(jobs, "PySign-Preflight", ("SIGSTORE_ID_TOKEN", null)));
        var advice = Report(jobs).GetProperty("problems")[0].GetProperty("advice").GetString();
        Assert.Contains("id_tokens", advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_of_what_was_only_built_shows_both_plans()
    {
        var sandbox = await own.FreshAsync();
        using var jobs = await ReleaseJobs.CreateAsync(sandbox);
        jobs.PlayBuild();
        var before = await OwnSandbox.LogsAsync(sandbox);
        await jobs.RunAsync("PySign-PublishSignatures", ("PYSIGN_DRY_RUN", "true"));
        await jobs.RunAsync("PySign-Publish", ("PYSIGN_DRY_RUN", "true"));
        Assert.Contains("3 signatures to make and upload, 0 there already", jobs.Log, StringComparison.Ordinal);
        Assert.Contains("2 to upload, 0 there already, 0 different", jobs.Log, StringComparison.Ordinal);
        Assert.Equal(before, await OwnSandbox.LogsAsync(sandbox));
    }

    [Fact]
    public void A_reusable_workflow_is_named_as_such()
    {
        var token = IdentityToken.Parse(
            UnsignedTokens.Make(
                ("iss", "https://token.actions.githubusercontent.com"),
                ("sub", "repo:acme/hello:ref:refs/tags/v1"),
                ("repository", "acme/hello"),
                ("workflow_ref", "acme/hello/.github/workflows/release.yml@refs/tags/v1"),
                ("job_workflow_ref", "acme/shared/.github/workflows/sign.yml@refs/tags/v9")
            )
        );
        var options = new ReleaseOptions
        {
            CertificateIdentity = "https://github.com/acme/hello/.github/workflows/release.yml@refs/tags/v1",
            CertificateOidcIssuer = "https://token.actions.githubusercontent.com",
        };
        var problems = IdentityRules.Problems(token, options, publishesAttestations: true).ToList();
        Assert.Equal(
            [nameof(PreflightReason.IdentityMismatch), nameof(PreflightReason.ReusableWorkflow)],
            problems.Select(problem => problem.Reason)
        );
        Assert.Contains("acme/shared/.github/workflows/sign.yml", problems[0].Message, StringComparison.Ordinal);
        options.CertificateOidcIssuer = "https://gitlab.com";
        Assert.Contains(
            IdentityRules.Problems(token, options, publishesAttestations: false),
            problem => problem.Reason == nameof(PreflightReason.IssuerMismatch)
        );
    }

    [Fact]
    public void The_table_fits_a_hundred_columns()
    {
        var report = new PreflightReport();
        report.Add(
            new PreflightProblem(
                nameof(PreflightReason.ReusableWorkflow),
                "job_workflow_ref",
                string.Join(' ', Enumerable.Repeat("wordy", 80)),
                string.Join(' ', Enumerable.Repeat("advice", 80)),
                ReleaseStage.ConsumerVerification
            )
        );
        report.Unknown(string.Join(' ', Enumerable.Repeat("unknown", 40)));
        Assert.All(report.Lines(), line => Assert.InRange(line.Length, 1, 100));
    }

    private static async Task<(Uri Index, (string, string?)[] Variables)> IndexAsync(PySignSandbox sandbox)
    {
        using var http = sandbox.CreateControlClient();
        using var set = await http.PostAsJsonAsync(
            "/_sandbox/pypi",
            new { tokens = new Dictionary<string, string>(StringComparer.Ordinal) { [Token] = "" } },
            Stop
        );
        Assert.Equal(204, (int)set.StatusCode);
        return (
            sandbox.Info.BaseUrl,
            [
                ("PYSIGN_REPOSITORY_URL", new Uri(sandbox.Info.BaseUrl, "/legacy/").AbsoluteUri),
                ("PYSIGN_INDEX_URL", new Uri(sandbox.Info.BaseUrl, "/simple").AbsoluteUri),
                ("TWINE_USERNAME", "__token__"),
                ("TWINE_PASSWORD", Token),
            ]
        );
    }

    private static JsonElement Report(ReleaseJobs jobs)
    {
        var bytes = File.ReadAllBytes(System.IO.Path.Combine(jobs.Folder.Path, "reports/preflight.json"));
        var report = JsonDocument.Parse(bytes).RootElement;
        Assert.True(SchemaTests.Read("preflight-1.schema.json").Evaluate(report).IsValid, report.GetRawText());
        return report;
    }

    private static async Task<IReadOnlyList<string>> RefusedAsync(
        ReleaseJobs jobs,
        string target,
        params (string Name, string? Value)[] variables
    )
    {
        var e = await Assert.ThrowsAsync<CakeException>(() =>
            jobs.RunAsync(target, [("PYSIGN_PREFLIGHT_REPORT", "reports/preflight.json"), .. variables])
        );
        Assert.Equal(20, e.ExitCode);
        return [.. Report(jobs).GetProperty("problems").EnumerateArray().Select(problem => problem.GetProperty("reason").GetString()!)];
    }
}
