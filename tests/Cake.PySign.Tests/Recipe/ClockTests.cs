using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Sigstore.Errors;

namespace Cake.PySign.Tests.Recipe;

/// <summary>A machine's clock is wrong, or jumps while a release is signed: that ends with a reason or without harm, and a run with the
/// right time goes on.</summary>
public sealed class ClockTests(SandboxFixture fixture)
{
    public static TheoryData<double, int> Jumps()
    {
        var data = new TheoryData<double, int>();
        foreach (var hours in new[] { -24d, 24, -0.2, 1 })
        {
            foreach (var after in new[] { 0, 4, 12 })
            {
                data.Add(hours, after);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_clock_that_jumps_leaves_nothing_false_and_nothing_that_is_signed_twice(double hours, int after)
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        using var rig = await jobs.JobAsync();
        var clock = new JumpingClock(TimeSpan.FromHours(hours), after);
        var failure = await Record.ExceptionAsync(() =>
            SignStage.RunAsync(Release(rig, jobs, clock), TestContext.Current.CancellationToken)
        );
        Assert.True(failure is null or PySignException or SigningException or VerificationException, failure?.ToString());
        var left = jobs.Dist.ReadChecked();

        var right = Release(rig, jobs, TimeProvider.System);
        await SignStage.RunAsync(right, TestContext.Current.CancellationToken);
        await VerifyStage.RunAsync(right, TestContext.Current.CancellationToken);
        var signed = jobs.Dist.ReadSigned();
        Assert.All(
            left.Files.Where(file => file.Signature is not null),
            file => Assert.Equal(file.Signature!.Files.Take(3), signed[file.Name].Signature!.Files.Take(3))
        );
    }

    private static Release Release(CakeRig rig, ReleaseJobs jobs, TimeProvider time)
    {
        var options = ReleaseOptions.From(rig.Context);
        options.DistDirectory = jobs.Dist.Path;
        return new Release(rig.Context, options, rig.Services(time: time));
    }

    /// <summary>The system's clock, which is set otherwise after it was read some times; waits go on as they were.</summary>
    private sealed class JumpingClock(TimeSpan jump, int after) : TimeProvider
    {
        private int _read;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + (Interlocked.Increment(ref _read) > after ? jump : TimeSpan.Zero);
    }
}
