using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Publish;

/// <summary>Two pipelines publish one version with other bytes at the same time.</summary>
public sealed class RaceTests(SandboxFixture fixture)
{
    private const int Races = 12;

    [Fact]
    public async Task One_of_two_releases_at_the_same_time_wins_whole_and_the_other_stops_with_both_digests()
    {
        using var one = await SignedAsync("print('one')\n");
        using var two = await SignedAsync("print('two')\n");
        using var rig = await one.JobAsync();
        using var other = await two.JobAsync();
        await using var registries = await MemoryRegistries.StartAsync();
        var winners = new int[2];
        for (var race = 1; race <= Races; race++)
        {
            registries.AddProject(race);
            var jobs = new[] { one, two };
            var rigs = new[] { rig, other };
            var failures = await Task.WhenAll(
                jobs.Select(
                    (job, index) =>
                        Task.Run(async () =>
                        {
                            var dist = MemoryRegistries.Copy(job.Dist.Path.FullPath, job.Folder.Folder($"race-{race}").FullPath);
                            using var network = new JumpyHandler(registries.Handler(), race * 2 + index);
                            return await Record.ExceptionAsync(() =>
                                MemoryRegistries.PublishAsync(MemoryRegistries.Release(rigs[index], dist, race, network, new FastTime()))
                            );
                        })
                )
            );

            var winner = Array.IndexOf(failures, null);
            Assert.True(winner >= 0, string.Join(Environment.NewLine, failures.Select(failure => failure?.Message)));
            winners[winner]++;
            Assert.Equal(MemoryRegistries.Expected(jobs[winner].Dist.ReadSigned()), registries.Served(race));
            var e = Assert.IsType<PySignException>(failures[1 - winner]);
            Assert.Equal(PySignFailure.Conflict, e.Reason);
            var digests = jobs.Select(job =>
                job.Dist.ReadSigned().Files.SelectMany(file => file.Signature!.Files.Select(part => part.Sha256).Append(file.Sha256))
            );
            Assert.All(digests, known => Assert.Contains(known, digest => e.Message.Contains(digest, StringComparison.Ordinal)));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{Races} races, won {winners[0]} : {winners[1]}");
    }

    private async Task<ReleaseJobs> SignedAsync(string body)
    {
        var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild(body);
        await jobs.RunAllAsync(ReleaseStage.Sign);
        return jobs;
    }

    /// <summary>Lets others go first now and then, before and after a request.</summary>
    private sealed class JumpyHandler(HttpMessageHandler inner, int seed) : DelegatingHandler(inner)
    {
        private readonly Random _random = new(seed);
        private readonly Lock _gate = new();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await StepAsideAsync();
            var response = await base.SendAsync(request, cancellationToken);
            await StepAsideAsync();
            return response;
        }

        private async Task StepAsideAsync()
        {
            int times;
            lock (_gate)
            {
                times = _random.Next(20);
            }

            for (var i = 0; i < times; i++)
            {
                await Task.Yield();
            }
        }
    }
}
