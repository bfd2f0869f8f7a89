using System.Text;
using PySign.Http;

namespace PySign.Sigstore.Tests.Http;

public sealed class SecretRedactorTests
{
    private const string Secret = "p@ss/w+rd \"x\"-CANARY";

    private readonly SecretRedactor _redactor = new();

    public SecretRedactorTests() => _redactor.Add(Secret);

    [Fact]
    public void The_secret_itself_is_masked() => Assert.Equal("a *** b", _redactor.Redact($"a {Secret} b"));

    [Fact]
    public void Url_encoded_forms_are_masked()
    {
        Assert.Equal("?x=***&y", _redactor.Redact($"?x={Uri.EscapeDataString(Secret)}&y"));
        Assert.Equal("?x=***&y", _redactor.Redact($"?x={System.Net.WebUtility.UrlEncode(Secret)}&y"));
        Assert.Equal("?x=***&y", _redactor.Redact($"?x={Uri.EscapeDataString(Secret).Replace("%2F", "%2f", StringComparison.Ordinal)}&y"));
    }

    [Fact]
    public void The_json_form_is_masked() =>
        Assert.DoesNotContain(
            "CANARY",
            _redactor.Redact(System.Text.Json.JsonSerializer.Serialize(new { token = Secret })),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("")]
    [InlineData("u:")]
    [InlineData("gitlab-ci-token:")]
    [InlineData("__token__:")]
    [InlineData("me:")]
    public void Base64_of_user_and_secret_is_masked_whole(string user)
    {
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(user + Secret));
        Assert.Equal("Authorization: Basic ***!", _redactor.Redact($"Authorization: Basic {encoded}!"));
        Assert.Equal("***", _redactor.Redact(encoded.TrimEnd('=').Replace('+', '-').Replace('/', '_')));
    }

    [Fact]
    public void A_longer_secret_is_masked_before_one_inside_it()
    {
        _redactor.Add("CANARY");
        Assert.Equal("***", _redactor.Redact(Secret));
    }

    [Fact]
    public void Short_values_are_not_registered()
    {
        _redactor.Add("12345");
        _redactor.Add(null);
        _redactor.Add("   ");
        Assert.Equal("12345 files", _redactor.Redact("12345 files"));
    }

    [Fact]
    public void What_looks_like_a_jwt_is_masked_without_being_registered() =>
        Assert.Equal("token ***.", _redactor.Redact("token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl."));
}
