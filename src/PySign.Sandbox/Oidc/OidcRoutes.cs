using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PySign.Sandbox.Formats;

namespace PySign.Sandbox.Oidc;

/// <summary>Discovery documents and key sets.</summary>
internal static class OidcRoutes
{
    public static void Map(IEndpointRouteBuilder routes, OidcProvider provider)
    {
        Map(routes, provider, IssuerKind.GitLab, "", "/oauth/discovery/keys");
        Map(routes, provider, IssuerKind.GitHub, "/github-oidc", "/github-oidc/.well-known/jwks");
        Map(routes, provider, IssuerKind.Email, "/oauth", "/oauth/keys");
    }

    private static void Map(IEndpointRouteBuilder routes, OidcProvider provider, IssuerKind kind, string root, string keys)
    {
        routes.MapGet(
            $"{root}/.well-known/openid-configuration",
            (RequestDelegate)(context => context.WriteJsonAsync(200, provider[kind].Discovery()))
        );
        routes.MapGet(keys, (RequestDelegate)(context => context.WriteJsonAsync(200, provider[kind].Keys())));
    }
}
