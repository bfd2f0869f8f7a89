namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>How long each stage took, in the order in which they ran.</summary>
internal sealed class PlayedClock(TimeProvider time)
{
    private readonly List<PlayedStage> _stages = [];
    private readonly long _started = time.GetTimestamp();

    public IReadOnlyList<PlayedStage> Stages => _stages;

    public TimeSpan Total => time.GetElapsedTime(_started);

    public long Start() => time.GetTimestamp();

    public void End(string task, long started, string outcome) => _stages.Add(new PlayedStage(task, time.GetElapsedTime(started), outcome));
}

/// <summary>A stage that was played.</summary>
/// <param name="Task">The name of its task.</param>
/// <param name="Elapsed">How long its job took, checkout and start included.</param>
/// <param name="Outcome">How it ended, for a person.</param>
internal sealed record PlayedStage(string Task, TimeSpan Elapsed, string Outcome);
