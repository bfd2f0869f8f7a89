using Cake.Core.IO;
using Cake.PySign.Common.Processes;
using Cake.PySign.Publish;
using Cake.PySign.Sign;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Tests.Verify;
using PySign.Sandbox.Registries.PyPi;

namespace Cake.PySign.Tests.Publish;

/// <summary>Uploads to the sandbox's PyPI, by a played twine unless another is given; every wait is virtual.</summary>
internal sealed class PyPiRig : IAsyncDisposable
{
    public const string ApiToken = "pypi-canary-token-0123456789";

    private readonly SocketsHttpHandler _handler = new();

    private PyPiRig(CakeRig cake, SandboxServer server)
    {
        Cake = cake;
        Server = server;
        Twine = new PlayedTwine(_handler) { Version = "6.1.0" };
        Cake.Folder.Write("python3", "");
    }

    public CakeRig Cake { get; }

    public SandboxServer Server { get; }

    public PyPiIndex Index => Server.Services.PyPi;

    public PlayedTwine Twine { get; private set; }

    public FastTime Time { get; } = new();

    public static async Task<PyPiRig> StartAsync()
    {
        var cake = new CakeRig();
        var rig = new PyPiRig(cake, await SandboxServer.StartAsync(cake.Folder));
        rig.Index.Options = WithToken();
        return rig;
    }

    public static PyPiOptions WithToken(string project = "") => new() { Tokens = new Dictionary<string, string> { [ApiToken] = project } };

    /// <summary>The jobs of acme/hello-pysign may publish; they create the project.</summary>
    public static PyPiOptions WithPublisher(string kind = "GitHub", string repository = "acme/hello-pysign") =>
        new()
        {
            Publishers =
            [
                new PyPiPublisher(kind, "hello-pysign", repository, kind == "GitHub" ? "release.yml" : ".gitlab-ci.yml", IsPending: true),
            ],
        };

    public FilePath Wheel(string version = "1.0.0", string body = "print('hello')\n") =>
        Cake.Folder.Write($"dist/hello_pysign-{version}-py3-none-any.whl", SampleDistribution.Wheel(version: version, body: body));

    public FilePath Sdist(string version = "1.0.0") =>
        Cake.Folder.Write($"dist/hello_pysign-{version}.tar.gz", SampleDistribution.Sdist(version: version));

    public void UseTwine(string version) => Twine = new PlayedTwine(_handler) { Version = version };

    public TwineUploadSettings Settings() =>
        new()
        {
            RepositoryUrl = new Uri(Server.BaseUrl, "/legacy/"),
            Index =
            {
                Url = new Uri(Server.BaseUrl, "/simple"),
                UserName = "__token__",
                Password = ApiToken,
            },
            Python = Cake.Folder.File("python3"),
        };

    /// <summary>As the job itself, with attestations if asked for.</summary>
    public TwineUploadSettings AsJob(bool attestations = false)
    {
        var settings = Settings();
        (settings.Index.UserName, settings.Index.Password, settings.TrustedPublishing, settings.UploadAttestations) = (
            null,
            null,
            PySignChoice.Always,
            attestations
        );
        settings.AttestationVerification = AttestationRig.Verification(Cake, Server, null);
        return settings;
    }

    /// <summary>Gives the job what GitHub, or GitLab, gives its jobs.</summary>
    public void Run(string kind, System.Text.Json.Nodes.JsonObject? claims = null)
    {
        if (kind == "GitLab")
        {
            claims ??= [];
            claims["aud"] ??= "pypi";
            Cake.Environment.Variables["GITLAB_CI"] = "true";
            Cake.Environment.Variables["PYPI_ID_TOKEN"] = Server.Services.MintGitLabToken(claims);
            return;
        }

        Cake.Environment.Variables["GITHUB_ACTIONS"] = "true";
        Cake.Environment.Variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = $"{Server.BaseUrl}_sandbox/github/id-token?api-version=2.0";
        Cake.Environment.Variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = Server.Services.GitHubRequestToken;
    }

    public Task<IReadOnlyList<AttestedDistribution>> AttestAsync(string kind, params FilePath[] files) =>
        Cake.Context.PyPiAttest(files, AttestationRig.Settings(Cake, Server, kind), TestContext.Current.CancellationToken);

    public Task<IReadOnlyList<UploadReceipt>> UploadAsync(TwineUploadSettings settings, params FilePath[] files)
    {
        return new TwineUploader(Cake.Services(time: Time, processes: Twine)).UploadAsync(
            files,
            settings,
            TestContext.Current.CancellationToken
        );
    }

    /// <summary>Uploads past the addin, as another run that died did.</summary>
    public async Task PostAsync(FilePath file)
    {
        var command = new TwineCommand
        {
            Python = new PythonInterpreter(Cake.Folder.File("python3"), "3.11.2", "twine", "6.1.0"),
            Repository = new Uri(Server.BaseUrl, "/legacy/"),
            UserName = "__token__",
            Password = ApiToken,
            WorkingDirectory = Cake.Folder.Path,
            Timeout = TimeSpan.FromMinutes(5),
        };
        Assert.Equal(0, (await Twine.RunAsync(command.Upload([file]), TestContext.Current.CancellationToken)).ExitCode);
    }

    public async Task<PySignException> RefusedAsync(
        TwineUploadSettings settings,
        PySignFailure reason,
        string words,
        params FilePath[] files
    )
    {
        var e = await Assert.ThrowsAnyAsync<PySignException>(() => UploadAsync(settings, files));
        Assert.True(reason == e.Reason, $"{e.Reason}: {e.Message}");
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", e + Cake.Log.Text, StringComparison.Ordinal);
        return e;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _handler.Dispose();
        Cake.Dispose();
    }
}
