using System.Net;

namespace PySign.Sigstore.Http;

/// <summary>One call to a service.</summary>
internal sealed record ServiceRequest
{
    /// <summary>The service's name in messages, such as <c>Fulcio</c>.</summary>
    public required string Service { get; init; }

    public required HttpMethod Method { get; init; }

    public required Uri Uri { get; init; }

    public RequestBody? Body { get; init; }

    /// <summary>Headers without secrets.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public ServiceCredential? Credential { get; init; }

    /// <summary>Statuses besides 2xx that are answers for the caller and not failures.</summary>
    public IReadOnlyList<HttpStatusCode> AlsoAccepted { get; init; } = [];

    public long MaxResponseBytes { get; init; } = 1 << 20;

    /// <summary>How long one attempt may take, from connecting to the body's last byte.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>Whether sending twice does no more than sending once. Null: what the method promises (RFC 9110 9.2.2).</summary>
    public bool? Repeatable { get; init; }

    public RedirectPolicy Redirects { get; init; }

    public bool IsRepeatable =>
        Repeatable ?? (Method == HttpMethod.Get || Method == HttpMethod.Head || Method == HttpMethod.Put || Method == HttpMethod.Delete);

    public bool Accepts(HttpStatusCode status) => (int)status is >= 200 and < 300 || AlsoAccepted.Contains(status);
}
