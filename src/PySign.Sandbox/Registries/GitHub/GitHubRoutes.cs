using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PySign.Sandbox.Registries.GitHub;

/// <summary>GitHub's releases API at the paths of an own server (<c>/api/v3</c>, uploads at <c>/api/uploads</c> under another host
/// name).</summary>
internal static class GitHubRoutes
{
    private const string Repository = "/api/v3/repos/{owner}/{name}";

    public static void Map(IEndpointRouteBuilder app, GitHubInstance instance)
    {
        app.MapGet(
            Repository + "/releases",
            (HttpContext context, string owner, string name) =>
                With(
                    context,
                    instance,
                    owner,
                    name,
                    push: false,
                    (repository, maySeeDrafts) =>
                        Page(
                            context,
                            instance
                                .Releases(repository.Path)
                                .Where(release => maySeeDrafts || !release.IsDraft)
                                .Select(release => Describe(context, repository, release))
                        )
                )
        );
        app.MapGet(
            Repository + "/releases/tags/{**tag}",
            (HttpContext context, string owner, string name, string tag) =>
                With(
                    context,
                    instance,
                    owner,
                    name,
                    push: false,
                    (repository, _) =>
                        instance.Releases(repository.Path).FirstOrDefault(release => release.Tag == tag && !release.IsDraft) is { } release
                            ? Results.Json(Describe(context, repository, release))
                            : NotFound()
                )
        );
        app.MapPost(
            Repository + "/releases",
            (HttpContext context, string owner, string name) => CreateAsync(context, instance, owner, name)
        );
        app.MapGet(
            Repository + "/releases/{id:long}/assets",
            (HttpContext context, string owner, string name, long id) =>
                With(
                    context,
                    instance,
                    owner,
                    name,
                    push: false,
                    (repository, maySeeDrafts) =>
                        instance.Releases(repository.Path).Any(release => release.Id == id && (maySeeDrafts || !release.IsDraft))
                            ? Page(context, instance.Assets(id).Select(asset => Describe(context, repository, asset)))
                            : NotFound()
                )
        );
        app.MapGet(
            Repository + "/releases/assets/{id:long}",
            (HttpContext context, string owner, string name, long id) =>
                With(
                    context,
                    instance,
                    owner,
                    name,
                    push: false,
                    (repository, maySeeDrafts) =>
                        instance.FindAsset(repository.Path, id) is { } found && (maySeeDrafts || !found.Release.IsDraft)
                            ? Send(context, repository, found.Asset)
                            : NotFound()
                )
        );
        app.MapDelete(
            Repository + "/releases/assets/{id:long}",
            (HttpContext context, string owner, string name, long id) =>
                With(
                    context,
                    instance,
                    owner,
                    name,
                    push: true,
                    (repository, _) =>
                        instance.FindAsset(repository.Path, id) is { } found && instance.Remove(found.Asset)
                            ? Results.NoContent()
                            : NotFound()
                )
        );
        app.MapPost(
            "/api/uploads/repos/{owner}/{name}/releases/{id:long}/assets",
            (HttpContext context, string owner, string name, long id) => UploadAsync(context, instance, owner, name, id)
        );
        app.MapGet(
            "/_github-storage/{owner}/{name}/{id:long}",
            (HttpContext context, string owner, string name, long id) =>
                context.Request.Headers.Authorization.Count > 0
                    ? Results.Text(
                        "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>",
                        "application/xml",
                        statusCode: 400
                    )
                : instance.FindAsset($"{owner}/{name}", id) is { } found ? Results.Bytes(found.Asset.Content, "application/octet-stream")
                : NotFound()
        );
    }

    private static IResult With(
        HttpContext context,
        GitHubInstance instance,
        string owner,
        string name,
        bool push,
        Func<GitHubRepositoryOptions, bool, IResult> answer
    )
    {
        var repository = instance.Find($"{owner}/{name}");
        var given = context.Request.Headers.Authorization.ToString();
        if (given.Length > 0 && !instance.IsToken(given))
        {
            return Message(401, "Bad credentials");
        }

        var member = repository is not null && given.EndsWith(' ' + repository.Token);
        return repository is null || (!repository.IsPublic && !member) ? NotFound()
            : push && given.Length == 0 ? Message(401, "Requires authentication")
            : push && !member ? Message(403, "Resource not accessible by integration")
            : answer(repository, member);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, GitHubInstance instance, string owner, string name)
    {
        JsonElement body;
        try
        {
            using var json = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            body = json.RootElement.Clone();
        }
        catch (JsonException)
        {
            return Message(400, "Problems parsing JSON");
        }

        return With(
            context,
            instance,
            owner,
            name,
            push: true,
            (repository, _) =>
            {
                var tag = body.GetProperty("tag_name").GetString()!;
                var title = body.TryGetProperty("name", out var text) ? text.GetString() ?? "" : "";
                var draft = body.TryGetProperty("draft", out var flag) && flag.GetBoolean();
                return instance.Create(repository.Path, tag, title, draft) is { } release
                    ? Results.Json(Describe(context, repository, release), statusCode: 201)
                    : Taken("Release", "tag_name");
            }
        );
    }

