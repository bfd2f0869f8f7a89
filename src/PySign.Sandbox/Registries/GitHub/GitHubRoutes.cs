using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PySign.Sandbox.Registries.GitHub;

/// <summary>GitHub's releases API at the paths of an own server (<c>/api/v3</c>, uploads at <c>/api/uploads</c> under another host
/// name).</summary>
internal sealed class GitHubRoutes(GitHubInstance instance)
{
    private const string Repository = "/api/v3/repos/{owner}/{name}";

    public static void Map(IEndpointRouteBuilder app, GitHubInstance instance)
    {
        var routes = new GitHubRoutes(instance);
        routes.MapReleases(app);
        routes.MapAssets(app);
        routes.MapDownloads(app);
        routes.MapAttestations(app);
    }

    private void MapReleases(IEndpointRouteBuilder app)
    {
        app.MapGet(
            Repository + "/releases",
            (HttpContext context) =>
                Read(
                    context,
                    (repository, drafts) =>
                        Page(context, Seen(repository, drafts).Select(release => Describe(context, repository, release)))
                )
        );
        app.MapGet(
            Repository + "/releases/tags/{**tag}",
            (HttpContext context, string tag) =>
                Read(context, (repository, _) => Shown(context, repository, Seen(repository, drafts: false), release => release.Tag == tag))
        );
        app.MapGet(
            Repository + "/releases/{id:long}",
            (HttpContext context, long id) =>
                Read(context, (repository, drafts) => Shown(context, repository, Seen(repository, drafts), release => release.Id == id))
        );
        app.MapPost(Repository + "/releases", (HttpContext context, CancellationToken stop) => CreateAsync(context, stop));
        app.MapPatch(
            Repository + "/releases/{id:long}",
            (HttpContext context, long id, CancellationToken stop) => ChangeAsync(context, id, stop)
        );
        app.MapDelete(
            Repository + "/releases/{id:long}",
            (HttpContext context, long id) =>
                Write(context, repository => instance.Delete(repository.Path, id) ? Results.NoContent() : NotFound())
        );
    }

    private void MapAssets(IEndpointRouteBuilder app)
    {
        app.MapGet(
            Repository + "/releases/{id:long}/assets",
            (HttpContext context, long id) =>
                Read(
                    context,
                    (repository, drafts) =>
                        Seen(repository, drafts).Any(release => release.Id == id)
                            ? Page(context, instance.Assets(id).Select(asset => Describe(context, repository, asset)))
                            : NotFound()
                )
        );
        app.MapGet(
            Repository + "/releases/assets/{id:long}",
            (HttpContext context, long id) =>
                Read(
                    context,
                    (repository, drafts) =>
                        instance.FindAsset(repository.Path, id) is { } found && (drafts || !found.Release.IsDraft)
                            ? Send(context, repository, found.Asset)
                            : NotFound()
                )
        );
        app.MapDelete(
            Repository + "/releases/assets/{id:long}",
            (HttpContext context, long id) =>
                Write(
                    context,
                    repository =>
                        instance.FindAsset(repository.Path, id) is not { } found ? NotFound()
                        : found.Release.IsImmutable ? Message(422, "Cannot delete assets of an immutable release.")
                        : instance.Remove(found.Asset) ? Results.NoContent()
                        : NotFound()
                )
        );
        app.MapPost(
            "/api/uploads/repos/{owner}/{name}/releases/{id:long}/assets",
            (HttpContext context, long id, CancellationToken stop) => UploadAsync(context, id, stop)
        );
    }

    private void MapDownloads(IEndpointRouteBuilder app)
    {
        // The address for people: no request of the API, so that its limit does not count it. Tags may hold slashes, files do not.
        app.MapGet(
            "/{owner}/{name}/releases/download/{**path}",
            (HttpContext context, string owner, string name, string path) => DownloadPage(context, $"{owner}/{name}", path)
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

    private void MapAttestations(IEndpointRouteBuilder app)
    {
        app.MapPost(
            Repository + "/attestations",
            async (HttpContext context, CancellationToken stop) =>
                await BodyAsync(context, stop) is not { ValueKind: JsonValueKind.Object } body
                    ? Message(400, "Problems parsing JSON")
                    : Write(
                        context,
                        repository =>
                            !repository.MayAttest ? Message(403, "Resource not accessible by integration")
                            : instance.Attestations.Add(repository.Path, body) is { } id ? Results.Json(new { id }, statusCode: 201)
                            : Message(422, "Invalid request.\n\nThe bundle could not be parsed.")
                    )
        );
        app.MapGet(
            Repository + "/attestations/{digest}",
            (HttpContext context, string digest) =>
                Read(
                    context,
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

    /// <summary>Answers who may read the repository; the answer is told whether the caller sees drafts.</summary>
    private IResult Read(HttpContext context, Func<GitHubRepositoryOptions, bool, IResult> answer) => For(context, push: false, answer);

    /// <summary>Answers who may push to the repository.</summary>
    private IResult Write(HttpContext context, Func<GitHubRepositoryOptions, IResult> answer) =>
        For(context, push: true, (repository, _) => answer(repository));

    private IResult For(HttpContext context, bool push, Func<GitHubRepositoryOptions, bool, IResult> answer)
    {
        var repository = instance.Find($"{context.GetRouteValue("owner")}/{context.GetRouteValue("name")}");
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

    /// <summary>The releases that the caller sees.</summary>
    private IEnumerable<GitHubInstance.Release> Seen(GitHubRepositoryOptions repository, bool drafts) =>
        instance.Releases(repository.Path).Where(release => drafts || !release.IsDraft);

    private static IResult Shown(
        HttpContext context,
        GitHubRepositoryOptions repository,
        IEnumerable<GitHubInstance.Release> seen,
        Func<GitHubInstance.Release, bool> isAsked
    ) => seen.FirstOrDefault(isAsked) is { } release ? Results.Json(Describe(context, repository, release)) : NotFound();

    private IResult DownloadPage(HttpContext context, string repository, string path)
    {
        var slash = path.LastIndexOf('/');
        if (instance.Find(repository) is not { IsPublic: true } options || slash < 0)
        {
            return NotFound();
        }

        var (tag, file) = (path[..slash], path[(slash + 1)..]);
        var asset = Seen(options, drafts: false)
            .Where(release => release.Tag == tag)
            .SelectMany(release => instance.Assets(release.Id))
            .FirstOrDefault(asset => asset.Name == file && asset.IsComplete);
        return asset is null ? NotFound() : Stored(context, options, asset);
    }

    private static async Task<JsonElement?> BodyAsync(HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: cancellationToken);
            return json.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<IResult> CreateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (await BodyAsync(context, cancellationToken) is not { } body)
        {
            return Message(400, "Problems parsing JSON");
        }

        return Write(
            context,
            repository =>
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

    private async Task<IResult> ChangeAsync(HttpContext context, long id, CancellationToken cancellationToken)
    {
        if (await BodyAsync(context, cancellationToken) is not { } body)
        {
            return Message(400, "Problems parsing JSON");
        }

        return Write(
            context,
            repository =>
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

    private async Task<IResult> UploadAsync(HttpContext context, long id, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, cancellationToken);
        return Write(
            context,
            repository =>
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
