using System.Net;
using System.Net.Http.Headers;
using PySign.Formats;

namespace PySign.Http;

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
