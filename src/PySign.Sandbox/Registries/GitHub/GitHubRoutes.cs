using System.Globalization;
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
            Repository + "/releases/{id:long}",
            (HttpContext context, string owner, string name, long id) =>
                With(
                    context,
                    instance,
                    owner,
                    name,
                    push: false,
                    (repository, maySeeDrafts) =>
                        instance.Releases(repository.Path).FirstOrDefault(one => one.Id == id && (maySeeDrafts || !one.IsDraft))
                            is { } found
                            ? Results.Json(Describe(context, repository, found))
                            : NotFound()
                )
        );
        app.MapPatch(
            Repository + "/releases/{id:long}",
            (HttpContext context, string owner, string name, long id) => ChangeAsync(context, instance, owner, name, id)
        );
        app.MapDelete(
            Repository + "/releases/{id:long}",
            (HttpContext context, string owner, string name, long id) =>
                With(
                    context,
                    instance,
                    owner,
                    name,
                    push: true,
                    (repository, _) => instance.Delete(repository.Path, id) ? Results.NoContent() : NotFound()
                )
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
                        instance.FindAsset(repository.Path, id) is not { } found ? NotFound()
                        : found.Release.IsImmutable ? Message(422, "Cannot delete assets of an immutable release.")
                        : instance.Remove(found.Asset) ? Results.NoContent()
                        : NotFound()
                )
        );
        app.MapPost(
            "/api/uploads/repos/{owner}/{name}/releases/{id:long}/assets",
            (HttpContext context, string owner, string name, long id) => UploadAsync(context, instance, owner, name, id)
        );
        MapAttestations(app, instance);

        // The address for people: no request of the API, so that its limit does not count it. Tags may hold slashes, files do not.
        app.MapGet(
            "/{owner}/{name}/releases/download/{**path}",
            (HttpContext context, string owner, string name, string path) => DownloadPage(context, instance, $"{owner}/{name}", path)
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

    private static void MapAttestations(IEndpointRouteBuilder app, GitHubInstance instance)
    {
        app.MapPost(
            Repository + "/attestations",
            async (HttpContext context, string owner, string name) =>
                await BodyAsync(context) is not { ValueKind: JsonValueKind.Object } body
                    ? Message(400, "Problems parsing JSON")
                    : With(
                        context,
                        instance,
                        owner,
                        name,
                        push: true,
                        (repository, _) =>
                            !repository.MayAttest ? Message(403, "Resource not accessible by integration")
                            : instance.Attestations.Add(repository.Path, body) is { } id ? Results.Json(new { id }, statusCode: 201)
                            : Message(422, "Invalid request.\n\nThe bundle could not be parsed.")
                    )
        );
        app.MapGet(
            Repository + "/attestations/{digest}",
            (HttpContext context, string owner, string name, string digest) =>
                With(
                    context,
                    instance,
                    owner,
                    name,
                    push: false,
                    (repository, _) =>
                        instance.Attestations.Find(repository.Path, digest, context.Request.Query["predicate_type"]) is { Count: > 0 } found
                            ? GitHubAttestations.List(context, repository, found, OtherHost(context))
                            : NotFound()
                )
        );

        // Storage on another host, as releases have it: an API token is refused there.
        app.MapGet(
            "/_github-attestations/{id:long}.json.sn",
            (HttpContext context, long id) =>
                context.Request.Headers.Authorization.Count > 0 || instance.Attestations.Find(id) is not { } found
                    ? Results.StatusCode(400)
                    : Results.Bytes(SnappyEncoder.Compress(Encoding.UTF8.GetBytes(found.Bundle)), "application/x-snappy")
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

        if (repository is null)
        {
            return NotFound();
        }

        var member = given.EndsWith(' ' + repository.Token, StringComparison.Ordinal);
        return instance.Limit.Take(context, repository, member)
            ?? (
                !repository.IsPublic && !member ? NotFound()
                : push && given.Length == 0 ? Message(401, "Requires authentication")
                : push && !member ? Message(403, "Resource not accessible by integration")
                : answer(repository, member)
            );
    }

    private static IResult DownloadPage(HttpContext context, GitHubInstance instance, string repository, string path)
    {
        var slash = path.LastIndexOf('/');
        if (instance.Find(repository) is not { IsPublic: true } options || slash < 0)
        {
            return NotFound();
        }

        var (tag, file) = (path[..slash], path[(slash + 1)..]);
        var asset = instance
            .Releases(options.Path)
            .Where(release => release.Tag == tag && !release.IsDraft)
            .SelectMany(release => instance.Assets(release.Id))
            .FirstOrDefault(asset => asset.Name == file && asset.IsComplete);
        return asset is null ? NotFound() : Stored(context, options, asset);
    }

    private static async Task<JsonElement?> BodyAsync(HttpContext context)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            return json.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<IResult> CreateAsync(HttpContext context, GitHubInstance instance, string owner, string name)
    {
        if (await BodyAsync(context) is not { } body)
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
                var wanted = new GitHubInstance.Release(
                    0,
                    "",
                    body.GetProperty("tag_name").GetString()!,
                    Text(body, "name") ?? "",
                    body.TryGetProperty("draft", out var flag) && flag.GetBoolean(),
                    Text(body, "body") ?? ""
                );
                return Answer(context, repository, instance.Create(repository, wanted), 201);
            }
        );
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, GitHubInstance instance, string owner, string name, long id)
    {
        if (await BodyAsync(context) is not { } body)
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
                Answer(
                    context,
                    repository,
                    instance.Change(
                        repository,
                        id,
                        known =>
                            known with
                            {
                                Name = Text(body, "name") ?? known.Name,
                                Body = Text(body, "body") ?? known.Body,
                                IsDraft = body.TryGetProperty("draft", out var flag) ? flag.GetBoolean() : known.IsDraft,
                            }
                    ),
                    200
                )
        );
    }

    private static IResult Answer(
        HttpContext context,
        GitHubRepositoryOptions repository,
        (GitHubInstance.Release? Release, GitHubInstance.ReleaseRefusal Refusal) done,
        int status
    ) =>
        done.Release is { } release
            ? Results.Json(Describe(context, repository, release), statusCode: status)
            : done.Refusal switch
            {
                GitHubInstance.ReleaseRefusal.Taken => Taken("Release", "tag_name"),
                GitHubInstance.ReleaseRefusal.TagUsedUp => Results.Json(
                    new
                    {
                        message = "Validation Failed",
                        errors = new[]
                        {
                            new
                            {
                                resource = "Release",
                                code = "custom",
                                field = "tag_name",
                                message = "tag_name was used by an immutable release",
                            },
                        },
                        documentation_url = "https://docs.github.com/rest/releases/releases#create-a-release",
                        status = "422",
                    },
                    statusCode: 422
                ),
                _ => NotFound(),
            };

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

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
                if (instance.Releases(repository.Path).FirstOrDefault(one => one.Id == id) is not { } release)
                {
                    return NotFound();
                }

                if (release.IsImmutable)
                {
                    return Message(422, "Cannot upload assets to an immutable release.");
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

        return Stored(context, repository, asset);
    }

    private static IResult Stored(HttpContext context, GitHubRepositoryOptions repository, GitHubInstance.Asset asset) =>
        repository.ObjectStorage
            ? Results.Redirect($"{context.Request.Scheme}://{OtherHost(context)}/_github-storage/{repository.Path}/{asset.Id}?sig=abc")
            : Results.Bytes(asset.Content, "application/octet-stream");

    private static object Describe(HttpContext context, GitHubRepositoryOptions repository, GitHubInstance.Release release) =>
        new
        {
            id = release.Id,
            tag_name = release.Tag,
            name = release.Name,
            body = release.Body,
            draft = release.IsDraft,
            immutable = release.IsImmutable,
            html_url = $"{context.Request.Scheme}://{context.Request.Host}/{repository.Path}/releases/tag/{release.Tag}",
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
            browser_download_url = $"{context.Request.Scheme}://{context.Request.Host}/{repository.Path}"
                + $"/releases/download/{asset.Tag}/{asset.Name}",
        };

    private static string OtherHost(HttpContext context) =>
        (context.Request.Host.Host == "localhost" ? "127.0.0.1" : "localhost") + (context.Request.Host.Port is { } port ? $":{port}" : "");

    private static IResult Page(HttpContext context, IEnumerable<object> rows)
    {
        var length = int.TryParse(context.Request.Query["per_page"], CultureInfo.InvariantCulture, out var wanted)
            ? Math.Clamp(wanted, 1, 100)
            : 30;
        var number = int.TryParse(context.Request.Query["page"], CultureInfo.InvariantCulture, out var page) ? Math.Max(page, 1) : 1;
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
