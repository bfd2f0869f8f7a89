using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cake.PySign.Audit;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Processes;
using Cake.PySign.Common.Signatures;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using PySign.Formats;
using PySign.Packaging.Attestations;
using PySign.Packaging.Distributions;
using PySign.Sandbox.Application;
using PySign.Sandbox.Hosting;
using PySign.Sandbox.Registries.PyPi;
using PySign.Sandbox.Trust;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Trust;
using Path = System.IO.Path;

namespace PySign.Benchmarks;

/// <summary>Locked packages audited against an index that takes 50 ms for every answer, beside the bare requests at the same
/// parallelism.</summary>
internal static class AuditBenchmark
{
    private const int FilesEach = 6;
    private const int AttestedOneIn = 6;
    private const int Parallelism = 8;

    private static readonly TimeSpan _latency = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync()
    {
        var (few, many) = (await PeakAsync(100), await PeakAsync(1000));
        Console.WriteLine($"peak of an audit alone    {few >> 20} MiB for 100 packages, {many >> 20} MiB for 1,000");
        await MeasureAsync(20); // The first verification of a process pays for its compilation.
        var small = await MeasureAsync(100);
        var middle = await MeasureAsync(500);
        var large = await MeasureAsync(1000);
        Console.WriteLine(
            $"500 packages audited      {middle.First.TotalSeconds:0.0} s, their {middle.Requests} bare requests "
                + $"{middle.Bare.TotalSeconds:0.0} s: "
                + $"{middle.First / middle.Bare:0.00} times as long (goal: 1.5); again {middle.Second.TotalSeconds:0.00} s: "
                + $"{middle.Second / middle.First:0.000} (goal: 0.1), of which {middle.SecondUsed.TotalSeconds:0.00} s of processor time"
        );
        Console.WriteLine(
            $"memory of an audit        {small.Live >> 10} KiB live at the end of 100 packages, {large.Live >> 10} KiB of 1,000; allocated "
                + "for "
                + $"each package {small.Allocated / 100 >> 10} and {large.Allocated / 1000 >> 10} KiB"
        );
    }

    /// <summary>The audit alone, in a process of its own, so that nothing of the index counts.</summary>
    public static async Task<int> AuditOnceAsync(string folder, string baseUrl)
    {
        using var handler = new SocketsHttpHandler();
        await AuditAsync(handler, folder, Path.Combine(folder, "requirements.txt"), baseUrl);
        return 0;
    }

