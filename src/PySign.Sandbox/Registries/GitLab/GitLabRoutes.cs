using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PySign.Sandbox.Registries.GitLab;

/// <summary>Everything of GitLab's package registries that the sandbox serves.</summary>
internal static class GitLabRoutes
{
    public static void Map(IEndpointRouteBuilder app, GitLabInstance instance)
    {
        PyPiRoutes.Map(app, instance);
        GenericRoutes.Map(app, instance);
        PackageRoutes.Map(app, instance);
        ReleaseRoutes.Map(app, instance);
        app.MapGet(
            Downloads.StorageRoute,
            (HttpContext context, string project, long file) => Downloads.FromStorage(context, instance, project, file)
        );
    }
}
