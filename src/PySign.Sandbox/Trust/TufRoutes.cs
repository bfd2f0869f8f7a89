using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PySign.Sandbox.Faults;
using PySign.Sandbox.Formats;

namespace PySign.Sandbox.Trust;

/// <summary>The TUF repository's HTTP face below <c>/tuf</c>: files, or what a mirror that lies would serve instead.</summary>
internal sealed class TufRoutes(TufRepository repository, FaultBoard faults)
{
    public const string Root = "/tuf";

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet($"{Root}/{{**path}}", (RequestDelegate)AnswerAsync);

    private Task AnswerAsync(HttpContext context)
    {
        var path = (string?)context.Request.RouteValues["path"] ?? "";
        if (Hits("new-root"))
        {
            repository.Rotate();
        }

        return Read(path) is { } file
            ? context.WriteBytesAsync(
                200,
                file,
                path.EndsWith(".json", StringComparison.Ordinal) ? "application/json" : "application/octet-stream"
            )
            : context.WriteJsonAsync(404, new JsonObject { ["message"] = "no such file" });
    }

    private byte[]? Read(string path)
    {
        if (path == "timestamp.json")
        {
            return Hits("rollback") ? repository.EarlierTimestamp()
                : Hits("freeze") ? repository.ExpiredTimestamp()
                : Hits("wrong-key") ? repository.ForgedTimestamp()
                : Hits("endless") ? new byte[1 << 20]
                : repository.Read(path);
        }

        if (path == repository.NextRootPath)
        {
            return Hits("threshold") ? repository.UndersignedRoot() : repository.Read(path);
        }

        if (path.EndsWith(".snapshot.json", StringComparison.Ordinal))
        {
            return Hits("mix-and-match") ? repository.OtherSnapshot() : repository.Read(path);
        }

        if (path.StartsWith("targets/", StringComparison.Ordinal) && repository.Read(path) is { } target)
        {
            return Hits("missing-target") ? null
                : Hits("wrong-hash") ? Spoilt(target)
                : target;
        }

        return repository.Read(path);
    }

    // The last byte of a JSON document or PEM file: it stays readable, and is another file.
    private static byte[] Spoilt(byte[] content) => [.. content[..^1], (byte)(content[^1] ^ 1)];

    private bool Hits(string kind) => faults.Hits(SandboxService.Tuf, kind);
}
