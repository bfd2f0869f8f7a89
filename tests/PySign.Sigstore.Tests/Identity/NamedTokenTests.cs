using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;

namespace PySign.Sigstore.Tests.Identity;

/// <summary>Tokens in variables and files that somebody named.</summary>
public sealed class NamedTokenTests : IDisposable
{
    private static readonly string _jwt = Tokens.Jwt(Tokens.GitLabClaims);

    private readonly Dictionary<string, string> _environment = [];
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task A_named_variable_comes_before_what_the_surroundings_have()
    {
        _environment["SIGSTORE_ID_TOKEN"] = "not a token";
        _environment["JENKINS_TOKEN"] = _jwt + "\n";
        Assert.Equal("https://gitlab.com", (await GetAsync(new() { Environment = Read, Variable = "JENKINS_TOKEN" })).Issuer);
        Assert.Equal(SigningFailure.TokenSourceFailed, await ReasonAsync(new() { Environment = Read, Variable = "GONE" }));
    }

    [Fact]
    public async Task A_named_file_is_read_anew_each_time()
    {
        var provider = new FileTokenProvider(_file);
        await File.WriteAllTextAsync(_file, _jwt + "\n", Token);
        Assert.StartsWith("project_path:acme", (await provider.GetAsync("sigstore", Token))!.Subject, StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            _file,
            Tokens.Jwt(Tokens.GitLabClaims.Replace("acme/demo:", "renewed:", StringComparison.Ordinal)),
            Token
        );
        Assert.StartsWith("project_path:renewed", (await provider.GetAsync("sigstore", Token))!.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_may_be_named_by_a_variable()
    {
        await File.WriteAllTextAsync(_file, _jwt, Token);
        _environment["SIGSTORE_ID_TOKEN_FILE"] = _file;
        Assert.Equal("https://gitlab.com", (await GetAsync(new() { Environment = Read })).Issuer);
        _environment["SIGSTORE_ID_TOKEN_FILE"] = _file + ".gone";
        Assert.Equal(SigningFailure.TokenSourceFailed, await ReasonAsync(new() { Environment = Read }));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData(" \n", "empty")]
    [InlineData("LARGE", "larger")]
    [InlineData(null, "not there")]
    public async Task A_file_without_a_token_stops_the_signing_and_is_named(string? content, string said)
    {
        if (content is null)
        {
            File.Delete(_file);
        }
        else
        {
            await File.WriteAllTextAsync(_file, content == "LARGE" ? new string('a', 70_000) : content, Token);
        }

        var e = await Assert.ThrowsAsync<SigningException>(() => GetAsync(new() { Environment = Read, File = _file }));
        Assert.Equal(SigningFailure.TokenSourceFailed, e.Reason);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
        Assert.Contains(_file, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_nobody_asked_for_may_be_missing()
    {
        File.Delete(_file);
        Assert.Null(await new FileTokenProvider(_file, required: false).GetAsync("sigstore", Token));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string? Read(string name) => _environment.GetValueOrDefault(name);

    private static Task<IdentityToken> GetAsync(TokenSourceOptions options) =>
        IdentityTokenSource.Default(options).GetAsync("sigstore", Token);

    private static async Task<SigningFailure> ReasonAsync(TokenSourceOptions options) =>
        (await Assert.ThrowsAsync<SigningException>(() => GetAsync(options))).Reason;
}
