using System.Net;
using System.Text.Json;
using PySign.Http;
using PySign.Sigstore.Tuf;

namespace PySign.Sigstore.Tests.Tuf;

/// <summary>A client with a cache folder of its own, as a row of processes would use it: each refresh is a new updater.</summary>
internal sealed class TufClient : HttpMessageHandler
{
    private readonly TufRepository _repository;
    private readonly ServiceClient _http;

    public TufClient(TufRepository repository, TufLimits? limits = null)
    {
        _repository = repository;
        Root = repository.InitialRoot;
        Limits = limits ?? new TufLimits { Retry = RetryPolicy.None };
        _http = new ServiceClient(new ServiceClientOptions { Handler = this });
    }

    public byte[] Root { get; set; }

    public TufLimits Limits { get; set; }

    public string? Folder { get; set; } = Directory.CreateTempSubdirectory("tuf-").FullName;

    public DateTimeOffset Now { get; set; } = TufRepository.Now;

    public bool Offline { get; set; }

    public List<string> Requests { get; } = [];

    public List<string> Warnings { get; } = [];

    /// <summary>Answers instead of the repository, where it returns something.</summary>
    public Func<string, HttpResponseMessage?>? Intercept { get; set; }

    public async Task RefreshAsync() => await NewUpdater().RefreshAsync(TestContext.Current.CancellationToken);

    public async Task<byte[]> DownloadAsync(string target)
    {
        var updater = NewUpdater();
        await updater.RefreshAsync(TestContext.Current.CancellationToken);
        var file = await updater.FindTargetAsync(target, TestContext.Current.CancellationToken);
        return await updater.DownloadTargetAsync(file, TestContext.Current.CancellationToken);
    }

    /// <summary>Refreshes, expects it to be refused, and returns why.</summary>
    public async Task<TufFailure> RefusedAsync() => (await Assert.ThrowsAsync<TufException>(RefreshAsync)).Reason;

    public async Task<TufFailure> RefusedAsync(string target) =>
        (await Assert.ThrowsAsync<TufException>(() => DownloadAsync(target))).Reason;

    /// <summary>The version of a role that the cache holds; 0 for none.</summary>
    public long Stored(string role)
    {
        var path = Path.Combine(Folder!, role + ".json");
        if (!File.Exists(path))
        {
            return 0;
        }

        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return json.RootElement.GetProperty("signed").GetProperty("version").GetInt64();
    }

    /// <summary>The versions of root, timestamp, snapshot and targets that the cache holds.</summary>
    public string StoredVersions() => string.Join(' ', TufRepository.TopLevelRoles.Select(Stored));

    public string[] StoredTargets()
    {
        var targets = Path.Combine(Folder!, "targets");
        return Directory.Exists(targets) ? [.. Directory.GetFiles(targets).Select(static f => Path.GetFileName(f)).Order()] : [];
    }

    public Updater NewUpdater()
    {
        var cache = new TufCache(Folder, Folder is null ? null : Path.Combine(Folder, "targets"), Warnings.Add);
        var addresses = new TufAddresses(new Uri("https://tuf.example/repo/metadata"), new Uri("https://tuf.example/repo/targets/"));
        return new Updater(Root, addresses, new TufFetcher(_http, Limits), cache, Offline ? null : Now, Limits);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await Task.Yield();
        const string Prefix = "/repo/";
        Assert.StartsWith(Prefix, request.RequestUri!.AbsolutePath, StringComparison.Ordinal);
        var raw = request.RequestUri.AbsolutePath[Prefix.Length..];
        lock (Requests)
        {
            Requests.Add(raw);
        }

        // A real server unescapes each piece of the path.
        var path = string.Join('/', raw.Split('/').Select(Uri.UnescapeDataString));

        // A mirror with one address keeps its targets below its metadata.
        path = path.StartsWith("metadata/targets/", StringComparison.Ordinal) ? path["metadata/".Length..] : path;
        return Intercept?.Invoke(path)
            ?? (
                _repository.Files.TryGetValue(path, out var file)
                    ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(file) }
                    : new HttpResponseMessage(HttpStatusCode.NotFound)
            );
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _http.Dispose();
            if (Folder is not null && Directory.Exists(Folder))
            {
                Directory.Delete(Folder, recursive: true);
            }
        }

        base.Dispose(disposing);
    }
}
