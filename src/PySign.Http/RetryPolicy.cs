namespace PySign.Http;

/// <summary>How often and how long a call is tried. Delays double from <see cref="FirstDelay"/>, with full jitter on their upper
/// half.</summary>
public sealed record RetryPolicy
{
    /// <summary>Five attempts, half a second apart at first.</summary>
    public static readonly RetryPolicy Default = new();

    /// <summary>One attempt.</summary>
    public static readonly RetryPolicy None = new() { MaxAttempts = 1 };

    /// <summary>How many attempts there are at most; 1 or more.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>How long to wait before the second attempt; it doubles with each.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait that the client decides on by itself.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>No attempt starts, and none goes on, after this time since the first began.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The wait after an attempt.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="jitter">From 0 to 1.</param>
    public TimeSpan DelayAfter(int attempt, double jitter)
    {
        var full = Math.Min(FirstDelay.TotalMilliseconds * Math.Pow(2, Math.Min(attempt - 1, 20)), MaxDelay.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(full * (0.5 + 0.5 * jitter));
    }
}
