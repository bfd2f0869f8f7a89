using System.Text.Json;

namespace PySign.Sigstore.Identity;

/// <summary>
/// Whether a GitHub job works for a pull request from a fork, which the event's payload (<c>GITHUB_EVENT_PATH</c>) tells: the head's
/// repository is another than the base's. Only for clearer advice, so a payload that cannot be read means no.
/// </summary>
public static class GitHubPullRequest
{
    // GitHub itself cuts payloads at 25 MB.
    private const int MaxBytes = 25 << 20;

    /// <summary>Whether the job runs for a pull request from a fork, which is given no identity.</summary>
    public static bool IsFromFork(Func<string, string?> environment)
    {
        if (
            environment("GITHUB_EVENT_NAME")?.StartsWith("pull_request", StringComparison.Ordinal) != true
            || environment("GITHUB_EVENT_PATH") is not { Length: > 0 } path
        )
        {
            return false;
        }

        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > MaxBytes)
            {
                return false;
            }

            using var document = JsonDocument.Parse(stream);
            return Repository(document.RootElement, "head") is { } head
                && Repository(document.RootElement, "base") is { } target
                && !head.Equals(target, StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return false;
        }
    }

    private static string? Repository(JsonElement payload, string side) =>
        Member(Member(Member(Member(payload, "pull_request"), side), "repo"), "full_name") is { ValueKind: JsonValueKind.String } name
            ? name.GetString()
            : null;

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;
}
