using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;

namespace PySign.Sigstore.Tests.Identity;

/// <summary>Places that give a token through a program: the exact arguments, and what happens when the program does not play
/// along.</summary>
public sealed class CommandTokenTests : IDisposable
{
    private static readonly string _jwt = Tokens.Jwt(Tokens.GitLabClaims);

    private readonly Dictionary<string, string> _environment = [];
    private readonly List<TokenCommand> _started = [];
    private readonly string _productName = Path.GetTempFileName();

    private TokenCommandResult? _result = new(0, _jwt + "\n", "");

    public void Dispose() => File.Delete(_productName);

    [Fact]
    public async Task Buildkites_agent_is_asked_for_the_audience_and_sees_its_own_variables_only()
    {
        var provider = new BuildkiteTokenProvider(_environment.GetValueOrDefault, Run);
        Assert.Null(await provider.GetAsync("sigstore", Token));
        _environment["BUILDKITE"] = "true";
        Assert.Equal("https://gitlab.com", (await provider.GetAsync("sigstore", Token))!.Issuer);
        var command = Assert.Single(_started);
        Assert.Equal("buildkite-agent oidc request-token --audience sigstore", $"{command.Program} {string.Join(' ', command.Arguments)}");
        Assert.Equal(["BUILDKITE_*"], command.PassedVariables);
    }

    [Fact]
    public async Task CircleCIs_program_mints_a_token_of_the_common_issuer_for_the_audience()
    {
        var provider = new CircleCiTokenProvider(_environment.GetValueOrDefault, Run);
        Assert.Null(await provider.GetAsync("sigstore", Token));
        _environment["CIRCLECI"] = "true";
        Assert.NotNull(await provider.GetAsync("sigstore", Token));
        var command = Assert.Single(_started);
        Assert.Equal("circleci", command.Program);
        Assert.Equal(["run", "oidc", "get", "--claims", """{"aud":"sigstore"}""", "--root-issuer"], command.Arguments);
    }

    [Theory]
    [InlineData("org-id", true)]
    [InlineData("sigstore", false)]
    public async Task CircleCIs_ready_token_is_taken_only_when_its_fixed_audience_is_the_wanted_one(string audience, bool taken)
    {
        _environment["CIRCLECI"] = "true";
        _environment["CIRCLE_OIDC_TOKEN_V2"] = Tokens.Jwt(
            """{"iss":"https://oidc.circleci.com/org/org-id","sub":"org/org-id","aud":"org-id","exp":1767272400,"oidc.circleci.com/project-id":"p","oidc.circleci.com/pipeline-definition-id":"d"}"""
        );
        var token = await new CircleCiTokenProvider(_environment.GetValueOrDefault, Run).GetAsync(audience, Token);
        Assert.Equal(taken ? 0 : 1, _started.Count);
        Assert.Equal(taken ? "https://oidc.circleci.com/org/org-id" : "https://gitlab.com", token!.Issuer);
    }

    [Fact]
    public async Task CircleCIs_ready_token_does_not_matter_when_it_is_for_somebody_else()
    {
        _environment["CIRCLECI"] = "true";
        _environment["CIRCLE_OIDC_TOKEN_V2"] = Tokens.Jwt(
            """{"iss":"https://oidc.circleci.com/org/o","sub":"org/o","aud":["org-id"],"exp":1767272400}"""
        ); // Names nobody that a certificate could.
        Assert.NotNull(await new CircleCiTokenProvider(_environment.GetValueOrDefault, Run).GetAsync("sigstore", Token));
        Assert.Single(_started);
    }

