using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PySign.Sandbox.Tests.Oidc;

public sealed class OidcTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gitlab", "http://localhost")]
    [InlineData("github", "http://localhost/github-oidc")]
    [InlineData("email", "http://localhost/oauth")]
    public async Task A_minted_token_verifies_with_the_key_that_discovery_leads_to(string kind, string issuer)
    {
        await using var rig = await SandboxRig.Start();
        var (_, minted) = await rig.PostJson($"/_sandbox/tokens/{kind}", new { });
        var token = minted.GetProperty("token").GetString()!;
        var claims = Claims(token);
        Assert.Equal(minted.GetProperty("claims").GetRawText(), claims.GetRawText());
        Assert.Equal(issuer, claims.GetProperty("iss").GetString());

        var discovery = await rig.GetJson($"{issuer["http://localhost".Length..]}/.well-known/openid-configuration");
        Assert.Equal(issuer, discovery.GetProperty("issuer").GetString());
        var keys = await rig.GetJson(new Uri(discovery.GetProperty("jwks_uri").GetString()!).AbsolutePath);
        var jwk = Assert.Single(keys.GetProperty("keys").EnumerateArray());
        using var rsa = RSA.Create(
            new RSAParameters
            {
                Modulus = Base64Url.DecodeFromChars(jwk.GetProperty("n").GetString()),
                Exponent = Base64Url.DecodeFromChars(jwk.GetProperty("e").GetString()),
            }
        );
        var parts = token.Split('.');
        Assert.True(
            rsa.VerifyData(
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
                Base64Url.DecodeFromChars(parts[2]),
                HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1
            )
        );
        Assert.Equal(jwk.GetProperty("kid").GetString(), Part(parts[0]).GetProperty("kid").GetString());
    }

    [Fact]
    public async Task A_GitLab_token_has_every_claim_with_ids_as_text_and_the_runner_as_a_number()
    {
        await using var rig = await SandboxRig.Start();
        var (_, minted) = await rig.PostJson(
            "/_sandbox/tokens/gitlab",
            new
            {
                project_path = "acme/tools/demo",
                @ref = "main",
                ref_type = "branch",
            }
        );
        var claims = minted.GetProperty("claims");
        string[] texts =
        [
            "namespace_id",
            "namespace_path",
            "project_id",
            "project_path",
            "job_project_id",
            "job_project_path",
            "job_namespace_id",
            "job_namespace_path",
            "user_id",
            "user_login",
            "user_email",
            "user_access_level",
            "pipeline_id",
            "pipeline_source",
            "job_id",
            "ref",
            "ref_type",
            "ref_path",
            "ref_protected",
            "runner_environment",
            "sha",
            "project_visibility",
            "ci_config_ref_uri",
            "ci_config_sha",
            "iss",
            "sub",
            "aud",
            "jti",
        ];
        Assert.All(texts, name => Assert.Equal(JsonValueKind.String, claims.GetProperty(name).ValueKind));
        Assert.Equal(JsonValueKind.Number, claims.GetProperty("runner_id").ValueKind);
        Assert.Equal("project_path:acme/tools/demo:ref_type:branch:ref:main", claims.GetProperty("sub").GetString());
        Assert.Equal("localhost/acme/tools/demo//.gitlab-ci.yml@refs/heads/main", claims.GetProperty("ci_config_ref_uri").GetString());
        Assert.Equal("acme/tools", claims.GetProperty("namespace_path").GetString());
        var issued = claims.GetProperty("iat").GetInt64();
        Assert.Equal((issued - 5, issued + 3600), (claims.GetProperty("nbf").GetInt64(), claims.GetProperty("exp").GetInt64()));
    }

    [Fact]
    public async Task Claims_are_replaced_removed_and_the_end_is_moved()
    {
        await using var rig = await SandboxRig.Start();
        var (_, minted) = await rig.PostJson(
            "/_sandbox/tokens/gitlab",
            new
            {
                aud = new[] { "a", "b" },
                user_email = (string?)null,
                expires_in = 7,
            }
        );
        var claims = minted.GetProperty("claims");
        Assert.Equal(2, claims.GetProperty("aud").GetArrayLength());
        Assert.False(claims.TryGetProperty("user_email", out _));
        Assert.False(claims.TryGetProperty("expires_in", out _));
        Assert.Equal(claims.GetProperty("iat").GetInt64() + 7, claims.GetProperty("exp").GetInt64());
    }

    [Fact]
    public async Task A_GitHub_job_asks_for_its_token_with_the_request_token()
    {
        await using var rig = await SandboxRig.Start();
        const string Url = "/_sandbox/github/id-token?api-version=2.0&audience=pypi";
        using var refused = await rig.Client.GetAsync(Url, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        await rig.Client.PutAsJsonAsync("/_sandbox/github/claims", new { @ref = "refs/heads/next" }, Stop).MustSucceed();
        rig.Client.DefaultRequestHeaders.Add("Authorization", $"bearer {rig.Services.GitHubRequestToken}");
        var answer = await rig.GetJson(Url);
        var claims = Claims(answer.GetProperty("value").GetString()!);
        Assert.Equal("pypi", claims.GetProperty("aud").GetString());
        Assert.Equal("repo:acme/hello-pysign:ref:refs/heads/next", claims.GetProperty("sub").GetString());
        Assert.Equal("acme/hello-pysign/.github/workflows/release.yml@refs/heads/next", claims.GetProperty("job_workflow_ref").GetString());
    }

    private static JsonElement Claims(string token) => Part(token.Split('.')[1]);

    private static JsonElement Part(string base64Url) => JsonDocument.Parse(Base64Url.DecodeFromChars(base64Url)).RootElement;
}
