using System.Text.Json.Nodes;

namespace PySign.Sandbox.Oidc;

/// <summary>The claims of a person who logged in with a verified e-mail address.</summary>
internal static class EmailClaims
{
    public static JsonObject Create(string issuer, JsonObject overrides, DateTimeOffset now)
    {
        var issued = now.ToUnixTimeSeconds();
        return IdentityClaims.Override(
            new JsonObject
            {
                ["iss"] = issuer,
                ["sub"] = "CiQ1",
                ["aud"] = "sigstore",
                ["iat"] = issued,
                ["exp"] = issued + 60,
                ["email"] = "dev@example.org",
                ["email_verified"] = true,
            },
            overrides
        );
    }
}
