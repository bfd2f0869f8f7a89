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
