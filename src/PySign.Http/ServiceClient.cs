using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using PySign.Formats;

namespace PySign.Http;

/// <summary>
/// The one HTTP client: bounded answers, a time limit per attempt and one over all, retries only where repeating does no harm,
/// no redirect that was not asked for, no credential to another origin, nothing secret in an error.
/// </summary>
public sealed class ServiceClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly ServiceClientOptions _options;

    /// <summary>Makes a client; without options, one with the system's clock and certificates.</summary>
    public ServiceClient(ServiceClientOptions? options = null)
    {
        _options = options ?? new ServiceClientOptions();
        _http = new HttpClient(_options.Handler ?? ServiceHandler.Create(_options.Authorities), disposeHandler: _options.Handler is null)
        {
            Timeout = Timeout.InfiniteTimeSpan, // Each attempt has its own, on the injected clock.
            DefaultRequestVersion = HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrHigher,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("Cake.PySign/" + typeof(ServiceClient).Assembly.GetName().Version!.ToString(3));
    }

    /// <summary>What this client's messages are cleaned with: every credential that it sends is known to it.</summary>
    public SecretRedactor Redactor => _options.Redactor;

    /// <summary>The clock.</summary>
    public TimeProvider Time => _options.Time;

    /// <summary>Sends a request and reads the whole answer.</summary>
    /// <exception cref="ServiceException">No acceptable answer within the retry policy.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public Task<ServiceResponse> SendAsync(ServiceRequest request, CancellationToken cancellationToken) =>
        RunAsync(
            request,
            async (response, token) =>
            {
                using var body = new MemoryStream();
                await BoundedBody.CopyAsync(response.Content, request.MaxResponseBytes, body.WriteAsync, token).ConfigureAwait(false);
                return new ServiceResponse(
                    response.StatusCode,
                    body.ToArray(),
                    response.RequestMessage!.RequestUri!,
                    response.Headers,
                    response.Content.Headers.ContentType?.MediaType
                )
                {
                    Charset = response.Content.Headers.ContentType?.CharSet?.Trim('"'),
                };
            },
            cancellationToken
        );

    /// <summary>Downloads to streams; a new one is opened, and must begin empty, for every attempt.</summary>
    /// <exception cref="ServiceException">No acceptable answer within the retry policy.</exception>
    public Task<DownloadedContent> DownloadAsync(ServiceRequest request, Func<Stream> open, CancellationToken cancellationToken) =>
        RunAsync(
            request,
            async (response, token) =>
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                var destination = open();
                await using (destination.ConfigureAwait(false))
                {
                    var length = await BoundedBody
                        .CopyAsync(
                            response.Content,
                            request.MaxResponseBytes,
                            (block, t) =>
                            {
                                hash.AppendData(block.Span);
                                return destination.WriteAsync(block, t);
                            },
                            token
                        )
                        .ConfigureAwait(false);
                    await destination.FlushAsync(token).ConfigureAwait(false);
                    return new DownloadedContent(
                        length,
                        Sha256Digest.FromBytes(hash.GetHashAndReset()),
                        response.RequestMessage!.RequestUri!
                    );
                }
            },
            cancellationToken
        );

    /// <summary>Ends the connections of the client's own.</summary>
    public void Dispose() => _http.Dispose();

    private async Task<T> RunAsync<T>(
        ServiceRequest request,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken
    )
        where T : class
    {
        EndpointRule.Check(request.Uri, request.Service, request.Method.Method);
        Redactor.Add(request.Credential?.Secret);
        var started = Time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var left = request.Retry.Deadline - Time.GetElapsedTime(started);
            var (answer, failure) = await TryAsync(request, read, request.Timeout < left ? request.Timeout : left, cancellationToken)
                .ConfigureAwait(false);
            if (answer is not null)
            {
                return answer;
            }

            var elapsed = Time.GetElapsedTime(started);
            var wait = failure.RetryAfter ?? request.Retry.DelayAfter(attempt, _options.Jitter());
            if (!failure.MayRetry(request) || attempt >= request.Retry.MaxAttempts || elapsed + wait >= request.Retry.Deadline)
            {
                throw failure.ToException(request, attempt, elapsed);
            }

            TellOfRetry(request, failure, attempt + 1, wait);
            await Task.Delay(wait, Time, cancellationToken).ConfigureAwait(false);

            // A machine that slept meanwhile, or had no time to spare, wakes up after the end.
            elapsed = Time.GetElapsedTime(started);
            if (elapsed >= request.Retry.Deadline)
            {
                throw failure.ToException(request, attempt, elapsed);
            }
        }
    }

    private void TellOfRetry(ServiceRequest request, AttemptFailure failure, int attempt, TimeSpan wait) =>
        _options.Retrying?.Invoke(
            Redactor.Redact(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{request.Method} {request.Uri.GetLeftPart(UriPartial.Path)}: {failure.What}; attempt {attempt} of "
                        + $"{request.Retry.MaxAttempts} in {wait.TotalSeconds:0.#} s"
                )
            )
        );

    private async Task<(T? Answer, AttemptFailure Failure)> TryAsync<T>(
        ServiceRequest request,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
        where T : class
    {
        using var limit = new CancellationTokenSource(timeout, Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var response = await new Exchange(_http, request).SendAsync(both.Token).ConfigureAwait(false);
            return request.Accepts(response.StatusCode)
                ? (await read(response, both.Token).ConfigureAwait(false), default)
                : (null, await AttemptFailure.OfStatusAsync(response, Redactor, Time, both.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception e) when (AttemptFailure.Of(e, limit.IsCancellationRequested) is { } known)
        {
            return (null, known);
        }
    }
}

/// <summary>What a <see cref="ServiceClient"/> works with.</summary>
public sealed record ServiceClientOptions
{
    /// <summary>Sends the requests; never disposed by the client. Null: real connections of the client's own.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>Private authorities to trust in addition to the system's; only for real connections.</summary>
    public ExtraAuthorities? Authorities { get; init; }

    /// <summary>The clock for waits and dates.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Every credential that is sent is registered here too.</summary>
    public SecretRedactor Redactor { get; init; } = new();

    /// <summary>Called before an attempt is repeated, with what failed and how long is waited; redacted.</summary>
    public Action<string>? Retrying { get; init; }

    /// <summary>A number from 0 to 1, for the jitter of waits.</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;
}

/// <summary>A service's answer with its whole body, which is within the request's bound.</summary>
public sealed record ServiceResponse(HttpStatusCode Status, byte[] Body, Uri Uri, HttpResponseHeaders Headers, string? ContentType)
{
    /// <summary>The character set that the answer names; null when it names none.</summary>
    public string? Charset { get; init; }

    /// <summary>A header's first value; null when it is not there.</summary>
    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}

/// <summary>What was downloaded, its digest computed while it was written.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="Sha256">Its digest.</param>
/// <param name="Uri">Where it came from in the end, redirects followed.</param>
public sealed record DownloadedContent(long Length, Sha256Digest Sha256, Uri Uri);
