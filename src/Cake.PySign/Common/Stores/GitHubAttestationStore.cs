using System.Text.Json;
using System.Text.Json.Nodes;
using Cake.PySign.Common.Network;
using PySign.Formats;

namespace Cake.PySign.Common.Stores;

/// <summary>
/// The attestations that GitHub keeps about the files of a repository, where <c>gh attestation verify</c> looks for them by digest. It is a
/// place to find bundles in, and vouches for nothing: what comes from it is verified like any other.
/// </summary>
internal sealed class GitHubAttestationStore(RegistryConnection connection, Uri repository) : IDisposable
{
    // What actions/attest allows a statement to have, and then the envelope's Base64.
    private const int MaxBundleBytes = 24 << 20;
    private const string Accept = "application/vnd.github+json";

    /// <summary>Where the attestations of a file are listed.</summary>
    public Uri Of(Sha256Digest sha256) => ServiceAddress.Below(repository, "attestations", $"sha256:{sha256}");

    /// <summary>Whether exactly this bundle is kept for a file.</summary>
    public async Task<bool> HoldsAsync(Sha256Digest sha256, string bundle, string predicateType, CancellationToken cancellationToken)
    {
        var wanted = JsonNode.Parse(bundle);
        foreach (var kept in await BundlesAsync(sha256, predicateType, cancellationToken).ConfigureAwait(false))
        {
            if (JsonNode.DeepEquals(kept, wanted))
            {
                return true;
            }
        }

        return false;
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

    private async Task<IReadOnlyList<JsonNode>> BundlesAsync(Sha256Digest sha256, string predicateType, CancellationToken cancellationToken)
    {
        var action = $"Reading GitHub's attestations of {sha256.Hex[..12]}";
        var uri = new Uri($"{Of(sha256).AbsoluteUri}?per_page=100&predicate_type={Uri.EscapeDataString(predicateType)}");
        var answer = await connection.GetAsync(uri, Accept, action, cancellationToken).ConfigureAwait(false);
        if (answer.RedirectedTo is { } target)
        {
            throw new PySignException(
                PySignFailure.Redirected,
                $"{action}: {uri} leads to {ServiceAddress.Origin(target)}, which gets no token.",
                "Correct the repository's address (GITHUB_API_URL, GITHUB_REPOSITORY)."
            );
        }

        if (!answer.Found)
        {
            return [];
        }

        List<JsonNode> bundles = [];
        foreach (var row in Rows(answer.Body, action))
        {
            if (row["bundle"] is { } inline)
            {
                bundles.Add(inline);
            }
            else if (Uri.TryCreate((string?)row["bundle_url"], UriKind.Absolute, out var address))
            {
                bundles.Add(await StoredAsync(address, action, cancellationToken).ConfigureAwait(false));
            }
        }

        return bundles;
    }

    // On a host of its own, with an address that is the permission: no token goes along.
    private async Task<JsonNode> StoredAsync(Uri address, string action, CancellationToken cancellationToken)
    {
        var content = new MemoryStream();
        _ =
            await connection
                .DownloadAsync(address, () => content = new MemoryStream(), action, cancellationToken, fromPage: true)
                .ConfigureAwait(false)
            ?? throw Malformed(action, "the bundle is not at the address that GitHub names");
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

    private static PySignException Malformed(string action, string problem, Exception? cause = null) =>
        new(PySignFailure.Unreachable, $"{action}: {problem}.", "Run again; what is already stored is recognized.", cause);
}
