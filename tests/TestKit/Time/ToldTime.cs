namespace PySign.TestKit;

/// <summary>The system's clock, on which a test hears of every wait when it begins, and says whether it is over at once.</summary>
/// <param name="isOver">Is given how long the wait is; what the test does meanwhile happens during it.</param>
public sealed class ToldTime(Func<TimeSpan, bool> isOver) : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, isOver(dueTime) ? TimeSpan.Zero : dueTime, period);
}
