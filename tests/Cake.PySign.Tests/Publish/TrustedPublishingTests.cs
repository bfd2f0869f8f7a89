using System.Text.Json.Nodes;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;
using Cake.PySign.Publish;
using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Registries.PyPi;

namespace Cake.PySign.Tests.Publish;

/// <summary>A job publishes as itself; what stops it is said with what is needed to register it.</summary>
public sealed class TrustedPublishingTests
{
    [Theory]
    [InlineData("GitHub")]
    [InlineData("GitLab")]
    public async Task A_job_without_a_password_publishes_and_its_token_is_in_twines_environment_only(string kind)
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithPublisher(kind);
        rig.Run(kind);
        var receipts = await rig.UploadAsync(rig.AsJob(), rig.Wheel(), rig.Sdist());
        Assert.All(receipts, receipt => Assert.Equal(UploadState.Uploaded, receipt.State));
        var start = rig.Twine.Started!;
        Assert.Equal("__token__", start.Variables["TWINE_USERNAME"]);
        var token = start.Variables["TWINE_PASSWORD"]!;
        Assert.StartsWith("pypi-", token, StringComparison.Ordinal);
        Assert.DoesNotContain(start.Arguments, argument => argument.Contains(token, StringComparison.Ordinal));
        Assert.DoesNotContain(token, rig.Cake.Log.Text, StringComparison.Ordinal);
        Assert.Contains($"Trusted publishing: {kind} acme/hello-pysign", rig.Cake.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            rig.Server.Requests,
            request =>
                request.StartsWith("GET", StringComparison.Ordinal)
                && request.Contains("/simple/", StringComparison.Ordinal)
                && request.EndsWith("Authorization", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_gitlab_job_that_uploads_twice_exchanges_its_one_token_once()
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithPublisher("GitLab");
        rig.Run("GitLab");
        var (wheel, sdist) = (rig.Wheel(), rig.Sdist());
        await rig.UploadAsync(rig.AsJob(), wheel);
        await rig.UploadAsync(rig.AsJob(), sdist);
        Assert.Single(rig.Server.Requests, request => request.Contains("mint-token", StringComparison.Ordinal));
        Assert.Equal(2, rig.Index.Stored.Count);

        // Nothing is asked for where nothing is to be uploaded.
        await rig.UploadAsync(rig.AsJob(), wheel, sdist);
        Assert.Equal(2, rig.Server.Requests.Count(request => request.Contains("audience", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_release_that_takes_longer_than_an_upload_token_lives_goes_on_with_another_one()
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithPublisher() with { UploadsPerToken = 1 };
        rig.Run("GitHub");
        rig.Server.Services.GitHubClaimOverrides = new JsonObject { ["expires_in"] = 7200L };
        var twine = new SlowTwine(rig);
        var receipts = await twine.UploadAsync(rig.Wheel(), rig.Sdist());
        Assert.All(receipts, receipt => Assert.Equal(UploadState.Uploaded, receipt.State));
        Assert.Equal(2, rig.Index.Stored.Count);
        Assert.Equal(2, twine.Tokens.Distinct().Count());
        Assert.Equal(2, rig.Server.Requests.Count(request => request.Contains("mint-token", StringComparison.Ordinal)));
        Assert.Contains("; 1 file(s) are sent with another one.", rig.Cake.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("pypi-", rig.Cake.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, 0, 2)]
    [InlineData(1, 1, 2)]
    public async Task An_index_that_takes_no_further_token_is_not_asked_for_one_after_the_other(int uploads, int stored, int minted)
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithPublisher() with { UploadsPerToken = uploads };
        rig.Run("GitHub");
        rig.Server.Services.GitHubClaimOverrides = new JsonObject { ["expires_in"] = 7200L };
        var twine = new SlowTwine(rig)
        {
            Before = () =>
                rig.Index.Options = rig.Index.Stored.Count > 0 ? rig.Index.Options with { UploadsPerToken = -1 } : rig.Index.Options,
        };
        var e = await Assert.ThrowsAsync<PySignException>(() => twine.UploadAsync(rig.Wheel(), rig.Sdist()));
        Assert.Equal(PySignFailure.Unauthorized, e.Reason);
        Assert.Contains(
            uploads < 0 ? "hello_pysign-1.0.0-py3-none-any.whl is still not" : "hello_pysign-1.0.0.tar.gz is still not",
            e.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(stored, rig.Index.Stored.Count);
        Assert.Equal(minted, twine.Tokens.Distinct().Count());
        Assert.Equal(minted, twine.Tokens.Count);
    }

    [Fact]
    public async Task A_gitlab_job_says_before_the_first_upload_that_its_time_is_limited_and_after_the_last_what_is_left()
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithPublisher("GitLab") with { UploadsPerToken = 1 };
        rig.Run("GitLab");
        var twine = new SlowTwine(rig) { Before = () => Assert.Contains("this job gets no other upload token", rig.Cake.Log.Text) };
        var e = await Assert.ThrowsAsync<PySignException>(() => twine.UploadAsync(rig.Wheel(), rig.Sdist()));
        Assert.Equal(PySignFailure.Unauthorized, e.Reason);
        Assert.Contains("1 files are public, 1 are not", e.Message, StringComparison.Ordinal);
        Assert.Contains("Retry the job", e.Advice, StringComparison.Ordinal);
        Assert.Single(rig.Server.Requests, request => request.Contains("mint-token", StringComparison.Ordinal));
        Assert.Single(rig.Index.Stored);
    }

    [Fact]
    public async Task A_token_that_is_turned_away_before_its_time_is_not_exchanged_again()
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithPublisher() with { UploadsPerToken = 1 };
        rig.Run("GitHub");
        await rig.RefusedAsync(rig.AsJob(), PySignFailure.Unauthorized, "credentials were not accepted", rig.Wheel(), rig.Sdist());
        Assert.Single(rig.Server.Requests, request => request.Contains("mint-token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_that_was_exchanged_elsewhere_is_explained()
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithPublisher("GitLab");
        rig.Run("GitLab", new JsonObject { ["environment"] = "pypi" });
        using var http = new HttpClient { BaseAddress = rig.Server.BaseUrl };
        using var spent = await http.PostAsync(
            new Uri("/_/oidc/mint-token", UriKind.Relative),
            new StringContent($$"""{"token":"{{rig.Cake.Environment.Variables["PYPI_ID_TOKEN"]}}"}""", null, "application/json"),
            TestContext.Current.CancellationToken
        );
        Assert.True(spent.IsSuccessStatusCode);
        var e = await rig.RefusedAsync(rig.AsJob(), PySignFailure.TrustedPublishingFailed, "(invalid-reuse-token: ", rig.Wheel());
        Assert.Contains("retry the job, which gets a new one", e.Advice, StringComparison.Ordinal);
        Assert.Contains("    ci_config_ref_uri: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("    environment: pypi", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(rig.Cake.Environment.Variables["PYPI_ID_TOKEN"]!, e + rig.Cake.Log.Text, StringComparison.Ordinal);
        Assert.Null(rig.Twine.Started);
    }

    [Fact]
    public async Task Each_refusal_to_mint_names_its_code_and_what_to_do()
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithPublisher(repository: "acme/other");
        rig.Run("GitHub");
        var e = await rig.RefusedAsync(
            rig.AsJob(),
            PySignFailure.TrustedPublishingFailed,
            "(invalid-publisher: valid token, but no corresponding publisher",
            rig.Wheel()
        );
        Assert.Contains(
            "    workflow_ref: acme/hello-pysign/.github/workflows/release.yml@refs/tags/v1.0.0",
            e.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("Register one in the project's settings", e.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("fork", e.Advice, StringComparison.Ordinal);

        rig.Index.Options = PyPiRig.WithToken() with { Publishers = PyPiRig.WithPublisher().Publishers };
        await rig.UploadAsync(rig.Settings(), rig.Wheel());
        await rig.RefusedAsync(rig.AsJob(), PySignFailure.TrustedPublishingFailed, "(invalid-pending-publisher: ", rig.Sdist());
        rig.Index.Options = PyPiRig.WithPublisher() with { TrustedPublishing = "disabled" };
        await rig.RefusedAsync(rig.AsJob(), PySignFailure.TrustedPublishingFailed, "has switched it off (403)", rig.Sdist());
        rig.Index.Options = PyPiRig.WithPublisher() with { TrustedPublishing = "absent" };
        await rig.RefusedAsync(rig.AsJob(), PySignFailure.TrustedPublishingFailed, "does not know it (404)", rig.Sdist());
        rig.Index.Options = PyPiRig.WithPublisher() with { Audience = "sigstore" };
        e = await rig.RefusedAsync(
            rig.AsJob(),
            PySignFailure.TrustedPublishingFailed,
            "for another audience than an index's own",
            rig.Sdist()
        );
        Assert.Contains("act elsewhere in this job's name", e.Advice, StringComparison.Ordinal);
        rig.Index.Options = PyPiRig.WithPublisher() with { MintRefusal = "not-enabled" };
        await rig.RefusedAsync(rig.AsJob(), PySignFailure.TrustedPublishingFailed, "(not-enabled", rig.Sdist());
        rig.Index.Options = PyPiRig.WithPublisher() with { MintRefusal = "invalid-token" };
        await rig.RefusedAsync(
            rig.AsJob(),
            PySignFailure.TrustedPublishingFailed,
            "does not accept the identity token (invalid-token",
            rig.Sdist()
        );
        rig.Index.Options = PyPiRig.WithPublisher() with { MintRefusal = "invalid-payload" };
        await rig.RefusedAsync(
            rig.AsJob(),
            PySignFailure.TrustedPublishingFailed,
            "PyPI knows GitHub, gitlab.com, Google and ActiveState",
            rig.Sdist()
        );
    }

    [Fact]
    public async Task A_publisher_of_another_project_creates_none()
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = new PyPiOptions
        {
            Publishers = [new PyPiPublisher("GitHub", "hello-pysign", "acme/hello-pysign", "release.yml")],
        };
        rig.Run("GitHub");
        await rig.RefusedAsync(rig.AsJob(), PySignFailure.Forbidden, "a trusted publisher does not create one", rig.Wheel());
    }

    [Fact]
    public async Task An_exchange_whose_answer_is_lost_is_not_repeated()
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithPublisher("GitLab") with { MintAnswersLost = true };
        rig.Run("GitLab");
        var e = await rig.RefusedAsync(
            rig.AsJob(),
            PySignFailure.TrustedPublishingFailed,
            "no answer that says what became of it",
            rig.Wheel()
        );
        Assert.Contains("retry the job", e.Advice, StringComparison.Ordinal);
        Assert.Single(rig.Server.Requests, request => request.Contains("mint-token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_job_without_an_identity_is_told_which_lines_are_missing_and_a_fork_why()
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithPublisher();
        var variables = rig.Cake.Environment.Variables;
        variables["GITLAB_CI"] = "true";
        variables["SIGSTORE_ID_TOKEN"] = rig.Server.Services.MintGitLabToken();
        var e = await rig.RefusedAsync(rig.AsJob(), PySignFailure.TrustedPublishingFailed, "PYPI_ID_TOKEN:", rig.Wheel());
        Assert.Contains("aud: pypi", e.Message, StringComparison.Ordinal);
        variables.Clear();
        variables["GITHUB_ACTIONS"] = "true";
        await rig.RefusedAsync(rig.AsJob(), PySignFailure.TrustedPublishingFailed, "id-token: write", rig.Wheel());
        variables["GITHUB_EVENT_NAME"] = "pull_request";
        variables["GITHUB_EVENT_PATH"] = rig
            .Cake.Folder.Write(
                "event.json",
                """{"pull_request":{"head":{"repo":{"full_name":"mallory/hello"}},"base":{"repo":{"full_name":"acme/hello"}}}}"""
            )
            .FullPath;
        await rig.RefusedAsync(rig.AsJob(), PySignFailure.TrustedPublishingFailed, "a pull request from a fork", rig.Wheel());
        variables.Clear();
        rig.Run("GitLab", new JsonObject { ["aud"] = new JsonArray("pypi", "sigstore") });
        await rig.RefusedAsync(rig.AsJob(), PySignFailure.TrustedPublishingFailed, "aud: pypi", rig.Wheel());
    }

    [Fact]
    public void PyPI_without_a_password_is_trusted_publishing_and_anything_else_only_on_request()
    {
        var environment = new Rig.FakeCakeEnvironment("/");
        Assert.True(Target("https://upload.pypi.org/legacy/").UsesTrustedPublishing);
        Assert.True(Target("https://test.pypi.org/legacy/").UsesTrustedPublishing);
        Assert.False(Target("https://upload.pypi.org.example/legacy/").UsesTrustedPublishing);
        Assert.True(Target("https://upload.pypi.org.example/legacy/", PySignChoice.Always).UsesTrustedPublishing);
        Assert.False(Target("https://upload.pypi.org/legacy/", password: "pypi-canary").UsesTrustedPublishing);
        Assert.False(Target("https://upload.pypi.org/legacy/", PySignChoice.Never).UsesTrustedPublishing);
        Assert.Throws<PySignException>(() => Target("https://upload.pypi.org/legacy/", PySignChoice.Always, "pypi-canary"));
        environment.Variables["TWINE_PASSWORD"] = "pypi-canary";
        Assert.False(Target("https://upload.pypi.org/legacy/").UsesTrustedPublishing);
        Assert.Equal((null, null), Target("https://upload.pypi.org/legacy/").IndexCredentials);
        Assert.Equal("pypi-canary", Target("https://upload.pypi.org.example/legacy/").IndexCredentials.Password);
        Assert.Equal(
            "https://pypi.org/integrity",
            Target("https://upload.pypi.org/legacy/", index: null).IntegrityOf(new()).Url.AbsoluteUri
        );

        TwineTarget Target(
            string repository,
            PySignChoice trusted = PySignChoice.Auto,
            string? password = null,
            string? index = "https://a.example/simple"
        ) =>
            TwineTarget.From(
                new TwineUploadSettings
                {
                    RepositoryUrl = new Uri(repository),
                    Index = { Url = index is null ? null : new Uri(index), Password = password },
                    TrustedPublishing = trusted,
                },
                environment
            );
    }

    /// <summary>Takes a quarter of an hour for each start.</summary>
    private sealed class SlowTwine(PyPiRig rig) : IChildProcessRunner
    {
        public Action? Before { get; init; }

        public List<string> Tokens { get; } = [];

        public async Task<ChildProcessResult> RunAsync(ChildProcessStart start, CancellationToken cancellationToken)
        {
            var isUpload = start.Arguments.Contains("upload");
            if (isUpload)
            {
                Before?.Invoke();
                Tokens.Add(start.Variables["TWINE_PASSWORD"]!);
            }

            var result = await rig.Twine.RunAsync(start, cancellationToken);
            rig.Time.Advance(isUpload ? TimeSpan.FromMinutes(15) : TimeSpan.Zero);
            return result;
        }

        public Task<IReadOnlyList<UploadReceipt>> UploadAsync(params FilePath[] files) =>
            new TwineUploader(rig.Cake.Services(time: rig.Time, processes: this)).UploadAsync(
                files,
                rig.AsJob(),
                TestContext.Current.CancellationToken
            );
    }
}