    /// <summary>The most memory of a process that audits, over an index in another process.</summary>
    private static async Task<long> PeakAsync(int packages)
    {
        var folder = Directory.CreateTempSubdirectory("pysign-benchmark-");
        try
        {
            var port = FreePort();
            await using var application = SandboxApplication.Build(
                new SandboxOptions
                {
                    StateDirectory = folder.FullName,
                    Port = port,
                    BaseUrl = $"http://127.0.0.1:{port}",
                }
            );
            await application.StartAsync();
            var services = application.Services.GetRequiredService<SandboxServices>();
            using var handler = new SocketsHttpHandler();
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "requirements.txt"), await PlantAsync(services, handler, packages));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "root.json"), services.TrustedRootJson());
            return Child.MeasureSelf("audit-once", folder.FullName, services.BaseUrl).PeakBytes;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<Figures> MeasureAsync(int packages)
    {
        var folder = Directory.CreateTempSubdirectory("pysign-benchmark-");
        try
        {
            await using var application = SandboxApplication.Build(
                new SandboxOptions { StateDirectory = folder.FullName },
                builder => builder.WebHost.UseTestServer()
            );
            await application.StartAsync();
            var services = application.Services.GetRequiredService<SandboxServices>();
            using var handler = application.GetTestServer().CreateHandler();
            using var slow = new SlowHandler(handler);
            var lockFile = Path.Combine(folder.FullName, "requirements.txt");
            await File.WriteAllTextAsync(lockFile, await PlantAsync(services, handler, packages));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "root.json"), services.TrustedRootJson());
            services.PyPi.Options = new PyPiOptions { MaxAgeSeconds = 600 };

            var allocated = GC.GetTotalAllocatedBytes();
            var first = await AuditAsync(slow, folder.FullName, lockFile, services.BaseUrl);
            allocated = GC.GetTotalAllocatedBytes() - allocated;
            var asked = slow.Asked.ToList();
            var live = GC.GetTotalMemory(forceFullCollection: true);
            using var process = Process.GetCurrentProcess();
            var used = process.TotalProcessorTime;
            var second = await AuditAsync(slow, folder.FullName, lockFile, services.BaseUrl);
            process.Refresh();
            used = process.TotalProcessorTime - used;
            return new Figures(first, second, used, await BareAsync(slow, asked), asked.Count, live, allocated);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<TimeSpan> AuditAsync(HttpMessageHandler handler, string folder, string lockFile, string baseUrl)
    {
        var context = new BareContext();
        var log = SafeLog.For(context);
        var services = new Services(
            context.Environment,
            log,
            new ChildProcessRunner(log, context.Environment, TimeProvider.System),
            new RegistryConnections(handler, TimeProvider.System)
        );
        var settings = new PyAuditDependenciesSettings
        {
            Index = { Url = new Uri(baseUrl + "/simple") },
            Trust = { TrustedRoot = Path.Combine(folder, "root.json") },
            Network = { MaxParallel = Parallelism },
            CertificateOidcIssuer = baseUrl + "/github-oidc",
            CacheDirectory = Path.Combine(folder, "cache"),
            DependencyPolicyFile = Path.Combine(folder, "none.toml"),
        };
        var started = Stopwatch.GetTimestamp();
        var report = await new DependencyAudit(new AuditServices(services)).RunAsync([lockFile], settings, CancellationToken.None);
        var elapsed = Stopwatch.GetElapsedTime(started);
        var attested = report.Packages.Count(row => row.State == AuditState.Attested);
        return attested == (report.Packages.Count + AttestedOneIn - 1) / AttestedOneIn
            ? elapsed
            : throw new InvalidOperationException($"{attested} of {report.Packages.Count} packages are attested.");
    }

    private static async Task<TimeSpan> BareAsync(HttpMessageHandler handler, List<Uri> addresses)
    {
        using var client = new HttpClient(handler, disposeHandler: false);
        client.DefaultRequestHeaders.Add("Accept", "application/vnd.pypi.simple.v1+json, application/vnd.pypi.integrity.v1+json");
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            addresses,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism },
            async (address, cancellationToken) => await client.GetByteArrayAsync(address, cancellationToken)
        );
        return Stopwatch.GetElapsedTime(started);
    }

    // One certificate signs for all: what is measured is the audit.
    private static async Task<string> PlantAsync(SandboxServices services, HttpMessageHandler handler, int packages)
    {
        var config = SigningConfig.Parse(Encoding.UTF8.GetBytes(services.SigningConfigJson(SigningConfigKind.RekorV1)));
        using var context = new SigningContext(
            config.SelectWithRekorV1(DateTimeOffset.UtcNow) with
            {
                TimestampAuthorities = [],
            },
            TrustedRoot.Parse(Encoding.UTF8.GetBytes(services.TrustedRootJson())),
            handler
        );
        await using var signer = await context.CreateSignerAsync(IdentityToken.Parse(services.MintGitHubToken()), CancellationToken.None);
        var requirements = new StringBuilder();
        for (var i = 0; i < packages; i++)
        {
            requirements.Append(CultureInfo.InvariantCulture, $"pkg-{i}==1.0");
            for (var file = 0; file < FilesEach; file++)
            {
                var name = $"pkg_{i}-1.0-py3-none-any{file}.whl";
                var sha256 = Sha256Digest.Of(Encoding.UTF8.GetBytes(name));
                var provenance = i % AttestedOneIn == 0 ? await ProvenanceAsync(signer, name, sha256) : (JsonElement?)null;
                services.PyPi.Plant(name, ($"pkg-{i}", "1.0"), sha256, DateTimeOffset.UnixEpoch, provenance);
                requirements.Append(" \\\n    --hash=sha256:").Append(sha256);
            }

            requirements.Append('\n');
        }

        return requirements.ToString();
    }

    private static async Task<JsonElement> ProvenanceAsync(Signer signer, string name, Sha256Digest sha256)
    {
        var statement = AttestationStatement.Publish(DistributionFileName.Parse(name), sha256);
        var signed = await signer.SignStatementAsync(statement);
        return JsonSerializer.SerializeToElement(
            new JsonObject
            {
                ["version"] = 1,
                ["attestation_bundles"] = new JsonArray(
                    new JsonObject
                    {
                        ["publisher"] = new JsonObject
                        {
                            ["kind"] = "GitHub",
                            ["repository"] = "acme/hello-pysign",
                            ["workflow"] = "release.yml",
                        },
                        ["attestations"] = new JsonArray(JsonNode.Parse(AttestationConversion.FromBundle(signed.Bundle).ToJson())),
                    }
                ),
            }
        );
    }

    private sealed record Figures(
        TimeSpan First,
        TimeSpan Second,
        TimeSpan SecondUsed,
        TimeSpan Bare,
        int Requests,
        long Live,
        long Allocated
    );

    private sealed class SlowHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public System.Collections.Concurrent.ConcurrentQueue<Uri> Asked { get; } = new();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Enqueue(request.RequestUri!);
            await Task.Delay(_latency, cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
