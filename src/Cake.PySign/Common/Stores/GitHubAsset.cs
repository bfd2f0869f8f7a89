using System.Text.Json;

namespace Cake.PySign.Common.Stores;

/// <summary>A file of a GitHub release.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, as GitHub keeps it.</param>
/// <param name="IsComplete">Whether all of it arrived; GitHub keeps the stub of a broken upload, which blocks the name.</param>
/// <param name="Sha256">Its digest as GitHub computed it, lower-case hex; null where it says none.</param>
internal sealed record GitHubAsset(long Id, string Name, bool IsComplete, string? Sha256)
{
    public static GitHubAsset Read(JsonElement json) =>
        new(
            json.GetProperty("id").GetInt64(),
            Text(json, "name"),
            json.GetProperty("state").GetString() == "uploaded",
            json.TryGetProperty("digest", out var digest)
            && digest.ValueKind == JsonValueKind.String
            && digest.GetString() is { } text
            && text.StartsWith("sha256:", StringComparison.Ordinal)
                ? text["sha256:".Length..].ToLowerInvariant()
                : null
        );

    /// <summary>A text that must be there.</summary>
    /// <exception cref="JsonException">It is not.</exception>
    public static string Text(JsonElement json, string name) =>
        json.GetProperty(name).GetString() is { Length: > 0 } text ? text : throw new JsonException($"{name} is empty");
}
