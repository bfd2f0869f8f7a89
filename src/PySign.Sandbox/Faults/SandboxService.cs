using Microsoft.AspNetCore.Http;

namespace PySign.Sandbox.Faults;

/// <summary>The names by which faults and counters speak of the services, and which requests are whose.</summary>
internal static class SandboxService
{
    public const string Oidc = "oidc";
    public const string Fulcio = "fulcio";
    public const string RekorV1 = "rekor-v1";
    public const string RekorV2 = "rekor-v2";
    public const string RekorV2Ecdsa = "rekor-v2-ecdsa";
    public const string Timestamps = "tsa";
    public const string Tuf = "tuf";
    public const string GitLab = "gitlab";
    public const string GitHub = "github";
    public const string PyPi = "pypi";
    public const string Store = "store";

    /// <returns>Null for the control API and unknown paths.</returns>
    public static string? Of(PathString path) =>
        path.Value switch
        {
            null => null,
            var p when p.StartsWith("/api/v4/", StringComparison.Ordinal) => GitLab,
            var p
                when p.StartsWith("/api/v3/", StringComparison.Ordinal)
                    || p.StartsWith("/api/uploads/", StringComparison.Ordinal)
                    || p.Contains("/releases/download/", StringComparison.Ordinal) => GitHub,
            var p when p.StartsWith("/store/", StringComparison.Ordinal) => Store,
            var p
                when p.StartsWith("/legacy", StringComparison.Ordinal)
                    || p.StartsWith("/simple/", StringComparison.Ordinal)
                    || p.StartsWith("/packages/", StringComparison.Ordinal)
                    || p.StartsWith("/integrity/", StringComparison.Ordinal)
                    || p.StartsWith("/_/oidc/", StringComparison.Ordinal) => PyPi,
            var p when p.StartsWith("/tuf/", StringComparison.Ordinal) => Tuf,
            var p when p.StartsWith("/rekor-v2-ecdsa/", StringComparison.Ordinal) => RekorV2Ecdsa,
            var p when p.StartsWith("/api/v1/log", StringComparison.Ordinal) => RekorV1,
            var p when p.StartsWith("/api/v1/timestamp", StringComparison.Ordinal) => Timestamps,
            var p
                when p.StartsWith("/api/v2/log", StringComparison.Ordinal)
                    || p.StartsWith("/api/v2/tile", StringComparison.Ordinal)
                    || p.StartsWith("/api/v2/checkpoint", StringComparison.Ordinal) => RekorV2,
            var p when p.StartsWith("/api/v1/", StringComparison.Ordinal) || p.StartsWith("/api/v2/", StringComparison.Ordinal) => Fulcio,
            var p
                when p.StartsWith("/.well-known/", StringComparison.Ordinal)
                    || p.StartsWith("/oauth/", StringComparison.Ordinal)
                    || p.StartsWith("/github-oidc/", StringComparison.Ordinal)
                    || p.StartsWith("/_sandbox/github/id-token", StringComparison.Ordinal) => Oidc,
            _ => null,
        };
}
