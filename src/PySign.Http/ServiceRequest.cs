using System.Net;

namespace PySign.Http;

/// <summary>One call to a service.</summary>
public sealed record ServiceRequest
{
    /// <summary>The service's name in messages, such as <c>Fulcio</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The method.</summary>
    public required HttpMethod Method { get; init; }

    /// <summary>The address.</summary>
    public required Uri Uri { get; init; }

    /// <summary>The body, if there is one.</summary>
    public RequestBody? Body { get; init; }

    /// <summary>Headers without secrets.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The credential, if one is sent.</summary>
    public ServiceCredential? Credential { get; init; }

    /// <summary>Statuses in addition to 2xx that are answers for the caller and not failures.</summary>
    public IReadOnlyList<HttpStatusCode> AlsoAccepted { get; init; } = [];

    /// <summary>The most bytes of an answer that are read into memory.</summary>
    public long MaxResponseBytes { get; init; } = 1 << 20;

    /// <summary>How long one attempt may take, from connecting to the body's last byte.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>When and how often the request is repeated.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>Whether sending twice does no more than sending once. Null: what the method promises (RFC 9110 9.2.2).</summary>
    public bool? Repeatable { get; init; }

    /// <summary>Whether and where redirects are followed.</summary>
    public RedirectPolicy Redirects { get; init; }

    /// <summary>Whether repeating the request does no harm.</summary>
    public bool IsRepeatable =>
        Repeatable ?? (Method == HttpMethod.Get || Method == HttpMethod.Head || Method == HttpMethod.Put || Method == HttpMethod.Delete);

    /// <summary>Whether a status is an answer, rather than a failure.</summary>
    public bool Accepts(HttpStatusCode status) => (int)status is >= 200 and < 300 || AlsoAccepted.Contains(status);
}

/// <summary>A request body that can be sent again: opened again for every attempt, streamed, never held.</summary>
public sealed record RequestBody(string ContentType, long Length, Func<Stream> Open)
{
    /// <summary>A body of bytes in memory.</summary>
    public static RequestBody Bytes(byte[] bytes, string contentType) =>
        new(contentType, bytes.Length, () => new MemoryStream(bytes, writable: false));

    /// <summary>A body that is streamed from a file, again at each attempt.</summary>
    public static RequestBody File(string path, string contentType = "application/octet-stream") =>
        new(
            contentType,
            new FileInfo(path).Length,
            () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true)
        );
}

/// <summary>What to do when a service answers that the resource is elsewhere. Only GET and HEAD ever follow.</summary>
public enum RedirectPolicy
{
    /// <summary>An error: the service's address is wrong, or it is not the service.</summary>
    Refuse,

    /// <summary>Follow within scheme, host and port; refuse otherwise.</summary>
    SameOrigin,

    /// <summary>Follow to any allowed address; credentials and all own headers stay behind as soon as the origin changes.</summary>
    AnywhereWithoutCredentials,
}
