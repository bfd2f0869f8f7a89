using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cake.PySign.Common.Network;
using PySign.Formats;
using PySign.Http;

namespace Cake.PySign.Common.Stores;

/// <summary>
/// The attestations that GitHub keeps about the files of a repository, where <c>gh attestation verify</c> looks for them by digest. It is a
/// place to find bundles in, and vouches for nothing: what comes from it is verified like any other.
/// </summary>
internal sealed partial class GitHubAttestationStore(RegistryConnection connection, Uri repository) : IDisposable
{
    // What actions/attest allows a statement to have, and then the envelope's Base64.
    private const int MaxBundleBytes = 24 << 20;
    private const string Accept = "application/vnd.github+json";

    // A hundred rows each.
    private const int MaxPages = 50;

    /// <summary>Where the attestations of a file are listed.</summary>
    public Uri Of(Sha256Digest sha256) => ServiceAddress.Below(repository, "attestations", $"sha256:{sha256}");

    /// <summary>Whether exactly this bundle is kept for a file.</summary>
    public async Task<bool> HoldsAsync(Sha256Digest sha256, string bundle, string predicateType, CancellationToken cancellationToken)
    {
        var wanted = JsonNode.Parse(bundle);
        var action = $"Reading GitHub's attestations of {sha256.Hex[..12]}";
        var first = new Uri($"{Of(sha256).AbsoluteUri}?per_page=100&predicate_type={Uri.EscapeDataString(predicateType)}");
        var next = first;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (seen.Count < MaxPages && seen.Add(next.AbsoluteUri))
        {
            var answer = await PageAsync(next, action, cancellationToken).ConfigureAwait(false);
            foreach (var row in answer.Found ? Rows(answer.Body, action) : [])
            {
                if (JsonNode.DeepEquals(await BundleAsync(row, action, cancellationToken).ConfigureAwait(false), wanted))
                {
                    return true;
                }
            }

            if (Next(answer, first, action) is not { } further)
            {
                return false;
            }

            next = further;
        }

        throw seen.Count < MaxPages
            ? Malformed(action, "page after page is the same")
            : new PySignException(
                PySignFailure.TooLarge,
                $"{action}: there are more than {MaxPages} pages.",
                "Check GITHUB_API_URL: no file has that many attestations, and what answers there may not be what GitHub's API does."
            );
    }

    /// <summary>Adds a bundle. That it is there now is for the caller to see by reading it back.</summary>
    public async Task AddAsync(string bundle, string action, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["bundle"] = JsonNode.Parse(bundle) });
        await connection
            .PostJsonAsync(ServiceAddress.Below(repository, "attestations"), body, action, cancellationToken)
            .ConfigureAwait(false);
    }

    public void Dispose() => connection.Dispose();

    private async Task<RegistryAnswer> PageAsync(Uri uri, string action, CancellationToken cancellationToken)
    {
        var answer = await connection.GetAsync(uri, Accept, action, cancellationToken).ConfigureAwait(false);
        return answer.RedirectedTo is { } target
            ? throw new PySignException(
                PySignFailure.Redirected,
                $"{action}: {uri} leads to {ServiceAddress.Origin(target)}, which gets no token.",
                "Correct the repository's address (GITHUB_API_URL, GITHUB_REPOSITORY)."
            )
            : answer;
    }

    // This list has cursors in place of page numbers; where it goes on, the answer says (RFC 8288).
    private static Uri? Next(RegistryAnswer answer, Uri first, string action)
    {
        if (NextLink().Match(answer.Link ?? "") is not { Success: true } link)
        {
            return null;
        }

        // It may name the repository by its number in place of its name; the token stays with the host.
        return Uri.TryCreate(answer.Uri, link.Groups["uri"].Value, out var next) && EndpointRule.SameOrigin(first, next)
            ? next
            : throw Malformed(action, "the list goes on at another host");
    }

    private async Task<JsonNode?> BundleAsync(JsonObject row, string action, CancellationToken cancellationToken)
    {
        if (row["bundle"] is { } inline)
        {
            return inline;
        }

        var address = row["bundle_url"] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
        return Uri.TryCreate(address, UriKind.Absolute, out var uri)
            ? await StoredAsync(uri, action, cancellationToken).ConfigureAwait(false)
            : null;
    }

    // On a host of its own, with an address that is the permission: no token goes along.
    private async Task<JsonNode> StoredAsync(Uri address, string action, CancellationToken cancellationToken)
    {
        var content = new MemoryStream();
        var download = await connection
            .DownloadAsync(address, () => content = new MemoryStream(), action, cancellationToken, fromPage: true)
            .ConfigureAwait(false);
        if (download is null)
        {
            throw Malformed(action, "the bundle is not at the address that GitHub names");
        }

        try
        {
            return JsonNode.Parse(SnappyBlock.Decompress(content.ToArray(), MaxBundleBytes)) ?? throw new JsonException("null");
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            throw Malformed(action, $"a stored bundle cannot be read: {e.Message}", e);
        }
    }

    private static List<JsonObject> Rows(byte[] body, string action)
    {
        try
        {
            return [.. JsonNode.Parse(body)!["attestations"]!.AsArray().OfType<JsonObject>()];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw Malformed(action, "the answer is not a list of attestations", e);
        }
    }

    [GeneratedRegex("""<(?<uri>[^<>]{1,4000})>[^<,]*;\s*rel="?next"?""", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NextLink();

    private static PySignException Malformed(string action, string problem, Exception? cause = null) =>
        new(PySignFailure.Unreachable, $"{action}: {problem}.", "Run again; what is already stored is recognized.", cause);
}