    [Theory]
    [InlineData("Google Compute Engine\n", null, "auth print-identity-token --audiences=sigstore --token-format=full")]
    [InlineData("Google\n", null, "auth print-identity-token --audiences=sigstore --token-format=full")]
    [InlineData("OptiPlex 7010\n", null, null)]
    [InlineData(
        "OptiPlex 7010\n",
        "r@p.iam.gserviceaccount.com",
        "auth print-identity-token --audiences=sigstore --impersonate-service-account=r@p.iam.gserviceaccount.com --include-email"
    )]
    public async Task Google_is_asked_through_gcloud_on_its_own_machines_or_for_a_named_account(
        string product,
        string? account,
        string? arguments
    )
    {
        await File.WriteAllTextAsync(_productName, product, Token);
        if (account is not null)
        {
            _environment["GOOGLE_SERVICE_ACCOUNT_NAME"] = account;
        }

        var token = await Google.GetAsync("sigstore", Token);
        Assert.Equal(arguments is null, token is null);
        Assert.Equal(arguments, _started.Count == 0 ? null : string.Join(' ', _started.Single().Arguments));
    }

    [Theory]
    [InlineData("GITLAB_CI")]
    [InlineData("GITHUB_ACTIONS")]
    [InlineData("BUILDKITE")]
    [InlineData("CIRCLECI")]
    public async Task The_machine_never_signs_in_the_place_of_a_job_that_could_have_an_identity(string variable)
    {
        await File.WriteAllTextAsync(_productName, "Google", Token);
        _environment[variable] = "true";
        Assert.Null(await Google.GetAsync("sigstore", Token));
        _environment["GOOGLE_SERVICE_ACCOUNT_NAME"] = "release@p.iam.gserviceaccount.com"; // Asked for by name.
        Assert.NotNull(await Google.GetAsync("sigstore", Token));
    }

    [Fact]
    public async Task A_command_of_the_user_gets_the_audience_where_it_says_so()
    {
        var provider = new CommandTokenProvider(
            new TokenCommand
            {
                Program = "mint",
                Arguments = ["--aud={audience}", "x"],
                PassedVariables = ["SYSTEM_ACCESSTOKEN"],
            },
            Run
        );
        Assert.NotNull(await provider.GetAsync("my.fulcio", Token));
        Assert.Equal(["--aud=my.fulcio", "x"], _started.Single().Arguments);
        Assert.Equal(["SYSTEM_ACCESSTOKEN"], _started.Single().PassedVariables);
    }

    [Theory]
    [InlineData(null, "", "", "not found")]
    [InlineData(7, "", "no such job", "exit code 7: no such job")]
    [InlineData(0, " \n", "", "printed no token")]
    public async Task A_program_that_gives_no_token_stops_the_signing(int? exitCode, string output, string complaint, string said)
    {
        _result = exitCode is { } code ? new TokenCommandResult(code, output, complaint) : null;
        _environment["BUILDKITE"] = "true";
        var e = await Assert.ThrowsAsync<SigningException>(() =>
            new BuildkiteTokenProvider(_environment.GetValueOrDefault, Run).GetAsync("sigstore", Token)
        );
        Assert.Equal(SigningFailure.TokenSourceFailed, e.Reason);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
        Assert.Contains("buildkite-agent", e.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "warning: CANARY-output\n")]
    [InlineData(1, "CANARY-output")]
    public async Task What_a_program_prints_is_never_shown(int exitCode, string output)
    {
        _result = new TokenCommandResult(exitCode, output, "");
        var e = await Assert.ThrowsAsync<SigningException>(() =>
            new CommandTokenProvider(new TokenCommand { Program = "mint", Arguments = [] }, Run).GetAsync("sigstore", Token)
        );
        Assert.DoesNotContain("CANARY", e + _result.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_without_anything_that_starts_it_is_refused() =>
        Assert.Throws<ArgumentException>(() =>
            IdentityTokenSource.Default(
                new TokenSourceOptions
                {
                    Environment = _environment.GetValueOrDefault,
                    Command = new TokenCommand { Program = "mint", Arguments = [] },
                }
            )
        );

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private GoogleCloudTokenProvider Google => new(_environment.GetValueOrDefault, Run) { ProductNameFile = _productName };

    private Task<TokenCommandResult?> Run(TokenCommand command, CancellationToken cancellationToken)
    {
        _started.Add(command);
        return Task.FromResult(_result);
    }
}
