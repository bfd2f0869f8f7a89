using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace PySign.Sandbox.Registries.GitLab;

/// <summary>GitLab's generic package registry: one file, one URL, and by default a second upload shadows the first.</summary>
internal static class GenericRoutes
{
    private const string Route = "/api/v4/projects/{id}/packages/generic/{name}/{version}/{**file}";

    public static void Map(IEndpointRouteBuilder app, GitLabInstance instance)
    {
        app.MapPut(
            Route,
            (HttpContext context, string id, string name, string version, string? file) =>
                Put(context, instance, id, name, version, file ?? "")
        );
        app.MapGet(
            Route,
            (HttpContext context, string id, string name, string version, string? file) =>
                Get(context, instance, id, name, version, file ?? "")
        );
    }

    private static async Task<IResult> Put(
        HttpContext context,
        GitLabInstance instance,
        string id,
        string name,
        string version,
        string file
    )
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        var project = instance.Find(id);
        if (AccessRules.Publish(context.Response, Caller.FromAny(context.Request, instance), project, basicRealm: false) is { } refusal)
        {
            return refusal;
        }

        if (RefuseRequest(context.Request, project!, name, version, file) is { } refused)
        {
            return refused;
        }

        var received = await instance.Receive(context.Request.Body, project!.Options.MaxGenericBytes, context.RequestAborted);
        if (received is null)
        {
            return GitLabAnswers.BadRequest("File is too large");
        }

        var added = new NewFile("generic", name, version, Encode(file), received)
        {
            MayBeThere = project.Options.TakesDuplicates(name, version),
        };
        return Add(context.Request.Query, project, added);
    }

    private static IResult Add(IQueryCollection query, GitLabProject project, NewFile file)
    {
        // Checked when the row is added, so that of two uploads at the same time only one is the first.
        var row = project.Add(file);
        if (row is null)
        {
            GitLabInstance.Discard(file.Content);
            return GitLabAnswers.BadRequest("Duplicate package is not allowed");
        }

        if (query["status"].ToString() is { Length: > 0 } status)
        {
            row.Package.IsHidden = status == "hidden";
        }

        return query["select"] == "package_file" ? Results.Json(PackageRoutes.Describe(row)) : GitLabAnswers.Created();
    }

    /// <summary>What is refused before the body is read.</summary>
    private static IResult? RefuseRequest(HttpRequest request, GitLabProject project, string name, string version, string file)
    {
        if (CheckNames(name, version, file) is { } invalid)
        {
            return GitLabAnswers.InvalidParameter(invalid);
        }

        if (request.Query["select"].ToString() is not ("" or "package_file"))
        {
            return GitLabAnswers.InvalidParameter("select does not have a valid value");
        }

        if (request.Query["status"].ToString() is not ("" or "default" or "hidden"))
        {
            return GitLabAnswers.InvalidParameter("status does not have a valid value");
        }

        if (request.ContentLength == 0)
        {
            return GitLabAnswers.InvalidParameter("file is missing");
        }

        if (project.Options.ObjectStorageFails)
        {
            return GitLabAnswers.Forbidden();
        }

        return project.Options.ProtectedPackages.Contains(name.ToLowerInvariant(), StringComparer.Ordinal)
            ? GitLabAnswers.Protected()
            : null;
    }

    private static IResult Get(HttpContext context, GitLabInstance instance, string id, string name, string version, string file)
    {
        var project = instance.Find(id);
        if (AccessRules.Read(context.Response, Caller.FromAny(context.Request, instance), project, basicRealm: false) is { } refusal)
        {
            return refusal;
        }

        if (CheckNames(name, version, file) is { } invalid)
        {
            return GitLabAnswers.InvalidParameter(invalid);
        }

        return project!.GenericFile(name, version, Encode(file)) is { } stored
            ? Downloads.Send(context, project, stored, project.Options.ChecksumHeader)
            : GitLabAnswers.NotFound("Package");
    }

    private static string? CheckNames(string name, string version, string file)
    {
        if (!NameRules.IsGenericPackageName(name))
        {
            return "package_name is invalid";
        }

        if (!NameRules.IsGenericVersion(version))
        {
            return "package_version is invalid";
        }

        return file.Length > 0 && file.Split('/').All(NameRules.IsGenericFileName) ? null : "file_name is invalid";
    }

    /// <summary>A path part is stored inside the file name, which is escaped then and only then.</summary>
    private static string Encode(string file) => file.Contains('/', StringComparison.Ordinal) ? Uri.EscapeDataString(file) : file;
}
