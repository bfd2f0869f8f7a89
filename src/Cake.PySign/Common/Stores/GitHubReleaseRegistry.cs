using System.Text.Json;
using Cake.Core.IO;
using Cake.PySign.Common.Network;

namespace Cake.PySign.Common.Stores;

/// <summary>The assets of one GitHub release, which is created when the first file goes up and reused otherwise, draft or
/// published.</summary>
internal sealed class GitHubReleaseRegistry(RegistryConnection connection, Uri repository, string title, string tag, bool draft)
    : GenericRegistry(connection, ServiceAddress.Below(repository, "releases", "tags", tag))
{
    private const string Accept = "application/vnd.github+json";
    private const int PageLength = 100;
    private const int MaxPages = 50;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private GitHubRelease? _release;
    private Dictionary<string, GitHubAsset>? _assets;

    public override string Stored(string fileName) => GenericNames.Mapped(fileName);

    public override void RequireFile(string fileName) => GenericNames.RequireGitHubFile(fileName);

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

    public override async Task UploadAsync(FilePath file, CancellationToken cancellationToken)
    {
        var name = Stored(file.GetFilename().FullPath);
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
                .SendFileAsync(HttpMethod.Post, _release!.UploadUrlFor(name, repository), file, action, cancellationToken, trusted: true)
                .ConfigureAwait(false);
            await RememberAsync(Parse(answer.Body, action, GitHubAsset.Read), cancellationToken).ConfigureAwait(false);
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
        if (await FindAsync(Stored(fileName), cancellationToken).ConfigureAwait(false) is not { IsComplete: true } asset)
        {
            return null;
        }

        var download = await Connection
            .DownloadAsync(Api("releases", "assets", Id(asset.Id)), open, action, cancellationToken, "application/octet-stream")
            .ConfigureAwait(false);
        return download is null || asset.Page is null ? download : download with { Url = asset.Page };
    }

    private static string Id(long id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private Uri Api(params string[] segments) => ServiceAddress.Below(repository, segments);

    private async Task<GitHubAsset?> FindAsync(string name, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _release ??= await FindReleaseAsync(cancellationToken).ConfigureAwait(false);
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
            ).ToDictionary(asset => asset.Name, StringComparer.Ordinal);
            return _assets.GetValueOrDefault(name);
        }
        finally
        {
            _gate.Release();
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
        var action = $"Reading the release {tag}";
        var answer = await GetAsync(Root, action, cancellationToken).ConfigureAwait(false);
        if (answer is not null)
        {
            return Parse(answer, action, GitHubRelease.Read);
        }

        // A draft is not found by its tag; only those who may push see it in the list.
        var drafts = (await PagesAsync(["releases"], action, GitHubRelease.Read, cancellationToken).ConfigureAwait(false))
            .Where(release => release.Tag == tag && release.IsDraft)
            .ToList();
        return drafts.Count <= 1
            ? drafts.FirstOrDefault()
            : throw new PySignException(
                PySignFailure.Conflict,
                $"There are {drafts.Count} drafts of a release {tag}.",
                "Delete all but one of them."
            );
    }

    private async Task<GitHubRelease> CreateAsync(CancellationToken cancellationToken)
    {
        var action = $"Creating the release {tag}";
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                tag_name = tag,
                name = $"{title} {tag}",
                draft,
            }
        );
        PySignException failure;
        try
        {
            var answer = await Connection.PostJsonAsync(Api("releases"), body, action, cancellationToken).ConfigureAwait(false);
            return Parse(answer.Body, action, GitHubRelease.Read);
        }
        catch (PySignException e) when (e.Reason == PySignFailure.Conflict || Retries.MayPass(e))
        {
            failure = e;
        }

        // Another job created it in the same moment, or the answer was lost.
        return await FindReleaseAsync(cancellationToken).ConfigureAwait(false) ?? throw failure;
    }

    private async Task<List<T>> PagesAsync<T>(string[] path, string action, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        var all = new List<T>();
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
        }

        throw new PySignException(PySignFailure.TooLarge, $"{action}: there are more than {PageLength * MaxPages} entries.");
    }

    private async Task<byte[]?> GetAsync(Uri uri, string action, CancellationToken cancellationToken)
    {
        var answer = await Connection.GetAsync(uri, Accept, action, cancellationToken).ConfigureAwait(false);
        return answer.RedirectedTo is { } elsewhere
                ? throw new PySignException(
                    PySignFailure.Redirected,
                    $"{action}: {uri.GetLeftPart(UriPartial.Path)} redirects to {ServiceAddress.Origin(elsewhere)}.",
                    "Correct RegistryUrl."
                )
            : answer.Found ? answer.Body
            : null;
    }

    private static T Parse<T>(byte[] body, string action, Func<JsonElement, T> read)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or UriFormatException)
        {
            throw new PySignException(
                PySignFailure.Unreachable,
                $"{action}: the answer is not what GitHub's API sends ({e.Message})",
                "Check RegistryUrl: https://api.github.com/repos/OWNER/NAME.",
                e
            );
        }
    }
}
