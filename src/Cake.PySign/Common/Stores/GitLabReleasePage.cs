using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cake.PySign.Common.Network;

namespace Cake.PySign.Common.Stores;

/// <summary>
/// GitLab's release of a tag (Releases API, <c>projects/:id/releases</c>): notes, and links to files that lie in the registries. It can be
/// written again and again: links that are there stay, and notes that somebody else wrote too.
/// </summary>
/// <param name="connection">A connection to the API.</param>
/// <param name="project">The project there, <c>…/projects/42</c>.</param>
/// <param name="tag">The tag; GitLab must have it.</param>
internal sealed partial class GitLabReleasePage(RegistryConnection connection, Uri project, string tag) : IDisposable
{
    /// <summary>Stands first in notes of ours.</summary>
    public const string Marker = "<!-- Cake.PySign -->";

    private const string Json = "application/json";
    private const int MaxPath = 128;

    private string Action => $"Writing the release {tag}";

    /// <summary>Makes the release, or adds to it what is missing.</summary>
    /// <param name="project">Whose notes they are, where a tag is several projects'; then those of the others stay.</param>
    /// <param name="notes">Markdown.</param>
    /// <param name="links">The files.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many links were added.</returns>
    /// <exception cref="PySignException">GitLab refuses it.</exception>
    public async Task<int> WriteAsync(
        string? project,
        string notes,
        IReadOnlyList<GitLabReleaseLink> links,
        CancellationToken cancellationToken
    )
    {
        string Body(string there) => project is null ? Marker + "\n" + notes : With(there, project, notes);
        if (await FindAsync(cancellationToken).ConfigureAwait(false) is { } there)
        {
            return await CompleteAsync(there, Body, links, cancellationToken).ConfigureAwait(false);
        }

        var made = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                tag_name = tag,
                name = tag,
                description = Body(""),
                assets = new { links = links.Select(Described) },
            }
        );
        var answer = await connection
            .PostJsonAsync(Releases(), made, Action, cancellationToken, HttpStatusCode.Conflict)
            .ConfigureAwait(false);

        // Another job was faster; or the answer to our own first try was lost.
        return answer.Status == HttpStatusCode.Conflict
            ? await CompleteAsync(await FindAsync(cancellationToken).ConfigureAwait(false) ?? [], Body, links, cancellationToken)
                .ConfigureAwait(false)
            : links.Count;
    }

    public void Dispose() => connection.Dispose();

    private async Task<int> CompleteAsync(
        IReadOnlyDictionary<string, string> there,
        Func<string, string> body,
        IReadOnlyList<GitLabReleaseLink> links,
        CancellationToken cancellationToken
    )
    {
        if (
            there.TryGetValue("", out var description)
            && IsOurs(description)
            && body(description) is var notes
            && description.ReplaceLineEndings("\n").TrimEnd() != notes.ReplaceLineEndings("\n").TrimEnd()
        )
        {
            await connection
                .ChangeAsync(
                    HttpMethod.Put,
                    Releases(tag),
                    JsonSerializer.SerializeToUtf8Bytes(new { description = notes }),
                    Action,
                    cancellationToken
                )
                .ConfigureAwait(false);
        }

        var missing = links
            .Where(link => !there.ContainsKey(link.Name) && !there.Values.Contains(link.Url.AbsoluteUri, StringComparer.Ordinal))
            .ToList();
        foreach (var link in missing)
        {
            await connection
                .PostJsonAsync(
                    Releases(tag, "assets", "links"),
                    JsonSerializer.SerializeToUtf8Bytes(Described(link)),
                    Action,
                    cancellationToken
                )
                .ConfigureAwait(false);
        }

        return missing.Count;
    }

    /// <summary>The notes of a release with those of one project in them.</summary>
    private static string With(string there, string project, string notes)
    {
        var (begin, end) = ($"<!-- Cake.PySign: {project} -->\n", $"<!-- /Cake.PySign: {project} -->\n");
        var own = begin + notes.TrimEnd() + "\n" + end;
        var text = there.Length == 0 ? Marker + "\n" : there.ReplaceLineEndings("\n").TrimEnd() + "\n";
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        var to = from < 0 ? -1 : text.IndexOf(end, from, StringComparison.Ordinal);
        return to < 0 ? text + "\n" + own : text[..from] + own + text[(to + end.Length)..];
    }

    private static bool IsOurs(string description) => description.Length == 0 || description.StartsWith(Marker, StringComparison.Ordinal);

    /// <summary>The links by name, and the notes under the empty name; <see langword="null"/> without a release.</summary>
    private async Task<Dictionary<string, string>?> FindAsync(CancellationToken cancellationToken)
    {
        var answer = await connection.GetAsync(Releases(tag), Json, $"Reading the release {tag}", cancellationToken).ConfigureAwait(false);
        if (!answer.Found)
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(answer.Body);
            var found = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [""] = json.RootElement.TryGetProperty("description", out var text) ? text.GetString() ?? "" : "",
            };
            foreach (var link in json.RootElement.GetProperty("assets").GetProperty("links").EnumerateArray())
            {
                found[link.GetProperty("name").GetString()!] = link.GetProperty("url").GetString()!;
            }

            return found;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new PySignException(
                PySignFailure.Unreachable,
                $"Reading the release {tag}: the answer is not what GitLab's API sends ({e.Message})",
                "Check that CI_API_V4_URL is the instance's API.",
                e
            );
        }
    }

    // GitLab takes no "+", "!" or "~" in a direct path, and a letter or digit must end it.
    private static object Described(GitLabReleaseLink link) =>
        $"/{link.Name}" is var path && path.Length <= MaxPath && DirectPath().IsMatch(path)
            ? new
            {
                name = link.Name,
                url = link.Url.AbsoluteUri,
                direct_asset_path = path,
                link_type = link.Type,
            }
            : new
            {
                name = link.Name,
                url = link.Url.AbsoluteUri,
                link_type = link.Type,
            };

    private Uri Releases(params string[] segments) => ServiceAddress.Below(project, ["releases", .. segments]);

    [GeneratedRegex(@"\A/(?:[\-\.\w]+/?)*[\da-zA-Z]+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex DirectPath();
}

/// <summary>A link of a release.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Url">Where it lies.</param>
/// <param name="Type"><c>package</c> or <c>other</c>.</param>
internal sealed record GitLabReleaseLink(string Name, Uri Url, string Type);
