using System.Diagnostics;
using System.Net.Http.Json;
using Cake.PySign.Recipe;
using Cake.PySign.Recipe.Preflight;
using Cake.PySign.Sandbox;
using PySign.Formats;
using PySign.Packaging.Distributions;

namespace PySign.Benchmarks;

/// <summary>The preflight of a release with many wheels, against services that take their time for every answer.</summary>
internal static class PreflightBenchmark
{
    private const int Wheels = 50;
    private const int Rounds = 3;
    private const int LatencyMilliseconds = 50;

    private static readonly TimeSpan _goal = TimeSpan.FromSeconds(3);

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("pysign-preflight-");
        try
        {
            await using var sandbox = await new BareContext().StartPySignSandbox();
            using var wheels = new SignedWheels(folder.FullName, sandbox);
            WriteLedger(folder.FullName, wheels.Make(Wheels));
            using (var control = sandbox.CreateControlClient())
            {
                foreach (var service in new[] { "gitlab", "fulcio", "rekor-v1", "tsa", "tuf", "oidc" })
                {
                    using var slow = await control.PostAsJsonAsync(
                        "/_sandbox/faults",
                        new
                        {
                            service,
                            kind = "delay",
                            times = -1,
                            delayMs = LatencyMilliseconds,
                        }
                    );
                    slow.EnsureSuccessStatusCode();
                }
            }

            var best = TimeSpan.MaxValue;
            PreflightReport? report = null;
            for (var round = 0; round < Rounds; round++)
            {
                var release = new Release(new BareContext(), await OptionsAsync(folder.FullName, sandbox));
                var started = Stopwatch.GetTimestamp();
                report = await PreflightStage.ReportAsync(release, CancellationToken.None);
                var took = Stopwatch.GetElapsedTime(started);
                best = took < best ? took : best;
            }

            Console.WriteLine(
                $"preflight, {Wheels} wheels      {best.TotalSeconds:0.00} s with {LatencyMilliseconds} ms for each answer (goal: "
                    + $"{_goal.TotalSeconds:0} s), {report!.Problems.Count} problems"
            );
            foreach (var line in report.Lines().Take(10))
            {
                Console.WriteLine($"  {line}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<ReleaseOptions> OptionsAsync(string folder, PySignSandbox sandbox)
    {
        var token = await sandbox.MintGitLabTokenAsync();
        var gitLab = sandbox.Info.GitLab;
        var options = new ReleaseOptions
        {
            DistDirectory = folder,
            RepositoryUrl = gitLab.PyPiUrl,
            Index = { UserName = "gitlab-ci-token", Password = sandbox.JobToken },
        };
        (options.Signing.IdToken, options.Signing.SigningConfig) = (token, sandbox.Info.SigningConfig);
        options.Trust.TrustedRoot = sandbox.Info.TrustedRoot;
        (options.Store.Url, options.Store.Token) = (gitLab.GenericUrl, sandbox.JobToken);
        return options;
    }

    private static void WriteLedger(string folder, IReadOnlyList<string> wheels) =>
        new LedgerStore(folder).Write(
            new Ledger
            {
                Schema = Ledger.CurrentSchema,
                Name = PublishRound.Package,
                NormalizedName = PublishRound.Package,
                Version = PublishRound.Version,
                Files =
                [
                    .. wheels.Select(wheel => new LedgerFile(
                        Path.GetFileName(wheel),
                        DistributionKind.Wheel,
                        Sha256Digest.Of(File.ReadAllBytes(wheel)),
                        new FileInfo(wheel).Length,
                        []
                    )),
                ],
            }
        );
}
