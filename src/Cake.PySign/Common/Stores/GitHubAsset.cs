using System.Text.Json;

namespace Cake.PySign.Common.Stores;

/// <summary>A file of a GitHub release.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, as GitHub keeps it.</param>
/// <param name="IsComplete">Whether all of it arrived; GitHub keeps the stub of a broken upload, which blocks the name.</param>
/// <param name="Page">Where a person downloads it.</param>
internal sealed record GitHubAsset(long Id, string Name, bool IsComplete, Uri? Page)
{
    public static GitHubAsset Read(JsonElement json) =>
        new(
            json.GetProperty("id").GetInt64(),
            json.GetProperty("name").GetString()!,
            json.GetProperty("state").GetString() == "uploaded",
            json.TryGetProperty("browser_download_url", out var page) && Uri.TryCreate(page.GetString(), UriKind.Absolute, out var uri)
                ? uri
                : null
        );
}
