using System.Collections.Concurrent;
using System.Net;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Recipe;

/// <summary>Who is believed is found out once: eight stages that each ask could be told eight things.</summary>
public sealed class TrustOfReleaseTests(SandboxFixture fixture)
{
    [Fact]
    public async Task A_whole_release_in_one_process_asks_the_TUF_repository_once()
    {
        SystemPython.Require("twine.__main__");
        var sandbox = await fixture.Sandbox;
        using var mirror = new CountingMirror(sandbox.Info.TufMirror);
        using var jobs = await ReleaseJobs.CreateAsync(sandbox);
        jobs.PlayBuild();
        using var rig = await jobs.JobAsync(
            ("PYSIGN_TRUSTED_ROOT", null),
            ("PYSIGN_SIGNING_CONFIG", null),
            ("PYSIGN_TUF_MIRROR", mirror.Url.AbsoluteUri),
            ("PYSIGN_TUF_ROOT", sandbox.Info.TufRoot.FullPath),
            ("PYSIGN_TUF_CACHE", jobs.Folder.Folder("tuf").FullPath),
            ("PYSIGN_ATTESTATIONS", "always"),
            ("FULCIO_URL", null),
            ("REKOR_URL", null)
        );
        foreach (var stage in new[] { "Sign", "Verify", "PublishSignatures", "Publish", "ConsumerVerification" })
        {
            new TaskRun(rig).Run($"PySign-{stage}");
        }

        Assert.Equal(
            [ReleaseStage.Verify, ReleaseStage.ConsumerVerification],
            jobs.Dist.ReadSigned().Verifications.Select(verification => verification.By)
        );
        Assert.Single(mirror.Asked, path => path.EndsWith("timestamp.json", StringComparison.Ordinal));
        Assert.Equal(mirror.Asked.Order(StringComparer.Ordinal), mirror.Asked.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_parameters_of_a_release_hold_one_object_for_the_network_and_one_for_trust_and_hand_it_on()
    {
        var options = new ReleaseOptions();
        Assert.Same(options.Trust, options.Audit.Trust);
        Assert.All(
            new PySignSettings[] { options.Audit, options.Mirror, options.Inspect, options.Test },
            settings => Assert.Same(options.Network, settings.Network)
        );
    }

    [Theory]
    [InlineData("argument")]
    [InlineData("variable")]
    [InlineData("property")]
    public void A_release_that_leaves_the_source_open_signs_and_verifies_by_TUF(string way)
    {
        using var rig = new CakeRig(arguments: way == "argument" ? [("trust", "auto")] : null);
        if (way == "variable")
        {
            rig.Environment.Variables["PYSIGN_TRUST"] = "auto";
        }

        var options = ReleaseOptions.From(rig.Context);
        if (way == "property")
        {
            options.Trust.Source = TrustSource.Auto;
        }

        // Each stage, whether it signs or verifies, takes it from here; what the script set stays as it is.
        Assert.Equal(TrustSource.Tuf, new Release(rig.Context, options, rig.Services()).Trust.Source);
        Assert.Equal(TrustSource.Auto, options.Trust.Source);
    }

    [Fact]
    public async Task A_repository_that_failed_is_asked_again()
    {
        var sandbox = await fixture.Sandbox;
        using var mirror = new CountingMirror(sandbox.Info.TufMirror) { Fails = true };
        using var rig = new CakeRig();
        var trust = new TrustSettings
        {
            TufMirror = mirror.Url,
            TufRoot = sandbox.Info.TufRoot,
            TufCacheDirectory = rig.Folder.Folder("tuf"),
        };
        var services = rig.Services(time: new FastTime());
        var failed = await Assert.ThrowsAsync<PySignException>(() =>
            services.Trust(trust, TrustSource.Tuf, new NetworkSettings()).TrustedRootAsync(TestContext.Current.CancellationToken)
        );
        Assert.Equal(PySignFailure.Unreachable, failed.Reason);
        mirror.Fails = false;
        Assert.NotNull(
            await services.Trust(trust, TrustSource.Tuf, new NetworkSettings()).TrustedRootAsync(TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public void Another_file_under_the_name_of_the_first_is_read()
    {
        using var rig = new CakeRig();
        var trust = new TrustSettings { TrustedRoot = rig.Folder.Write("trusted_root.json", "{}") };
        var services = rig.Services();
        var first = services.Trust(trust, TrustSource.Tuf, new NetworkSettings());
        Assert.Same(first, services.Trust(new TrustSettings { TrustedRoot = "trusted_root.json" }, TrustSource.Tuf, new NetworkSettings()));
        rig.Folder.Write("trusted_root.json", "{ }");
        Assert.NotSame(first, services.Trust(trust, TrustSource.Tuf, new NetworkSettings()));
    }

    /// <summary>Hands on what a repository serves, and remembers what was asked.</summary>
    private sealed class CountingMirror : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly HttpClient _http = new();
        private readonly Uri _repository;

        public CountingMirror(Uri repository)
        {
            _repository = new Uri(repository.AbsoluteUri.TrimEnd('/') + "/");
            using (var port = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
            {
                port.Start();
                Url = new Uri($"http://127.0.0.1:{((IPEndPoint)port.LocalEndpoint).Port}/");
            }

            _listener.Prefixes.Add(Url.AbsoluteUri);
            _listener.Start();
            _ = ServeAsync();
        }

        public Uri Url { get; }

        public bool Fails { get; set; }

        public ConcurrentQueue<string> Asked { get; } = new();

        public void Dispose()
        {
            _listener.Close();
            _http.Dispose();
        }

        private async Task ServeAsync()
        {
            while (_listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                Asked.Enqueue(context.Request.Url!.AbsolutePath);
                using var answer = await _http.GetAsync(new Uri(_repository, context.Request.Url.AbsolutePath.TrimStart('/')));
                context.Response.StatusCode = Fails ? 503 : (int)answer.StatusCode;
                await context.Response.OutputStream.WriteAsync(Fails ? [] : await answer.Content.ReadAsByteArrayAsync());
                context.Response.Close();
            }
        }
    }
}
