using System.Globalization;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Publish;

/// <summary>Releases over a network of which nearly every third request fails.</summary>
public sealed class FaultRunTests(SandboxFixture fixture)
{
    private const double Share = 0.3;
    private const int MostRuns = 200;

    private static int Releases =>
        int.Parse(Environment.GetEnvironmentVariable("PYSIGN_FAULT_RELEASES") ?? "20", CultureInfo.InvariantCulture);

    [Fact]
    public async Task With_a_third_of_all_requests_failing_nothing_is_lost_doubled_or_wrong()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild("print('hello')\n", "cp311", "cp312");
        await jobs.RunAllAsync(ReleaseStage.Sign);
        var ledger = jobs.Dist.ReadSigned();
        Assert.Equal(4, ledger.Files.Count);
        using var rig = await jobs.JobAsync();
        await using var registries = await MemoryRegistries.StartAsync();
        var time = new FastTime();
        var (requests, faults, runs, most) = (0, 0, 0, 0);
        for (var number = 1; number <= Releases; number++)
        {
            registries.AddProject(number);
            var dist = MemoryRegistries.Copy(jobs.Dist.Path.FullPath, jobs.Folder.Folder($"release-{number}").FullPath);
            using var network = new FaultyHandler(registries.Handler(), number, Share);
            var release = MemoryRegistries.Release(rig, dist, number, network, time);
            var needed = await RunUntilDoneAsync(release);
            runs += needed;
            most = Math.Max(most, needed);
            requests += network.Requests;
            faults += network.Faults;

            Assert.Equal(MemoryRegistries.Expected(ledger), registries.Rows(number));
            Assert.All(
                release.Dist.ReadSigned().Files,
                file =>
                    Assert.Equal(
                        file.Signature!.Files.Select(part => (part.Name, part.Sha256)).Append((file.Name, file.Sha256)).Order(),
                        file.Receipts.Select(receipt => (receipt.File, receipt.Sha256)).Order()
                    )
            );
        }

        Assert.InRange((double)faults / requests, Share - 0.05, Share + 0.05);
        TestContext.Current.SendDiagnosticMessage(
            $"{Releases} releases of 4 files with 12 signature files: {requests} requests, {faults} failed; {runs} runs, at most {most} "
                + $"for one release; {time.Waited:g} waited on the played clock"
        );
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Releases} releases, {requests} requests, {faults} failed, {runs} runs, at most {most} for one, {time.Waited:g} waited"
        );
    }

    /// <summary>Runs the publishing stages as often as a person or a pipeline would: until they end well.</summary>
    private static async Task<int> RunUntilDoneAsync(Release release)
    {
        for (var run = 1; ; run++)
        {
            try
            {
                await MemoryRegistries.PublishAsync(release);
                return run;
            }
            catch (PySignException e)
            {
                // A run may end because the service kept failing; never because something was found to be wrong.
                Assert.True(e.Reason is PySignFailure.Unreachable or PySignFailure.TimedOut, $"{e.Reason}: {e.Message}");
                Assert.True(run < MostRuns, e.Message);
            }
        }
    }
}
