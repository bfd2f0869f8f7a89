using Cake.PySign.Common.Logging;
using Cake.PySign.Sign;
using Cake.PySign.Tests.Rig;
using PySign.Http;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Trust;

namespace Cake.PySign.Tests.Common.Ci;

/// <summary>Real programs that print tokens, found and started as in a job.</summary>
public sealed class TokenProgramTests : IDisposable
{
    private readonly CakeRig _rig = new();
    private readonly SecretRedactor _redactor = new();

    public TokenProgramTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs of these tests are shell scripts.");
        Directory.CreateDirectory(_rig.Folder.Folder("bin").FullPath);
        _rig.Environment.Variables["PATH"] = $"{_rig.Folder.Folder("bin").FullPath}:/usr/bin:/bin";
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Buildkites_agent_gives_the_token_and_sees_its_own_access_and_no_other_secret()
    {
        _rig.Environment.Variables["BUILDKITE"] = "true";
        _rig.Environment.Variables["BUILDKITE_AGENT_ACCESS_TOKEN"] = "CANARY-agent-access";
        _rig.Environment.Variables["TWINE_PASSWORD"] = "CANARY-upload-password";
        var jwt = UnsignedTokens.Buildkite();
        Script(
            "buildkite-agent",
            $"""
            [ "$*" = "oidc request-token --audience sigstore" ] || exit 3
            [ "$BUILDKITE_AGENT_ACCESS_TOKEN" = CANARY-agent-access ] || exit 4
            [ -z "$TWINE_PASSWORD" ] || exit 5
            echo 'asking' >&2
            echo '{jwt}'
            """
        );
        var token = await GetAsync(new CosignSignBlobSettings());
        Assert.Equal("https://buildkite.com/acme/release", token.ExpectedIdentity);
        Assert.Contains("asking", _rig.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(jwt.Split('.')[2], _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_of_the_script_gets_what_is_passed_by_name()
    {
        _rig.Environment.Variables["SYSTEM_ACCESSTOKEN"] = "CANARY-azure-access";
        Script(
            "mint",
            $"""[ "$1" = "--aud=sigstore" ] && [ "$SYSTEM_ACCESSTOKEN" = CANARY-azure-access ] && printf '%s' '{UnsignedTokens.Person()}'"""
        );
        var settings = new CosignSignBlobSettings
        {
            Signing =
            {
                IdTokenSource =
                {
                    Program = "mint",
                    Arguments = { "--aud={audience}" },
                    PassVariables = { "SYSTEM_ACCESSTOKEN" },
                },
            },
        };
        Assert.Equal("dev@example.org", (await GetAsync(settings)).ExpectedIdentity);
        settings.Signing.IdTokenSource.Program = _rig.Folder.Folder("bin").CombineWithFilePath("mint");
        Assert.Equal("dev@example.org", (await GetAsync(settings)).ExpectedIdentity);
        settings.Signing.IdTokenSource.PassVariables.Clear();
        Assert.Equal(SigningFailure.TokenSourceFailed, (await Assert.ThrowsAsync<SigningException>(() => GetAsync(settings))).Reason);
    }

    [Fact]
    public async Task A_program_that_a_checkout_brings_along_is_not_taken_for_the_CI_services_own()
    {
        _rig.Environment.Variables["CIRCLECI"] = "true";
        _rig.Environment.Variables["PATH"] = "/usr/bin:.:";
        Script("circleci", $"echo '{UnsignedTokens.Person()}'", _rig.Environment.WorkingDirectory.FullPath);
        var e = await Assert.ThrowsAsync<SigningException>(() => GetAsync(new CosignSignBlobSettings()));
        Assert.Equal(SigningFailure.TokenSourceFailed, e.Reason);
        Assert.Contains("not found", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_failing_program_printed_is_in_no_log_and_no_error()
    {
        _rig.Environment.Variables["BUILDKITE"] = "true";
        Script("buildkite-agent", "echo CANARY-half-a-token; echo 'the job is gone' >&2; exit 9");
        var e = await Assert.ThrowsAsync<SigningException>(() => GetAsync(new CosignSignBlobSettings()));
        Assert.Contains("exit code 9: the job is gone", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", e + _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_cannot_be_used_is_refused_here()
    {
        var pypi = UnsignedTokens.Make(
            ("iss", "https://i.example"),
            ("sub", "1"),
            ("aud", "pypi"),
            ("email", "a@example.org"),
            ("email_verified", "true")
        );
        Assert.Equal(
            SigningFailure.TokenAudience,
            (await Assert.ThrowsAsync<SigningException>(() => GetAsync(new CosignSignBlobSettings { Signing = { IdToken = pypi } }))).Reason
        );
    }

    [Theory]
    [InlineData(PySignChoice.Auto, true, "https://issuer.example", null, true)]
    [InlineData(PySignChoice.Auto, false, "https://issuer.example", null, false)]
    [InlineData(PySignChoice.Auto, true, "https://issuer.example", "CI", false)]
    [InlineData(PySignChoice.Auto, true, null, null, false)]
    [InlineData(PySignChoice.Always, false, "https://issuer.example", null, true)]
    [InlineData(PySignChoice.Never, true, "https://issuer.example", null, false)]
    public async Task A_person_is_asked_at_a_terminal_or_on_request_only(
        PySignChoice interactive,
        bool terminal,
        string? issuer,
        string? variable,
        bool asked
    )
    {
        if (variable is not null)
        {
            _rig.Environment.Variables[variable] = "true";
        }

        var settings = new CosignSignBlobSettings
        {
            Signing = { IdTokenSource = { Interactive = interactive, OidcIssuer = issuer is null ? null : new Uri(issuer) } },
        };
        var calls = new List<Uri>();
        await Assert.ThrowsAsync<SigningException>(() => GetAsync(settings, terminal, calls));
        Assert.Equal(asked ? ["https://issuer.example/.well-known/openid-configuration"] : [], calls.Select(call => call.AbsoluteUri));
    }

    [Fact]
    public async Task A_login_without_a_known_issuer_is_a_contradiction() =>
        Assert.Equal(
            PySignFailure.InvalidSettings,
            (
                await Assert.ThrowsAsync<PySignException>(() =>
                    GetAsync(new CosignSignBlobSettings { Signing = { IdTokenSource = { Interactive = PySignChoice.Always } } })
                )
            ).Reason
        );

    private Task<IdentityToken> GetAsync(CosignSignBlobSettings settings, bool terminal = false, List<Uri>? calls = null)
    {
        var log = new SafeLog(_rig.Log, _redactor);
        var services = SigningServices.ForUrls(new Uri("http://127.0.0.1:9"), new Uri("http://127.0.0.1:9"));
        return new SigningIdentity(_rig.Services(log: log), new Refusing(calls ?? [])) { IsTerminal = () => terminal }.GetAsync(
            settings.Signing,
            services,
            TrustedRoot.PublicGood(),
            TestContext.Current.CancellationToken
        );
    }

    private void Script(string name, string body, string? folder = null)
    {
        var path = System.IO.Path.Combine(folder ?? _rig.Folder.Folder("bin").FullPath, name);
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private sealed class Refusing(List<Uri> calls) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            calls.Add(request.RequestUri!);
            return Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.NotFound) { RequestMessage = request });
        }
    }
}
