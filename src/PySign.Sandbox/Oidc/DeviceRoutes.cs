using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PySign.Sandbox.Formats;

namespace PySign.Sandbox.Oidc;

/// <summary>The e-mail issuer's device login: its endpoints, a page for a person, and for tests a route that decides in a person's
/// place.</summary>
internal sealed class DeviceRoutes(OidcProvider oidc, DeviceGrants grants)
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:device_code";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/oauth/device/code", (RequestDelegate)BeginAsync);
        routes.MapPost("/oauth/token", (RequestDelegate)TokenAsync);
        routes.MapGet(
            "/oauth/device",
            (RequestDelegate)(context => PageAsync(context, 200, context.Request.Query["user_code"].ToString(), ""))
        );
        routes.MapPost("/oauth/device", (RequestDelegate)AnswerAsync);
        routes.MapPost("/_sandbox/device/approve", (RequestDelegate)(context => DecideAsync(context, approve: true)));
        routes.MapPost("/_sandbox/device/deny", (RequestDelegate)(context => DecideAsync(context, approve: false)));
    }

    private static async Task<IFormCollection> FormAsync(HttpContext context) =>
        context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;

    private static Task RefuseAsync(HttpContext context, string error) => context.WriteJsonAsync(400, new JsonObject { ["error"] = error });

    private async Task BeginAsync(HttpContext context)
    {
        var form = await FormAsync(context);
        var challenge = form["code_challenge"].ToString();
        if (form["client_id"].ToString() is not { Length: > 0 } client || (challenge.Length > 0 && form["code_challenge_method"] != "S256"))
        {
            await RefuseAsync(context, "invalid_request");
            return;
        }

        var grant = grants.Begin(client, challenge.Length > 0 ? challenge : null);
        var page = $"{oidc[IssuerKind.Email].Issuer}/device";
        await context.WriteJsonAsync(
            200,
            new JsonObject
            {
                ["device_code"] = grant.DeviceCode,
                ["user_code"] = grant.UserCode,
                ["verification_uri"] = page,
                ["verification_uri_complete"] = $"{page}?user_code={grant.UserCode}",
                ["expires_in"] = DeviceGrants.LifetimeSeconds,
                ["interval"] = DeviceGrants.IntervalSeconds,
            }
        );
    }

    private async Task TokenAsync(HttpContext context)
    {
        var form = await FormAsync(context);
        if (form["grant_type"] != Grant)
        {
            await RefuseAsync(context, "unsupported_grant_type");
            return;
        }

        var (token, error) = grants.Poll(
            form["device_code"].ToString(),
            form["client_id"].ToString(),
            form["code_verifier"].ToString() is { Length: > 0 } verifier ? verifier : null
        );
        if (token is null)
        {
            await RefuseAsync(context, error!);
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        await context.WriteJsonAsync(
            200,
            new JsonObject
            {
                ["access_token"] = RandomNumberGenerator.GetHexString(32),
                ["token_type"] = "Bearer",
                ["expires_in"] = 60,
                ["id_token"] = token,
            }
        );
    }

    private async Task DecideAsync(HttpContext context, bool approve)
    {
        if (
            await context.ReadJsonAsync() is not { } body
            || !body.TryGetProperty("user_code", out var code)
            || code.GetString() is not { } userCode
        )
        {
            await RefuseAsync(context, "The body must be a JSON object with user_code.");
            return;
        }

        var claims = body.TryGetProperty("claims", out var given) ? JsonNode.Parse(given.GetRawText()) as JsonObject : null;
        context.Response.StatusCode = grants.Decide(userCode, approve ? claims ?? [] : null) ? 204 : 404;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var form = await FormAsync(context);
        var approve = form["decision"] == "approve";
        var found = grants.Decide(form["user_code"].ToString(), approve ? [] : null);
        await PageAsync(
            context,
            found ? 200 : 404,
            "",
            !found ? "No login waits for this code."
                : approve ? "You are logged in."
                : "The login was refused."
        );
    }

    private static Task PageAsync(HttpContext context, int status, string userCode, string message) =>
        context.WriteTextAsync(
            status,
            $"""
            <!doctype html><meta charset="utf-8"><title>PySign sandbox: log in</title>
            <h1>Log in as dev@example.org</h1><p>{WebUtility.HtmlEncode(message)}</p>
            <form method="post"><label>Code <input name="user_code" value="{WebUtility.HtmlEncode(userCode)}"></label>
            <button name="decision" value="approve">Approve</button> <button name="decision" value="deny">Refuse</button></form>
            """,
            "text/html; charset=utf-8"
        );
}
