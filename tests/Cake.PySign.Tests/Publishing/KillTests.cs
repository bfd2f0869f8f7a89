using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Publishing;

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
        var steps = await StepsAsync(0);
        Assert.InRange(steps, 60, 400);
        for (var step = 1; step <= steps; step++)
        {
            await StepsAsync(step);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{steps} step boundaries");

        // The number of boundaries passed; the process ends at the given one, if there is one.
        async Task<int> StepsAsync(int killedAt)
        {
            var project = 1000 + killedAt;
            registries.AddProject(project);
            var dist = MemoryRegistries.Copy(jobs.Dist.Path.FullPath, jobs.Folder.Folder($"kill-{killedAt}").FullPath);
            var ledger = System.IO.Path.Combine(dist, LedgerStore.FileName);
            using var power = new KillingHandler(registries.Handler(), killedAt, ledger);
            var first = MemoryRegistries.Release(rig, dist, project, power, new FastTime());
            if (killedAt == 0)
            {
                await MemoryRegistries.PublishAsync(first);
            }
            else
            {
                await Assert.ThrowsAnyAsync<Exception>(() => MemoryRegistries.PublishAsync(first));
                Assert.True(power.IsDead);
                await File.WriteAllBytesAsync(ledger, power.LedgerAtDeath!, TestContext.Current.CancellationToken);
            }

            using var network = registries.Handler();
            var again = MemoryRegistries.Release(rig, dist, project, network, new FastTime());
            await MemoryRegistries.PublishAsync(again);
            Assert.Equal(expected, registries.Rows(project));
            Assert.All(again.Dist.ReadSigned().Files, file => Assert.Equal(file.Signature!.Files.Count + 1, file.Receipts.Count));
            return power.Passed;
        }
    }

    /// <summary>Ends the process at one boundary: nothing that comes after it leaves the machine, and the ledger stays as it was.</summary>
    private sealed class KillingHandler(HttpMessageHandler inner, int killedAt, string ledger) : DelegatingHandler(inner)
    {
        private readonly Lock _gate = new();

        public int Passed { get; private set; }

        public bool IsDead => LedgerAtDeath is not null;

        public byte[]? LedgerAtDeath { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Pass();
            var response = await base.SendAsync(request, cancellationToken);
            Pass();
            return response;
        }

        private void Pass()
        {
            lock (_gate)
            {
                if (!IsDead && ++Passed == killedAt)
                {
                    LedgerAtDeath = File.ReadAllBytes(ledger);
                }

                if (IsDead)
                {
                    throw new InvalidOperationException("killed");
                }
            }
        }
    }
}
