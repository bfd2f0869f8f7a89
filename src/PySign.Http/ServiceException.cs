using System.Globalization;
using System.Net;

namespace PySign.Http;

/// <summary>A call to a service failed for good. Shows everything needed to act, and no credential, query or user information.</summary>
public sealed class ServiceException : Exception
{
    internal ServiceException(ServiceFailure reason, string service, string method, Uri? uri, string what, Exception? inner = null)
        : base(ForeignText.Clean(what), inner)
    {
        Reason = reason;
        Service = service;
        Method = method;
        Uri = uri is { IsAbsoluteUri: true }
            ? new Uri(uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped))
            : null;
    }

    /// <summary>Why the call failed.</summary>
    public ServiceFailure Reason { get; }

    /// <summary>Which service was called, as people call it.</summary>
    public string Service { get; }

    /// <summary>The HTTP method.</summary>
    public string Method { get; }

    /// <summary>The address without query, fragment and user information; null when it was no absolute URL.</summary>
    public Uri? Uri { get; }

    /// <summary>The last answer's status; null when there was none.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>The beginning of the last answer's body, secrets removed; empty when there was none.</summary>
    public string BodyExcerpt
    {
        get;
        init => field = ForeignText.Line(value);
    } = "";

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>How long it was tried, waiting included.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>What a person can do about it.</summary>
    public string Advice { get; init; } = "";

    /// <summary>Whether the same call may succeed later: the connection or the service failed, not the request.</summary>
    public bool MayPass { get; init; }

    /// <summary>How long the service asked to wait; null when it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>When the service answers again, where it refused because it was asked too often; null otherwise.</summary>
    public DateTimeOffset? LimitEnds { get; init; }

    /// <summary>What happened, without the advice.</summary>
    public string Summary
    {
        get
        {
            var tries =
                Attempts > 1 ? string.Create(CultureInfo.InvariantCulture, $" ({Attempts} attempts in {Elapsed.TotalSeconds:0.0} s)") : "";
            var body = BodyExcerpt.Length > 0 ? $" It said: {BodyExcerpt}" : "";
            return $"{Service}: {Method} {Uri}: {base.Message}{tries}.{body}";
        }
    }

    /// <inheritdoc/>
    public override string Message => Advice.Length > 0 ? $"{Summary} {Advice}" : Summary;
}

/// <summary>Why a call to a service gave no usable answer.</summary>
public enum ServiceFailure
{
    /// <summary>The address may not be called: not https, or with credentials in it.</summary>
    EndpointRefused,

    /// <summary>No connection, or it was lost.</summary>
    Unreachable,

    /// <summary>The service's TLS certificate is not trusted.</summary>
    TlsUntrusted,

    /// <summary>No complete answer within the time allowed.</summary>
    TimedOut,

    /// <summary>The service answered with a status that means no.</summary>
    Status,

    /// <summary>The service sent the client elsewhere, where it may not follow.</summary>
    RedirectRefused,

    /// <summary>The answer is larger than allowed.</summary>
    ResponseTooLarge,

    /// <summary>The answer is not what the protocol says.</summary>
    ResponseMalformed,
}
