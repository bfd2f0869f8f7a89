using System.Net;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;

namespace PySign.Sigstore.Tests.Identity;

public sealed class IdentityTokenSourceTests
{
    private const string RequestToken = "CANARY-request-token";

    private readonly Dictionary<string, string> _environment = [];

    [Fact]
    public async Task The_given_token_comes_first_then_the_environment()
    {
        _environment["SIGSTORE_ID_TOKEN"] =
            Tokens.Jwt(Tokens.GitLabClaims.Replace("acme/demo:", "environment:", StringComparison.Ordinal)) + "\n";
        Assert.StartsWith("project_path:acme", (await GetAsync(Tokens.Jwt(Tokens.GitLabClaims))).Subject, StringComparison.Ordinal);
        Assert.StartsWith("project_path:environment", (await GetAsync(" ")).Subject, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sigstore", "SIGSTORE_ID_TOKEN")]
    [InlineData("pypi", "PYPI_ID_TOKEN")]
    [InlineData("https://my.fulcio", "HTTPS___MY_FULCIO_ID_TOKEN")]
    [InlineData("1password", "_PASSWORD_ID_TOKEN")]
    public void An_audience_has_its_variable(string audience, string variable) =>
        Assert.Equal(variable, EnvironmentTokenProvider.VariableFor(audience));

    [Fact]
    public async Task A_token_that_is_there_but_broken_is_an_error_and_not_passed_over()
    {
        _environment["SIGSTORE_ID_TOKEN"] = "not a token";
        Assert.Equal(SigningFailure.TokenMalformed, (await Assert.ThrowsAsync<SigningException>(() => GetAsync(null))).Reason);
    }

    [Theory]
    [InlineData("https://vstoken.example/token?api-version=2.0", "https://vstoken.example/token?api-version=2.0&audience=sigstore")]
    [InlineData("https://vstoken.example/token", "https://vstoken.example/token?audience=sigstore")]
    public async Task Githubs_endpoint_is_asked_with_the_audience_added_to_its_query(string url, string asked)
    {
        var handler = GitHub(url, HttpStatusCode.OK, $$"""{"count":1,"value":"{{Tokens.Jwt(Tokens.GitLabClaims)}}"}""");
        Assert.Equal("https://gitlab.com", (await GetAsync(null, handler)).Issuer);
        Assert.Equal(asked, handler.Requests.Single().Uri.AbsoluteUri);
        Assert.Equal("Bearer " + RequestToken, handler.Requests.Single().Headers["Authorization"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"value\":1}")]
    [InlineData("{\"value\":\"CANARY-value\"}")]
    public async Task An_answer_without_a_token_is_an_error_that_does_not_quote_it(string body)
    {
        var e = await Assert.ThrowsAsync<SigningException>(() =>
            GetAsync(null, GitHub("https://vstoken.example/", HttpStatusCode.OK, body))
        );
        Assert.DoesNotContain("CANARY", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_of_the_endpoint_does_not_show_the_request_token()
    {
        var e = await Assert.ThrowsAsync<SigningException>(() =>
            GetAsync(null, GitHub("https://vstoken.example/", HttpStatusCode.Unauthorized, "no: " + RequestToken))
        );
        Assert.Contains("id-token: write", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://vstoken.example/")]
    [InlineData("vstoken.example/token")]
    public async Task An_endpoint_without_https_is_not_asked(string url)
    {
        var handler = GitHub(url, HttpStatusCode.OK, "");
        await Assert.ThrowsAsync<SigningException>(() => GetAsync(null, handler));
        Assert.Empty(handler.Requests);
    }

    private ScriptedHandler GitHub(string url, HttpStatusCode status, string body)
    {
        _environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = url;
        _environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = RequestToken;
        return new ScriptedHandler(_ => ScriptedHandler.Answer(status, body));
    }

    private Task<IdentityToken> GetAsync(string? given, HttpMessageHandler? handler = null) =>
        IdentityTokenSource
            .Default(given, name => _environment.GetValueOrDefault(name), handler)
            .GetAsync("sigstore", TestContext.Current.CancellationToken);
}
