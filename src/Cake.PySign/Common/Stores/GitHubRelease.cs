using System.Globalization;
using System.Text.Json;
using Cake.PySign.Common.Network;
using PySign.Formats;
using PySign.Http;

namespace Cake.PySign.Common.Stores;

/// <summary>A release of a GitHub repository.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tag">The tag it belongs to.</param>
/// <param name="IsDraft">Whether only those who may push see it.</param>
/// <param name="IsImmutable">Whether nothing can be added or taken away any more.</param>
/// <param name="UploadUrl">Where its files go; on github.com another host than the API's.</param>
internal sealed record GitHubRelease(long Id, string Tag, bool IsDraft, bool IsImmutable, Uri UploadUrl)
{
    public static GitHubRelease Read(JsonElement json)
    {
        // A URI template (RFC 6570): {?name,label} at its end.
        var template = GitHubAsset.Text(json, "upload_url");
        return new GitHubRelease(
            json.GetProperty("id").GetInt64(),
            GitHubAsset.Text(json, "tag_name"),
            json.GetProperty("draft").GetBoolean(),
            json.TryGetProperty("immutable", out var immutable) && immutable.ValueKind == JsonValueKind.True,
            new Uri(template.Split('{')[0])
        );
    }

    /// <summary>The token may go to the API's own origin and to the upload host that belongs to it, uploads.X for api.X, and there to this
    /// release of this repository only: it may be able to write to others.</summary>
    public Uri UploadUrlFor(string fileName, Uri api)
    {
        var repository = api.AbsolutePath[(api.AbsolutePath.LastIndexOf("/repos/", StringComparison.Ordinal) + 1)..].TrimEnd('/');
        var path = string.Create(CultureInfo.InvariantCulture, $"/{repository}/releases/{Id}/assets");
        if (!UploadUrl.AbsolutePath.EndsWith(path, StringComparison.OrdinalIgnoreCase))
        {
            throw new PySignException(
                PySignFailure.Redirected,
                $"The release's upload address is {UploadUrl.GetLeftPart(UriPartial.Path)}, which is not that of {path[1..]}: nothing is "
                    + "sent there.",
                "Check Store.Url; what answers there names another repository or another release."
            );
        }

        var own =
            EndpointRule.SameOrigin(api, UploadUrl)
            || (EndpointRule.IsLoopback(api) && EndpointRule.IsLoopback(UploadUrl))
            || (
                api.Scheme == UploadUrl.Scheme
                && api.Port == UploadUrl.Port
                && api.Host.StartsWith("api.", StringComparison.OrdinalIgnoreCase)
                && string.Equals(UploadUrl.Host, "uploads." + api.Host[4..], StringComparison.OrdinalIgnoreCase)
            );
        return own
            ? new Uri($"{UploadUrl.GetLeftPart(UriPartial.Path)}?name={Uri.EscapeDataString(fileName)}")
            : throw new PySignException(
                PySignFailure.Redirected,
                $"The release's upload address is on {ServiceAddress.Origin(UploadUrl)}, which does not belong to "
                    + $"{ServiceAddress.Origin(api)}: the token is not sent there.",
                "Check Store.Url."
            );
    }
}

/// <summary>A file of a GitHub release.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, as GitHub keeps it.</param>
/// <param name="IsComplete">Whether all of it arrived; GitHub keeps the stub of a broken upload, which blocks the name.</param>
/// <param name="Sha256">Its digest as GitHub computed it; null where it says none.</param>
internal sealed record GitHubAsset(long Id, string Name, bool IsComplete, Sha256Digest? Sha256)
{
    public static GitHubAsset Read(JsonElement json) =>
        new(
            json.GetProperty("id").GetInt64(),
            Text(json, "name"),
            json.GetProperty("state").GetString() == "uploaded",
            json.TryGetProperty("digest", out var digest) && digest.ValueKind == JsonValueKind.String ? Digest(digest.GetString()!) : null
        );

    private static Sha256Digest? Digest(string text)
    {
        if (!text.StartsWith("sha256:", StringComparison.Ordinal))
        {
            return null;
        }

        return Sha256Digest.TryParse(text["sha256:".Length..], out var sha256)
            ? sha256
            : throw new JsonException($"digest is '{text}', which is not a SHA-256");
    }

    /// <summary>A text that must be there.</summary>
    /// <exception cref="JsonException">It is not.</exception>
    public static string Text(JsonElement json, string name) =>
        json.GetProperty(name).GetString() is { Length: > 0 } text ? text : throw new JsonException($"{name} is empty");
}
