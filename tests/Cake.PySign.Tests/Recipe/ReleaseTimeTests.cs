using System.Diagnostics;
using System.Globalization;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Recipe;

/// <summary>Says what each stage of a release of two files costs against the sandbox, after the build. A measurement, not a
/// check.</summary>
public sealed class ReleaseTimeTests(SandboxFixture fixture)
{
    private const int Rounds = 5;

    private static readonly ReleaseStage[] _stages =
    [
        ReleaseStage.Sign,
        ReleaseStage.Verify,
        ReleaseStage.PublishSignatures,
        ReleaseStage.Publish,
        ReleaseStage.ConsumerVerification,
    ];

    [Fact]
    public async Task The_stages_of_a_release_take_this_long()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PYSIGN_RELEASE_TIME") == "1", "PYSIGN_RELEASE_TIME=1 measures");
        SystemPython.Require("twine.__main__");
        var times = _stages.ToDictionary(stage => stage, _ => new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
            jobs.PlayBuild();
            foreach (var stage in _stages)
            {
                var begun = Stopwatch.GetTimestamp();
                await jobs.RunAllAsync(stage);

                // The first round compiles what the others run.
                if (round > 0)
                {
                    times[stage].Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                }
            }
        }

        var lines = times.Select(one =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{one.Key, -22} {one.Value.Order().ElementAt(Rounds / 2), 6:0} ms, least {one.Value.Min():0} ms"
            )
        );
        TestContext.Current.SendDiagnosticMessage("{0}", string.Join('\n', lines));
        TestContext.Current.AddAttachment("times", string.Join('\n', lines));
        await Console.Out.WriteLineAsync(string.Join('\n', lines));
    }
}
