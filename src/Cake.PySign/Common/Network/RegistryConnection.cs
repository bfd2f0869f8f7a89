using System.Net;
using Cake.PySign.Common.Logging;
using PySign.Formats;
using PySign.Http;

namespace Cake.PySign.Common.Network;

/// <summary>Talks to one registry. The credential goes to the registry's own origin and nowhere else.</summary>
internal sealed class RegistryConnection(
    ServiceClient client,
    Uri root,
    ServiceCredential? credential,
    bool allowStorage,
    SafeLog log,
    long maxFileBytes = RegistryConnection.MaxFileBytes
) : IDisposable
{
    private const int MaxRedirects = 5;
    private const long MaxIndexBytes = 32L << 20;

    /// <summary>More than any registry takes: GitLab's default limit for a generic package file is 5 GiB.</summary>
    public const long MaxFileBytes = 16L << 30;

    private static readonly HttpStatusCode[] _redirects =
    [
        HttpStatusCode.MovedPermanently,
        HttpStatusCode.Found,
        HttpStatusCode.SeeOther,
        HttpStatusCode.TemporaryRedirect,
        HttpStatusCode.PermanentRedirect,
    ];

    /// <summary>How long one attempt to transfer a file may take; all attempts together get twice that.</summary>
    public TimeSpan TransferTime { get; init; } = TimeSpan.FromMinutes(15);

    private RetryPolicy TransferRetry => RetryPolicy.Default with { Deadline = 2 * TransferTime };

    /// <summary>Reads a small document. Redirects within the origin are followed; one to another origin is handed to the caller.</summary>
    public async Task<RegistryAnswer> GetAsync(Uri uri, string accept, string action, CancellationToken cancellationToken)
    {
        for (var hop = 0; hop <= MaxRedirects; hop++)
        {
            var request = Request(HttpMethod.Get, uri) with
            {
                Headers = [new("Accept", accept)],
                AlsoAccepted = [HttpStatusCode.NotFound, .. _redirects],
                MaxResponseBytes = MaxIndexBytes,
            };
            var response = await CallAsync(token => client.SendAsync(request, token), action, cancellationToken).ConfigureAwait(false);
            if (response.Status == HttpStatusCode.NotFound && RegistryErrors.HidesProject(response))
            {
                throw RegistryErrors.Hidden(uri, action);
            }

            if (!_redirects.Contains(response.Status))
            {
                return Answer(response);
            }

            if (!Uri.TryCreate(uri, response.Header("Location"), out var target) || target.Host.Length == 0)
            {
                throw new PySignException(PySignFailure.Redirected, $"{action}: {uri} redirects without saying where.");
            }

            if (!EndpointRule.SameOrigin(uri, target))
            {
                return new RegistryAnswer(false, uri, target, "", []);
            }

            uri = target;
        }

        throw new PySignException(PySignFailure.Redirected, $"{action}: {uri} keeps redirecting.", "Correct the address.");
    }

    private static RegistryAnswer Answer(ServiceResponse response) =>
        new(response.Status != HttpStatusCode.NotFound, response.Uri, null, response.ContentType?.ToLowerInvariant() ?? "", response.Body)
        {
            Charset = response.Charset,
            Link = response.Header("Link"),
        };

    /// <summary>
    /// Streams a file, hashing it on the way; <see langword="null"/> where there is none. <paramref name="open"/> gives a new, empty target
    /// for every attempt. <paramref name="fromPage"/> says that the caller knows the address as that of the registry's pages for people: it
    /// may be of another origin, and gets no credential.
    /// </summary>
    public async Task<RegistryDownload?> DownloadAsync(
        Uri uri,
        Func<Stream> open,
        string action,
        CancellationToken cancellationToken,
        string? accept = null,
        bool fromPage = false
    )
    {
        RequireOwnOrigin(uri, action, fromPage);
        try
        {
            var content = await client
                .DownloadAsync(
                    Request(HttpMethod.Get, uri) with
                    {
                        Headers = accept is null ? [] : [new("Accept", accept)],
                        Credential = fromPage ? null : Request(HttpMethod.Get, uri).Credential,
                        MaxResponseBytes = maxFileBytes,
                        Timeout = TransferTime,
                        Retry = TransferRetry,
                        Redirects = allowStorage ? RedirectPolicy.AnywhereWithoutCredentials : RedirectPolicy.SameOrigin,
                    },
                    () => new ProgressStream(open(), action, null, log),
                    cancellationToken
                )
                .ConfigureAwait(false);
            return new RegistryDownload(new Uri(uri.GetLeftPart(UriPartial.Path)), content.Sha256, content.Length);
        }
        catch (ServiceException e) when (e.Status == HttpStatusCode.NotFound && !RegistryErrors.HidesProject(e))
        {
            return null;
        }
        catch (ServiceException e)
        {
            throw RegistryErrors.From(e, action);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What breaks off on the way is a ServiceException: this is the file that is written.
            throw Unwritable(action, e);
        }
    }

    private static PySignException Unwritable(string action, Exception e) =>
        new(
            PySignFailure.OutputUnwritable,
            $"{action}: what arrives cannot be written: {e.Message}",
            "Make room, or correct the permissions; then run again.",
            e
        );

    private void RequireOwnOrigin(Uri uri, string action, bool fromPage)
    {
        if (!allowStorage && !fromPage && !EndpointRule.SameOrigin(root, uri))
        {
            throw new PySignException(
                PySignFailure.Redirected,
                $"{action}: the file lies on {ServiceAddress.Origin(uri)}, not on the registry's own {ServiceAddress.Origin(root)} "
                    + "(dependency confusion).",
                "If this registry keeps its files there, set Network.StorageRedirects to Always; the credentials still stay with "
                    + "the registry."
            );
        }
    }

    /// <summary>Changes something by a small JSON document; what is done already is done again without harm.</summary>
    public Task<ServiceResponse> ChangeAsync(HttpMethod method, Uri uri, byte[] json, string action, CancellationToken cancellationToken) =>
        CallAsync(
            token =>
                client.SendAsync(
                    Request(method, uri) with
                    {
                        Body = RequestBody.Bytes(json, "application/json"),
                        Repeatable = true,
                    },
                    token
                ),
            action,
            cancellationToken
        );

    /// <summary>Sends a small JSON document, once.</summary>
    public Task<ServiceResponse> PostJsonAsync(
        Uri uri,
        byte[] json,
        string action,
        CancellationToken cancellationToken,
        params HttpStatusCode[] alsoAccepted
    ) =>
        CallAsync(
            token =>
                client.SendAsync(
                    Request(HttpMethod.Post, uri) with
                    {
                        Body = RequestBody.Bytes(json, "application/json"),
                        AlsoAccepted = alsoAccepted,
                    },
                    token
                ),
            action,
            cancellationToken
        );

    /// <summary>Removes what is at an address of the registry; that it is gone already is fine.</summary>
    public Task DeleteAsync(Uri uri, string action, CancellationToken cancellationToken) =>
        CallAsync(
            token => client.SendAsync(Request(HttpMethod.Delete, uri) with { AlsoAccepted = [HttpStatusCode.NotFound] }, token),
            action,
            cancellationToken
        );

    /// <summary>Sends a file, once, and never the whole of another: whether a lost answer meant success is for the caller to see before it
    /// repeats.</summary>
    public Task<ServiceResponse> SendFileAsync(FileUpload upload, CancellationToken cancellationToken)
    {
        var size = upload.Size;
        CheckedUpload.RequireSize(upload.File, size);
        var request = Request(upload.Method, upload.Uri);
        return CallAsync(
            token =>
                client.SendAsync(
                    request with
                    {
                        Headers = upload.Headers,
                        Credential = upload.IsTrusted ? credential : request.Credential,
                        Body = new RequestBody(
                            "application/octet-stream",
                            size,
                            () => new ProgressStream(CheckedUpload.Open(upload.File, size), upload.Action, size, log)
                        ),
                        Timeout = TransferTime,
                        Retry = TransferRetry,
                        Repeatable = false,
                    },
                    token
                ),
            upload.Action,
            cancellationToken
        );
    }

    public void Dispose() => client.Dispose();

    private ServiceRequest Request(HttpMethod method, Uri uri) =>
        new()
        {
            Service = "Registry",
            Method = method,
            Uri = uri,
            Credential = EndpointRule.SameOrigin(root, uri) ? credential : null,
        };

    private static async Task<ServiceResponse> CallAsync(
        Func<CancellationToken, Task<ServiceResponse>> call,
        string action,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await call(cancellationToken).ConfigureAwait(false);
        }
        catch (ServiceException e)
        {
            throw RegistryErrors.From(e, action);
        }
    }
}

