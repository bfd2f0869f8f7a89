using System.Text.Json;
using Cake.PySign.Common.Network;
using PySign.Formats;

namespace Cake.PySign.Common.Stores;

/// <summary>
/// The assets of one GitHub release. It is a draft until every file is there and was read back, and published last: an immutable release
/// takes none afterwards, and nobody ever sees half of one. Readers take the addresses for people, which the API's limits do not count.
/// </summary>
internal sealed class GitHubReleaseRegistry(RegistryConnection connection, GitHubReleaseTarget target)
    : GenericRegistry(connection, target.Page)
{
    private const string Accept = "application/vnd.github+json";
    private const int PageLength = 100;
    private const int MaxPages = 50;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private GitHubRelease? _release;
    private bool _isLookedUp;
    private Dictionary<string, GitHubAsset>? _assets;

    public override string Stored(string fileName) => GenericNames.Mapped(fileName);

    public override void RequireFile(string fileName) => GenericNames.RequireGitHubFile(fileName);

    public override Uri Url(string fileName) => target.Download(Stored(fileName));

    public override async Task PrepareUploadAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _release =
                await FindReleaseAsync(cancellationToken).ConfigureAwait(false)
                ?? await CreateAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public override async Task RequireOpenAsync(IReadOnlyList<string> missing, CancellationToken cancellationToken)
    {
        if (missing.Count == 0 || !target.HasToken)
        {
            return;
        }

        await EnsureFoundAsync(cancellationToken).ConfigureAwait(false);
        if (_release is { IsDraft: false, IsImmutable: true })
        {
            throw new PySignException(
                PySignFailure.ReleaseClosed,
                $"The release {target.Tag} is published and immutable, and {missing.Count} files are not in it: "
                    + $"{string.Join(", ", missing.Take(5))}.",
                "Nothing can be added to it, and its tag cannot be used again, even after it was deleted: release a new version. Let the "
                    + "recipe "
                    + "make the release: it publishes it after the last file."
            );
        }
    }

    public override async Task CompleteUploadAsync(IReadOnlyDictionary<string, Sha256Digest> files, CancellationToken cancellationToken)
    {
        await EnsureFoundAsync(cancellationToken).ConfigureAwait(false);
        if (_release is not { IsDraft: true } draft || target.StaysDraft)
        {
            return;
        }

        await RememberAsync(null, cancellationToken).ConfigureAwait(false);
        foreach (var (name, sha256) in files)
        {
            var asset = await FindAsync(Stored(name), cancellationToken).ConfigureAwait(false);
            if (asset is not { IsComplete: true } || (asset.Sha256 is { } there && there != sha256))
            {
                throw new PySignException(
                    PySignFailure.DigestMismatch,
                    $"The draft of {target.Tag} does not hold {name} as it was uploaded (expected SHA-256 {sha256}, GitHub says "
                        + $"{asset?.Sha256 ?? "nothing"}); it stays a draft.",
                    "Somebody else works on the same draft. Find out who, then run again."
                );
            }
        }

        var action = $"Publishing the release {target.Tag}";
        var body = JsonSerializer.SerializeToUtf8Bytes(new { draft = false });
        var answer = await Connection
            .ChangeAsync(HttpMethod.Patch, Api("releases", Id(draft.Id)), body, action, cancellationToken)
            .ConfigureAwait(false);
        _release = Parse(answer.Body, action, GitHubRelease.Read);
        if (_release.IsDraft)
        {
            throw new PySignException(PySignFailure.Unreachable, $"{action}: GitHub answered that it still is a draft.", "Run again.");
        }
    }

    public override async Task UploadAsync(HashedFile file, long size, CancellationToken cancellationToken)
    {
        var name = Stored(file.FileName);
        var action = $"Uploading {name}";
        if (await FindAsync(name, cancellationToken).ConfigureAwait(false) is { IsComplete: false } stub)
        {
            await Connection
                .DeleteAsync(Api("releases", "assets", Id(stub.Id)), $"Removing the broken upload of {name}", cancellationToken)
                .ConfigureAwait(false);
        }

        try
        {
            var answer = await Connection
                .SendFileAsync(
                    new FileUpload(HttpMethod.Post, _release!.UploadUrlFor(name, target.Repository), file, size, action)
                    {
                        IsTrusted = true,
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            var asset = Parse(answer.Body, action, GitHubAsset.Read);
            RequireName(name, asset);
            await RememberAsync(asset, cancellationToken).ConfigureAwait(false);
        }
        catch (PySignException)
        {
            // What GitHub holds now is not known: the next look asks again.
            await RememberAsync(null, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    protected override async Task<RegistryDownload?> FetchAsync(
        string fileName,
        Func<Stream> open,
        string action,
        CancellationToken cancellationToken
    )
    {
        if (target.Uploads && target.HasToken)
        {
            await EnsureFoundAsync(cancellationToken).ConfigureAwait(false);
            return _release is null ? null : await FromApiAsync(Stored(fileName), open, action, cancellationToken).ConfigureAwait(false);
        }

        var page = await Connection
            .DownloadAsync(Url(fileName), open, action, cancellationToken, "application/octet-stream", fromPage: true)
            .ConfigureAwait(false);

        // A private repository's files come from the API alone.
        return page is not null || !target.HasToken
            ? page
            : await FromApiAsync(Stored(fileName), open, action, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RegistryDownload?> FromApiAsync(string stored, Func<Stream> open, string action, CancellationToken cancellationToken)
    {
        if (await FindAsync(stored, cancellationToken).ConfigureAwait(false) is not { IsComplete: true } asset)
        {
            return null;
        }

        var download = await Connection
            .DownloadAsync(Api("releases", "assets", Id(asset.Id)), open, action, cancellationToken, "application/octet-stream")
            .ConfigureAwait(false);
        return download is null ? null : download with { Url = target.Download(stored) };
    }

    private async Task EnsureFoundAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _release ??= _isLookedUp ? null : await FindReleaseAsync(cancellationToken).ConfigureAwait(false);
            _isLookedUp = true;
        }
        finally
        {
            _gate.Release();
        }
    }

    private static string Id(long id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private Uri Api(params string[] segments) => target.Api(segments);

    private async Task<GitHubAsset?> FindAsync(string name, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _release ??= _isLookedUp ? null : await FindReleaseAsync(cancellationToken).ConfigureAwait(false);
            _isLookedUp = true;
            if (_release is null)
            {
                return null;
            }

            _assets ??= (
                await PagesAsync(
                        ["releases", Id(_release.Id), "assets"],
                        "Reading the release's files",
                        GitHubAsset.Read,
                        cancellationToken
                    )
                    .ConfigureAwait(false)
            )
                .GroupBy(asset => asset.Name, StringComparer.Ordinal)
                .ToDictionary(same => same.Key, OnlyOne, StringComparer.Ordinal);
            return _assets.GetValueOrDefault(name);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>GitHub keeps one file of a name; a list with two does not say which one readers get.</summary>
    private static GitHubAsset OnlyOne(IGrouping<string, GitHubAsset> same) =>
        same.Distinct().ToList() is [var one]
            ? one
            : throw new PySignException(
                PySignFailure.InvalidMetadata,
                $"The release lists two files called '{same.Key}'.",
                "Check Store.Url: what answers there is not what GitHub's API does."
            );

    private PySignException OtherTag(string action, GitHubRelease found) =>
        new(
            PySignFailure.InvalidMetadata,
            $"{action}: the answer is about the release of '{found.Tag}', not of '{target.Tag}'.",
            "Check Store.Url: what answers there is not what GitHub's API does."
        );

    /// <summary>GitHub renames what it does not like, and a reader would look for the old name.</summary>
    private static void RequireName(string name, GitHubAsset asset)
    {
        if (asset.Name != name)
        {
            throw new PySignException(
                PySignFailure.InvalidName,
                $"GitHub keeps '{name}' under another name, '{asset.Name}'.",
                "Delete that file from the draft and rename yours."
            );
        }
    }

    private async Task RememberAsync(GitHubAsset? uploaded, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (uploaded is null || _assets is null)
        {
            _assets = null;
        }
        else
        {
            _assets[uploaded.Name] = uploaded;
        }

        _gate.Release();
    }

    private async Task<GitHubRelease?> FindReleaseAsync(CancellationToken cancellationToken)
    {
        var action = $"Reading the release {target.Tag}";
        var answer = await GetAsync(Api("releases", "tags", target.Tag), action, cancellationToken).ConfigureAwait(false);
        if (answer is not null)
        {
            var found = Parse(answer, action, GitHubRelease.Read);
            return found.Tag == target.Tag ? found : throw OtherTag(action, found);
        }

        // A draft is not found by its tag; only those who may push see it in the list. A draft reserves nothing, so that there may be
        // several: every run takes the oldest.
        return (await PagesAsync(["releases"], action, GitHubRelease.Read, cancellationToken).ConfigureAwait(false))
            .Where(release => release.Tag == target.Tag && release.IsDraft)
            .MinBy(release => release.Id);
    }

    private async Task<GitHubRelease> CreateAsync(CancellationToken cancellationToken)
    {
        var action = $"Creating the release {target.Tag}";
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                tag_name = target.Tag,
                name = $"{target.Title} {target.Tag}",
                draft = true,
            }
        );
        GitHubRelease? created = null;
        PySignException? failure = null;
        try
        {
            var answer = await Connection.PostJsonAsync(Api("releases"), body, action, cancellationToken).ConfigureAwait(false);
            created = Parse(answer.Body, action, GitHubRelease.Read);
            if (created.Tag != target.Tag)
            {
                throw OtherTag(action, created);
            }
        }
        catch (PySignException e) when (e.Reason == PySignFailure.Conflict || Retries.MayPass(e))
        {
            failure = e;
        }

        // Another job may have made one in the same moment, or the answer was lost: one draft is filled, and an empty one too many goes.
        var found = await FindReleaseAsync(cancellationToken).ConfigureAwait(false) ?? created ?? throw failure!;
        if (created is not null && created.Id != found.Id)
        {
            await Connection
                .DeleteAsync(Api("releases", Id(created.Id)), $"Removing a second draft of {target.Tag}", cancellationToken)
                .ConfigureAwait(false);
        }

        return found;
    }

    private async Task<List<T>> PagesAsync<T>(string[] path, string action, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        var all = new List<T>();
        byte[]? before = null;
        for (var page = 1; page <= MaxPages; page++)
        {
            var uri = new Uri($"{Api(path)}?per_page={PageLength}&page={page}");
            var answer = await GetAsync(uri, action, cancellationToken).ConfigureAwait(false);
            var rows = answer is null ? [] : Parse(answer, action, json => json.EnumerateArray().Select(read).ToList());
            all.AddRange(rows);
            if (rows.Count < PageLength)
            {
                return all;
            }

            if (before is not null && answer.AsSpan().SequenceEqual(before))
            {
                throw new PySignException(
                    PySignFailure.InvalidMetadata,
                    $"{action}: page after page is the same.",
                    "Check Store.Url: what answers there is not what GitHub's API does."
                );
            }

            before = answer;
        }

        throw new PySignException(
            PySignFailure.TooLarge,
            $"{action}: there are more than {PageLength * MaxPages} entries.",
            "Check Store.Url: no repository's list is that long, and what answers there may not be what GitHub's API does."
        );
    }

    private async Task<byte[]?> GetAsync(Uri uri, string action, CancellationToken cancellationToken)
    {
        var answer = await Connection.GetAsync(uri, Accept, action, cancellationToken).ConfigureAwait(false);
        if (answer.RedirectedTo is { } elsewhere)
        {
            throw new PySignException(
                PySignFailure.Redirected,
                $"{action}: {uri.GetLeftPart(UriPartial.Path)} redirects to {ServiceAddress.Origin(elsewhere)}.",
                "Correct Store.Url."
            );
        }

        return answer.Found ? answer.Body : null;
    }

    private static T Parse<T>(byte[] body, string action, Func<JsonElement, T> read)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new PySignException(
                PySignFailure.Unreachable,
                $"{action}: the answer is not what GitHub's API sends ({e.Message})",
                "Check Store.Url: https://api.github.com/repos/OWNER/NAME.",
                e
            );
        }
    }
}
