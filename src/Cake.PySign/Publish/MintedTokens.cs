namespace Cake.PySign.Publish;

/// <summary>Upload tokens of this process, in memory only: a script that uploads twice exchanges its identity once.</summary>
internal static class MintedTokens
{
    /// <summary>PyPI's tokens live for 15 minutes; what has less than a minute left begins no upload.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(14);

    private static readonly SemaphoreSlim _one = new(1, 1);
    private static readonly Dictionary<string, (string Token, DateTimeOffset Expires)> _tokens = new(StringComparer.Ordinal);

    public static async Task<(string Token, DateTimeOffset Expires)> GetAsync(
        string key,
        TimeProvider time,
        Func<Task<(string Token, DateTimeOffset Expires)>> mint,
        CancellationToken cancellationToken
    )
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_tokens.TryGetValue(key, out var known) || known.Expires <= time.GetUtcNow())
            {
                _tokens[key] = known = await mint().ConfigureAwait(false);
            }

            return known;
        }
        finally
        {
            _one.Release();
        }
    }
}
