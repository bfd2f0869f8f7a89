using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PySign.Sandbox.Formats;
using PySign.Sandbox.Oidc;

namespace PySign.Sandbox.Registries.PyPi;

/// <summary>Trusted publishing: an identity token of a CI job is exchanged, once, for an upload token of 15 minutes.</summary>
internal sealed class PyPiTokens(PyPiIndex index, OidcProvider oidc, TimeProvider time)
{
    private const int Lifetime = 900;
    private readonly ConcurrentDictionary<string, (PyPiPublisher Publisher, DateTimeOffset Expires)> _minted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _used = new(StringComparer.Ordinal);

    /// <summary>The publisher that a minted token stands for.</summary>
    public PyPiPublisher? PublisherOf(string token) =>
        _minted.TryGetValue(token, out var minted) && minted.Expires > time.GetUtcNow() ? minted.Publisher : null;

    public Task AudienceAsync(HttpContext context) =>
        index.Options.TrustedPublishing switch
        {
            "enabled" => context.WriteJsonAsync(200, new JsonObject { ["audience"] = index.Options.Audience }),
            "disabled" => context.WriteJsonAsync(403, new JsonObject { ["message"] = "Trusted publishing is disabled" }),
            _ => context.WriteJsonAsync(404, new JsonObject { ["message"] = "Not Found" }),
        };

    public async Task MintAsync(HttpContext context)
    {
        if (index.Options.TrustedPublishing != "enabled")
        {
            await RefuseAsync(context, "not-enabled", "Trusted publishing is not enabled");
            return;
        }

        if (index.Options.MintRefusal is { } refusal)
        {
            await RefuseAsync(context, refusal, "refused on request");
            return;
        }

        if (
            await context.ReadJsonAsync() is not { } body
            || !body.TryGetProperty("token", out var field)
            || field.ValueKind != JsonValueKind.String
            || field.GetString()!.Split('.').Length != 3
        )
        {
            await RefuseAsync(context, "invalid-payload", "body is not a JSON object with a token, or the token is malformed");
            return;
        }

        if (oidc.Verify(field.GetString()!, "pypi") is not { } identity || identity["aud"] != "pypi")
        {
            await RefuseAsync(
                context,
                "invalid-token",
                "malformed or invalid token: signature, issuer, expiry or audience (which must be one string)"
            );
            return;
        }

        if (_used.ContainsKey(identity["jti"]))
        {
            await RefuseAsync(context, "invalid-reuse-token", "invalid token: already used");
            return;
        }

        var publisher = index.Publishers.FirstOrDefault(candidate => Matches(candidate, identity));
        if (publisher is null)
        {
            await RefuseAsync(
                context,
                "invalid-publisher",
                "valid token, but no corresponding publisher (Publisher with matching claims was not found)"
            );
            return;
        }

        if (publisher.IsPending && !index.Settle(publisher))
        {
            await RefuseAsync(context, "invalid-pending-publisher", "valid token, but project already exists");
            return;
        }

        // Only now: an identity token that no publisher matched may come again once one is registered.
        if (!_used.TryAdd(identity["jti"], true))
        {
            await RefuseAsync(context, "invalid-reuse-token", "invalid token: already used");
            return;
        }

        publisher = publisher with { IsPending = false };
        var token = "pypi-" + RandomNumberGenerator.GetHexString(40, lowercase: true);
        var expires = time.GetUtcNow().AddSeconds(Lifetime);
        _minted[token] = (publisher, expires);
        if (index.Options.MintAnswersLost)
        {
            context.Abort();
            return;
        }

        await context.WriteJsonAsync(
            200,
            new JsonObject
            {
                ["success"] = true,
                ["token"] = token,
                ["expires"] = expires.ToUnixTimeSeconds(),
            }
        );
    }

    private static Task RefuseAsync(HttpContext context, string code, string description) =>
        context.WriteJsonAsync(
            422,
            new JsonObject
            {
                ["message"] = "Token request failed",
                ["errors"] = new JsonArray(new JsonObject { ["code"] = code, ["description"] = description }),
            }
        );

    // The publisher of a GitHub job is looked up as it is written; that of a GitLab job without regard to case. Claims are compared
    // without.
    private static bool Matches(PyPiPublisher publisher, IdentityClaims claims)
    {
        var isGitLab = publisher.Kind == "GitLab";
        var lookUp = isGitLab ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        var (repository, workflow, prefix) = isGitLab
            ? ("project_path", "ci_config_ref_uri", $"/{publisher.Repository}//{publisher.Workflow}@")
            : ("repository", "job_workflow_ref", $"{publisher.Repository}/.github/workflows/{publisher.Workflow}@");
        return string.Equals(claims[repository], publisher.Repository, lookUp)
            && (isGitLab || claims[workflow].StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            && claims[workflow].Contains(prefix, StringComparison.OrdinalIgnoreCase)
            && (
                publisher.Environment is null
                || string.Equals(
                    claims["environment"],
                    publisher.Environment,
                    isGitLab ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase
                )
            );
    }
}
