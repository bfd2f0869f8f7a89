using Cake.PySign.Recipe.Preflight;

namespace Cake.PySign.Recipe;

/// <summary>How long each stage took, in the order in which they ran.</summary>
internal sealed class StageClock(TimeProvider time)
{
    private readonly List<(ReleaseStage Stage, TimeSpan Elapsed)> _stages = [];
    private readonly long _started = time.GetTimestamp();

    public IReadOnlyList<(ReleaseStage Stage, TimeSpan Elapsed)> Stages => _stages;

    public TimeSpan Total => time.GetElapsedTime(_started);

    public async Task RunAsync(ReleaseStage stage, Func<Task> run)
    {
        var started = time.GetTimestamp();
        await run().ConfigureAwait(false);
        _stages.Add((stage, time.GetElapsedTime(started)));
    }
}

/// <summary>The stages in their order, for a caller that runs all of them in one task.</summary>
internal static class StageRun
{
    private static readonly (ReleaseStage Stage, Func<Release, CancellationToken, Task> Run)[] _beforeSigning =
    [
        (ReleaseStage.Build, BuildStage.RunAsync),
        (ReleaseStage.Import, ImportStage.RunAsync),
        (ReleaseStage.Test, TestStage.RunAsync),
    ];

    private static readonly (ReleaseStage Stage, Func<Release, CancellationToken, Task> Run)[] _fromPreflight =
    [
        (ReleaseStage.Preflight, PreflightStage.RunAsync),
        (ReleaseStage.Sign, SignStage.RunAsync),
        (ReleaseStage.Verify, VerifyStage.RunAsync),
        (ReleaseStage.PublishSignatures, PublishSignaturesStage.RunAsync),
        (ReleaseStage.Publish, PublishStage.RunAsync),
        (ReleaseStage.ConsumerVerification, ConsumerVerificationStage.RunAsync),
    ];

    /// <summary>The stages whose result says what is released.</summary>
    public static Task BeforeSigningAsync(Release release, StageClock clock, CancellationToken cancellationToken) =>
        RunAsync(_beforeSigning, () => Task.FromResult(release), clock, cancellationToken);

    /// <summary>The others, each as a job of its own with its own tokens.</summary>
    public static Task FromPreflightAsync(Func<Task<Release>> job, StageClock clock, CancellationToken cancellationToken) =>
        RunAsync(_fromPreflight, job, clock, cancellationToken);

    private static async Task RunAsync(
        (ReleaseStage Stage, Func<Release, CancellationToken, Task> Run)[] stages,
        Func<Task<Release>> job,
        StageClock clock,
        CancellationToken cancellationToken
    )
    {
        foreach (var (stage, run) in stages)
        {
            var release = await job().ConfigureAwait(false);
            release.Log.Information($"--- PySign-{stage}");
            try
            {
                await clock.RunAsync(stage, () => run(release, cancellationToken)).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                throw StageFailure.Of(stage, e);
            }
        }
    }
}
