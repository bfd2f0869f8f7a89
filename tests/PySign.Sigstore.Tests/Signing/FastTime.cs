namespace PySign.Sigstore.Tests.Signing;

/// <summary>
/// The system's clock, moved ahead by tests, on which the waits between attempts (at most 20 s) are over at once. Time limits, which are
/// all longer, run as usual.
/// </summary>
internal sealed class FastTime : TimeProvider
{
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(25);

    private long _ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _ahead));

    public override long GetTimestamp() =>
        base.GetTimestamp() + (long)(new TimeSpan(Interlocked.Read(ref _ahead)).TotalSeconds * TimestampFrequency);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

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
