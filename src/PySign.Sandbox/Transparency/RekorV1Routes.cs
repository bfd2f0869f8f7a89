using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PySign.Sandbox.Faults;
using PySign.Sandbox.Formats;

namespace PySign.Sandbox.Transparency;

/// <summary>Rekor v1's HTTP face.</summary>
internal sealed class RekorV1Routes(RekorV1Log log, FaultBoard faults)
{
    private const int MaxRetrieved = 10;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/log/entries", (RequestDelegate)AddAsync);
        routes.MapGet("/api/v1/log/entries", (RequestDelegate)ByIndexAsync);
        routes.MapGet("/api/v1/log/entries/{id}", (RequestDelegate)ByIdAsync);
        routes.MapPost("/api/v1/log/entries/retrieve", (RequestDelegate)RetrieveAsync);
        routes.MapGet("/api/v1/log", (RequestDelegate)(context => context.WriteJsonAsync(200, log.DescribeLog())));
        routes.MapGet(
            "/api/v1/log/publicKey",
            (RequestDelegate)(context => context.WriteTextAsync(200, log.Signer.PublicKeyPem, "application/x-pem-file"))
        );
        routes.MapGet("/api/v1/log/proof", (RequestDelegate)ProofAsync);
    }

    private static byte[] Canonicalize(JsonElement proposal) =>
        Kind(proposal) switch
        {
            "hashedrekord" => HashedRekordV001.Canonicalize(proposal),
            "dsse" => DsseV001.Canonicalize(proposal),
            _ => throw new EntryRejectedException(
                "error processing entry: unsupported kind of entry; this log takes hashedrekord and dsse"
            ),
        };

    private static string? Kind(JsonElement proposal) =>
        proposal.ValueKind is JsonValueKind.Object
        && proposal.TryGetProperty("kind", out var kind)
        && kind.ValueKind is JsonValueKind.String
            ? kind.GetString()
            : null;

    private async Task AddAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync() is not { } proposal)
        {
            await context.WriteErrorAsync(400, "error processing entry: invalid JSON");
            return;
        }

        try
        {
            if (Kind(proposal) == "dsse" && Hits("dsse-refused"))
            {
                throw new EntryRejectedException("error processing entry: entry kind 'dsse' is not enabled on this log");
            }

            var (entry, added) = log.Add(Canonicalize(proposal));
            if (Hits("lost-answer"))
            {
                context.Abort();
                return;
            }

            added &= !Hits("conflict");
            if (added && Hits("other-entry"))
            {
                entry = log.First;
            }

            context.Response.Headers.Location = $"/api/v1/log/entries/{entry.Uuid}";
            if (added)
            {
                context.Response.Headers.ETag = entry.Uuid;
                await context.WriteJsonAsync(201, Describe(entry));
            }
            else
            {
                await context.WriteErrorAsync(409, $"an equivalent entry already exists in the transparency log with UUID {entry.Uuid}");
            }
        }
        catch (EntryRejectedException rejection)
        {
            await context.WriteErrorAsync(400, rejection.Message);
        }
    }

    private Task ByIdAsync(HttpContext context) => OneAsync(context, log.Find((string)context.Request.RouteValues["id"]!));

    private Task ByIndexAsync(HttpContext context) =>
        long.TryParse(context.Request.Query["logIndex"], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? OneAsync(context, log.FindIndex(index))
            : context.WriteErrorAsync(422, "logIndex in query is required");

    private Task OneAsync(HttpContext context, RekorV1Entry? entry) =>
        entry is null ? context.WriteErrorAsync(404, "entry not found") : context.WriteJsonAsync(200, Describe(entry));

    private async Task RetrieveAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync() is not { } query)
        {
            await context.WriteErrorAsync(400, "invalid JSON");
            return;
        }

        try
        {
            var uuids = Items(query, "entryUUIDs");
            var indexes = Items(query, "logIndexes");
            var proposals = Items(query, "entries");
            if (uuids.Length + indexes.Length + proposals.Length > MaxRetrieved)
            {
                await context.WriteErrorAsync(422, $"more than max allowed {MaxRetrieved} entries");
                return;
            }

            var found = uuids
                .Select(id => log.Find(id.GetString() ?? ""))
                .Concat(indexes.Select(index => log.FindIndex(index.GetInt64())))
                .Concat(proposals.Select(proposal => log.FindBody(Canonicalize(proposal))))
                .OfType<RekorV1Entry>()
                .DistinctBy(entry => entry.Uuid, StringComparer.Ordinal);
            await context.WriteJsonAsync(200, new JsonArray([.. found.Select(Describe)]));
        }
        catch (EntryRejectedException rejection)
        {
            await context.WriteErrorAsync(400, rejection.Message);
        }
        catch (InvalidOperationException)
        {
            await context.WriteErrorAsync(422, "a search value has the wrong type");
        }
    }

    private Task ProofAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var first = long.TryParse(query["firstSize"], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 1;
        return
            long.TryParse(query["lastSize"], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            && log.ConsistencyProof(first, last) is { } proof
            ? context.WriteJsonAsync(200, proof)
            : context.WriteErrorAsync(400, "firstSize and lastSize must lie within the log");
    }

    private JsonObject Describe(RekorV1Entry entry) =>
        log.Describe(
            entry,
            (Hits("wrong-set") ? LogLie.WrongSignedEntryTimestamp : LogLie.None)
                | (Hits("wrong-root") ? LogLie.WrongRoot : LogLie.None)
                | (Hits("stale-checkpoint") ? LogLie.StaleCheckpoint : LogLie.None)
        );

    private bool Hits(string kind) => faults.Hits(SandboxService.RekorV1, kind);

    private static JsonElement[] Items(JsonElement query, string name) =>
        query.TryGetProperty(name, out var values) && values.ValueKind is JsonValueKind.Array ? [.. values.EnumerateArray()] : [];
}
