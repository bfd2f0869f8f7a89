using PySign.Http;

namespace PySign.Sigstore.Errors;

/// <summary>Calls a signing service and says what its failure means.</summary>
internal static class CallService
{
    /// <summary>Asks for something that is good to know and not needed; null when there is no answer of use.</summary>
    public static async Task<byte[]?> TryGetAsync(this ServiceClient client, string service, Uri uri, CancellationToken cancellationToken)
    {
        try
        {
            var request = new ServiceRequest
            {
                Service = service,
                Method = HttpMethod.Get,
                Uri = uri,
                Retry = RetryPolicy.None,
            };
            var response = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return response.Body;
        }
        catch (ServiceException)
        {
            return null;
        }
    }

    /// <param name="client">The client.</param>
    /// <param name="request">The call.</param>
    /// <param name="refused">What it means when the service answers with no.</param>
    /// <param name="advice">What to do then.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public static async Task<ServiceResponse> SendToAsync(
        this ServiceClient client,
        ServiceRequest request,
        SigningFailure refused,
        string advice,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (ServiceException e)
        {
            var isNo =
                e
                is {
                        Reason: ServiceFailure.Status,
                        Status: >= System.Net.HttpStatusCode.BadRequest and < System.Net.HttpStatusCode.InternalServerError
                    }
                    and not { Status: System.Net.HttpStatusCode.TooManyRequests or System.Net.HttpStatusCode.RequestTimeout };

            // The message of the inner exception already begins with the service's name and ends with its advice.
            throw new SigningException(isNo ? refused : SigningFailure.ServiceUnavailable, "", e.Message, isNo ? advice : "", e)
            {
                Service = request.Service,
            };
        }
    }
}
