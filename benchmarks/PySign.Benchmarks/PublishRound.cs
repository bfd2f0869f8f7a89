using System.Diagnostics;
using System.Text.Json;
using Cake.Core.IO;
using Cake.PySign.Consume;
using Cake.PySign.Publish;
using Cake.PySign.Verify;
using IoPath = System.IO.Path;

namespace PySign.Benchmarks;

/// <summary>The first so many signed wheels of a folder, published, fetched and verified, then verified as a release, in a process of its
/// own.</summary>
/// <param name="Folder">Wheels, each with its bundle beside it.</param>
/// <param name="Count">How many of them.</param>
/// <param name="Registry">Address of the project's packages, with nothing generic in it and the wheels in its index.</param>
/// <param name="TrustedRoot">The sandbox's.</param>
/// <param name="Policy">The policy file that names the signer.</param>
/// <param name="Identity">The signer.</param>
/// <param name="Issuer">Who vouched for the signer.</param>
internal sealed record PublishRound(
    string Folder,
    int Count,
    Uri Registry,
    string TrustedRoot,
    string Policy,
    string Identity,
    string Issuer
)
{
    /// <summary>The variable with the registry's token: what is secret is not an argument.</summary>
    public const string TokenVariable = "PYSIGN_BENCHMARK_TOKEN";

    public const string Package = "bench-pysign";
    public const string Version = "1.0";

    /// <summary>Milliseconds and bytes allocated of each part, and what is left of both at the end.</summary>
    internal sealed record Result(double Publish, double Fetch, double Release, long Allocated, long Held, long PeakBytes);

    /// <summary>Reads two rounds, runs the first so that everything is compiled, and prints the result of the second.</summary>
    public static async Task<int> RunAsync(string file)
    {
        var rounds = JsonSerializer.Deserialize<PublishRound[]>(await File.ReadAllBytesAsync(file))!;
        await rounds[0].MeasureAsync();
        Console.WriteLine(JsonSerializer.Serialize(await rounds[1].MeasureAsync()));
        return 0;
    }

    private async Task<Result> MeasureAsync()
    {
        var context = new BareContext();
        var downloads = Directory.CreateTempSubdirectory("pysign-publish-");
        try
        {
            var wheels = Directory.EnumerateFiles(Folder, "*.whl").Order(StringComparer.Ordinal).Take(Count).ToList();
            var files = wheels
                .SelectMany(wheel => new[] { wheel, wheel + ".sigstore.json" })
                .Concat(Directory.EnumerateFiles(SignedWheels.Statement(Folder, Count)))
                .Select(path => new FilePath(path))
                .ToList();
            var generic = new Uri($"{Registry.AbsoluteUri}/generic");
            var (held, allocated, times) = (
                GC.GetTotalMemory(forceFullCollection: true),
                GC.GetTotalAllocatedBytes(precise: true),
                new List<double>()
            );

            var receipts = await TimedAsync(() =>
                context.GenericUpload(
                    files,
                    new GenericUploadSettings
                    {
                        Store =
                        {
                            Url = generic,
                            Name = Package,
                            Version = Version,
                            Token = Environment.GetEnvironmentVariable(TokenVariable),
                        },
                    }
                )
            );
            var verified = await TimedAsync(async () =>
            {
                var fetched = await context.GenericDownload(
                    files.Select(path => path.GetFilename().FullPath),
                    new GenericDownloadSettings
                    {
                        Store =
                        {
                            Url = generic,
                            Name = Package,
                            Version = Version,
                        },
                        OutputDirectory = IoPath.Combine(downloads.FullName, "generic"),
                    }
                );
                return await context.VerifyBlob(
                    fetched.Select(one => one.Path).Where(path => path.GetExtension() == ".whl"),
                    new VerifyBlobSettings
                    {
                        CertificateIdentity = Identity,
                        CertificateOidcIssuer = Issuer,
                        Trust = { TrustedRoot = TrustedRoot },
                    }
                );
            });
            var release = await TimedAsync(() =>
                context.VerifyRelease(
                    new VerifyReleaseSettings
                    {
                        Name = Package,
                        Version = Version,
                        Index = { Url = new Uri($"{Registry.AbsoluteUri}/pypi/simple") },
                        Store = { Url = generic },
                        PolicyFile = Policy,
                        Trust = { TrustedRoot = TrustedRoot },
                        OutputDirectory = IoPath.Combine(downloads.FullName, "release"),
                    }
                )
            );

            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            held = GC.GetTotalMemory(forceFullCollection: true) - held;
            if (
                receipts.Count != files.Count
                || receipts.Any(receipt => receipt.State != UploadState.Uploaded)
                || verified.Count != Count
                || release.Files.Count != Count
            )
            {
                throw new InvalidOperationException($"Not every one of {Count} files was published and verified.");
            }

            using var self = Process.GetCurrentProcess();
            return new Result(times[0], times[1], times[2], allocated, held, self.PeakWorkingSet64);

            async Task<T> TimedAsync<T>(Func<Task<T>> part)
            {
                var begun = Stopwatch.GetTimestamp();
                var result = await part();
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                return result;
            }
        }
        finally
        {
            downloads.Delete(recursive: true);
        }
    }
}
