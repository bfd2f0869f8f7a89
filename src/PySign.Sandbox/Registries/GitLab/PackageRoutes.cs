using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PySign.Sandbox.Registries.GitLab;

/// <summary>The packages API: which packages a project has and which files they hold, in pages.</summary>
internal static class PackageRoutes
{
    public static void Map(IEndpointRouteBuilder app, GitLabInstance instance)
    {
        app.MapGet(
            "/api/v4/projects/{id}/packages",
            (HttpContext context, string id) => AccessRules.Read(context, instance, id, project => Packages(context, project))
        );
        app.MapGet(
            "/api/v4/projects/{id}/packages/{package:long}/package_files",
            (HttpContext context, string id, long package) =>
                AccessRules.Read(
                    context,
                    instance,
                    id,
                    project =>
                        project.Files().Any(f => f.Package.Id == package)
                            ? Page(context, project.Files().Where(f => f.Package.Id == package).Select(Describe))
                            : GitLabAnswers.NotFound()
                )
        );
        app.MapDelete(
            "/api/v4/projects/{id}/packages/{package:long}/package_files/{file:long}",
            (HttpContext context, string id, long package, long file) =>
            {
                var project = instance.Find(id);
                return AccessRules.Publish(context.Response, Caller.FromAny(context.Request, instance), project, basicRealm: false)
                    ?? (project!.Remove(package, file) ? Results.NoContent() : GitLabAnswers.NotFound());
            }
        );
    }

    private static IResult Packages(HttpContext context, GitLabProject project)
    {
        var query = context.Request.Query;
        string type = query["package_type"].ToString(),
            name = query["package_name"].ToString(),
            version = query["package_version"].ToString();
        return Page(
            context,
            project
                .Files()
                .Select(f => f.Package)
                .Distinct()
                .Where(p =>
                    (type.Length == 0 || p.Type == type)
                    && (version.Length == 0 || p.Version == version)
                    && (name.Length == 0 || p.Name.Contains(name, StringComparison.OrdinalIgnoreCase))
                    && p.IsHidden == (query["status"] == "hidden")
                )
                .Select(p => new
                {
                    id = p.Id,
                    name = p.Name,
                    version = p.Version,
                    package_type = p.Type,
                    status = p.IsHidden ? "hidden" : "default",
                })
        );
    }

    /// <summary>A file row as GitLab shows it.</summary>
    public static object Describe(StoredFile file) =>
        new
        {
            id = file.Id,
            package_id = file.Package.Id,
            created_at = file.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            size = file.Size,
            file_name = file.FileName,
            file_sha256 = file.Sha256,
            file_store = 1,
            status = "default",
        };

    private static IResult Page<T>(HttpContext context, IEnumerable<T> rows)
    {
        var number = Number(context, "page", 1);
        var length = Math.Min(Number(context, "per_page", 20), 100);
        var all = rows.ToList();
        context.Response.Headers["X-Total"] = all.Count.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["X-Next-Page"] = number * length < all.Count ? (number + 1).ToString(CultureInfo.InvariantCulture) : "";
        return Results.Json(all.Skip((number - 1) * length).Take(length));
    }

    private static int Number(HttpContext context, string name, int otherwise) =>
        int.TryParse(context.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        && value is > 0 and < 1_000_000
            ? value
            : otherwise;
}
