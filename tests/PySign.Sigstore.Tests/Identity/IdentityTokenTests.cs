using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;

namespace PySign.Sigstore.Tests.Identity;

public sealed class IdentityTokenTests
{
    private const string Base = """ "iss":"https://issuer.example","sub":"s","aud":"sigstore","exp":1767272400 """;

    [Fact]
    public void A_gitlab_token_tells_who_signs()
    {
        var token = IdentityToken.Parse(Tokens.Jwt(Tokens.GitLabClaims));
        Assert.Equal("https://gitlab.com", token.Issuer);
        Assert.Equal("project_path:acme/demo:ref_type:tag:ref:v1", token.Subject);
        Assert.Equal(["sigstore"], token.Audiences);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1767272400), token.ExpiresAt);
        Assert.Equal("https://gitlab.com/acme/demo//.gitlab-ci.yml@refs/tags/v1", token.ExpectedIdentity);
        Assert.Equal("https://gitlab.com", token.ExpectedIssuer);
        Assert.Equal("12", token.Claim("runner_id"));
        Assert.Null(token.Claim("environment"));
    }

    [Theory]
    [InlineData(
        """ "job_workflow_ref":"o/r/.github/workflows/r.yml@refs/tags/v1" """,
        "https://github.com/o/r/.github/workflows/r.yml@refs/tags/v1"
    )]
    [InlineData(""" "email":"dev@example.org","email_verified":true """, "dev@example.org")]
    [InlineData(""" "email":"dev@example.org","email_verified":"true" """, "dev@example.org")]
    [InlineData(""" "organization_slug":"acme","pipeline_slug":"release" """, "https://buildkite.com/acme/release")]
    [InlineData(
        """ "oidc.circleci.com/project-id":"p-1","oidc.circleci.com/pipeline-definition-id":"d-2" """,
        "https://circleci.com/api/v2/projects/p-1/pipeline-definitions/d-2"
    )]
    [InlineData(
        """ "account_name":"acme","account_id":"a1","pipeline_name":"demo/release","pipeline_id":"p1" """,
        "https://g.codefresh.io/acme/demo/release:a1/p1"
    )]
    [InlineData(
        """ "account_name":"acme","account_id":"a1","pipeline_name":"x","pipeline_id":"p1","platform_url":"https://cf.example" """,
        "https://cf.example/acme/x:a1/p1"
    )]
    [InlineData(
        """ "kubernetes.io":{"namespace":"ci","serviceaccount":{"name":"release"}} """,
        "https://kubernetes.io/namespaces/ci/serviceaccounts/release"
    )]
    [InlineData(
        """ "ci_config_ref_uri":"gitlab.com/acme/d//.gitlab-ci.yml@refs/heads/größe(1)" """,
        "https://gitlab.com/acme/d//.gitlab-ci.yml@refs/heads/gr%C3%B6%C3%9Fe%281%29"
    )]
    [InlineData(
        """ "ci_config_ref_uri":"gitlab.com/acme/d//.gitlab-ci.yml@refs/tags/v1.0+local(1)" """,
        "https://gitlab.com/acme/d//.gitlab-ci.yml@refs/tags/v1.0+local(1)"
    )]
    public void Each_known_kind_of_token_has_its_identity(string claims, string identity) =>
        Assert.Equal(identity, IdentityToken.Parse(Tokens.Jwt($"{{{Base},{claims}}}")).ExpectedIdentity);

    [Fact]
    public void A_workload_with_a_uri_as_subject_is_that_uri() =>
        Assert.Equal(
            "spiffe://example.org/ci",
            IdentityToken
                .Parse(Tokens.Jwt($"{{{Base.Replace("\"s\"", "\"spiffe://example.org/ci\"", StringComparison.Ordinal)}}}"))
                .ExpectedIdentity
        );

    [Fact]
    public void A_Chainguard_token_is_named_below_its_issuer_even_with_an_address() =>
        Assert.Equal(
            "https://issuer.enforce.dev/abc/def",
            IdentityToken
                .Parse(
                    Tokens.Jwt(
                        """{"iss":"https://issuer.enforce.dev","sub":"abc/def","aud":"sigstore","exp":1767272400,"email":"a@b.example","email_verified":true}"""
                    )
                )
                .ExpectedIdentity
        );

    [Fact]
    public void A_federated_login_is_vouched_for_by_the_provider_behind_it()
    {
        var token = IdentityToken.Parse(
            Tokens.Jwt(
                $$"""{{{Base}},"email":"dev@example.org","email_verified":true,"federated_claims":{"connector_id":"https://accounts.example"} }"""
            )
        );
        Assert.Equal(("https://issuer.example", "https://accounts.example"), (token.Issuer, token.ExpectedIssuer));
    }

    [Theory]
    [InlineData(""" "email":"dev@example.org" """)]
    [InlineData(""" "email":"dev@example.org","email_verified":false """)]
    [InlineData(""" "project_path":"acme/demo" """)]
    [InlineData(""" "ci_config_ref_uri":null """)]
    [InlineData(""" "x":1 """)]
    [InlineData(""" "oidc.circleci.com/project-id":"p-1" """)]
    public void A_token_that_does_not_tell_who_signs_is_refused(string claims) =>
        Assert.Equal(SigningFailure.TokenIdentityUnknown, Refusal(Tokens.Jwt($"{{{Base},{claims}}}")).Reason);

    public static TheoryData<string> Malformed =>
        [
            "",
            "a",
            "a.b",
            "a.b.c.d",
            "..",
            "!.!.!",
            Tokens.Jwt(Tokens.GitLabClaims) + ".x",
            Tokens.Jwt(Tokens.GitLabClaims) + "=",
            Tokens.Jwt(Tokens.GitLabClaims).Replace(".", ".\n", StringComparison.Ordinal),
            Tokens.Jwt(Tokens.GitLabClaims, signature: ""),
            Tokens.Jwt(Tokens.GitLabClaims, header: """{"alg":"none"}"""),
            Tokens.Jwt(Tokens.GitLabClaims, header: """{"kid":"1"}"""),
            Tokens.Jwt(Tokens.GitLabClaims, header: "[]"),
            Tokens.Jwt("[]"),
            Tokens.Jwt("\"text\""),
            Tokens.Jwt("{"),
            Tokens.Jwt("{}"),
            Tokens.Jwt($"{{{Base},\"email\":\"a@b\",\"email_verified\":true,\"email\":\"c@d\"}}"),
            Tokens.Jwt("""{"iss":1,"sub":"s","aud":"a","exp":1}"""),
            Tokens.Jwt("""{"iss":"i","sub":"","aud":"a","exp":1}"""),
            Tokens.Jwt("""{"iss":"i","sub":"s","exp":1}"""),
            Tokens.Jwt("""{"iss":"i","sub":"s","aud":[],"exp":1}"""),
            Tokens.Jwt("""{"iss":"i","sub":"s","aud":["a",1],"exp":1}"""),
            Tokens.Jwt("""{"iss":"i","sub":"s","aud":"a"}"""),
            Tokens.Jwt("""{"iss":"i","sub":"s","aud":"a","exp":"1"}"""),
            Tokens.Jwt("""{"iss":"i","sub":"s","aud":"a","exp":1e99}"""),
            Tokens.Jwt("""{"iss":"i","sub":"s","aud":"a","exp":-1}"""),
            Tokens.Jwt("""{"iss":"i","sub":"s","aud":"a","exp":-1e-9}"""),
            Tokens.Jwt("""{"iss":"i","sub":"s","aud":"a","exp":1e309}"""),
            Tokens.Jwt("""{"iss":"i","sub":"s","aud":"a","exp":253402300800}"""),
            Tokens.Jwt("""{"iss":"i","sub":"s","aud":"a","exp":9223372036854775808}"""),
            Tokens.Jwt("""{"iss":"i","sub":"s","aud":"a","exp":"2026-12-31T23:59:60Z"}"""),
            Tokens.Jwt("""{"iss":"i","sub":"s","aud":"a","exp":null}"""),
            Tokens.Jwt("""{"iss":"i","sub":"s","aud":"a","exp":true}"""),
            Tokens.Jwt("""{"iss":"i","sub":"s","aud":"a","exp":1767272400,"nbf":-1}"""),
            Tokens.Jwt("""{"iss":"i","sub":"s","aud":"a","exp":1767272400,"iat":"now"}"""),
            Tokens.Jwt($"{{{Base},\"x\":{new string('[', 40)}{new string(']', 40)}}}"),
            new string('a', 70_000),
        ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public void What_is_no_intact_token_is_refused_without_being_quoted(string jwt)
    {
        var e = Refusal(jwt);
        Assert.Equal(SigningFailure.TokenMalformed, e.Reason);
        Assert.True(jwt.Length < 10 || !e.ToString().Contains(jwt[..10], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1767272400.75")]
    [InlineData("1.7672724e9")]
    [InlineData("4294967296")]
    [InlineData("253402300799")]
    [InlineData("253402300799.9999")]
    public void An_expiry_may_have_a_fraction_and_lie_at_the_end_of_all_dates(string expiry)
    {
        var claims = Tokens.GitLabClaims.Replace("\"exp\":1767272400", $"\"exp\":{expiry}", StringComparison.Ordinal);
        Assert.Contains(expiry, claims, StringComparison.Ordinal);
        IdentityToken.Parse(Tokens.Jwt(claims)).EnsureUsable("sigstore", Tokens.Now);
    }

    [Fact]
    public void An_audience_may_be_one_of_several()
    {
        var token = IdentityToken.Parse(
            Tokens.Jwt(Tokens.GitLabClaims.Replace("\"sigstore\"", "[\"pypi\",\"sigstore\"]", StringComparison.Ordinal))
        );
        token.EnsureUsable("sigstore", Tokens.Now);
        Assert.Equal(["pypi", "sigstore"], token.Audiences);
    }

    [Theory]
    [InlineData("pypi", 0, SigningFailure.TokenAudience)]
    [InlineData("Sigstore", 0, SigningFailure.TokenAudience)]
    [InlineData("sigstore", 3661, SigningFailure.TokenExpired)]
    [InlineData("sigstore", -66, SigningFailure.TokenNotYetValid)]
    public void A_token_that_cannot_be_used_now_is_refused(string audience, int seconds, SigningFailure reason) =>
        Assert.Equal(
            reason,
            Assert
                .Throws<SigningException>(() =>
                    IdentityToken.Parse(Tokens.Jwt(Tokens.GitLabClaims)).EnsureUsable(audience, Tokens.Now.AddSeconds(seconds))
                )
                .Reason
        );

    [Theory]
    [InlineData(3659)]
    [InlineData(-64)]
    public void Clocks_may_differ_by_a_minute(int seconds)
    {
        var token = IdentityToken.Parse(Tokens.Jwt(Tokens.GitLabClaims));
        Assert.Null(Record.Exception(() => token.EnsureUsable("sigstore", Tokens.Now.AddSeconds(seconds))));
    }

    [Fact]
    public void A_token_never_shows_itself()
    {
        var jwt = Tokens.Jwt(Tokens.GitLabClaims);
        Assert.DoesNotContain(jwt.Split('.')[2], IdentityToken.Parse(jwt).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(jwt.Split('.')[1], IdentityToken.Parse(jwt).ToString(), StringComparison.Ordinal);
    }

    private static SigningException Refusal(string jwt) => Assert.Throws<SigningException>(() => IdentityToken.Parse(jwt));
}
