using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Cake.PySign.Tests.Rig;

/// <summary>Tokens with any claims, for what is decided before anybody verifies a signature.</summary>
internal static class UnsignedTokens
{
    public static string GitLab(string? refProtected = "true", string? visibility = "public") =>
        Make(
            ("iss", "https://gitlab.com"),
            ("sub", "project_path:acme/hello:ref_type:tag:ref:v1"),
            ("project_path", "acme/hello"),
            ("ref", "v1"),
            ("ref_protected", refProtected),
            ("project_visibility", visibility),
            ("ci_config_ref_uri", "gitlab.com/acme/hello//.gitlab-ci.yml@refs/tags/v1")
        );

    public static string GitHub(string? refProtected = "true", string? visibility = "public") =>
        Make(
            ("iss", "https://token.actions.githubusercontent.com"),
            ("sub", "repo:acme/hello:ref:refs/tags/v1"),
            ("repository", "acme/hello"),
            ("ref", "refs/tags/v1"),
            ("ref_protected", refProtected),
            ("repository_visibility", visibility),
            ("job_workflow_ref", "acme/hello/.github/workflows/release.yml@refs/tags/v1")
        );

    public static string Buildkite() =>
        Make(
            ("iss", "https://agent.buildkite.com"),
            ("sub", "organization:acme"),
            ("organization_slug", "acme"),
            ("pipeline_slug", "release")
        );

    public static string Person() =>
        Make(("iss", "https://accounts.google.com"), ("sub", "1"), ("email", "dev@example.org"), ("email_verified", "true"));

    public static string Make(params (string Name, string? Value)[] claims)
    {
        var all = claims.Where(claim => claim.Value is not null).ToDictionary(claim => claim.Name, claim => (object)claim.Value!);
        all.TryAdd("aud", "sigstore");
        all["exp"] = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
        return $"{Part("""{"alg":"RS256"}""")}.{Part(JsonSerializer.Serialize(all))}.{Part("CANARY-signature")}";
    }

    private static string Part(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
