using System.Security.Cryptography;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Benchmarks;

/// <summary>A file of 1 GiB, verified by a process of its own, beside <c>openssl dgst -sha256</c> of the same file.</summary>
internal static class LargeFileBenchmark
{
    private const int Rounds = 3;
    private const long Size = 1L << 30;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("pysign-large-");
        try
        {
            string At(string name) => Path.Combine(folder.FullName, name);
            Fill(At("artifact"));
            var sample = await SignedSample.Of(Artifact.FromFile(At("artifact")));
            await File.WriteAllBytesAsync(At("bundle"), sample.BundleJson);
            await File.WriteAllBytesAsync(At("root"), sample.TrustedRootJson);

            var (ours, theirs, peak) = (TimeSpan.MaxValue, TimeSpan.MaxValue, 0L);
            for (var i = 0; i < Rounds; i++)
            {
                var (wall, memory) = Child.MeasureSelf(
                    "verify-file",
                    At("artifact"),
                    At("bundle"),
                    At("root"),
                    sample.Identity,
                    sample.Issuer
                );
                ours = TimeSpan.FromTicks(Math.Min(ours.Ticks, wall.Ticks));
                peak = Math.Max(peak, memory);
                theirs = TimeSpan.FromTicks(Math.Min(theirs.Ticks, Child.Measure("openssl", "dgst", "-sha256", At("artifact")).Wall.Ticks));
            }

            Console.WriteLine(
                $"1 GiB file              {ours.TotalSeconds:0.00} s with the process's start, openssl dgst {theirs.TotalSeconds:0.00} "
                    + $"s: {theirs / ours:P0} of its rate; peak {peak / 1048576.0:0} MiB (goal: 90 %, under 100 MB)"
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static int VerifyOne(string file, string bundle, string root, string identity, string issuer)
    {
        new SigstoreVerifier(TrustedRoot.Load(root)).Verify(
            Bundle.Load(bundle),
            Artifact.FromFile(file),
            VerificationPolicy.Exact(identity, issuer)
        );
        return 0;
    }

    private static void Fill(string path)
    {
        using var file = File.Create(path);
        var block = RandomNumberGenerator.GetBytes(1 << 20);
        for (long written = 0; written < Size; written += block.Length)
        {
            file.Write(block);
        }
    }
}