    private static async Task<IResult> UploadAsync(HttpContext context, GitHubInstance instance, string owner, string name, long id)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return With(
            context,
            instance,
            owner,
            name,
            push: true,
            (repository, _) =>
            {
                if (instance.Releases(repository.Path).All(release => release.Id != id))
                {
                    return NotFound();
                }

                var broken = instance.TakeBreak(repository);
                var stored = instance.Add(
                    id,
                    Renamed(context.Request.Query["name"].ToString()),
                    broken ? body.ToArray()[..(int)(body.Length / 2)] : body.ToArray(),
                    !broken
                );
                return stored is null ? Taken("ReleaseAsset", "name")
                    : broken ? Message(502, "Server Error")
                    : Results.Json(Describe(context, repository, stored), statusCode: 201);
            }
        );
    }

    /// <summary>GitHub keeps letters, digits and a few signs, and writes a dot for everything else.</summary>
    private static string Renamed(string name)
    {
        var kept = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            kept.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '+' or '@' ? c : '.');
        }

        return kept.ToString().Trim('.');
    }

    private static IResult Send(HttpContext context, GitHubRepositoryOptions repository, GitHubInstance.Asset asset)
    {
        if (!context.Request.Headers.Accept.ToString().Contains("application/octet-stream", StringComparison.Ordinal))
        {
            return Results.Json(Describe(context, repository, asset));
        }

        return repository.ObjectStorage
            ? Results.Redirect($"{context.Request.Scheme}://{OtherHost(context)}/_github-storage/{repository.Path}/{asset.Id}?sig=abc")
            : Results.Bytes(asset.Content, "application/octet-stream");
    }

    private static object Describe(HttpContext context, GitHubRepositoryOptions repository, GitHubInstance.Release release) =>
        new
        {
            id = release.Id,
            tag_name = release.Tag,
            name = release.Name,
            draft = release.IsDraft,
            prerelease = false,
            upload_url = (
                repository.UploadUrl
                ?? $"{context.Request.Scheme}://{OtherHost(context)}/api/uploads/repos/{repository.Path}/releases/{release.Id}/assets"
            ) + "{?name,label}",
        };

    private static object Describe(HttpContext context, GitHubRepositoryOptions repository, GitHubInstance.Asset asset) =>
        new
        {
            id = asset.Id,
            name = asset.Name,
            state = asset.IsComplete ? "uploaded" : "starter",
            size = asset.Content.Length,
            digest = "sha256:" + asset.Sha256,
            browser_download_url = $"{context.Request.Scheme}://{context.Request.Host}/{repository.Path}/releases/download/{asset.Name}",
        };

    private static string OtherHost(HttpContext context) =>
        (context.Request.Host.Host == "localhost" ? "127.0.0.1" : "localhost") + (context.Request.Host.Port is { } port ? $":{port}" : "");

    private static IResult Page(HttpContext context, IEnumerable<object> rows)
    {
        var length = int.TryParse(context.Request.Query["per_page"], out var wanted) ? Math.Clamp(wanted, 1, 100) : 30;
        var number = int.TryParse(context.Request.Query["page"], out var page) ? Math.Max(page, 1) : 1;
        return Results.Json(rows.Skip((number - 1) * length).Take(length));
    }

    private static IResult Taken(string resource, string field) =>
        Results.Json(
            new
            {
                message = "Validation Failed",
                errors = new[]
                {
                    new
                    {
                        resource,
                        code = "already_exists",
                        field,
                    },
                },
            },
            statusCode: 422
        );

    private static IResult NotFound() => Message(404, "Not Found");

    private static IResult Message(int status, string message) => Results.Json(new { message }, statusCode: status);
}
