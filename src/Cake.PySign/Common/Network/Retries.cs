using PySign.Http;

namespace Cake.PySign.Common.Network;

/// <summary>
/// The policy of every other call, for steps that must look before they are repeated: a request whose answer was lost may have stored the
/// file, and a registry that takes duplicates would then keep it twice.
/// </summary>
internal sealed class Retries(TimeProvider time)
{
    private static readonly RetryPolicy _policy = RetryPolicy.Default with { Deadline = TimeSpan.FromMinutes(30) };

    private long _started = time.GetTimestamp();
    private int _attempts;

    /// <summary>Whether <paramref name="failure"/> may pass by itself.</summary>
    public static bool MayPass(PySignException failure) =>
        failure.Call is { } call ? call.MayPass : failure.Reason is PySignFailure.Unreachable or PySignFailure.TimedOut;

    /// <summary>Starts counting again: something was achieved.</summary>
    public void Restart()
    {
        _attempts = 0;
        _started = time.GetTimestamp();
    }

    /// <summary>Waits before the next attempt; <see langword="false"/> when there is to be none.</summary>
    public async Task<bool> NextAsync(PySignException? failure, CancellationToken cancellationToken)
    {
        _attempts++;
        var wait = failure?.Call?.RetryAfter ?? _policy.DelayAfter(_attempts, Random.Shared.NextDouble());
        if (_attempts >= _policy.MaxAttempts || time.GetElapsedTime(_started) + wait >= _policy.Deadline)
        {
            return false;
        }

        await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
