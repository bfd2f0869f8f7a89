using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace PySign.Sandbox.Registries.GitHub;

/// <summary>
/// The attestations of the sandbox's repositories: whoever may push adds a bundle with an in-toto statement, and everybody who may read
/// the repository finds it by the digest of a subject. All members may be called from any thread.
/// </summary>
public sealed class GitHubAttestations
{
    private readonly Lock _gate = new();
    private readonly List<Stored> _stored = [];

    /// <summary>What is stored, for tests: <c>sha256:digest predicateType</c>, one for each subject.</summary>
    public IReadOnlyList<string> Of(string repository)
    {
        lock (_gate)
        {
            return
            [
                .. _stored
                    .Where(one => one.Repository == repository)
                    .SelectMany(one => one.Digests.Select(digest => $"{digest} {one.PredicateType}")),
            ];
        }
    }

    internal void Reset()
    {
        lock (_gate)
        {
            _stored.Clear();
        }
    }

    /// <returns>The id, or null where it is not a bundle with a statement about something.</returns>
    internal long? Add(string repository, JsonElement body)
    {
        if (!body.TryGetProperty("bundle", out var bundle) || Statement(bundle) is not { } statement)
        {
            return null;
        }

        List<string> digests =
        [
            .. (statement["subject"] as JsonArray ?? [])
                .OfType<JsonObject>()
                .SelectMany(subject => subject["digest"] as JsonObject ?? [])
                .Select(digest => $"{digest.Key}:{digest.Value}"),
        ];
        if (digests.Count == 0)
        {
            return null;
        }

        lock (_gate)
        {
            var one = new Stored(_stored.Count + 1, repository, digests, (string?)statement["predicateType"] ?? "", bundle.GetRawText());
            _stored.Add(one);
            return one.Id;
        }
    }

    internal IReadOnlyList<Stored> Find(string repository, string digest, string? predicateType)
    {
        lock (_gate)
        {
            return
            [
                .. _stored.Where(one =>
                    one.Repository == repository
                    && one.Digests.Contains(digest, StringComparer.Ordinal)
                    && (predicateType is null || one.PredicateType == predicateType)
                ),
            ];
        }
    }

    internal Stored? Find(long id)
    {
        lock (_gate)
        {
            return _stored.FirstOrDefault(one => one.Id == id);
        }
    }

    /// <summary>As the API lists them: the bundle lies compressed on a host of its own, and newer versions of the API show nothing
    /// else.</summary>
    internal static IResult List(HttpContext context, GitHubRepositoryOptions repository, IReadOnlyList<Stored> found, string storage)
    {
        var count = int.TryParse(context.Request.Query["per_page"], CultureInfo.InvariantCulture, out var wanted)
            ? Math.Clamp(wanted, 1, 100)
            : 30;
        var after = long.TryParse(context.Request.Query["after"], NumberStyles.None, CultureInfo.InvariantCulture, out var cursor)
            ? cursor
            : long.MaxValue;
        var left = found.Where(one => one.Id < after).OrderByDescending(one => one.Id).ToList();
        if (left.Count > count)
        {
            // The list has cursors, and no numbers of pages.
            var query = QueryString.Create([
                .. context
                    .Request.Query.Where(pair => pair.Key != "after")
                    .Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)),
                KeyValuePair.Create("after", (string?)left[count - 1].Id.ToString(CultureInfo.InvariantCulture)),
            ]);
            var next = $"{context.Request.Scheme}://{context.Request.Host}{context.Request.Path}{query}";
            context.Response.Headers.Link = $"<{next}>; rel=\"next\"";
        }

        var rows = left.Take(count)
            .Select(one =>
            {
                var row = new JsonObject
                {
                    ["bundle_url"] = $"{context.Request.Scheme}://{storage}/_github-attestations/{one.Id}.json.sn?sig=abc",
                    ["repository_id"] = 1,
                };
                if (repository.InlineAttestations)
                {
                    row["bundle"] = JsonNode.Parse(one.Bundle);
                }

                return (JsonNode)row;
            });
        return Results.Json(new JsonObject { ["attestations"] = new JsonArray([.. rows]) });
    }

    private static JsonObject? Statement(JsonElement bundle)
    {
        try
        {
            var envelope = bundle.GetProperty("dsseEnvelope");
            return
                envelope.GetProperty("payloadType").GetString() == "application/vnd.in-toto+json"
                && bundle.GetProperty("verificationMaterial").ValueKind == JsonValueKind.Object
                ? JsonNode.Parse(Encoding.UTF8.GetString(envelope.GetProperty("payload").GetBytesFromBase64())) as JsonObject
                : null;
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException or JsonException)
        {
            return null;
        }
    }

    internal sealed record Stored(long Id, string Repository, IReadOnlyList<string> Digests, string PredicateType, string Bundle);
}
