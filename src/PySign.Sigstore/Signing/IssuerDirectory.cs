using System.Text.Json;
using System.Text.RegularExpressions;
using PySign.Http;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;

namespace PySign.Sigstore.Signing;

/// <summary>
/// Which issuers a Fulcio accepts, as it says itself (<c>GET /api/v2/configuration</c>), to tell a user of an unknown issuer before a token
/// is sent anywhere. Only for clearer errors: where the list cannot be obtained, the authority's answer to the request decides.
/// </summary>
internal sealed partial class IssuerDirectory(ServiceClient http, Uri fulcio)
{
    private static readonly JsonDocumentOptions _options = new() { MaxDepth = 16 };

    /// <exception cref="SigningException">The issuer is not in the list, or the list asks for another audience.</exception>
    public async Task CheckAsync(IdentityToken token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ServiceResponse response;
        try
        {
            response = await http.SendAsync(
                    new ServiceRequest
                    {
                        Service = FulcioClient.Service,
                        Method = HttpMethod.Get,
                        Uri = EndpointPath.Under(fulcio, "/api/v2/configuration"),
                        Timeout = TimeSpan.FromSeconds(30),
                        Retry = RetryPolicy.None,
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (ServiceException)
        {
            return; // See above: no list, no advice.
        }

        if (Read(response.Body) is not { Count: > 0 } issuers)
        {
            return;
        }

        var known = issuers.FirstOrDefault(entry => entry.Matches(token.Issuer));
        if (known is null)
        {
            throw new SigningException(
                SigningFailure.TokenIssuerUnsupported,
                FulcioClient.Service,
                $"it accepts no tokens of the issuer {token.Issuer}",
                IssuerAdvice.For(token)
            );
        }

        if (known.Audience is { Length: > 0 } audience)
        {
            token.EnsureUsable(audience, now);
        }
    }

    private static List<Entry>? Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, _options);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("issuers", out var issuers)
                && issuers.ValueKind == JsonValueKind.Array
                ?
                [
                    .. issuers
                        .EnumerateArray()
                        .Where(static i => i.ValueKind == JsonValueKind.Object)
                        .Select(static i => new Entry(Text(i, "issuerUrl"), Text(i, "wildcardIssuerUrl"), Text(i, "audience"))),
                ]
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private sealed record Entry(string? IssuerUrl, string? WildcardIssuerUrl, string? Audience)
    {
        /// <summary>A star stands for one or more letters, digits, hyphens and underscores (fulcio pkg/config).</summary>
        public bool Matches(string issuer) =>
            issuer == IssuerUrl
            || (
                WildcardIssuerUrl is { Length: > 0 } pattern
                && Regex.IsMatch(
                    issuer,
                    @"\A" + Star().Replace(Regex.Escape(pattern), "[-_a-zA-Z0-9]+") + @"\z",
                    RegexOptions.NonBacktracking
                )
            );
    }

    [GeneratedRegex(@"\\\*", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Star();
}
