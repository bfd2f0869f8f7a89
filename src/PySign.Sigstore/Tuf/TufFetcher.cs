using System.Globalization;
using System.Net;

namespace PySign.Sigstore.Tuf;

/// <summary>
/// Fetches a repository's files: never more bytes than were agreed on, never longer than the request's time, never to
/// another address than the one asked for. What arrives is not believed here, only bounded.
/// </summary>
internal sealed class TufFetcher : IDisposable
{
    private readonly HttpClient _client;
    private readonly TimeSpan _requestTime;
    private readonly TimeProvider _time;

    public TufFetcher(HttpMessageHandler? handler, TimeSpan requestTime, TimeProvider time)
    {
        _client = handler is null
            ? new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None })
            : new HttpClient(handler, disposeHandler: false);
        _client.Timeout = Timeout.InfiniteTimeSpan;
        _requestTime = requestTime;
        _time = time;
    }

    /// <summary>Fetches a file whole.</summary>
    /// <returns>The bytes; null where the repository has no such file (404, and 403, which object stores answer instead).</returns>
    /// <exception cref="TufException">There is more than <paramref name="maxBytes"/>, or no answer.</exception>
    public async Task<byte[]?> FetchAsync(Uri address, long maxBytes, string subject, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_requestTime, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var response = await _client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden)
            {
                return null;
            }

            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw Unreachable(subject, address, string.Create(CultureInfo.InvariantCulture, $"status {(int)response.StatusCode}"), null);
            }

            if (response.Content.Headers.ContentLength > maxBytes)
            {
                throw TooLarge(subject, maxBytes);
            }

            using var body = await response.Content.ReadAsStreamAsync(both.Token).ConfigureAwait(false);
            return await ReadAsync(body, maxBytes, subject, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable(subject, address, string.Create(CultureInfo.InvariantCulture, $"nothing whole within {_requestTime.TotalSeconds} s"), e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unreachable(subject, address, e.Message.TrimEnd('.'), e);
        }
    }

    public void Dispose() => _client.Dispose();

    private static async Task<byte[]> ReadAsync(Stream body, long maxBytes, string subject, CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; (read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            if (kept.Length + read > maxBytes)
            {
                throw TooLarge(subject, maxBytes);
            }

            kept.Write(buffer, 0, read);
        }

        return kept.ToArray();
    }

    private static TufException TooLarge(string subject, long maxBytes) =>
        TufRefusal.Attack(TufFailure.TooLarge, subject, string.Create(CultureInfo.InvariantCulture, $"at most {maxBytes} bytes"), "more");

    private static TufException Unreachable(string subject, Uri address, string actual, Exception? inner) => new(
        TufFailure.Unreachable, subject, $"an answer from {address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)}", actual,
        "Check the network and any proxy, and try again; what is cached can be used with the offline mode.", inner);
}
