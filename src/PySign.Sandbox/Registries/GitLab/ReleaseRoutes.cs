using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PySign.Sandbox.Registries.GitLab;

/// <summary>A release as tests see it.</summary>
public sealed record StoredRelease(string Tag, string Name, string Description, IReadOnlyList<StoredReleaseLink> Links);

/// <summary>A link of a release.</summary>
public sealed record StoredReleaseLink(string Name, string Url, string? Path, string Type);

/// <summary>GitLab's Releases API: a release belongs to a tag and links to files that lie elsewhere.</summary>
internal static partial class ReleaseRoutes
{
    private const string Route = "/api/v4/projects/{id}/releases";

    private const int MaxPath = 128;

    private static readonly string[] _types = ["other", "runbook", "image", "package"];

    public static void Map(IEndpointRouteBuilder app, GitLabInstance instance)
    {
        app.MapGet(
            Route + "/{tag}",
            (HttpContext context, string id, string tag) =>
                AccessRules.Read(
                    context,
                    instance,
                    id,
                    project => project.Releases.TryGetValue(tag, out var found) ? Results.Json(Describe(found)) : GitLabAnswers.NotFound()
                )
        );
        app.MapPost(Route, (HttpContext context, string id) => WriteAsync(context, instance, id, null));
        app.MapPut(Route + "/{tag}", (HttpContext context, string id, string tag) => WriteAsync(context, instance, id, tag));
        app.MapPost(Route + "/{tag}/assets/links", (HttpContext context, string id, string tag) => LinkAsync(context, instance, id, tag));
    }

    private static async Task<IResult> WriteAsync(HttpContext context, GitLabInstance instance, string id, string? tag)
    {
        var project = instance.Find(id);
        if (AccessRules.Publish(context.Response, Caller.FromAny(context.Request, instance), project, basicRealm: false) is { } refusal)
        {
            return refusal;
        }

        if (await BodyAsync(context) is not { } body)
        {
            return GitLabAnswers.InvalidParameter("tag_name is missing");
        }

        return tag is null ? Create(project!, body) : Update(project!, tag, body);
    }

    private static IResult Create(GitLabProject project, JsonElement body)
    {
        if (Text(body, "tag_name") is not { Length: > 0 } tag)
        {
            return GitLabAnswers.InvalidParameter("tag_name is missing");
        }

        // Asked also when the tag is there: whoever may not create it gets no release of it.
        if (!project.Options.MayCreateTags)
        {
            return GitLabAnswers.Message(403, "You are not allowed to create this tag as it is protected.");
        }

        if (!project.Options.TagsExist && Text(body, "ref") is null)
        {
            return GitLabAnswers.Message(422, "Ref is not specified");
        }

        var links = new List<StoredReleaseLink>();
        if (body.TryGetProperty("assets", out var assets) && assets.TryGetProperty("links", out var list))
        {
            foreach (var one in list.EnumerateArray())
            {
                if (ReadLink(one, links, out var link) is { } invalid)
                {
                    return invalid;
                }

                links.Add(link!);
            }
        }

        var release = new StoredRelease(tag, Text(body, "name") ?? tag, Text(body, "description") ?? "", links);
        return project.Releases.TryAdd(tag, release)
            ? Results.Json(Describe(release), statusCode: 201)
            : GitLabAnswers.Message(409, "Release already exists");
    }

    private static IResult Update(GitLabProject project, string tag, JsonElement body)
    {
        if (!project.Releases.TryGetValue(tag, out var known))
        {
            return GitLabAnswers.NotFound();
        }

        var next = known with { Name = Text(body, "name") ?? known.Name, Description = Text(body, "description") ?? known.Description };
        project.Releases[tag] = next;
        return Results.Json(Describe(next));
    }

    private static async Task<IResult> LinkAsync(HttpContext context, GitLabInstance instance, string id, string tag)
    {
        var project = instance.Find(id);
        if (AccessRules.Publish(context.Response, Caller.FromAny(context.Request, instance), project, basicRealm: false) is { } refusal)
        {
            return refusal;
        }

        if (!project!.Releases.TryGetValue(tag, out var known))
        {
            return GitLabAnswers.NotFound();
        }

        if (await BodyAsync(context) is not { } body)
        {
            return GitLabAnswers.InvalidParameter("name is missing, url is missing");
        }

        if (ReadLink(body, known.Links, out var link) is { } invalid)
        {
            return invalid;
        }

        project.Releases[tag] = known with { Links = [.. known.Links, link!] };
        return Results.Json(Describe(link!), statusCode: 201);
    }

    private static IResult? ReadLink(JsonElement one, IReadOnlyList<StoredReleaseLink> known, out StoredReleaseLink? link)
    {
        var read = new StoredReleaseLink(
            Text(one, "name") ?? "",
            Text(one, "url") ?? "",
            Text(one, "direct_asset_path"),
            Text(one, "link_type") ?? "other"
        );
        link = read;
        return known.Any(other => other.Name == read.Name) ? Invalid("Name has already been taken")
            : known.Any(other => other.Url == read.Url) ? Invalid("Url has already been taken")
            : !Uri.TryCreate(read.Url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http" or "ftp")
                ? Invalid("Url is blocked: Only allowed schemes are http, https, ftp")
            : read.Path is { } path && (path.Length > MaxPath || !Path().IsMatch(path)) ? Invalid("Filepath is in an invalid format")
            : !_types.Contains(read.Type) ? GitLabAnswers.InvalidParameter("link_type does not have a valid value")
            : null;
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

    private static object Describe(StoredRelease release) =>
        new
        {
            tag_name = release.Tag,
            name = release.Name,
            description = release.Description,
            assets = new { links = release.Links.Select(Describe) },
        };

    private static object Describe(StoredReleaseLink link) =>
        new
        {
            name = link.Name,
            url = link.Url,
            direct_asset_url = link.Path,
            link_type = link.Type,
        };

    private static string? Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static IResult Invalid(string message) => Results.Json(new { message = new[] { message } }, statusCode: 400);

    [GeneratedRegex(@"\A/(?:[\-\.\w]+/?)*[\da-zA-Z]+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Path();
}
