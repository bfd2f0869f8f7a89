using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PySign.Sandbox.Formats;

namespace PySign.Sandbox.Control;

/// <summary>
/// Lets only the starter steer: other users' programs and web pages reach a port on loopback too. The route decides and not the path's
/// spelling, which routing reads more generously than a comparison would.
/// </summary>
internal static class ControlGate
{
    private const string Root = "/_sandbox/";

    public static Task InvokeAsync(HttpContext context, string token, RequestDelegate next)
    {
        if (
            context.GetEndpoint() is not RouteEndpoint { RoutePattern.RawText: { } route }
            || !route.StartsWith(Root, StringComparison.Ordinal)
            || route == ControlRoutes.GitHubTokenRoute
            || IsStarter(context.Request, token)
        )
        {
            return next(context);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"PySign sandbox control\"";
        return context.WriteJsonAsync(
            401,
            new JsonObject { ["error"] = "The control interface wants the controlToken of the ready file as a bearer token." }
        );
    }

    private static bool IsStarter(HttpRequest request, string token) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes($"Bearer {token}"),
            Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString())
        );
}
