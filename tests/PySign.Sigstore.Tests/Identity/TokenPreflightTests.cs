using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;

namespace PySign.Sigstore.Tests.Identity;

/// <summary>One test per thing that can be wrong with a token: its reason, and what to do.</summary>
public sealed class TokenPreflightTests
{
    [Fact]
    public void A_token_for_PyPI_is_not_one_for_Sigstore_and_two_are_needed()
    {
        var e = Refusal(Tokens.GitLabClaims.Replace("\"sigstore\"", "\"pypi\"", StringComparison.Ordinal), Tokens.Now);
        Assert.Equal(SigningFailure.TokenAudience, e.Reason);
        Assert.Contains("need two", e.Advice, StringComparison.Ordinal);
        Assert.Contains("SIGSTORE_ID_TOKEN with aud: sigstore", e.Advice, StringComparison.Ordinal);
        Assert.Contains("PYPI_ID_TOKEN with aud: pypi", e.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "project_path":"g/p","ci_config_ref_uri":"gitlab.com/g/p//.gitlab-ci.yml@refs/tags/v1" """, "timeout:")]
    [InlineData(""" "job_workflow_ref":"o/r/.github/workflows/r.yml@refs/tags/v1" """, "on request")]
    [InlineData(""" "organization_slug":"acme","pipeline_slug":"release" """, "right before signing")]
    public void A_token_that_the_build_outlived_says_how_long_it_lived_and_how_to_be_quicker(string claims, string advice)
    {
        var e = Refusal(
            $$"""{"iss":"https://i.example","sub":"s","aud":"sigstore","iat":1767268800,"exp":1767272400,{{claims}}}""",
            Tokens.Now.AddHours(2)
        );
        Assert.Equal(SigningFailure.TokenExpired, e.Reason);
        Assert.Contains("for 60 minutes", e.Message, StringComparison.Ordinal);
        Assert.Contains(advice, e.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_from_the_future_speaks_of_the_clock()
    {
        var e = Refusal(Tokens.GitLabClaims, Tokens.Now.AddHours(-1));
        Assert.Equal(SigningFailure.TokenNotYetValid, e.Reason);
        Assert.Contains("clock", e.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "https://gitlab.example",
        """ "project_path":"g/p","ci_config_ref_uri":"gitlab.example/g/p//.gitlab-ci.yml@refs/heads/main" """,
        "self-managed GitLab"
    )]
    [InlineData("https://vstoken.dev.azure.com/0000", """ "email":"a@example.org","email_verified":true """, "Azure Pipelines")]
    [InlineData("https://login.microsoftonline.com/t/v2.0", """ "email":"a@example.org","email_verified":true """, "Azure Pipelines")]
    [InlineData("https://jenkins.example/oidc", """ "build_number":7,"email":"a@example.org","email_verified":true """, "Jenkins")]
    [InlineData(
        "https://github.example/_services/token",
        """ "job_workflow_ref":"o/r/.github/workflows/r.yml@refs/tags/v1" """,
        "Enterprise Server"
    )]
    [InlineData("https://idp.example", """ "email":"a@example.org","email_verified":true """, "Sign with a key")]
    public void An_issuer_that_the_authority_does_not_know_is_told_what_to_do_instead(string issuer, string claims, string said)
    {
        var token = IdentityToken.Parse(Tokens.Jwt($$"""{"iss":"{{issuer}}","sub":"s","aud":"sigstore","exp":1767272400,{{claims}}}"""));
        Assert.Contains(said, IssuerAdvice.For(token), StringComparison.Ordinal);
        Assert.Contains("Fulcio of your own", IssuerAdvice.For(token), StringComparison.Ordinal);
    }

    private static SigningException Refusal(string claims, DateTimeOffset now) =>
        Assert.Throws<SigningException>(() => IdentityToken.Parse(Tokens.Jwt(claims)).EnsureUsable("sigstore", now));
}
