using System.Net;
using System.Net.Http.Headers;

namespace PySign.Http;

/// <summary>One attempt: sends, and follows redirects as far as the request allows.</summary>
internal sealed class Exchange(HttpClient http, ServiceRequest request)
{
    private const int MaxRedirects = 5;

    public async Task<HttpResponseMessage> SendAsync(CancellationToken cancellationToken)
    {
        var uri = request.Uri;
        var withOwnHeaders = true;
        for (var hop = 0; ; hop++)
        {
            using var message = Message(uri, withOwnHeaders);
            var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (!IsRedirect(response.StatusCode) || request.AlsoAccepted.Contains(response.StatusCode))
            {
                // A handler of a test may leave it out; the address is part of the answer.
                response.RequestMessage ??= new HttpRequestMessage(request.Method, uri);
                return response;
            }

            using (response)
            {
                // "//" and its like are locations that lead nowhere.
                var target = response.Headers.Location is { } location && Uri.TryCreate(uri, location, out var there) ? there : null;
                if (Refusal(uri, target, hop) is { } refusal)
                {
                    throw new ServiceException(ServiceFailure.RedirectRefused, request.Service, request.Method.Method, request.Uri, refusal)
                    {
                        Status = response.StatusCode,
                        Advice = "Use the service's final address.",
                    };
                }

                withOwnHeaders &= EndpointRule.SameOrigin(uri, target!);
                uri = target!;
            }
        }
    }

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private string? Refusal(Uri from, Uri? to, int hop)
    {
        if (to is null)
        {
            return "it redirects without saying where";
        }

        // Query and fragment may carry a signed address's secret.
        var where = to.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        if (request.Redirects == RedirectPolicy.Refuse || !(request.Method == HttpMethod.Get || request.Method == HttpMethod.Head))
        {
            return $"it redirects to {where}, which is not followed";
        }

        if (request.Redirects == RedirectPolicy.SameOrigin && !EndpointRule.SameOrigin(from, to))
        {
            return $"it redirects to another origin, {where}, which is not followed";
        }

        if (hop >= MaxRedirects)
        {
            return $"it redirects more than {MaxRedirects} times";
        }

        var downgrade = from.Scheme == Uri.UriSchemeHttps && to.Scheme != Uri.UriSchemeHttps;
        return downgrade ? $"it redirects from https to {where}"
            : EndpointRule.Refusal(to) is { } rule ? $"it redirects to {where}: {rule}"
            : null;
    }

    private HttpRequestMessage Message(Uri uri, bool withOwnHeaders)
    {
        var message = new HttpRequestMessage(request.Method, uri);
        foreach (var (name, value) in request.Headers)
        {
            if (withOwnHeaders || name.Equals("Accept", StringComparison.OrdinalIgnoreCase))
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (withOwnHeaders && request.Credential is { } credential)
        {
            message.Headers.TryAddWithoutValidation(credential.Header, credential.Value);
        }

        if (request.Body is { } body)
        {
            message.Content = new StreamContent(body.Open());
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(body.ContentType);
            message.Content.Headers.ContentLength = body.Length;
        }

        return message;
    }
}
