using System.Net.Http.Headers;

namespace PySign.Http;

/// <summary>Reads answers up to a bound: refused by their announced length before reading, and by their real one while reading.</summary>
internal static class BoundedBody
{
    /// <summary>The body is larger than allowed.</summary>
    public sealed class TooLargeException(long max) : IOException($"the answer is larger than the {max} bytes allowed");

    /// <summary>The body broke off; not to be confused with a destination that cannot be written, which is not a matter of the
    /// service.</summary>
    public sealed class BrokenException(string message, Exception? inner = null) : IOException(message, inner);

    /// <summary>Copies the body; returns its length.</summary>
    public static async Task<long> CopyAsync(
        HttpContent content,
        long max,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write,
        CancellationToken cancellationToken
    )
    {
        var announced = Announced(content.Headers);
        if (announced > max)
        {
            throw new TooLargeException(max);
        }

        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            // Of the thousand files of a large release most are small: no more than the answer announces.
            var buffer = new byte[(int)Math.Min(1 << 16, Math.Min(announced ?? max, max) + 1)];
            long total = 0;
            int read;
            while ((read = await ReadAsync(stream, buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                total += read;
                if (total > max)
                {
                    throw new TooLargeException(max);
                }

                await write(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }

            // Real connections already fail on a short body; other handlers may not.
            return announced is { } length && length != total
                ? throw new BrokenException($"the answer ended after {total} of {length} bytes")
                : total;
        }
    }

    private static async ValueTask<int> ReadAsync(Stream stream, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new BrokenException("the answer broke off", e);
        }
    }

    private static long? Announced(HttpContentHeaders headers) => headers.ContentEncoding.Count == 0 ? headers.ContentLength : null;
}
