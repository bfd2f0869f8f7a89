using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PySign.Http;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Identity;

/// <summary>What is asked of an OAuth issuer during a device login: discovery, a code, and again and again the token.</summary>
internal sealed class DeviceIssuer(ServiceClient http, DeviceLogin login)
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:device_code";

    private static readonly JsonDocumentOptions _options = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    public sealed record Endpoints(Uri Authorization, Uri Token);

    public sealed record Authorization(
        string DeviceCode,
        string UserCode,
        Uri VerificationUri,
        Uri? VerificationUriComplete,
        TimeSpan Lifetime,
        TimeSpan Interval
    );

    /// <summary>OpenID Connect Discovery 4: the document must speak of the very issuer that was asked.</summary>
    public async Task<Endpoints> DiscoverAsync(CancellationToken cancellationToken)
    {
        var root = await SendAsync(
                HttpMethod.Get,
                EndpointPath.Under(login.Issuer, "/.well-known/openid-configuration"),
                null,
                [],
                cancellationToken
            )
            .ConfigureAwait(false);
        if (Text(root, "issuer")?.TrimEnd('/') != login.Issuer.AbsoluteUri.TrimEnd('/'))
        {
            throw Failed("its discovery document is another issuer's");
        }

        return Text(root, "device_authorization_endpoint") is null
            ? throw new SigningException(
                SigningFailure.LoginImpossible,
                Host,
                "the issuer has no login for devices (device_authorization_endpoint)",
                "Name an issuer that has one, or give a token in SIGSTORE_ID_TOKEN."
            )
            : new Endpoints(Endpoint(root, "device_authorization_endpoint"), Endpoint(root, "token_endpoint"));
    }

    /// <summary>RFC 8628 3.1 and 3.2.</summary>
    public async Task<Authorization> AuthorizeAsync(Endpoints endpoints, ProofKey proof, CancellationToken cancellationToken)
    {
        var root = await SendAsync(
                HttpMethod.Post,
                endpoints.Authorization,
                [
                    new("client_id", login.ClientId),
                    new("scope", login.Scope),
                    new("code_challenge", proof.Challenge),
                    new("code_challenge_method", ProofKey.Method),
                ],
                [],
                cancellationToken
            )
            .ConfigureAwait(false);
        var code = Text(root, "device_code") ?? throw Failed("its answer holds no device_code");
        http.Redactor.Add(code);
        if (Text(root, "user_code") is not { Length: <= 64 } user || !user.All(static c => c is >= ' ' and <= '~'))
        {
            throw Failed("its answer holds no user_code that could be shown");
        }

        return new Authorization(
            code,
            user,
            Endpoint(root, "verification_uri"),
            root.TryGetProperty("verification_uri_complete", out _) ? Endpoint(root, "verification_uri_complete") : null,
            Seconds(root, "expires_in", null, 1, 3600),
            Seconds(root, "interval", 5, 1, 300)
        );
    }

    /// <summary>RFC 8628 3.4 and 3.5.</summary>
    /// <returns>The token, or the error's name.</returns>
    public async Task<(IdentityToken? Token, string? Error)> PollAsync(
        Endpoints endpoints,
        Authorization authorization,
        ProofKey proof,
        CancellationToken cancellationToken
    )
    {
        var root = await SendAsync(
                HttpMethod.Post,
                endpoints.Token,
                [
                    new("grant_type", Grant),
                    new("device_code", authorization.DeviceCode),
                    new("client_id", login.ClientId),
                    new("code_verifier", proof.Verifier),
                ],
                [HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden],
                cancellationToken
            )
            .ConfigureAwait(false);
        if (Text(root, "error") is { } error)
        {
            return (null, error);
        }

        var token = IdentityToken.Parse(Text(root, "id_token") ?? throw Failed("its answer holds no id_token"));
        return token.Issuer.TrimEnd('/') == login.Issuer.AbsoluteUri.TrimEnd('/')
            ? (token, null)
            : throw Failed("its token is another issuer's");
    }

    /// <summary>An error's name is the issuer's text: only what cannot do harm to a terminal is shown.</summary>
    public static string Shown(string error) => string.Concat(error.Take(64).Where(static c => char.IsAsciiLetterOrDigit(c) || c == '_'));

    private string Host => login.Issuer.Host;

    private async Task<JsonElement> SendAsync(
        HttpMethod method,
        Uri uri,
        KeyValuePair<string, string>[]? form,
        HttpStatusCode[] accepted,
        CancellationToken cancellationToken
    )
    {
        var response = await http.SendToAsync(
                new ServiceRequest
                {
                    Service = Host,
                    Method = method,
                    Uri = uri,
                    Body = form is null ? null : await FormAsync(form, cancellationToken).ConfigureAwait(false),
                    AlsoAccepted = accepted,
                    MaxResponseBytes = 256 << 10,
                    Timeout = TimeSpan.FromSeconds(30),
                    Repeatable = true, // A second code does no harm, and asking for the token again is the protocol.
                },
                SigningFailure.LoginFailed,
                "Check the issuer's URL and the client id.",
                cancellationToken
            )
            .ConfigureAwait(false);
        try
        {
            using var document = JsonDocument.Parse(response.Body, _options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw Failed("its answer is not a JSON object");
        }
        catch (JsonException)
        {
            throw Failed("its answer is not JSON"); // The inner exception could quote a token.
        }
    }

    private static async Task<RequestBody> FormAsync(KeyValuePair<string, string>[] form, CancellationToken cancellationToken)
    {
        using var content = new FormUrlEncodedContent(form);
        var bytes = await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return RequestBody.Bytes(bytes, "application/x-www-form-urlencoded");
    }

    private Uri Endpoint(JsonElement root, string name) =>
        Uri.TryCreate(Text(root, name), UriKind.Absolute, out var uri) && EndpointRule.Refusal(uri) is null
            ? uri
            : throw Failed($"its {name} is not an https URL");

    private TimeSpan Seconds(JsonElement root, string name, int? otherwise, int least, int most)
    {
        if (!root.TryGetProperty(name, out var value) && otherwise is { } seconds)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= 0
            ? TimeSpan.FromSeconds(Math.Clamp(number, least, most))
            : throw Failed($"its {name} is not a number of seconds");
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    private SigningException Failed(string what) =>
        new(SigningFailure.LoginFailed, Host, what, "Check the issuer's URL; if it is right, report this to its operator.");
}

/// <summary>A proof key (RFC 7636, S256): the challenge goes ahead, the verifier follows with the request for the token.</summary>
internal sealed class ProofKey
{
    public const string Method = "S256";

    public string Verifier { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
}
