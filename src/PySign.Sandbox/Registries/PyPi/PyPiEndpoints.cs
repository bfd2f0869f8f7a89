using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PySign.Sandbox.Oidc;

namespace PySign.Sandbox.Registries.PyPi;

/// <summary>PyPI's own endpoints, those of all its host names on one.</summary>
internal static class PyPiEndpoints
{
    public static void Map(IEndpointRouteBuilder app, PyPiIndex index, OidcProvider oidc, TimeProvider time)
    {
        var tokens = new PyPiTokens(index, oidc, time);
        var uploads = new PyPiUploads(index, tokens, time);
        var pages = new PyPiPages(index);
        app.MapPost("/legacy", (RequestDelegate)uploads.PostAsync);
        app.MapGet("/_/oidc/audience", (RequestDelegate)tokens.AudienceAsync);
        app.MapPost("/_/oidc/mint-token", (RequestDelegate)tokens.MintAsync);
        app.MapPost("/_/oidc/github/mint-token", (RequestDelegate)tokens.MintAsync);
        app.MapGet("/simple/{name}", (HttpContext context, string name) => pages.SimpleAsync(context, name));
        app.MapGet(
            "/packages/{project}/{name}",
            (HttpContext context, string project, string name) => pages.FileAsync(context, project, name)
        );
        app.MapGet(
            "/integrity/{project}/{version}/{name}/provenance",
            (HttpContext context, string project, string version, string name) => pages.ProvenanceAsync(context, project, name)
        );
    }
}
