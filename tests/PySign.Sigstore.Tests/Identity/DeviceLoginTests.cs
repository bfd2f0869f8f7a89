using System.Net;
using System.Net.Http.Json;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Tests.Signing;

namespace PySign.Sigstore.Tests.Identity;

/// <summary>A person logs in: against the sandbox on a clock whose waits are over at once, and against answers that no good issuer
/// gives.</summary>
public sealed class DeviceLoginTests
{
    private const string Issuer = "https://issuer.example";
    private const string Discovery =
        """{"issuer":"https://issuer.example","device_authorization_endpoint":"https://issuer.example/device","token_endpoint":"https://issuer.example/token"}""";
    private const string Started =
        """{"device_code":"CANARY-device-code","user_code":"BCDF-GHJK","verification_uri":"https://issuer.example/go","expires_in":60}""";

    private readonly Dictionary<string, string> _environment = [];
    private readonly List<DevicePrompt> _prompts = [];

    [Fact]
    public async Task Who_agrees_in_the_browser_signs_with_their_own_address()
    {
        using var rig = await SandboxRig.StartAsync();
        using var browser = new HttpClient(rig, disposeHandler: false) { BaseAddress = new Uri("http://localhost") };
        browser.DefaultRequestHeaders.Authorization = new("Bearer", rig.Services.ControlToken);
        rig.Intercept = async (request, next) =>
        {
            // The person takes three polls to agree.
            if (request.RequestUri!.AbsolutePath == "/oauth/token" && rig.Calls.Count(c => c == "POST /oauth/token") == 3)
            {
                using var agreed = await browser.PostAsJsonAsync(
                    "/_sandbox/device/approve",
                    new { user_code = _prompts.Single().UserCode, claims = new { email = "dev@example.org" } },
                    Token
                );
                agreed.EnsureSuccessStatusCode();
            }

            return await next();
        };
        var provider = new DeviceLoginProvider(
            new DeviceLogin { Issuer = new Uri("http://localhost/oauth"), Show = _prompts.Add },
            _environment.GetValueOrDefault,
            rig,
            rig.Time
        );
        var token = await provider.GetAsync("sigstore", Token);
        Assert.Equal("dev@example.org", token!.ExpectedIdentity);
        Assert.Equal("http://localhost/oauth/device", _prompts.Single().VerificationUri.AbsoluteUri);
        Assert.StartsWith(
            "http://localhost/oauth/device?user_code=",
            _prompts.Single().VerificationUriComplete!.AbsoluteUri,
            StringComparison.Ordinal
        );

        rig.Intercept = null;
        await using var signer = await rig.SignerAsync(token: token);
        Assert.Equal(("dev@example.org", "http://localhost/oauth"), (signer.Identity, signer.Issuer));
    }

    [Fact]
    public async Task Who_refuses_in_the_browser_signs_nothing()
    {
        using var rig = await SandboxRig.StartAsync();
        using var browser = new HttpClient(rig, disposeHandler: false) { BaseAddress = new Uri("http://localhost") };
        browser.DefaultRequestHeaders.Authorization = new("Bearer", rig.Services.ControlToken);
        var provider = new DeviceLoginProvider(
            new DeviceLogin
            {
                Issuer = new Uri("http://localhost/oauth"),
                Show = p =>
                    browser
                        .PostAsJsonAsync("/_sandbox/device/deny", new { user_code = p.UserCode }, Token)
                        .GetAwaiter()
                        .GetResult()
                        .Dispose(),
            },
            _environment.GetValueOrDefault,
            rig,
            rig.Time
        );
        Assert.Equal(
            SigningFailure.LoginDenied,
            (await Assert.ThrowsAsync<SigningException>(() => provider.GetAsync("sigstore", Token))).Reason
        );
    }

    [Fact]
    public async Task Nobody_in_time_is_the_end()
    {
        using var rig = await SandboxRig.StartAsync();
        var provider = new DeviceLoginProvider(
            new DeviceLogin { Issuer = new Uri("http://localhost/oauth"), Show = _prompts.Add },
            _environment.GetValueOrDefault,
            rig,
            rig.Time
        );
        Assert.Equal(
            SigningFailure.LoginExpired,
            (await Assert.ThrowsAsync<SigningException>(() => provider.GetAsync("sigstore", Token))).Reason
        );
        Assert.InRange(rig.Calls.Count(c => c == "POST /oauth/token"), 30, 60); // 300 s, one poll every 5 s at most.
    }

    [Theory]
    [InlineData("CI")]
    [InlineData("GITLAB_CI")]
    [InlineData("TF_BUILD")]
    public async Task In_a_CI_job_nobody_is_asked(string variable)
    {
        _environment[variable] = "true";
        var handler = new ScriptedHandler(_ => ScriptedHandler.Answer(HttpStatusCode.InternalServerError));
        Assert.Equal(SigningFailure.LoginImpossible, await ReasonAsync(handler));
        Assert.Empty(handler.Requests);
    }

