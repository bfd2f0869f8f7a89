using System.Buffers.Text;
using System.Text;

namespace PySign.Sigstore.Tests.Identity;

/// <summary>Makes JWTs out of given text; nobody here verifies their signature.</summary>
internal static class Tokens
{
    public const string GitLabClaims = """
        {"iss":"https://gitlab.com","sub":"project_path:acme/demo:ref_type:tag:ref:v1","aud":"sigstore","nbf":1767268795,"exp":1767272400,"project_path":"acme/demo","user_email":"a@example.org","runner_id":12,"ci_config_ref_uri":"gitlab.com/acme/demo//.gitlab-ci.yml@refs/tags/v1"}
        """;

    /// <summary>Within the validity of <see cref="GitLabClaims"/>.</summary>
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1767268800);

    public static string Jwt(string claims, string header = """{"alg":"RS256","kid":"1"}""", string signature = "CANARYsignature") =>
        $"{Part(header)}.{Part(claims)}.{Part(signature)}";

    public static string Part(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
