using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace PySign.Sandbox.Registries.GitLab;

/// <summary>GitLab's PyPI registry.</summary>
internal static class PyPiRoutes
{
    public static void Map(IEndpointRouteBuilder app, GitLabInstance instance)
    {
        MapProject(app.MapGroup("/api/v4/projects/{id}/packages/pypi"), instance);
        MapGroup(app.MapGroup("/api/v4/groups/{id}/-/packages/pypi"), instance);
    }

    private static void MapProject(RouteGroupBuilder project, GitLabInstance instance)
    {
        project.MapPost("", (HttpContext context, string id) => Upload(context, instance, id)).DisableAntiforgery();
        project.MapGet(
            "/simple",
            (HttpContext context, string id) =>
                Readable(
                    context,
                    instance,
                    id,
                    p => SimpleIndexPage.All(context.Request, p.Options.JsonIndex, OwnerOf(p), p.Options.Path, p.Packages("pypi"))
                )
        );
        project.MapGet(
            "/simple/{name}",
            (HttpContext context, string id, string name) => Readable(context, instance, id, p => Package(context, [p], name, OwnerOf(p)))
        );
        project.MapGet(
            "/files/{sha256}/{file}",
            (HttpContext context, string id, string sha256, string file) =>
                Readable(context, instance, id, p => Download(context, [p], sha256, file))
        );

        // Newer versions have this route; the community edition never finds anything behind it.
        project.MapGet(
            "/forward/{name}/{**upstream}",
            (HttpContext context, string id) => Readable(context, instance, id, _ => GitLabAnswers.NotFound())
        );
    }

    private static void MapGroup(RouteGroupBuilder group, GitLabInstance instance)
    {
        group.MapGet(
            "/simple",
            (HttpContext context, string id) =>
                Group(
                    context,
                    instance,
                    id,
                    projects =>
                        SimpleIndexPage.All(
                            context.Request,
                            projects[0].Options.JsonIndex,
                            OwnerOf(id),
                            Uri.UnescapeDataString(id),
                            projects.SelectMany(p => p.Packages("pypi"))
                        )
                )
        );
        group.MapGet(
            "/simple/{name}",
            (HttpContext context, string id, string name) =>
                Group(context, instance, id, projects => Package(context, projects, name, OwnerOf(id)))
        );
        group.MapGet(
            "/files/{sha256}/{file}",
            (HttpContext context, string id, string sha256, string file) =>
                Group(context, instance, id, projects => Download(context, projects, sha256, file))
        );
    }

    /// <summary>Links name a project by its number, however it was asked for.</summary>
    private static string OwnerOf(GitLabProject project) => string.Create(CultureInfo.InvariantCulture, $"projects/{project.Options.Id}");

    private static string OwnerOf(string group) => $"groups/{Uri.EscapeDataString(Uri.UnescapeDataString(group))}/-";

    private static async Task<IResult> Upload(HttpContext context, GitLabInstance instance, string id)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        var project = instance.Find(id);
        if (AccessRules.Publish(context.Response, Caller.FromBasic(context.Request, instance), project, basicRealm: true) is { } refusal)
        {
            return refusal;
        }

        var upload = await PyPiUpload.Read(context.Request, instance, project!.Options.MaxPyPiBytes, context.RequestAborted);
        var answer = Check(project, upload);
        if (answer is null)
        {
            var row = project.Add(
                new NewFile("pypi", upload.Name, upload.Version, upload.FileName, upload.Content!)
                {
                    ClaimedSha256 = upload.ClaimedSha256,
                    RequiresPython = upload.RequiresPython,
                }
            );
            if (row is not null)
            {
                return GitLabAnswers.Created();
            }

            answer = GitLabAnswers.BadRequest("Validation failed: File name has already been taken");
        }

        if (upload.Content is { } unused)
        {
            GitLabInstance.Discard(unused);
        }

        return answer;
    }

    private static IResult? Check(GitLabProject project, PyPiUpload upload)
    {
        if (upload.ParameterError is { } error)
        {
            return GitLabAnswers.InvalidParameter(error);
        }

        if (project.Options.Fips && string.IsNullOrEmpty(upload.ClaimedSha256))
        {
            return GitLabAnswers.Unprocessable();
        }

        if (project.Options.RefusesLongMetadata && upload.HasLongMetadata)
        {
            return GitLabAnswers.BadRequest("Validation failed: Required python is too long (maximum is 255 characters)");
        }

        if (upload.IsTooLarge)
        {
            return GitLabAnswers.BadRequest("File is too large");
        }

        if (project.Options.ObjectStorageFails)
        {
            return GitLabAnswers.Forbidden();
        }

        if (project.Options.ProtectedPackages.Contains(GitLabProject.Normalize(upload.Name), StringComparer.Ordinal))
        {
            return GitLabAnswers.Protected();
        }

        if (!NameRules.IsPyPiName(upload.Name))
        {
            return GitLabAnswers.BadRequest("Validation failed: Name is invalid");
        }

        return NameRules.IsPyPiVersion(upload.Version) ? null : GitLabAnswers.BadRequest("Validation failed: Version is invalid");
    }

    private static IResult Readable(HttpContext context, GitLabInstance instance, string id, Func<GitLabProject, IResult> answer)
    {
        var project = instance.Find(id);
        return AccessRules.Read(context.Response, Caller.FromBasic(context.Request, instance), project, basicRealm: true)
            ?? answer(project!);
    }

    /// <summary>A project's page, or a group's over all its projects; its links stay below <paramref name="owner"/>.</summary>
    private static IResult Package(HttpContext context, IReadOnlyList<GitLabProject> projects, string name, string owner)
    {
        var files = projects.SelectMany(project => project.PyPiFiles(name)).ToList();
        var options = projects[0].Options;
        if (files.Count > 0)
        {
            return SimpleIndexPage.Package(context.Request, options.JsonIndex, owner, files);
        }

        return options.RequestForwarding
            ? Results.Redirect($"{options.ForwardingTarget}{Uri.EscapeDataString(name)}/")
            : GitLabAnswers.NotFound("Package");
    }

    private static IResult Download(HttpContext context, IReadOnlyList<GitLabProject> projects, string sha256, string file)
    {
        foreach (var project in projects)
        {
            if (project.PyPiFile(sha256, file) is { } stored)
            {
                return Downloads.Send(context, project, stored, withChecksum: false);
            }
        }

        return GitLabAnswers.NotFound(projects[0].Options.OldNotFound ? "" : "Package");
    }

    /// <summary>A group answers for those of its projects that the caller may read.</summary>
    private static IResult Group(
        HttpContext context,
        GitLabInstance instance,
        string id,
        Func<IReadOnlyList<GitLabProject>, IResult> answer
    )
    {
        var prefix = Uri.UnescapeDataString(id) + "/";
        var caller = Caller.FromBasic(context.Request, instance);
        var projects = instance.Projects.Where(p => p.Options.Path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).ToList();
        var readable = projects.Where(p => AccessRules.Read(context.Response, caller, p, basicRealm: false) is null).ToList();
        if (projects.Count > 0 && readable.Count == 0 && caller.Credential is null)
        {
            return GitLabAnswers.Unauthorized(context.Response, basicRealm: true);
        }

        return readable.Count == 0 ? GitLabAnswers.NotFound("Group") : answer(readable);
    }
}
