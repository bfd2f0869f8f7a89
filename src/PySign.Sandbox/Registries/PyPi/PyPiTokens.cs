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
    private readonly ConcurrentDictionary<string, int> _uploads = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _used = new(StringComparer.Ordinal);

    /// <summary>The publisher that a minted token stands for, with which one more file is uploaded.</summary>
    public PyPiPublisher? PublisherOf(string token)
    {
        var uploads = _uploads.AddOrUpdate(token, 1, static (_, before) => before + 1);
        return
            _minted.TryGetValue(token, out var minted)
            && minted.Expires > time.GetUtcNow()
            && (index.Options.UploadsPerToken == 0 || uploads <= index.Options.UploadsPerToken)
            ? minted.Publisher
            : null;
    }

    public Task AudienceAsync(HttpContext context) =>
        index.Options.TrustedPublishing switch
        {
            "enabled" => context.WriteJsonAsync(200, new JsonObject { ["audience"] = index.Options.Audience }),
            "disabled" => context.WriteJsonAsync(403, new JsonObject { ["message"] = "Trusted publishing is disabled" }),
            _ => context.WriteJsonAsync(404, new JsonObject { ["message"] = "Not Found" }),
        };

    public async Task MintAsync(HttpContext context)
    {
        var body = await context.ReadJsonAsync();
        if (RefuseRequest(body) is { } unread)
        {
            await RefuseAsync(context, unread);
            return;
        }

        if (Find(body!.Value.GetProperty("token").GetString()!, out var publisher) is { } refusal)
        {
            await RefuseAsync(context, refusal);
            return;
        }

        var token = "pypi-" + RandomNumberGenerator.GetHexString(40, lowercase: true);
        var expires = time.GetUtcNow().AddSeconds(Lifetime);
        _minted[token] = (publisher!, expires);
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

    /// <summary>What is refused before the identity token is looked at.</summary>
    private Refusal? RefuseRequest(JsonElement? body)
    {
        if (index.Options.TrustedPublishing != "enabled")
        {
            return new Refusal("not-enabled", "Trusted publishing is not enabled");
        }

        if (index.Options.MintRefusal is { } refusal)
        {
            return new Refusal(refusal, "refused on request");
        }

        var hasToken =
            body is { } read
            && read.TryGetProperty("token", out var field)
            && field.ValueKind == JsonValueKind.String
            && field.GetString()!.Split('.').Length == 3;
        return hasToken ? null : new Refusal("invalid-payload", "body is not a JSON object with a token, or the token is malformed");
    }

    /// <summary>Finds the publisher that an identity token is of, and uses the token up.</summary>
    private Refusal? Find(string token, out PyPiPublisher? publisher)
    {
        publisher = null;
        if (oidc.Verify(token, "pypi") is not { } identity || identity["aud"] != "pypi")
        {
            return new Refusal(
                "invalid-token",
                "malformed or invalid token: signature, issuer, expiry or audience (which must be one string)"
            );
        }

        var used = new Refusal("invalid-reuse-token", "invalid token: already used");
        if (_used.ContainsKey(identity["jti"]))
        {
            return used;
        }

        if (index.Publishers.FirstOrDefault(candidate => Matches(candidate, identity)) is not { } found)
        {
            return new Refusal(
                "invalid-publisher",
                "valid token, but no corresponding publisher (Publisher with matching claims was not found)"
            );
        }

        if (found.IsPending && !index.Settle(found))
        {
            return new Refusal("invalid-pending-publisher", "valid token, but project already exists");
        }

        // Only now: an identity token that no publisher matched may come again once one is registered.
        if (!_used.TryAdd(identity["jti"], true))
        {
            return used;
        }

        publisher = found with { IsPending = false };
        return null;
    }

    private static Task RefuseAsync(HttpContext context, Refusal refusal) =>
        context.WriteJsonAsync(
            422,
            new JsonObject
            {
                ["message"] = "Token request failed",
                ["errors"] = new JsonArray(new JsonObject { ["code"] = refusal.Code, ["description"] = refusal.Description }),
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

    private sealed record Refusal(string Code, string Description);
}
