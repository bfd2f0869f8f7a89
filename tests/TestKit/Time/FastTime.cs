namespace PySign.TestKit;

/// <summary>
/// The system's clock, moved ahead by tests, on which the waits between attempts (at most 20 s) are over at once and counted all the same.
/// Time limits, which are all longer, run as usual.
/// </summary>
public sealed class FastTime : TimeProvider
{
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(25);

    private long _ahead;

    /// <summary>How long was waited, in the time that the code under test saw.</summary>
    public TimeSpan Waited => new(Interlocked.Read(ref _ahead));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Waited;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(Waited.TotalSeconds * TimestampFrequency);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero && dueTime <= _longestWait)
        {
            Advance(dueTime);
            dueTime = TimeSpan.Zero;
        }

        return base.CreateTimer(callback, state, dueTime, period);
    }
}
