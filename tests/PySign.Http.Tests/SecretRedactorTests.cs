using System.Text;

namespace PySign.Http.Tests;

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

    [Theory]
    [InlineData("eyJ")]
    [InlineData("eyJhbGciOi.")]
    [InlineData("eyJhbGciOi.x.eyJ")]
    [InlineData("q2FuYXJ5")]
    public void What_looks_like_a_beginning_all_along_takes_time_that_grows_with_its_length(string beginning)
    {
        _redactor.Add("canary-canary-canary");
        Growth.AssertLinear(
            4 << 20,
            length => string.Concat(Enumerable.Repeat(beginning, length / beginning.Length)),
            text => _redactor.Redact(text)
        );
    }

    [Fact]
    public void Each_of_many_secrets_in_base64_takes_no_longer_than_one() =>
        Growth.AssertLinear(
            100_000,
            count => string.Concat(Enumerable.Repeat(Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret)) + "\n", count)),
            text => Assert.DoesNotContain("CANARY", _redactor.Redact(text), StringComparison.Ordinal)
        );

    [Fact]
    public void Every_line_of_a_secret_of_several_lines_is_masked_alone()
    {
        _redactor.Add("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\r\nAQEFAASCBKcwggSjAgEAAoIB\n-----END PRIVATE KEY-----\n");
        Assert.Equal("key: ***", _redactor.Redact("key: MIIEvQIBADANBgkqhkiG9w0B"));
        Assert.Equal("+ ***", _redactor.Redact("+ AQEFAASCBKcwggSjAgEAAoIB"));
        Assert.Equal("-----BEGIN PRIVATE KEY-----", _redactor.Redact("-----BEGIN PRIVATE KEY-----"));
    }

    [Theory]
    [InlineData("a eyJhbGciOi.eyJzdWIi.c2ln b", "a *** b")]
    [InlineData("xeyJhbGciOi.eyJzdWIi. b", "x*** b")]
    [InlineData("eyJ.eyJhbGciOi.eyJzdWIi.c2ln", "eyJ.***")]
    [InlineData("eyJhbGciOi.eyJzdWIi", "eyJhbGciOi.eyJzdWIi")]
    [InlineData("eyJhbGciOi..c2ln", "eyJhbGciOi..c2ln")]
    public void What_has_the_form_of_a_token_is_masked(string text, string masked) => Assert.Equal(masked, _redactor.Redact(text));

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

    [Theory]
    [InlineData("token: glpat-0123456789\nabcdefghij and more", "token: ***\n*** and more")]
    [InlineData("│ glpat-01234567  \n  89abcdefghij │\n", "│ ***\n*** │\n")]
    [InlineData("glpat-01234", "***")]
    [InlineData("89abcdefghij", "***")]
    [InlineData("a glpat- b\nnothing of it", "a glpat- b\nnothing of it")]
    [InlineData("glpat-01\nx\nbcdefghij", "***\nx\n***")]
    public void A_secret_that_a_terminals_width_broke_in_two_is_in_neither_line(string text, string expected)
    {
        var redactor = new SecretRedactor();
        redactor.Add("glpat-0123456789abcdefghij");
        Assert.Equal(expected, redactor.Redact(text));
    }

    [Fact]
    public void No_part_of_a_secret_is_left_wherever_a_line_breaks_it()
    {
        const string Broken = "canary-0123456789-ABCDEFGHIJKLMNOP-zyxwvu";
        var redactor = new SecretRedactor();
        redactor.Add(Broken);
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(Broken));
        foreach (var (form, least) in new[] { (Broken, 8), (Uri.EscapeDataString(Broken), 8), (encoded, 16) })
        {
            for (var at = 1; at < form.Length; at++)
            {
                var left = redactor.Redact($"say {form[..at]}\n{form[at..]} end").Replace("***", "", StringComparison.Ordinal);
                Assert.True(left.Length <= "say \n end".Length + least, $"broken at {at}: {left}");
            }
        }
    }
}