/// <summary>A registry's answer that is not yet a failure. A redirect to another origin is an answer too: it is never followed on its
/// own.</summary>
/// <param name="Found">Whether there was something (2xx) and not nothing (404).</param>
/// <param name="Uri">The address that answered, after redirects within the origin.</param>
/// <param name="RedirectedTo">For a redirect that was not followed, where it points.</param>
/// <param name="ContentType">The media type without parameters, lower case, or empty.</param>
/// <param name="Body">The body, bounded.</param>
internal sealed record RegistryAnswer(bool Found, Uri Uri, Uri? RedirectedTo, string ContentType, byte[] Body)
{
    /// <summary>The character set that the answer names; null for none.</summary>
    public string? Charset { get; init; }

    /// <summary>The header that says where a list goes on; null where it does not.</summary>
    public string? Link { get; init; }
}

/// <summary>What arrived of a file: hashed on the way, whatever the registry claims.</summary>
internal sealed record RegistryDownload(Uri Url, Sha256Digest Sha256, long Size);

/// <summary>A file on its way to a registry.</summary>
/// <param name="Method">PUT or POST.</param>
/// <param name="Uri">Where to.</param>
/// <param name="File">What to send, with the digest that it must have.</param>
/// <param name="Size">The bytes that it must have.</param>
/// <param name="Action">What happens, for messages.</param>
internal sealed record FileUpload(HttpMethod Method, Uri Uri, HashedFile File, long Size, string Action)
{
    /// <summary>Whether the caller knows the address, though of another origin, as the registry's own: the credential goes
    /// along.</summary>
    public bool IsTrusted { get; init; }

    /// <summary>Headers without secrets.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
