using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PySign.Sandbox.Tests.Oidc;

/// <summary>The e-mail issuer's device login (RFC 8628) on a clock that stands still until a test moves it.</summary>
public sealed class DeviceFlowTests : IAsyncLifetime
{
    private const string Verifier = "a-verifier-that-only-the-client-knows-0123456789";

    private SandboxRig _rig = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await SandboxRig.Start();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Discovery_names_the_endpoints_of_the_one_issuer_that_people_log_in_with()
    {
        var email = await _rig.GetJson("/oauth/.well-known/openid-configuration");
        Assert.Equal("http://localhost/oauth/device/code", email.GetProperty("device_authorization_endpoint").GetString());
        Assert.Equal("http://localhost/oauth/token", email.GetProperty("token_endpoint").GetString());
        Assert.False((await _rig.GetJson("/.well-known/openid-configuration")).TryGetProperty("device_authorization_endpoint", out _));
    }

    [Fact]
    public async Task An_approved_login_gives_one_token_for_the_client_and_no_second()
    {
        var login = await BeginAsync();
        Assert.Equal("authorization_pending", (await PollAsync(login)).Error);
        Assert.Equal(
            HttpStatusCode.NoContent,
            await DecideAsync("approve", login.UserCode.ToLowerInvariant(), new { email = "someone@example.org" })
        );
        _rig.Clock.Now += TimeSpan.FromSeconds(5);
        var (token, error) = await PollAsync(login);
        Assert.Null(error);
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(token!.Split('.')[1]));
        Assert.Equal(
            ("sigstore", "someone@example.org"),
            (claims.RootElement.GetProperty("aud").GetString(), claims.RootElement.GetProperty("email").GetString())
        );
        _rig.Clock.Now += TimeSpan.FromSeconds(5);
        Assert.Equal("invalid_grant", (await PollAsync(login)).Error);
    }

    [Fact]
    public async Task Who_polls_too_often_is_told_to_slow_down_and_then_has_to()
    {
        var login = await BeginAsync();
        Assert.Equal("authorization_pending", (await PollAsync(login)).Error);
        _rig.Clock.Now += TimeSpan.FromSeconds(4);
        Assert.Equal("slow_down", (await PollAsync(login)).Error);
        _rig.Clock.Now += TimeSpan.FromSeconds(9);
        Assert.Equal("slow_down", (await PollAsync(login)).Error);
        _rig.Clock.Now += TimeSpan.FromSeconds(15);
        Assert.Equal("authorization_pending", (await PollAsync(login)).Error);
    }

    [Fact]
    public async Task A_refused_login_is_denied_and_an_old_one_has_expired()
    {
        var refused = await BeginAsync();
        Assert.Equal(HttpStatusCode.NoContent, await DecideAsync("deny", refused.UserCode));
        Assert.Equal("access_denied", (await PollAsync(refused)).Error);

        var old = await BeginAsync();
        _rig.Clock.Now += TimeSpan.FromSeconds(300);
        Assert.Equal("expired_token", (await PollAsync(old)).Error);
        Assert.Equal(HttpStatusCode.NotFound, await DecideAsync("approve", old.UserCode));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("another-verifier-that-somebody-made-up-0123456789")]
    public async Task The_device_code_alone_fetches_nothing(string? verifier)
    {
        var login = await BeginAsync();
        await DecideAsync("approve", login.UserCode);
        Assert.Equal("invalid_grant", (await PollAsync(login, verifier)).Error);
        Assert.Null((await PollAsync(login)).Error);
    }

    [Fact]
    public async Task Requests_that_are_none_are_refused()
    {
        Assert.Equal("invalid_request", await ErrorAsync("/oauth/device/code", []));
        Assert.Equal(
            "invalid_request",
            await ErrorAsync(
                "/oauth/device/code",
                new()
                {
                    ["client_id"] = "c",
                    ["code_challenge"] = "x",
                    ["code_challenge_method"] = "plain",
                }
            )
        );
        Assert.Equal("unsupported_grant_type", await ErrorAsync("/oauth/token", new() { ["grant_type"] = "password" }));
        Assert.Equal(HttpStatusCode.NotFound, await DecideAsync("approve", "NONE-SUCH"));
    }

    [Fact]
    public async Task A_person_can_log_in_with_a_browser()
    {
        var login = await BeginAsync();
        var page = await _rig.Client.GetStringAsync($"/oauth/device?user_code={login.UserCode}", Stop);
        Assert.Contains($"value=\"{login.UserCode}\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "<script",
            await _rig.Client.GetStringAsync("/oauth/device?user_code=%3Cscript%3E", Stop),
            StringComparison.Ordinal
        );
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string> { ["user_code"] = login.UserCode, ["decision"] = "approve" }
        );
        using var answer = await _rig.Client.PostAsync("/oauth/device", form, Stop);
        Assert.Contains("logged in", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.NotNull((await PollAsync(login)).Token);
    }

    private sealed record Login(string DeviceCode, string UserCode);

    private async Task<Login> BeginAsync()
    {
        var answer = await FormAsync(
            "/oauth/device/code",
            new()
            {
                ["client_id"] = "sigstore",
                ["scope"] = "openid email",
                ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
                ["code_challenge_method"] = "S256",
            }
        );
        Assert.Equal((300, 5), (answer.GetProperty("expires_in").GetInt32(), answer.GetProperty("interval").GetInt32()));
        Assert.Equal("http://localhost/oauth/device", answer.GetProperty("verification_uri").GetString());
        return new Login(answer.GetProperty("device_code").GetString()!, answer.GetProperty("user_code").GetString()!);
    }

    private async Task<(string? Token, string? Error)> PollAsync(Login login, string? verifier = Verifier)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:device_code",
            ["device_code"] = login.DeviceCode,
            ["client_id"] = "sigstore",
        };
        if (verifier is not null)
        {
            form["code_verifier"] = verifier;
        }

        var answer = await FormAsync("/oauth/token", form);
        return (
            answer.TryGetProperty("id_token", out var token) ? token.GetString() : null,
            answer.TryGetProperty("error", out var error) ? error.GetString() : null
        );
    }

    private async Task<string?> ErrorAsync(string path, Dictionary<string, string> form) =>
        (await FormAsync(path, form)).GetProperty("error").GetString();

    private async Task<JsonElement> FormAsync(string path, Dictionary<string, string> form)
    {
        using var content = new FormUrlEncodedContent(form);
        using var response = await _rig.Client.PostAsync(path, content, Stop);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop)).RootElement;
    }

    private async Task<HttpStatusCode> DecideAsync(string decision, string userCode, object? claims = null) =>
        (
            await _rig.PostJson(
                $"/_sandbox/device/{decision}",
                claims is null ? new { user_code = userCode } : new { user_code = userCode, claims }
            )
        )
            .Response
            .StatusCode;
}
