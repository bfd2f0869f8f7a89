using System.Globalization;
using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Benchmarks;

/// <summary>All bundles of the CPython corpus in one call, beside one <c>cosign verify-blob</c> process each.</summary>
internal static class BatchBenchmark
{
    private const int Rounds = 5;

    private sealed record Release(string Bundle, string Sha256, string Identity, string Issuer);

    public static Task RunAsync()
    {
        var corpora = Environment.GetEnvironmentVariable("PYSIGN_CORPORA") ?? Path.Combine("..", "shared", "corpora");
        var cosign = Path.Combine(Environment.GetEnvironmentVariable("PYSIGN_PEERS") ?? Path.Combine(".tools", "peers", "bin"), "cosign-3");
        var corpus = Path.Combine(corpora, "cpython-bundles");
        var root = Path.Combine(corpora, "trust", "production_trusted_root.json");
        if (!Directory.Exists(corpus) || !File.Exists(cosign))
        {
            Console.WriteLine($"batch                   NOT RUN: needs {corpus} (PYSIGN_CORPORA) and {cosign} (PYSIGN_PEERS)");
            return Task.CompletedTask;
        }

        var releases = Read(corpus);
        var (all, one) = (Median(corpora, releases.Count), Median(corpora, 1));
        var theirs = TimeSpan.Zero;
        foreach (var release in releases)
        {
            theirs += Child
                .Measure(
                    cosign,
                    "verify-blob",
                    "--bundle",
                    release.Bundle,
                    "--new-bundle-format",
                    "--trusted-root",
                    root,
                    "--certificate-identity",
                    release.Identity,
                    "--certificate-oidc-issuer",
                    release.Issuer,
                    "sha256:" + release.Sha256
                )
                .Wall;
        }

        var further = (all - one) / (releases.Count - 1);
        Console.WriteLine(
            $"{releases.Count} bundles             {all.TotalSeconds:0.000} s in one process with its start, cosign one process each "
                + $"{theirs.TotalSeconds:0.00} s: {theirs / all:0.0} times faster (goal: 10)"
        );
        Console.WriteLine(
            $"each further bundle     {further.TotalMilliseconds:0.00} ms, one cosign process "
                + $"{(theirs / releases.Count).TotalMilliseconds:0.0} ms: {theirs / releases.Count / further:0.0} times faster (goal: 30)"
        );
        return Task.CompletedTask;
    }

    private static TimeSpan Median(string corpora, int count) =>
        Enumerable
            .Range(0, Rounds)
            .Select(_ => Child.MeasureSelf("verify-batch", corpora, count.ToString(CultureInfo.InvariantCulture)).Wall)
            .Order()
            .ElementAt(Rounds / 2);

    public static async Task<int> VerifyFirst(string corpora, int count)
    {
        var verifier = new SigstoreVerifier(TrustedRoot.Load(Path.Combine(corpora, "trust", "production_trusted_root.json")));
        var requests = Read(Path.Combine(corpora, "cpython-bundles"))
            .Take(count)
            .AsParallel()
            .AsOrdered()
            .Select(release => new VerificationRequest(
                Bundle.Load(release.Bundle),
                Artifact.FromSha256(Sha256Digest.Parse(release.Sha256)),
                VerificationPolicy.Exact(release.Identity, release.Issuer)
            ))
            .ToList();
        var results = await verifier.VerifyAllAsync(requests);
        return results.Count == count && results.All(result => result.Verified is not null) ? 0 : 1;
    }

    private static List<Release> Read(string corpus) =>
        [
            .. File.ReadLines(Path.Combine(corpus, "INDEX.tsv"))
                .Skip(1)
                .Select(line => line.Split('\t'))
                .Select(columns => new Release(Path.Combine(corpus, columns[0]), columns[1], columns[2], columns[3])),
        ];
}
