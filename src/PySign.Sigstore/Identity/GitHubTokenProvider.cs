using System.Text.Json;
using PySign.Http;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Identity;

/// <summary>
/// The token endpoint of a GitHub Actions job, which is there with <c>permissions: id-token: write</c>
/// (<c>ACTIONS_ID_TOKEN_REQUEST_URL</c> and <c>ACTIONS_ID_TOKEN_REQUEST_TOKEN</c>).
/// </summary>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="handler">Sends the request; null for real connections.</param>
/// <param name="time">The clock for retries.</param>
public sealed class GitHubTokenProvider(Func<string, string?> environment, HttpMessageHandler? handler = null, TimeProvider? time = null)
    : IIdentityTokenProvider
{
    /// <summary>The variable with the address that mints tokens.</summary>
    public const string UrlVariable = "ACTIONS_ID_TOKEN_REQUEST_URL";

    /// <summary>The variable with the credential for that address.</summary>
    public const string TokenVariable = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

    private const string Service = "GitHub Actions token endpoint";

    /// <inheritdoc/>
    public string Name => "GitHub Actions (permissions: id-token: write)";

    /// <inheritdoc/>
    public async Task<IdentityToken?> GetAsync(string audience, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(audience);
        var url = environment(UrlVariable);
        var secret = environment(TokenVariable);
        if (string.IsNullOrWhiteSpace(url) || string.IsNullOrWhiteSpace(secret))
        {
            return null;
        }

        using var client = new ServiceClient(new ServiceClientOptions { Handler = handler, Time = time ?? TimeProvider.System });
        try
        {
            var response = await client
                .SendAsync(
                    new ServiceRequest
                    {
                        Service = Service,
                        Method = HttpMethod.Get,
                        Uri = WithAudience(url, audience),
                        Credential = ServiceCredential.Bearer(secret.Trim()),
                        Timeout = TimeSpan.FromSeconds(30),
                        MaxResponseBytes = 128 << 10,
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            return IdentityToken.Parse(ReadValue(response.Body));
        }
        catch (ServiceException e)
        {
            throw new SigningException(
                SigningFailure.ServiceUnavailable,
                "",
                e.Message,
                "A token can only be requested while the job runs, with permissions: id-token: write.",
                e
            );
        }
    }

    /// <summary>The URL already carries a query; the audience is added to it.</summary>
    private static Uri WithAudience(string url, string audience)
    {
        if (!Uri.TryCreate(url.Trim(), UriKind.Absolute, out var uri))
        {
            throw new SigningException(
                SigningFailure.TokenMissing,
                Service,
                $"{UrlVariable} is not an absolute URL",
                "Use the variable as GitHub sets it."
            );
        }

        var query = uri.Query.TrimStart('?');
        return new UriBuilder(uri) { Query = (query.Length > 0 ? query + "&" : "") + "audience=" + Uri.EscapeDataString(audience) }.Uri;
    }

    private static string ReadValue(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("value", out var value)
                && value.ValueKind == JsonValueKind.String
                ? value.GetString()!
                : throw NoToken();
        }
        catch (JsonException)
        {
            throw NoToken(); // The inner exception could quote the answer, which is a secret.
        }
    }

    private static SigningException NoToken() =>
        new(SigningFailure.TokenMissing, Service, "the answer holds no token", "Run the job again.");
}
