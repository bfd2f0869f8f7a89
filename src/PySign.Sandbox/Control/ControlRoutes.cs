using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using PySign.Sandbox.Faults;
using PySign.Sandbox.Formats;
using PySign.Sandbox.Hosting;
using PySign.Sandbox.Oidc;

namespace PySign.Sandbox.Control;

/// <summary>What no real service has: minting tokens, looking inside, asking for faults, ending.</summary>
internal sealed class ControlRoutes(SandboxServices services, IHostApplicationLifetime lifetime)
{
    /// <summary>A service that GitHub has, with the token of its own that GitHub gives a job; every other route here is behind
    /// <see cref="ControlGate"/>.</summary>
    public const string GitHubTokenRoute = "/_sandbox/github/id-token";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sandbox/info", (RequestDelegate)(context => context.WriteJsonAsync(200, ReadyDocument.Create(services))));
        routes.MapGet("/_sandbox/state", (RequestDelegate)(context => context.WriteJsonAsync(200, State())));
        routes.MapPost("/_sandbox/tokens/gitlab", (RequestDelegate)(context => MintAsync(context, IssuerKind.GitLab)));
        routes.MapPost("/_sandbox/tokens/github", (RequestDelegate)(context => MintAsync(context, IssuerKind.GitHub)));
        routes.MapPost("/_sandbox/tokens/email", (RequestDelegate)(context => MintAsync(context, IssuerKind.Email)));
        routes.MapGet(GitHubTokenRoute, (RequestDelegate)GitHubTokenAsync);
        routes.MapPut("/_sandbox/github/claims", (RequestDelegate)GitHubClaimsAsync);
        routes.MapPost("/_sandbox/faults", (RequestDelegate)AddFaultAsync);
        routes.MapGet("/_sandbox/faults", (RequestDelegate)(context => context.WriteJsonAsync(200, Catalog())));
        routes.MapDelete("/_sandbox/faults", (RequestDelegate)ClearFaultsAsync);
        routes.MapPost("/_sandbox/reset", (RequestDelegate)ResetAsync);
        routes.MapPost("/_sandbox/shutdown", (RequestDelegate)ShutDownAsync);
    }

    private static Task RefuseAsync(HttpContext context, string message) =>
        context.WriteJsonAsync(400, new JsonObject { ["error"] = message });

    // An empty body means no overrides.
    private static async Task<JsonObject?> ReadObjectAsync(HttpContext context)
    {
        var bytes = await context.ReadBytesAsync();
        try
        {
            return bytes switch
            {
                null => null,
                { Length: 0 } => [],
                _ => JsonNode.Parse(bytes) as JsonObject,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task MintAsync(HttpContext context, IssuerKind kind)
    {
        if (await ReadObjectAsync(context) is not { } overrides)
        {
            await RefuseAsync(context, "The body must be a JSON object of claims.");
            return;
        }

        var (token, claims) = services.Mint(kind, overrides);
        await context.WriteJsonAsync(200, new JsonObject { ["token"] = token, ["claims"] = claims });
    }

    private async Task GitHubTokenAsync(HttpContext context)
    {
        var expected = Encoding.UTF8.GetBytes($"bearer {services.GitHubRequestToken}");
        var given = context.Request.Headers.Authorization.ToString();
        var canonical = given.StartsWith("bearer ", StringComparison.OrdinalIgnoreCase) ? "bearer " + given[7..] : given;
        if (!CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(canonical)))
        {
            await context.WriteJsonAsync(401, new JsonObject { ["message"] = "Unauthorized" });
            return;
        }

        var overrides = (JsonObject)services.GitHubClaimOverrides.DeepClone();
        if (context.Request.Query["audience"].ToString() is { Length: > 0 } audience)
        {
            overrides["aud"] = audience;
        }

        var token = services.Mint(IssuerKind.GitHub, overrides).Token;
        await context.WriteJsonAsync(200, new JsonObject { ["count"] = token.Length, ["value"] = token });
    }

    private async Task GitHubClaimsAsync(HttpContext context)
    {
        if (await ReadObjectAsync(context) is not { } claims)
        {
            await RefuseAsync(context, "The body must be a JSON object of claims.");
            return;
        }

        services.GitHubClaimOverrides = claims;
        context.Response.StatusCode = 204;
    }

    private async Task AddFaultAsync(HttpContext context)
    {
        if (
            await context.ReadJsonAsync() is not { } body
            || !body.TryGetProperty("service", out var service)
            || service.GetString() is not { } serviceName
            || !body.TryGetProperty("kind", out var kind)
            || kind.GetString() is not { } kindName
        )
        {
            await RefuseAsync(context, "A fault has a service and a kind.");
            return;
        }

        if (!FaultCatalog.Kinds.TryGetValue(serviceName, out var kinds))
        {
            await RefuseAsync(context, $"Unknown service '{serviceName}'; known: {string.Join(", ", FaultCatalog.Kinds.Keys)}.");
            return;
        }

        string[] known = [.. FaultCatalog.Common.Keys, .. kinds.Keys];
        if (!known.Contains(kindName))
        {
            await RefuseAsync(context, $"Unknown kind '{kindName}' for {serviceName}; known: {string.Join(", ", known)}.");
            return;
        }

        services.Faults.Add(
            new Fault(serviceName, kindName)
            {
                Times = Number(body, "times") ?? 1,
                Status = Number(body, "status") ?? 503,
                DelayMilliseconds = Number(body, "delayMs") ?? 1000,
                Seconds = Number(body, "seconds"),
            }
        );
        context.Response.StatusCode = 204;
    }

    private static int? Number(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : null;

    private static JsonObject Catalog()
    {
        static JsonObject Write(IReadOnlyDictionary<string, string> kinds) =>
            new(kinds.Select(static kind => KeyValuePair.Create(kind.Key, (JsonNode?)kind.Value)));
        return new JsonObject(
            FaultCatalog.Kinds.Select(static service => KeyValuePair.Create(service.Key, (JsonNode?)Write(service.Value)))
        )
        {
            ["all"] = Write(FaultCatalog.Common),
        };
    }

    private Task ClearFaultsAsync(HttpContext context)
    {
        services.Faults.Clear();
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    // Logs are append-only and keep their entries, as real ones do; what a test can undo is undone.
    private Task ResetAsync(HttpContext context)
    {
        services.Faults.Clear();
        services.Requests.Clear();
        services.GitHubClaimOverrides = [];
        services.GitLab.Reset();
        services.ConfigureHomeProject();
        services.GitHub.Reset();
        services.Store.Reset();
        services.PyPi.Reset();
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private async Task ShutDownAsync(HttpContext context)
    {
        await context.WriteJsonAsync(200, new JsonObject { ["message"] = "ending" });
        lifetime.StopApplication();
    }

    private JsonObject State() =>
        new()
        {
            ["logs"] = new JsonObject
            {
                [SandboxService.RekorV1] = services.RekorV1.Size,
                [SandboxService.RekorV2] = services.RekorV2.Size,
                [SandboxService.RekorV2Ecdsa] = services.RekorV2Ecdsa.Size,
            },
            ["packages"] = new JsonArray([
                .. services
                    .GitLab.Stored()
                    .Select(file => new JsonObject
                    {
                        ["project"] = file.Project,
                        ["type"] = file.Type,
                        ["name"] = file.Name,
                        ["version"] = file.Version,
                        ["fileName"] = file.FileName,
                        ["sha256"] = file.Sha256,
                        ["size"] = file.Size,
                    }),
            ]),
            ["faults"] = new JsonArray([
                .. services.Faults.Active.Select(fault => new JsonObject
                {
                    ["service"] = fault.Service,
                    ["kind"] = fault.Kind,
                    ["times"] = fault.Times,
                }),
            ]),
            ["counters"] = services.Requests.Counters(),
            ["requests"] = services.Requests.Lines(),
        };
}
