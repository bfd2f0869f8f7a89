using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace PySign.Http;

/// <summary>Why one attempt failed, and whether another may follow.</summary>
internal readonly partial record struct AttemptFailure
{
    private const int ExcerptChars = 500;
    private const int ExcerptSourceBytes = 16 << 10;

    private ServiceFailure Reason { get; init; }

    /// <summary>What happened, in a few words.</summary>
    public string What { get; private init; }

    private HttpStatusCode? Status { get; init; }

    private string? Excerpt { get; init; }

    /// <summary>What to do, where the reason alone does not tell.</summary>
    private string? Advice { get; init; }

    private Exception? Inner { get; init; }

    private bool Transient { get; init; }

    /// <summary>Whether the request cannot have had an effect, because it did not reach the service or was turned away unread, so that even
    /// one that must not be repeated may be sent again.</summary>
    private bool NeverSent { get; init; }

    /// <summary>How long the service asks to wait.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>When the service lets this caller ask again, where it refused because it was asked too often.</summary>
    private DateTimeOffset? LimitEnds { get; init; }

    public bool MayRetry(ServiceRequest request) => Transient && (NeverSent || request.IsRepeatable);

    /// <summary>What an exception means; null when it is not about the exchange.</summary>
    public static AttemptFailure? Of(Exception exception, bool limitReached) =>
        exception switch
        {
            OperationCanceledException when limitReached => new()
            {
                Reason = ServiceFailure.TimedOut,
                What = "no complete answer in time",
                Transient = true,
                Inner = exception,
            },

            // The handler's own limit for connecting; nobody cancelled anything.
            OperationCanceledException { InnerException: TimeoutException } => new()
            {
                Reason = ServiceFailure.TimedOut,
                What = "no connection in time",
                Advice = "Check the address, the network and the proxy settings (HTTPS_PROXY, NO_PROXY): nothing answers there.",
                Transient = true,
                NeverSent = true,
                Inner = exception,
            },
            BoundedBody.TooLargeException => new()
            {
                Reason = ServiceFailure.ResponseTooLarge,
                What = exception.Message,
                Inner = exception,
            },
            HttpRequestException request => OfRequest(request),
            HttpIOException => Lost(exception),
            BoundedBody.BrokenException => new()
            {
                Reason = ServiceFailure.Unreachable,
                What = exception.Message,
                Transient = true,
                Inner = exception,
            },
            _ => null,
        };

    /// <summary>What stopped a request on its way.</summary>
    private static AttemptFailure OfRequest(HttpRequestException exception) =>
        exception switch
        {
            { InnerException: UntrustedServerException untrusted } => new()
            {
                Reason = ServiceFailure.TlsUntrusted,
                What = "no trusted TLS connection: " + untrusted.Message,
                Advice = untrusted.Advice,
                Inner = untrusted,
            },

            // Cut off while it was being made; that says nothing of trust.
            { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: IOException } => new()
            {
                Reason = ServiceFailure.Unreachable,
                What = "the connection was lost before TLS stood",
                Transient = true,
                NeverSent = true,
                Inner = exception,
            },
            { HttpRequestError: HttpRequestError.SecureConnectionError } => new()
            {
                Reason = ServiceFailure.TlsUntrusted,
                What = "no TLS connection",
                Inner = exception,
            },

            // The message of the exception names the proxy as it is configured, password included: it goes no further.
            { HttpRequestError: HttpRequestError.ProxyTunnelError } => OfProxy(exception.Message),
            { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => new()
            {
                Reason = ServiceFailure.ResponseTooLarge,
                What = "the answer's headers are larger than allowed",
                Inner = exception,
            },
            { HttpRequestError: HttpRequestError.NameResolutionError } => new()
            {
                Reason = ServiceFailure.Unreachable,
                What = "the host name is not known",
                Transient = true,
                NeverSent = true,
                Inner = exception,
            },
            { HttpRequestError: HttpRequestError.ConnectionError } => new()
            {
                Reason = ServiceFailure.Unreachable,
                What = "no connection",
                Transient = true,
                NeverSent = true,
                Inner = exception,
            },
            _ => Lost(exception),
        };

    private static AttemptFailure Lost(Exception exception) =>
        new()
        {
            Reason = ServiceFailure.Unreachable,
            What = "the connection was lost",
            Transient = true,
            Inner = exception,
        };

    public static async Task<AttemptFailure> OfStatusAsync(
        HttpResponseMessage response,
        SecretRedactor redactor,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var status = response.StatusCode;
        var limitEnds = LimitOf(response);
        return new AttemptFailure
        {
            Reason = ServiceFailure.Status,
            What = string.Create(CultureInfo.InvariantCulture, $"it answered {(int)status} {response.ReasonPhrase}").TrimEnd(),
            Status = status,
            Excerpt = await ReadExcerptAsync(response.Content, redactor, cancellationToken).ConfigureAwait(false),
            Transient = limitEnds is not null || (int)status is 408 or 429 or 500 or 502 or 503 or 504,
            NeverSent = limitEnds is not null,
            LimitEnds = limitEnds,
            RetryAfter = response.Headers.RetryAfter switch
            {
                { Delta: { } delta } => delta,
                { Date: { } date } => Until(date, time),
                _ => limitEnds is { } ends ? Until(ends, time) : null,
            },
        };
    }

    private static TimeSpan Until(DateTimeOffset moment, TimeProvider time) =>
        moment - time.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero;

    /// <summary>GitHub refuses with 403 or 429, says that nothing remains, and when its window ends, in seconds since 1970.</summary>
    private static DateTimeOffset? LimitOf(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests
        && Header(response, "x-ratelimit-remaining") == "0"
        && long.TryParse(Header(response, "x-ratelimit-reset"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds < 253402300800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    public ServiceException ToException(ServiceRequest request, int attempts, TimeSpan elapsed) =>
        new(Reason, request.Service, request.Method.Method, request.Uri, What, Inner)
        {
            Status = Status,
            BodyExcerpt = Excerpt ?? "",
            Attempts = attempts,
            Elapsed = elapsed,
            MayPass = Transient,
            RetryAfter = RetryAfter,
            LimitEnds = LimitEnds,
            Advice =
                Advice
                ?? Reason switch
                {
                    ServiceFailure.TlsUntrusted =>
                        "Service and system have no version of TLS in common, or something between them is not a TLS server.",
                    ServiceFailure.Unreachable => "Check the address, the network and the proxy settings (HTTPS_PROXY, NO_PROXY).",
                    ServiceFailure.TimedOut => "Run again later, or allow more time.",
                    ServiceFailure.Status when LimitEnds is { } ends => string.Create(
                        CultureInfo.InvariantCulture,
                        $"The service was asked too often; it answers again after {ends.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC."
                    ),
                    ServiceFailure.Status when Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                        "Check that the credential is right and has the permission.",
                    ServiceFailure.Status when Transient => RetryAfter is { } wait
                        ? string.Create(CultureInfo.InvariantCulture, $"The service asks to wait {wait.TotalSeconds:0} s; run again later.")
                        : "The service has a problem of its own; run again later.",
                    _ => "",
                },
        };

    private static AttemptFailure OfProxy(string message)
    {
        var status = ProxyStatus().Match(message) is { Success: true } match ? match.Groups[1].Value : null;
        return new AttemptFailure
        {
            Reason = ServiceFailure.Unreachable,
            What = "the proxy opened no connection to it" + (status is null ? "" : $" (it answered {status})"),
            Advice =
                status == "407"
                    ? "The proxy requires a user and a password: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT."
                    : "Check HTTPS_PROXY, and whether the proxy lets this host through; NO_PROXY names hosts that are called without it.",
            Transient = status is null or ['5', ..],
            NeverSent = true,
        };
    }

    [GeneratedRegex("'([45][0-9]{2})'", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ProxyStatus();

    private static async Task<string> ReadExcerptAsync(HttpContent content, SecretRedactor redactor, CancellationToken cancellationToken)
    {
        var bytes = new byte[ExcerptSourceBytes];
        int length;
        try
        {
            var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                length = await stream
                    .ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return ""; // The status is the answer; the text with it only helps.
        }

        // Redacted before it is cut, so that no half secret is left at the end.
        var text = redactor.Redact(Encoding.UTF8.GetString(bytes, 0, length));
        var shown = new StringBuilder(ExcerptChars);
        foreach (var c in text.Length > ExcerptChars ? text.AsSpan(0, ExcerptChars) : text)
        {
            shown.Append(char.IsControl(c) ? ' ' : c);
        }

        return shown.Append(text.Length > ExcerptChars ? "…" : "").ToString().Trim();
    }
}
