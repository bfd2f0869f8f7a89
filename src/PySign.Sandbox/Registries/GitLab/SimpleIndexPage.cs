using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace PySign.Sandbox.Registries.GitLab;

/// <summary>GitLab's simple index: HTML by default, PEP 691 JSON where the project has it switched on.</summary>
internal static class SimpleIndexPage
{
    private const string JsonType = "application/vnd.pypi.simple.v1+json";

    public static IResult Project(HttpRequest request, GitLabProject project, IReadOnlyList<StoredFile> files)
    {
        var root = $"{request.Scheme}://{request.Host}/api/v4/projects/{project.Options.Id}/packages/pypi/files";
        var rows = files.Select(f => (File: f, Url: $"{root}/{f.ClaimedSha256}/{Uri.EscapeDataString(f.FileName)}")).ToList();
        if (WantsJson(request, project))
        {
            request.HttpContext.Response.Headers.Vary = "Accept";
            var body = JsonSerializer.Serialize(new Dictionary<string, object>
            {
                ["meta"] = new Dictionary<string, string> { ["api-version"] = "1.0" },
                ["name"] = GitLabProject.Normalize(files[0].Package.Name),
                ["files"] = rows.Select(r => FileOf(r.File, r.Url)).ToList(),
            });
            return Results.Text(body, JsonType + "; charset=utf-8");
        }

        return Html(files[0].Package.Name, rows.Select(r =>
            $"<a href=\"{r.Url}#sha256={r.File.ClaimedSha256}\" data-requires-python=\"{WebUtility.HtmlEncode(r.File.RequiresPython)}\">{WebUtility.HtmlEncode(r.File.FileName)}</a><br>"));
    }

    public static IResult All(HttpRequest request, GitLabProject project) =>
        Html(project.Options.Path, project.Packages("pypi").Select(p =>
            $"<a href=\"{request.Scheme}://{request.Host}/api/v4/projects/{project.Options.Id}/packages/pypi/simple/{GitLabProject.Normalize(p.Name)}\" data-requires-python=\"\">{WebUtility.HtmlEncode(p.Name)}</a><br>"));

    /// <summary>Every package of the projects of a group; the links stay within the group.</summary>
    public static IResult Group(HttpRequest request, string group, IReadOnlyList<GitLabProject> projects) =>
        Html(group, projects.SelectMany(project => project.Packages("pypi")).Select(package =>
            $"<a href=\"{request.Scheme}://{request.Host}/api/v4/groups/{Uri.EscapeDataString(group)}/-/packages/pypi/simple/{GitLabProject.Normalize(package.Name)}\" data-requires-python=\"\">{WebUtility.HtmlEncode(package.Name)}</a><br>"));

    private static bool WantsJson(HttpRequest request, GitLabProject project) =>
        project.Options.JsonIndex && request.Headers.Accept.SelectMany(a => (a ?? "").Split(',')).Any(a =>
            a.Trim().StartsWith(JsonType, StringComparison.OrdinalIgnoreCase) || a.Trim().StartsWith("application/vnd.pypi.simple.latest+json", StringComparison.OrdinalIgnoreCase));

    private static Dictionary<string, object> FileOf(StoredFile file, string url)
    {
        var row = new Dictionary<string, object>
        {
            ["filename"] = file.FileName,
            ["url"] = url,
            ["hashes"] = new Dictionary<string, string> { ["sha256"] = file.ClaimedSha256 },
        };
        if (file.RequiresPython.Length > 0)
        {
            row["requires-python"] = file.RequiresPython;
        }

        return row;
    }

    private static IResult Html(string title, IEnumerable<string> links)
    {
        var page = new StringBuilder("<!DOCTYPE html>\n<html>\n  <head>\n    <title>Links for ").Append(WebUtility.HtmlEncode(title))
            .Append("</title>\n  </head>\n  <body>\n    <h1>Links for ").Append(WebUtility.HtmlEncode(title)).Append("</h1>\n");
        foreach (var link in links)
        {
            page.Append("    ").Append(link).Append('\n');
        }

        return Results.Text(page.Append("  </body>\n</html>\n").ToString(), "text/html; charset=utf-8");
    }
}
