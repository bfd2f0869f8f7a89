using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PySign.Sandbox.Formats;

namespace PySign.Sandbox.Registries.PyPi;

/// <summary>What PyPI shows of a project: the simple index as HTML or JSON (API version 1.4), files, and provenance.</summary>
internal sealed class PyPiPages(PyPiIndex index)
{
    private const string JsonType = "application/vnd.pypi.simple.v1+json";
    private const string IntegrityType = "application/vnd.pypi.integrity.v1+json";

    public async Task SimpleAsync(HttpContext context, string name)
    {
        var project = PyPiIndex.Normalize(name);
        if (project != name)
        {
            context.Response.StatusCode = 301;
            context.Response.Headers.Location = $"/simple/{project}/";
            return;
        }

        if (index.Options.Broken.TryGetValue(project, out var status))
        {
            await context.WriteTextAsync(status, "not now", "text/plain");
            return;
        }

        if (!index.Exists(project))
        {
            await context.WriteTextAsync(404, "404 Not Found", "text/plain");
            return;
        }

        var files = index.Shown(project);
        context.Response.Headers.Vary = "Accept";
        if (context.Request.Headers.Accept.ToString().Contains(JsonType, StringComparison.OrdinalIgnoreCase))
        {
            await AnswerAsync(context, Json(context, project, files).ToJsonString(), JsonType);
            return;
        }

        var page = new StringBuilder(
            $"<!DOCTYPE html>\n<html><head><meta name=\"pypi:repository-version\" content=\"{ApiVersion(project)}\"><title>Links for "
                + $"{project}</title></head><body>\n<h1>Links for {project}</h1>\n"
        );
        foreach (var file in files)
        {
            page.Append(CultureInfo.InvariantCulture, $"<a href=\"{Url(context, file)}#sha256={file.Sha256}\"");
            page.Append(file.RequiresPython.Length > 0 ? $" data-requires-python=\"{WebUtility.HtmlEncode(file.RequiresPython)}\"" : "");
            page.Append(file.Yanked is null ? "" : $" data-yanked=\"{WebUtility.HtmlEncode(file.Yanked)}\"");
            page.Append(file.Provenance is null || !Shows(project) ? "" : $" data-provenance=\"{Provenance(context, file)}\"");
            page.Append(CultureInfo.InvariantCulture, $">{WebUtility.HtmlEncode(file.Name)}</a><br />\n");
        }

        await AnswerAsync(context, page.Append("</body></html>\n").ToString(), "text/html");
    }

    public Task FileAsync(HttpContext context, string project, string name) =>
        index.Find(project, name) is { } file
            ? context.WriteBytesAsync(200, file.Content, "application/octet-stream")
            : context.WriteTextAsync(404, "404 Not Found", "text/plain");

    public Task ProvenanceAsync(HttpContext context, string project, string name)
    {
        var accept = context.Request.Headers.Accept.ToString();
        if (index.Options.ProvenanceDisabled)
        {
            return context.WriteJsonAsync(403, new JsonObject { ["message"] = "Integrity API is disabled" });
        }

        if (
            index.Options.ProvenanceOfAnotherVersion
            || accept.Length > 0
                && !accept.Contains("json", StringComparison.OrdinalIgnoreCase)
                && !accept.Contains("*/*", StringComparison.Ordinal)
        )
        {
            return context.WriteJsonAsync(406, new JsonObject { ["message"] = "Request not acceptable" });
        }

        if (!Shows(PyPiIndex.Normalize(project)))
        {
            return context.WriteTextAsync(404, "404 Not Found", "text/plain");
        }

        return index.ProvenanceOf(PyPiIndex.Normalize(project), name) is { } provenance
            ? AnswerAsync(context, provenance.GetRawText(), IntegrityType)
            : context.WriteJsonAsync(404, new JsonObject { ["message"] = $"No provenance available for {name}" });
    }

    private bool Shows(string project) => index.Options.ShowsProvenance && !index.Options.SilentProjects.Contains(project);

    private string ApiVersion(string project) => Shows(project) ? "1.4" : "1.1";

    // With an entity tag, so that an unchanged answer need not be sent again (RFC 9110 13.1.2).
    private Task AnswerAsync(HttpContext context, string body, string contentType)
    {
        var etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)))[..32]}\"";
        context.Response.Headers.ETag = etag;
        if (index.Options.MaxAgeSeconds > 0)
        {
            context.Response.Headers.CacheControl = $"public, max-age={index.Options.MaxAgeSeconds}";
        }

        if (context.Request.Headers.IfNoneMatch.ToString() == etag)
        {
            context.Response.StatusCode = 304;
            return Task.CompletedTask;
        }

        return context.WriteTextAsync(200, body, contentType);
    }

    private JsonObject Json(HttpContext context, string project, IReadOnlyList<PyPiIndex.File> files) =>
        new()
        {
            ["meta"] = new JsonObject { ["api-version"] = ApiVersion(project), ["_last-serial"] = files.Count },
            ["name"] = project,
            ["versions"] = new JsonArray([
                .. files.Select(file => file.Version).Distinct(StringComparer.Ordinal).Select(version => (JsonNode)version),
            ]),
            ["project-status"] = new JsonObject { ["status"] = "active" },
            ["files"] = new JsonArray([.. files.Select(file => Json(context, file))]),
        };

    private JsonObject Json(HttpContext context, PyPiIndex.File file)
    {
        var json = new JsonObject
        {
            ["filename"] = file.Name,
            ["url"] = Url(context, file),
            ["hashes"] = new JsonObject { ["sha256"] = file.Sha256 },
            ["requires-python"] = file.RequiresPython.Length > 0 ? file.RequiresPython : null,
            ["size"] = file.Content.Length,
            ["upload-time"] = file.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            ["yanked"] = file.Yanked is null ? (JsonNode)false : file.Yanked,
            ["core-metadata"] = false,
        };
        if (Shows(file.Project))
        {
            json["provenance"] = file.Provenance is null ? null : Provenance(context, file);
        }

        return json;
    }

    private static string Url(HttpContext context, PyPiIndex.File file) =>
        $"{Root(context)}/packages/{file.Project}/{Uri.EscapeDataString(file.Name)}";

    private static string Provenance(HttpContext context, PyPiIndex.File file) =>
        $"{Root(context)}/integrity/{file.Project}/{file.Version}/{Uri.EscapeDataString(file.Name)}/provenance";

    private static string Root(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}";
}