    [Fact]
    public async Task Slow_down_makes_every_later_wait_longer()
    {
        var time = new FastTime();
        List<DateTimeOffset> polls = [];
        string[] answers = ["slow_down", "authorization_pending", "access_denied"];
        var handler = new ScriptedHandler(seen =>
        {
            if (seen.Uri.AbsolutePath != "/token")
            {
                return ScriptedHandler.Answer(HttpStatusCode.OK, seen.Method == HttpMethod.Get ? Discovery : Started);
            }

            polls.Add(time.GetUtcNow());
            return ScriptedHandler.Answer(HttpStatusCode.BadRequest, $$"""{"error":"{{answers[polls.Count - 1]}}"}""");
        });
        Assert.Equal(SigningFailure.LoginDenied, await ReasonAsync(handler, time));
        Assert.Equal(3, polls.Count);
        Assert.True(polls[1] - polls[0] >= TimeSpan.FromSeconds(10));
        Assert.True(polls[2] - polls[1] >= TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task The_proof_key_goes_ahead_as_a_challenge_and_follows_as_a_verifier()
    {
        var handler = Issue(Discovery, Started, """{"error":"access_denied"}""");
        Assert.Equal(SigningFailure.LoginDenied, await ReasonAsync(handler));
        var (ahead, after) = (Form(handler.Requests[1].Body), Form(handler.Requests[2].Body));
        Assert.Equal(("sigstore", "openid email", "S256"), (ahead["client_id"], ahead["scope"], ahead["code_challenge_method"]));
        var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(after["code_verifier"]));
        Assert.Equal(ahead["code_challenge"], System.Buffers.Text.Base64Url.EncodeToString(hash));
    }

    public static TheoryData<string, string, string, SigningFailure> Nonsense =>
        new()
        {
            { "[]", Started, "{}", SigningFailure.LoginFailed },
            { "no json CANARY", Started, "{}", SigningFailure.LoginFailed },
            {
                Discovery.Replace("issuer\":\"https://issuer.example", "issuer\":\"https://other.example", StringComparison.Ordinal),
                Started,
                "{}",
                SigningFailure.LoginFailed
            },
            {
                """{"issuer":"https://issuer.example","token_endpoint":"https://issuer.example/token"}""",
                Started,
                "{}",
                SigningFailure.LoginImpossible
            },
            {
                Discovery.Replace("https://issuer.example/token", "http://issuer.example/token", StringComparison.Ordinal),
                Started,
                "{}",
                SigningFailure.LoginFailed
            },
            {
                Discovery,
                Started.Replace("https://issuer.example/go", "javascript:alert(1)", StringComparison.Ordinal),
                "{}",
                SigningFailure.LoginFailed
            },
            { Discovery, Started.Replace("BCDF-GHJK", "\\u001b[2J", StringComparison.Ordinal), "{}", SigningFailure.LoginFailed },
            { Discovery, Started.Replace("60", "\"60\"", StringComparison.Ordinal), "{}", SigningFailure.LoginFailed },
            {
                Discovery,
                """{"user_code":"A","verification_uri":"https://issuer.example/go","expires_in":60}""",
                "{}",
                SigningFailure.LoginFailed
            },
            { Discovery, Started, "{}", SigningFailure.LoginFailed },
            { Discovery, Started, """{"access_token":"CANARY"}""", SigningFailure.LoginFailed },
            { Discovery, Started, """{"id_token":"CANARY"}""", SigningFailure.TokenMalformed },
            { Discovery, Started, $$"""{"id_token":"{{Tokens.Jwt(Tokens.GitLabClaims)}}"}""", SigningFailure.LoginFailed },
            { Discovery, Started, """{"error":"invalid_grant\u001b[2J"}""", SigningFailure.LoginFailed },
            { Discovery, Started, """{"error":"expired_token"}""", SigningFailure.LoginExpired },
        };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task What_no_good_issuer_says_ends_the_login(string discovery, string started, string polled, SigningFailure reason)
    {
        var e = await Assert.ThrowsAsync<SigningException>(() => LogInAsync(Issue(discovery, started, polled), new FastTime()));
        Assert.Equal(reason, e.Reason);
        Assert.DoesNotContain("CANARY", e.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', e.Message);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ScriptedHandler Issue(string discovery, string started, string polled) =>
        new(seen =>
            ScriptedHandler.Answer(
                HttpStatusCode.OK,
                seen.Method == HttpMethod.Get ? discovery
                    : seen.Uri.AbsolutePath == "/device" ? started
                    : polled
            )
        );

    private static Dictionary<string, string> Form(byte[] body) =>
        System
            .Text.Encoding.ASCII.GetString(body)
            .Split('&')
            .Select(p => p.Split('='))
            .ToDictionary(p => p[0], p => WebUtility.UrlDecode(p[1]));

    private async Task<SigningFailure> ReasonAsync(HttpMessageHandler handler, TimeProvider? time = null) =>
        (await Assert.ThrowsAsync<SigningException>(() => LogInAsync(handler, time ?? new FastTime()))).Reason;

    private Task<IdentityToken?> LogInAsync(HttpMessageHandler handler, TimeProvider time) =>
        new DeviceLoginProvider(
            new DeviceLogin { Issuer = new Uri(Issuer), Show = _prompts.Add },
            _environment.GetValueOrDefault,
            handler,
            time
        ).GetAsync("sigstore", Token);
}
