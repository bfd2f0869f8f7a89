using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Publish;

/// <summary>The publishing stages end at any step, as by SIGKILL, and are run again.</summary>
public sealed class KillTests(SandboxFixture fixture)
{
    [Fact]
    public async Task Killed_before_and_after_every_single_request_a_rerun_ends_with_exactly_the_release()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign);
        var expected = MemoryRegistries.Expected(jobs.Dist.ReadSigned());
        using var rig = await jobs.JobAsync();
        await using var registries = await MemoryRegistries.StartAsync();
        var steps = 0;
        while (await IsKilledAsync(steps + 1))
        {
            steps++;
        }

        Assert.InRange(steps, 60, 400);
        TestContext.Current.TestOutputHelper?.WriteLine($"{steps} step boundaries");

        // Whether there was such a boundary; reading back runs beside twine, so that their number is not always the same.
        async Task<bool> IsKilledAsync(int killedAt)
        {
            var project = 1000 + killedAt;
            registries.AddProject(project);
            var dist = MemoryRegistries.Copy(jobs.Dist.Path.FullPath, jobs.Folder.Folder($"kill-{killedAt}").FullPath);
            var ledger = System.IO.Path.Combine(dist, LedgerStore.FileName);
            using var power = new KillingHandler(registries.Handler(), killedAt, ledger);
            var first = MemoryRegistries.Release(rig, dist, project, power, new FastTime());
            var failure = await Record.ExceptionAsync(() => MemoryRegistries.PublishAsync(first));
            Assert.Equal(power.IsDead, failure is not null);
            if (power.IsDead)
            {
                await File.WriteAllBytesAsync(ledger, power.LedgerAtDeath!, TestContext.Current.CancellationToken);
            }

            using var network = registries.Handler();
            var again = MemoryRegistries.Release(rig, dist, project, network, new FastTime());
            await MemoryRegistries.PublishAsync(again);
            Assert.Equal(expected, registries.Rows(project));
            Assert.All(again.Dist.ReadSigned().Files, file => Assert.Equal(file.Signature!.Files.Count + 1, file.Receipts.Count));
            Assert.Single(again.Dist.ReadSigned().Statement!.Receipts);
            return power.IsDead;
        }
    }
}
