using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace PySign.Sandbox.Registries.GitLab;

/// <summary>GitLab's simple index: HTML by default, PEP 691 JSON where the project has it switched on.</summary>
internal static class SimpleIndexPage
{
    private const string JsonType = "application/vnd.pypi.simple.v1+json";

    /// <param name="request">Who asks, and what for.</param>
    /// <param name="hasJson">Whether JSON is switched on.</param>
    /// <param name="owner">The path below the API of the project (by its numeric id, however it was asked for) or group that the links stay
    /// in.</param>
    /// <param name="files">The package's files of all versions, the oldest first; its title is how that one spells the name.</param>
    public static IResult Package(HttpRequest request, bool hasJson, string owner, IReadOnlyList<StoredFile> files)
    {
        var root = $"{request.Scheme}://{request.Host}/api/v4/{owner}/packages/pypi/files";
        var rows = files.Select(f => (File: f, Url: $"{root}/{f.ClaimedSha256}/{Uri.EscapeDataString(f.FileName)}")).ToList();
        return hasJson && WantsJson(request)
            ? Json(
                request,
                ("name", GitLabProject.Normalize(files[0].Package.Name)),
                ("files", rows.Select(r => FileOf(r.File, $"{r.Url}#sha256={r.File.ClaimedSha256}")))
            )
            : Html(
                files[0].Package.Name,
                rows.Select(r =>
                    $"<a href=\"{r.Url}#sha256={r.File.ClaimedSha256}\" "
                    + $"data-requires-python=\"{WebUtility.HtmlEncode(r.File.RequiresPython)}\">"
                    + $"{WebUtility.HtmlEncode(r.File.FileName)}</a><br>"
                )
            );
    }

    /// <summary>All packages of a project or group: in HTML a link for each version, so that a name may stand there several times; in JSON
    /// each name once.</summary>
    public static IResult All(HttpRequest request, bool hasJson, string owner, string title, IEnumerable<PackageRow> packages) =>
        hasJson && WantsJson(request)
            ? Json(
                request,
                (
                    "projects",
                    packages
                        .Select(p => GitLabProject.Normalize(p.Name))
                        .Distinct(StringComparer.Ordinal)
                        .Order(StringComparer.Ordinal)
                        .Select(name => new { name })
                )
            )
            : Html(
                title,
                packages.Select(p =>
                    $"<a href=\"{request.Scheme}://{request.Host}/api/v4/{owner}/packages/pypi/simple/{GitLabProject.Normalize(p.Name)}\" "
                    + $"data-requires-python=\"\">{WebUtility.HtmlEncode(p.Name)}</a><br>"
                )
            );

    private static IResult Json(HttpRequest request, params (string Name, object Value)[] members)
    {
        request.HttpContext.Response.Headers.Vary = "Accept";
        var body = members.ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        body["meta"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["api-version"] = "1.0" };
        return Results.Text(JsonSerializer.Serialize(body), JsonType + "; charset=utf-8");
    }

    private static bool WantsJson(HttpRequest request) =>
        request
            .Headers.Accept.SelectMany(a => (a ?? "").Split(','))
            .Any(a =>
                a.Trim().StartsWith(JsonType, StringComparison.OrdinalIgnoreCase)
                || a.Trim().StartsWith("application/vnd.pypi.simple.latest+json", StringComparison.OrdinalIgnoreCase)
            );

    private static Dictionary<string, object> FileOf(StoredFile file, string url)
    {
        var row = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["filename"] = file.FileName,
            ["url"] = url,
            ["hashes"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["sha256"] = file.ClaimedSha256 },
        };
        if (file.RequiresPython.Length > 0)
        {
            row["requires-python"] = file.RequiresPython;
        }

        return row;
    }

    private static IResult Html(string title, IEnumerable<string> links)
    {
        var page = new StringBuilder("<!DOCTYPE html>\n<html>\n  <head>\n    <title>Links for ")
            .Append(WebUtility.HtmlEncode(title))
            .Append("</title>\n  </head>\n  <body>\n    <h1>Links for ")
            .Append(WebUtility.HtmlEncode(title))
            .Append("</h1>\n");
        foreach (var link in links)
        {
            page.Append("    ").Append(link).Append('\n');
        }

        return Results.Text(page.Append("  </body>\n</html>\n").ToString(), "text/html; charset=utf-8");
    }
}
