using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Cake.PySign.Audit;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;
using PySign.Sandbox.Registries.PyPi;

namespace Cake.PySign.Tests.Audit;

/// <summary>Mirrors that pass, strip, rewrite and lie; one distribution looked at alone.</summary>
public sealed class MirrorAndFileTests(SharedAuditRig shared) : IClassFixture<SharedAuditRig>, IAsyncLifetime
{
    private static readonly PlantedRelease _good = new("good", "1.0", "acme/good");

    private AuditRig Rig => shared.Rig;

    public async ValueTask InitializeAsync() => await Rig.PlantAsync(_good, new PlantedRelease("bare", "1.0"));

    public ValueTask DisposeAsync()
    {
        shared.Clear();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_mirror_that_strips_passes_hashes_and_says_nothing_of_attestations()
    {
        await using var mirror = await AuditRig.StartAsync();
        await mirror.PlantAsync(_good with { Repository = null }, new PlantedRelease("bare", "1.0"));
        mirror.Index.Options = new PyPiOptions { ShowsProvenance = false };
        var report = await CheckAsync(mirror.IndexUrl);
        Assert.Equal(MirrorOutcome.Stripped, Outcome(report, "attestations"));
        Assert.Equal(MirrorOutcome.Passed, Outcome(report, "hashes"));
        Assert.Equal(MirrorOutcome.Changed, Outcome(report, "urls"));
    }

    [Fact]
    public async Task A_mirror_that_serves_other_files_is_not_faithful()
    {
        await using var mirror = await AuditRig.StartAsync();
        await mirror.PlantAsync(_good with { Repository = null }, new PlantedRelease("bare", "1.0"));
        mirror.Index.Plant(_good.Files[1], ("good", "1.0"), PlantedRelease.Sha256("other"), _good.At);
        var report = await CheckAsync(mirror.IndexUrl);
        Assert.False(report.IsFaithful);
        Assert.Equal(MirrorOutcome.Changed, Outcome(report, "hashes"));

        // The right digests on the page, other bytes behind it: planted files have none, so every download differs.
        Assert.Equal(MirrorOutcome.Changed, Outcome(report, "bytes"));
    }

    [Fact]
    public async Task A_real_caching_proxy_passes_everything_and_an_audit_behind_it_knows_as_much()
    {
        await using var proxy = await CachingProxy.StartAsync(Rig.Cake.Folder, Rig.Server.BaseUrl);
        var report = await CheckAsync(new Uri(proxy.BaseUrl, "/simple"));
        foreach (var name in new[] { "files", "hashes", "attestations", "provenance", "upload-times" })
        {
            Assert.Equal(MirrorOutcome.Passed, Outcome(report, name));
        }

        var settings = Rig.Settings();
        settings.IndexUrl = new Uri(proxy.BaseUrl, "/simple");
        Assert.Equal(AuditState.Attested, Assert.Single((await Rig.AuditAsync(AuditRig.Lock(_good), settings)).Packages).State);
    }

    [Fact]
    public async Task One_version_is_verified_for_the_given_or_remembered_publisher_and_for_no_other()
    {
        var settings = new PyVerifyDistributionSettings
        {
            Name = "Good",
            Version = "1.0.0",
            IndexUrl = Rig.IndexUrl,
            Trust = { TrustedRoot = Rig.Cake.Folder.File("trusted_root.json") },
            CertificateOidcIssuer = Rig.Issuer,
        };
        Assert.Equal(PySignFailure.InvalidSettings, (await RefusedAsync(settings)).Reason);

        settings.ShowPublisher = true;
        Assert.Equal(2, (await VerifyAsync(settings)).Count);
        settings.Publisher = TrustedPublisher.GitHub("acme/good", "release.yml");
        Assert.Equal("acme/good", (await VerifyAsync(settings))[0].Publisher!.Repository);
        foreach (
            var other in new[] { TrustedPublisher.GitHub("acme/Good", "release.yml"), TrustedPublisher.GitHub("acme/good", "other.yml") }
        )
        {
            settings.Publisher = other;
            Assert.Equal(PySignFailure.VerificationFailed, (await RefusedAsync(settings)).Reason);
        }

        (settings.Publisher, settings.ShowPublisher) = (null, false);
        Rig.Cake.Folder.Write(
            "pysign-dependencies.toml",
            "schema = 1\n[packages.good]\npublisher = { kind = \"GitHub\", repository = \"acme/good\", workflow = \"release.yml\" }\n"
        );
        Assert.Equal(2, (await VerifyAsync(settings)).Count);
        settings.Path = Rig.Cake.Folder.Write("good-1.0.tar.gz", "other bytes");
        Assert.Contains("hash-not-served", (await RefusedAsync(settings)).Message, StringComparison.Ordinal);
        (settings.Path, settings.Name) = (null, "bare");
        settings.Publisher = TrustedPublisher.GitHub("acme/good", "release.yml");
        Assert.Contains("unattested", (await RefusedAsync(settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspection_shows_everything_and_says_that_nothing_is_verified()
    {
        var shown = await new AttestationInspector(Rig.Services()).InspectAsync(
            new PyInspectAttestationsSettings
            {
                Name = "good",
                Version = "1.0",
                IndexUrl = Rig.IndexUrl,
            },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(2, shown.Count);
        Assert.All(shown, one => Assert.False(one.IsVerified));
        Assert.Equal(("acme/good", "https://github.com/acme/good"), (shown[0].Publisher!.Repository, shown[0].Claims["source-repository"]));
        Assert.StartsWith("https://github.com/acme/good/.github/workflows/release.yml@", shown[0].Identity, StringComparison.Ordinal);
        Assert.Contains(PlantedRelease.Sha256(_good.Files[0]), Assert.Single(shown[0].Subjects), StringComparison.Ordinal);
        Assert.StartsWith("NOT VERIFIED", AttestationInspector.Table(shown).First(), StringComparison.Ordinal);
        Assert.Contains(
            "\"verified\": false",
            System.Text.Encoding.UTF8.GetString(AttestationInspector.Json(shown)),
            StringComparison.Ordinal
        );
    }

    private Task<IReadOnlyList<AuditedFile>> VerifyAsync(PyVerifyDistributionSettings settings) =>
        new DistributionCheck(Rig.Services()).VerifyAsync(settings, TestContext.Current.CancellationToken);

    private async Task<PySignException> RefusedAsync(PyVerifyDistributionSettings settings) =>
        await Assert.ThrowsAnyAsync<PySignException>(() => VerifyAsync(settings));

    private Task<MirrorReport> CheckAsync(Uri mirror)
    {
        var settings = new PyCheckMirrorSettings { MirrorUrl = mirror, UpstreamUrl = Rig.IndexUrl };
        settings.Packages.Add("good");
        settings.Packages.Add("bare");
        return new MirrorCheck(Rig.Services()).CheckAsync(settings, TestContext.Current.CancellationToken);
    }

    private static MirrorOutcome Outcome(MirrorReport report, string name) => report.Behaviours.Single(one => one.Name == name).Outcome;

    /// <summary>A real nginx that caches what an index says.</summary>
    private sealed class CachingProxy : IAsyncDisposable
    {
        private readonly Process _process;

        private CachingProxy(Process process, Uri baseUrl) => (_process, BaseUrl) = (process, baseUrl);

        public Uri BaseUrl { get; }

        public static async Task<CachingProxy> StartAsync(TemporaryFolder folder, Uri upstream)
        {
            var program = PeerPrograms.Require("nginx", "/usr/sbin/nginx");
            var port = FreePort();
            var root = folder.Folder("proxy").FullPath;
            Directory.CreateDirectory(root);
            var temporary = string.Concat(
                new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(name => $"{name}_temp_path {root}/{name};\n")
            );
            var configuration = folder.Write(
                "proxy/nginx.conf",
                $$"""
                daemon off;
                {{(Environment.UserName == "root" ? "user root;" : "")}}
                worker_processes 1;
                pid {{root}}/pid;
                error_log stderr;
                events {}
                http {
                  access_log off;
                  {{temporary}}
                  proxy_cache_path {{root}}/cache keys_zone=index:1m;
                  server {
                    listen 127.0.0.1:{{port}};
                    location / {
                      proxy_pass {{upstream.GetLeftPart(UriPartial.Authority)}};
                      proxy_set_header Host $http_host;
                      proxy_cache index;
                      proxy_cache_key $uri$http_accept;
                      proxy_cache_valid 200 1m;
                    }
                  }
                }
                """
            );
            var process = Process.Start(
                new ProcessStartInfo(program, ["-p", root, "-e", "stderr", "-c", configuration.FullPath]) { RedirectStandardError = true }
            )!;
            for (var attempt = 0; !await IsListeningAsync(port); attempt++)
            {
                Assert.False(process.HasExited || attempt > 600, "nginx does not listen");
                await Task.Delay(100);
            }

            return new CachingProxy(process, new Uri($"http://127.0.0.1:{port}/"));
        }

        public async ValueTask DisposeAsync()
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        private static async Task<bool> IsListeningAsync(int port)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
