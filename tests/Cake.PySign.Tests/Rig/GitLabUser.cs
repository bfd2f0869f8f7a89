using Cake.PySign.Common.Calls;
using Cake.PySign.Consume;
using Cake.PySign.Publish;
using PySign.Sandbox.Registries.GitLab;

namespace Cake.PySign.Tests.Rig;

/// <summary>
/// Somebody who publishes to and reads from the sandbox's GitLab, without a network: one public project, acme/hello-pysign, with a token of
/// each kind. Each call answers with what the user gets to see.
/// </summary>
internal sealed class GitLabUser : IDisposable
{
    public const string Job = "canary-job-token-0123456789";
    public const string Access = "canary-access-token-0123456789";
    public const string Deploy = "canary-deploy-token-0123456789";
    public const string ReadOnly = "canary-read-only-token-0123456789";
    public const string Guest = "canary-guest-token-0123456789";
    public const string Stranger = "canary-stranger-token-0123456789";
    public const string Wrong = "canary-wrong-token-0123456789";
    public const string Api = "http://localhost/api/v4/";
    public const string Wheel = "hello_pysign-1.0.0-py3-none-any.whl";

    private readonly CakeRig _rig = new();
    private readonly GitLabHost _host;
    private readonly Network _network;

    public GitLabUser(GitLabHost host, GitLabProjectOptions project)
    {
        _host = host;
        _network = new Network(host.Handler());
        Instance.Reset();
        Instance.Configure(project);
        Instance.Configure(
            new GitLabProjectOptions
            {
                Id = 99,
                Path = "other/place",
                Credentials = [new(CredentialKind.JobToken, Stranger), new(CredentialKind.AccessToken, Stranger)],
            }
        );
    }

    public GitLabInstance Instance => _host.Instance;

    public string Log => _rig.Log.Text;

    /// <summary>What happens on the way of a request; null lets it pass.</summary>
    public Func<HttpRequestMessage, Task<HttpResponseMessage?>>? Meanwhile
    {
        set => _network.Meanwhile = value;
    }

    public static GitLabProjectOptions Project { get; } =
        new()
        {
            Id = 42,
            Path = "acme/hello-pysign",
            RequestForwarding = false,
            Credentials =
            [
                new(CredentialKind.JobToken, Job),
                new(CredentialKind.AccessToken, Access),
                new(CredentialKind.DeployToken, Deploy, UserName: "deploy"),
                new(CredentialKind.DeployToken, ReadOnly, AccessLevel.Reporter, "read-only"),
                new(CredentialKind.AccessToken, Guest, AccessLevel.Guest),
            ],
        };

    public async Task<string> UploadAsync(Action<GenericUploadSettings>? with = null, string file = "a.sig", string text = "signature")
    {
        var settings = new GenericUploadSettings { Store = { Token = Job } };
        Fill(settings.Store);
        with?.Invoke(settings);
        var receipt = Assert.Single(
            await new GenericUploader(Services()).UploadAsync([_rig.Folder.Write($"dist/{file}", text)], settings, Token)
        );
        return $"{receipt.State} {receipt.Url.AbsolutePath}";
    }

    public async Task<string> FetchAsync(Action<GenericDownloadSettings>? with = null, string file = "a.sig")
    {
        var settings = new GenericDownloadSettings { OutputDirectory = _rig.Folder.Folder("consumer") };
        Fill(settings.Store);
        with?.Invoke(settings);
        var got = Assert.Single(await new GenericDownloader(Services()).DownloadAsync([file], settings, Token));
        return await File.ReadAllTextAsync(got.Path.FullPath, Token);
    }

    /// <summary>Publishes a wheel with a twine that sends <paramref name="fields"/>.</summary>
    public async Task<string> TwineAsync(Action<TwineUploadSettings>? with = null, params (string Name, string? Value)[] fields)
    {
        var settings = new TwineUploadSettings
        {
            RepositoryUrl = new Uri($"{Api}projects/42/packages/pypi"),
            Index = { UserName = "gitlab-ci-token", Password = Job },
            Python = _rig.Folder.Write("python3", ""),
        };
        with?.Invoke(settings);
        var twine = new PlayedTwine(_network) { Fields = fields.ToDictionary(field => field.Name, field => field.Value) };
        var receipts = await new TwineUploader(_rig.Services(_network, new FastTime(), twine)).UploadAsync(
            [_rig.Folder.Write($"dist/{Wheel}", Content)],
            settings,
            Token
        );
        return string.Join('\n', receipts.Select(receipt => $"{receipt.State} {receipt.Url.AbsolutePath}")) + "\n" + Log;
    }

