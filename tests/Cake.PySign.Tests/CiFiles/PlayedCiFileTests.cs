using System.Text;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Tests.CiFiles;

/// <summary>Plays the CI files as a user copies them: each job in its own process and checkout, with only what the file hands on.</summary>
[Trait("Category", "EndToEnd")]
public sealed class PlayedCiFileTests(CiMachine machine) : IClassFixture<CiMachine>
{
    private static readonly string _recipes = Path.Combine(RepositoryRoot.Path, "recipes");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_GitLab_file_releases_the_sample_job_by_job()
    {
        SkipWithoutBash();
        Assert.SkipWhen(GitLabCiLocal.IsThere, "NOT RUN: GitLabCiLocalTests plays the same file with gitlab-ci-local.");
        var sandbox = machine.Sandbox;
        using var runner = new JobRunner(machine);
        var pipeline = new GitLabPipeline(GitLabFile(), runner, sandbox);

        Assert.Equal(9, pipeline.Jobs.Count);
        Assert.Equal("build", pipeline.Jobs[0]);
        var (built, printed) = await machine.BuiltAsync();
        pipeline.BeginAfter("build", built);
        foreach (var job in pipeline.Jobs.Skip(1).Where(job => job != "tests"))
        {
            var exit = await pipeline.RunAsync(job, machine.Settings, Stop);
            Assert.True(exit == 0, $"{job} ended with {exit}:\n{runner.Output}");
        }

        AssertReleased(pipeline.Artifacts("consumer_verification") + "/dist", sandbox.Info.GitLab.ServerUrl.AbsoluteUri.TrimEnd('/'));
        Assert.DoesNotContain(sandbox.JobToken, printed + runner.Output, StringComparison.Ordinal);
        AssertNowhere(sandbox.JobToken, Path.Combine(runner.Root, "artifacts"));
    }

    [Fact]
    public async Task A_distribution_changed_between_two_jobs_stops_the_next_one_with_its_own_exit_code()
    {
        SkipWithoutBash();
        var sandbox = machine.Sandbox;
        using var runner = new JobRunner(machine);
        var pipeline = new GitLabPipeline(GitLabFile(), runner, sandbox);
        pipeline.BeginAfter("build", (await machine.BuiltAsync()).Artifacts);

        var wheel = Assert.Single(Directory.GetFiles(Path.Combine(pipeline.Artifacts("build"), "dist"), "*.whl"));
        var bytes = await File.ReadAllBytesAsync(wheel, Stop);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(wheel, bytes, Stop);
        pipeline.HandOn("build", "test");
        pipeline.HandOn("build", "preflight");

        Assert.Equal((int)ReleaseStage.Sign, await pipeline.RunAsync("sign", machine.Settings, Stop));
        Assert.Contains($"{Path.GetFileName(wheel)}' is not the file that an earlier stage left", runner.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(pipeline.Artifacts("sign"), "dist"), "*.sigstore.json"));
    }

    [Fact]
    public async Task Without_id_tokens_in_the_file_the_sign_job_has_no_identity_and_signs_nothing()
    {
        SkipWithoutBash();
        // A sandbox of its own: what the other tests released of these bytes would be taken without an identity, or be in the way.
        await using var alone = new SandboxFixture();
        var sandbox = await alone.Sandbox;
        using var runner = new JobRunner(machine);
        var withoutIdentity = Path.Combine(runner.Root, "without-identity.yml");
        var text = await File.ReadAllTextAsync(Path.Combine(_recipes, "gitlab", ".gitlab-ci.yml"), Stop);
        await File.WriteAllTextAsync(
            withoutIdentity,
            text.Replace("  id_tokens:\n    SIGSTORE_ID_TOKEN:\n      aud: sigstore\n", "", StringComparison.Ordinal),
            Stop
        );
        var pipeline = new GitLabPipeline(YamlMap.Load(withoutIdentity), runner, sandbox);
        Assert.False(pipeline.Job("sign").Has("id_tokens"));
        pipeline.BeginAfter("build", (await machine.BuiltAsync()).Artifacts);
        pipeline.HandOn("build", "test");
        pipeline.HandOn("build", "preflight");

        var settings = new Dictionary<string, string>
        {
            ["PYSIGN_TRUSTED_ROOT"] = sandbox.Info.TrustedRoot.FullPath,
            ["PYSIGN_SIGNING_CONFIG"] = sandbox.Info.SigningConfig.FullPath,
        };
        Assert.Equal((int)ReleaseStage.Sign, await pipeline.RunAsync("sign", settings, Stop));
        Assert.True(runner.Output.Contains("SIGSTORE_ID_TOKEN", StringComparison.Ordinal), runner.Output);
        Assert.Empty(Directory.GetFiles(Path.Combine(pipeline.Artifacts("sign"), "dist"), "*.sigstore.json"));
    }

    internal static YamlMap GitLabFile() => YamlMap.Load(Path.Combine(_recipes, "gitlab", ".gitlab-ci.yml"));

    internal static void SkipWithoutBash()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/bin/bash"))
        {
            Assert.Skip("NOT RUN: the CI files are played by bash on Linux, as their runners do.");
        }
    }

    internal static void AssertNowhere(string secret, string folder)
    {
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0, file));
    }

    internal static void AssertReleased(string dist, string issuer)
    {
        var ledger = new LedgerStore(dist).Read();
        Assert.Equal("Hello-PySign", ledger.Name);
        Assert.NotNull(ledger.Preflight);
        Assert.Equal((LedgerTestResult.Passed, 2), (ledger.Tests!.Result, Assert.Single(ledger.Tests.Runs).Tests));
        Assert.Equal([DistributionKind.Sdist, DistributionKind.Wheel], ledger.Files.Select(file => file.Kind).Order());
        Assert.All(
            ledger.Files,
            file =>
            {
                Assert.Equal(issuer, file.Signature!.Issuer);
                // Bundle, signature, certificate and provenance.
                Assert.Equal(4, file.ReceiptsOf(LedgerDestination.PublishSignatures).Count());
                Assert.Single(file.ReceiptsOf(LedgerDestination.Publish));
            }
        );
        Assert.Equal(
            [ReleaseStage.Verify, ReleaseStage.ConsumerVerification],
            ledger.Verifications.Select(verification => verification.By)
        );
    }
}
