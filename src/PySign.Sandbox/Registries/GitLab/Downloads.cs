using Microsoft.AspNetCore.Http;

namespace PySign.Sandbox.Registries.GitLab;

/// <summary>How stored bytes leave: directly, or through a redirect to object storage under another host name.</summary>
internal static class Downloads
{
    public const string StorageRoute = "/_object-storage/{project}/{file:long}";

    public static IResult Send(HttpContext context, GitLabProject project, StoredFile file, bool withChecksum)
    {
        if (project.Options.ObjectStorage)
        {
            // Another host name for the same listener: what a pre-signed URL is to a client that must not take its token there.
            var other = context.Request.Host.Host == "localhost" ? "127.0.0.1" : "localhost";
            var port = context.Request.Host.Port is { } number ? $":{number}" : "";
            return Results.Redirect(
                $"{context.Request.Scheme}://{other}{port}/_object-storage/{project.Options.Id}/{file.Id}?X-Signature={file.Sha256[..16]}"
            );
        }

        if (withChecksum)
        {
            context.Response.Headers["X-Checksum-SHA256"] = file.Sha256;
        }

        return Results.File(file.ContentPath, "application/octet-stream", file.FileName.Replace("%2F", "_", StringComparison.Ordinal));
    }

    /// <summary>Object storage takes its own signature and nothing else: a request that carries a registry's token as well is
    /// refused.</summary>
    public static IResult FromStorage(HttpContext context, GitLabInstance instance, string project, long file)
    {
        var headers = context.Request.Headers;
        if (
            headers.Authorization.Count > 0
            || headers.ContainsKey("JOB-TOKEN")
            || headers.ContainsKey("PRIVATE-TOKEN")
            || headers.ContainsKey("DEPLOY-TOKEN")
        )
        {
            return Results.Text(
                "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>",
                "application/xml",
                statusCode: 400
            );
        }

        var stored = instance.Find(project)?.Files().FirstOrDefault(f => f.Id == file);
        return stored is null || context.Request.Query["X-Signature"] != stored.Sha256[..16]
            ? Results.Text("<Error><Code>AccessDenied</Code></Error>", "application/xml", statusCode: 403)
            : Results.File(stored.ContentPath, "application/octet-stream");
    }
}
