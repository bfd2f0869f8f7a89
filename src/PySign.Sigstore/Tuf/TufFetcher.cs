using System.Globalization;
using System.Net;
using PySign.Http;

namespace PySign.Sigstore.Tuf;

/// <summary>
/// Fetches a repository's files: never more bytes than were agreed on, never longer than a request's time. What arrives is
/// not believed here, only bounded.
/// </summary>
internal sealed class TufFetcher(ServiceClient client, TufLimits limits)
{
    /// <summary>Fetches a file whole.</summary>
    /// <returns>The bytes; null where the repository has no such file (404, and 403, which object stores answer instead).</returns>
    /// <exception cref="TufException">There is more than <paramref name="maxBytes"/>, or no answer.</exception>
    public async Task<byte[]?> FetchAsync(Uri address, long maxBytes, string subject, CancellationToken cancellationToken)
    {
        var request = new ServiceRequest
        {
            Service = "TUF repository",
            Method = HttpMethod.Get,
            Uri = address,
            AlsoAccepted = [HttpStatusCode.NotFound, HttpStatusCode.Forbidden],
            MaxResponseBytes = maxBytes,
            Timeout = limits.RequestTime,
            Retry = limits.Retry,
            Redirects = RedirectPolicy.SameOrigin,
        };
        try
        {
            var response = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return response.Status is HttpStatusCode.NotFound or HttpStatusCode.Forbidden ? null : response.Body;
        }
        catch (ServiceException e) when (e.Reason == ServiceFailure.ResponseTooLarge)
        {
            throw new TufException(
                TufFailure.TooLarge,
                subject,
                string.Create(CultureInfo.InvariantCulture, $"at most {maxBytes} bytes"),
                "more",
                "Nothing of it was kept. Ask the repository's operator before trusting this mirror again.",
                e
            );
        }
        catch (ServiceException e)
        {
            throw new TufException(
                TufFailure.Unreachable,
                subject,
                "an answer",
                e.Message.TrimEnd('.'),
                "Check the network and any proxy, and try again; what is cached can be used with the offline mode.",
                e
            );
        }
    }
}
