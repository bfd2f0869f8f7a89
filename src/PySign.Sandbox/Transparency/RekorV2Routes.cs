using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PySign.Sandbox.Faults;
using PySign.Sandbox.Formats;

namespace PySign.Sandbox.Transparency;

/// <summary>The HTTP face of one Rekor v2 log: a blocking add, and the C2SP tlog-tiles reads.</summary>
internal sealed class RekorV2Routes(RekorV2Log log, string service, string root, FaultBoard faults)
{
    private const int TileWidth = 256;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost($"{root}/api/v2/log/entries", (RequestDelegate)AddAsync);
        routes.MapGet(
            $"{root}/api/v2/checkpoint",
            (RequestDelegate)(context => context.WriteTextAsync(200, log.Checkpoint(), "text/plain; charset=utf-8"))
        );
        routes.MapGet($"{root}/api/v2/tile/{{**path}}", (RequestDelegate)TileAsync);
    }

    private static Task RefuseAsync(HttpContext context, int status, int code, string message) =>
        context.WriteJsonAsync(
            status,
            new JsonObject
            {
                ["code"] = code,
                ["message"] = message,
                ["details"] = new JsonArray(),
            }
        );

    private async Task AddAsync(HttpContext context)
    {
        if (Hits("frozen"))
        {
            await RefuseAsync(context, 405, 12, "This log has been frozen, please switch to another log.");
            return;
        }

        if (await context.ReadJsonAsync() is not { } request)
        {
            await RefuseAsync(context, 400, 3, "invalid JSON in request body");
            return;
        }

        try
        {
            var (index, added) = log.Append(HashedRekordV002.Canonicalize(request));
            if (Hits("lost-answer"))
            {
                context.Abort();
                return;
            }

            if (added && !Hits("conflict"))
            {
                await context.WriteJsonAsync(201, log.Describe(Hits("other-entry") ? index - 1 : index, Lie()));
                return;
            }

            context.Response.Headers["x-log-index"] = index.ToString(CultureInfo.InvariantCulture);
            await RefuseAsync(
                context,
                409,
                6,
                "an equivalent entry already exists in the transparency log with index " + index.ToString(CultureInfo.InvariantCulture)
            );
        }
        catch (EntryRejectedException rejection)
        {
            await RefuseAsync(context, 400, 3, rejection.Message);
        }
    }

    private LogLie Lie() =>
        (Hits("wrong-root") ? LogLie.WrongRoot : LogLie.None)
        | (Hits("stale-checkpoint") ? LogLie.StaleCheckpoint : LogLie.None)
        | (Hits("cosigned") ? LogLie.Cosigned : LogLie.None);

    private bool Hits(string kind) => faults.Hits(service, kind);

    private Task TileAsync(HttpContext context)
    {
        var tile = ReadTile((string?)context.Request.RouteValues["path"] ?? "");
        return tile is null ? RefuseAsync(context, 404, 5, "no such tile") : context.WriteBytesAsync(200, tile, "application/octet-stream");
    }

    // {L}/{N}[.p/{W}] or entries/{N}[.p/{W}], N in groups of three digits, all but the last after an x.
    private byte[]? ReadTile(string path)
    {
        var width = TileWidth;
        var partial = path.IndexOf(".p/", StringComparison.Ordinal);
        if (partial >= 0)
        {
            if (
                !int.TryParse(path[(partial + 3)..], NumberStyles.None, CultureInfo.InvariantCulture, out width)
                || width is < 1 or >= TileWidth
            )
            {
                return null;
            }

            path = path[..partial];
        }

        var parts = path.Split('/');
        if (parts.Length is < 2 or > 5)
        {
            return null;
        }

        var number = 0L;
        for (var part = 1; part < parts.Length; part++)
        {
            var last = part == parts.Length - 1;
            var digits =
                last ? parts[part]
                : parts[part].StartsWith('x') ? parts[part][1..]
                : "";
            if (digits.Length != 3 || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var group))
            {
                return null;
            }

            number = number * 1000 + group;
        }

        return parts[0] == "entries" ? log.EntryTile(number, width)
            : parts[0].Length == 1 && char.IsAsciiDigit(parts[0][0]) ? log.HashTile(parts[0][0] - '0', number, width)
            : null;
    }
}
