using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using PySign.Http;

namespace Cake.PySign.Common.Network;

/// <summary>A registry's refusal in words that name the action, the address and the registry's own message.</summary>
internal static class RegistryErrors
{
    private const string ProjectHidden = "404 Project Not Found";
    private const string Skipped = "what is already published is recognized and skipped.";

    /// <summary>Whether a 404 is GitLab's answer to those who may not see the project: it says nothing about what is in it.</summary>
    public static bool HidesProject(ServiceException e) => e.BodyExcerpt.Contains(ProjectHidden, StringComparison.Ordinal);

    /// <summary>As <see cref="HidesProject(ServiceException)"/>.</summary>
    public static bool HidesProject(ServiceResponse response) =>
        response.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(ProjectHidden)) is >= 0 and < 100;

    public static PySignException Hidden(Uri uri, string action) =>
        new(
            PySignFailure.NotFound,
            $"{action}: GET {uri.GetLeftPart(UriPartial.Path)} answered 404: {ProjectHidden}",
            StatusAdvice.Of(HttpStatusCode.NotFound, "").Advice
        );

    public static PySignException From(ServiceException e, string action)
    {
        var said = Message(e.BodyExcerpt);
        var (reason, advice) = Cause(e, said);
        var what =
            e.Status is { } status && e.Reason == ServiceFailure.Status
                ? $"{e.Method} {e.Uri} answered {(int)status}{(said.Length > 0 ? $": {said}" : "")}"
                : e.Summary;
        return new PySignException(reason, $"{action}: {what}", advice ?? (e.Advice.Length > 0 ? e.Advice : null), e) { Call = e };
    }

    private static (PySignFailure Reason, string? Advice) Cause(ServiceException e, string said) =>
        e.Reason switch
        {
            ServiceFailure.RedirectRefused => (
                PySignFailure.Redirected,
                "If files of this registry are kept on another host, set Network.StorageRedirects to Always; otherwise correct the address."
            ),
            // The settings' addresses are checked before: only the registry can have given one that is never called.
            ServiceFailure.EndpointRefused => (
                PySignFailure.Redirected,
                "The registry leads to an address that is never called. Ask its administrator."
            ),
            ServiceFailure.TlsUntrusted => (PySignFailure.TlsUntrusted, null),
            ServiceFailure.TimedOut => (PySignFailure.TimedOut, ThenAgain(e.Advice)),
            ServiceFailure.ResponseTooLarge => (PySignFailure.TooLarge, null),
            ServiceFailure.Status when e.LimitEnds is { } ends => (PySignFailure.RateLimited, LimitAdvice(ends)),
            ServiceFailure.Status => StatusAdvice.Of(e.Status, e.BodyExcerpt).ReasonAndAdvice,
            _ => (PySignFailure.Unreachable, ThenAgain(e.Advice.Length > 0 ? e.Advice : "Check the address and the network.")),
        };

    // The cause comes first: a second run meets the same proxy.
    private static string ThenAgain(string advice) => advice.Length > 0 ? $"{advice} Then run again: {Skipped}" : $"Run again: {Skipped}";

    private static string LimitAdvice(DateTimeOffset ends)
    {
        var moment = ends.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        return $"The service was asked too often. It answers again after {moment} UTC: run again then, or give a token, which may ask more "
            + "often. What is already published is recognized and skipped.";
    }

    // {"message":"401 Unauthorized"}, {"error":"file_name is invalid"}, or text
    private static string Message(string body)
    {
        if (body.StartsWith('{'))
        {
            try
            {
                using var json = JsonDocument.Parse(body);
                foreach (var name in new[] { "message", "error" })
                {
                    if (json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
                    {
                        return value.GetString()!;
                    }
                }
            }
            catch (JsonException)
            {
                // Cut off or no JSON after all: shown as it is.
            }
        }

        return body;
    }
}
