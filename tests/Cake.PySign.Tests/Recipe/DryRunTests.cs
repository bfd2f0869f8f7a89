using Cake.Core;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Recipe;

/// <summary>A dry run of the recipe changes nothing anywhere, and fails where the release would.</summary>
public sealed class DryRunTests(SandboxFixture fixture)
{
    private const string Wheel = "hello_pysign-1.0.0-py3-none-any.whl";

    private static readonly (string, string?) _dry = ("PYSIGN_DRY_RUN", "true");

    [Fact]
    public async Task What_is_not_signed_has_a_plan_from_what_was_built_and_is_not_signed_for_one()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        var before = await File.ReadAllBytesAsync(jobs.Dist.Store.Path.FullPath, TestContext.Current.CancellationToken);
        foreach (var stage in ReleaseJobs.FromSigning)
        {
            await jobs.RunAsync($"PySign-{stage}", _dry);
        }

        Assert.Contains("Dry run: nothing is signed.", jobs.Log, StringComparison.Ordinal);
        Assert.Contains("signatures to make and upload", jobs.Log, StringComparison.Ordinal);
        Assert.Contains("2 to upload, 0 there already, 0 different", jobs.Log, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(jobs.Dist.Store.Path.FullPath, TestContext.Current.CancellationToken));
        Assert.Equal(3, Directory.GetFiles(jobs.Dist.Path.FullPath).Length);
    }

    [Fact]
    public async Task What_is_signed_has_a_plan_and_other_bytes_at_either_registry_end_either_stage_with_its_code()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign);
        var before = await File.ReadAllBytesAsync(jobs.Dist.Store.Path.FullPath, TestContext.Current.CancellationToken);
        await jobs.RunAsync("PySign-PublishSignatures", _dry);
        await jobs.RunAsync("PySign-Publish", _dry);
        Assert.Contains("2 to upload, 0 there already, 0 different", jobs.Log, StringComparison.Ordinal);
        Assert.Contains("9 to upload, 0 there already, 0 different", jobs.Log, StringComparison.Ordinal);

        await jobs.PostAsync(Wheel, SampleDistribution.Wheel(body: "import os\n"));
        foreach (var stage in new[] { ReleaseStage.PublishSignatures, ReleaseStage.Publish })
        {
            var e = await Assert.ThrowsAsync<CakeException>(() => jobs.RunAsync($"PySign-{stage}", _dry));
            Assert.Equal((int)stage, e.ExitCode);
            Assert.Contains($"{Wheel}: here ", e.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, await File.ReadAllBytesAsync(jobs.Dist.Store.Path.FullPath, TestContext.Current.CancellationToken));
        Assert.DoesNotContain("Uploaded", jobs.Log, StringComparison.Ordinal);
        await jobs.RunAsync("PySign-ConsumerVerification", _dry);
    }
}