    public async Task<string> DownloadAsync(Action<PyPackageDownloadSettings>? with = null)
    {
        var settings = new PyPackageDownloadSettings
        {
            Index = { Url = new Uri($"{Api}projects/42/packages/pypi/simple") },
            Name = "Hello.PySign",
            Version = "1.0.0",
            OutputDirectory = _rig.Folder.Folder("consumer"),
        };
        with?.Invoke(settings);
        var (files, _) = await new PackageDownloader(Services()).DownloadAsync(settings, allowStorage: false, Token);
        return string.Join('\n', files.Select(file => $"{file.Path.GetFilename()} {file.Url.AbsolutePath}"));
    }

    /// <summary>The wheel of this release, the same bytes whenever it is asked for.</summary>
    public byte[] Content { get; } = SampleDistribution.Wheel();

    /// <summary>Puts a file of a generic package there, as somebody else would; answers with its row.</summary>
    public async Task<System.Text.Json.JsonElement> PutAsync(string text, string file = "a.sig", string query = "")
    {
        using var http = Http();
        http.DefaultRequestHeaders.Add("PRIVATE-TOKEN", Access);
        using var answer = await http.PutAsync(
            $"{Api}projects/42/packages/generic/hello-pysign/1.0.0/{file}?select=package_file{query}",
            new StringContent(text),
            Token
        );
        Assert.Equal(200, (int)answer.StatusCode);
        return System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(Token)).RootElement;
    }

    /// <summary>Deletes a file by its row.</summary>
    public async Task DeleteAsync(System.Text.Json.JsonElement row)
    {
        using var http = Http();
        http.DefaultRequestHeaders.Add("PRIVATE-TOKEN", Access);
        using var answer = await http.DeleteAsync(
            $"{Api}projects/42/packages/{row.GetProperty("package_id")}/package_files/{row.GetProperty("id")}",
            Token
        );
        Assert.Equal(204, (int)answer.StatusCode);
    }

    /// <summary>Publishes a distribution, as somebody else would.</summary>
    public async Task PostAsync(
        string fileName = Wheel,
        byte[]? content = null,
        string project = "42",
        params (string Name, string? Value)[] fields
    )
    {
        using var http = Http();
        http.DefaultRequestHeaders.Authorization = new(
            "Basic",
            Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"me:{(project == "42" ? Access : Stranger)}"))
        );
        using var form = new MultipartFormDataContent();
        foreach (
            var (name, value) in new (string Name, string? Value)[] { ("name", "hello-pysign"), ("version", "1.0.0") }
                .ExceptBy(fields.Select(field => field.Name), field => field.Name)
                .Concat(fields)
        )
        {
            form.Add(new StringContent(value!), name);
        }

        form.Add(new ByteArrayContent(content ?? Content), "content", fileName);
        using var answer = await http.PostAsync($"{Api}projects/{project}/packages/pypi", form, Token);
        Assert.Equal(201, (int)answer.StatusCode);
    }

    public void Dispose()
    {
        _network.Dispose();
        _rig.Dispose();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static void Fill(SignatureStoreSettings store)
    {
        store.Url = new Uri($"{Api}projects/42/packages/generic");
        store.Name = "hello-pysign";
        store.Version = "1.0.0";
    }

    private HttpClient Http() => new(_host.Handler());

    private Services Services() => _rig.Services(_network, new FastTime());

    private sealed class Network(HttpMessageHandler server) : DelegatingHandler(server)
    {
        public Func<HttpRequestMessage, Task<HttpResponseMessage?>>? Meanwhile { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Meanwhile is { } meanwhile && await meanwhile(request) is { } answer
                ? answer
                : await base.SendAsync(request, cancellationToken);
    }
}
