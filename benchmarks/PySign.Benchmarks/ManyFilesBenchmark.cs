using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using PySign.Sandbox.Application;
using PySign.Sandbox.Hosting;
using PySign.Sandbox.Trust;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Benchmarks;

/// <summary>Fifty files signed against services that take 200 ms for every call, beside one file.</summary>
internal static class ManyFilesBenchmark
{
    private const int Files = 50;
    private static readonly TimeSpan _latency = TimeSpan.FromMilliseconds(200);

    public static async Task RunAsync()
    {
        await MeasureAsync(1); // The first signature of a process pays for its compilation.
        var (one, _) = await MeasureAsync(1);
        var (many, certificates) = await MeasureAsync(Files);
        Console.WriteLine(
            $"{Files} files signed         {many.TotalSeconds:0.00} s with {_latency.TotalMilliseconds:0} ms for each call, one file "
                + $"{one.TotalSeconds:0.00} s: {many / one:0.00} times as long (goal: 3); certificates: {certificates} (goal: 1)"
        );
    }

    private static async Task<(TimeSpan Elapsed, int Certificates)> MeasureAsync(int count)
    {
        var state = Directory.CreateTempSubdirectory("pysign-benchmark-");
        try
        {
            await using var application = SandboxApplication.Build(
                new SandboxOptions { StateDirectory = state.FullName },
                builder => builder.WebHost.UseTestServer()
            );
            await application.StartAsync();
            var services = application.Services.GetRequiredService<SandboxServices>();
            var config = SigningConfig.Parse(Encoding.UTF8.GetBytes(services.SigningConfigJson(SigningConfigKind.RekorV1)));
            using var slow = new SlowHandler(application.GetTestServer().CreateHandler());
            var artifacts = Enumerable.Range(0, count).Select(i => Artifact.FromBytes(BitConverter.GetBytes(i))).ToList();
            var token = IdentityToken.Parse(services.MintGitLabToken());

            var started = Stopwatch.GetTimestamp();
            using var context = new SigningContext(
                config.Select(DateTimeOffset.UtcNow),
                TrustedRoot.Parse(Encoding.UTF8.GetBytes(services.TrustedRootJson())),
                slow
            );
            await using var signer = await context.CreateSignerAsync(token, CancellationToken.None);
            var results = await signer.SignAllAsync(artifacts, CancellationToken.None);
            var elapsed = Stopwatch.GetElapsedTime(started);
            return results.All(static result => result.Signature is not null)
                ? (elapsed, slow.Certificates)
                : throw new InvalidOperationException(
                    "Not every file was signed.",
                    results.First(static result => result.Failure is not null).Failure
                );
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    private sealed class SlowHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private int _certificates;

        public int Certificates => _certificates;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/signingCert", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _certificates);
            }

            await Task.Delay(_latency, cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
