namespace PySign.TestKit;

/// <summary>A clock that stands until a test moves it.</summary>
public sealed class StillClock : TimeProvider
{
    public StillClock()
        : this(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero)) { }

    public StillClock(DateTimeOffset now) => Now = now;

    public DateTimeOffset Now { get; set; }

    public override DateTimeOffset GetUtcNow() => Now;
}
