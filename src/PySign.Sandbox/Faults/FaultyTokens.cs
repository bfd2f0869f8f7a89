using System.Text.Json.Nodes;

namespace PySign.Sandbox.Faults;

/// <summary>What a wrong identity provider writes: claims that stand in for those that were asked for.</summary>
internal static class FaultyTokens
{
    public static JsonObject Spoil(JsonObject overrides, FaultBoard faults, DateTimeOffset now)
    {
        if (faults.Hits(SandboxService.Oidc, "expired"))
        {
            overrides["expires_in"] = -600L;
        }

        if (faults.Hits(SandboxService.Oidc, "wrong-audience"))
        {
            overrides["aud"] = "somebody-else";
        }

        if (faults.Hits(SandboxService.Oidc, "array-audience"))
        {
            overrides["aud"] = new JsonArray(overrides["aud"]?.DeepClone() ?? "sigstore", "another-audience");
        }

        if (faults.Hits(SandboxService.Oidc, "wrong-issuer"))
        {
            overrides["iss"] = "https://gitlab.self-managed.example";
        }

        if (faults.Take(SandboxService.Oidc, "clock-skew") is { } skew)
        {
            var there = now.AddSeconds(skew.Seconds ?? 600).ToUnixTimeSeconds();
            overrides["iat"] = there;
            overrides["nbf"] = there;
            overrides["exp"] = there + 300;
        }

        return overrides;
    }
}
