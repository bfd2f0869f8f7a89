using System.Text.Json;
using Cake.PySign.Sandbox;

namespace PySign.Benchmarks;

/// <summary>
/// Publishing and consumer verification of more and more files: whether time for each and memory stay the same, and beside it a shell loop
/// of curl and cosign, on one sandbox that is a process of its own.
/// </summary>
internal static class PublishBenchmark
{
    private const int Rounds = 3;
    private const int Warm = 50;
    private const int Looped = 10;

    public static Task RunAsync() => RunAsync([10, 100, 300]);

    public static Task RunFullAsync() => RunAsync([10, 100, 1000]);

    private static async Task RunAsync(int[] counts)
    {
        var folder = Directory.CreateTempSubdirectory("pysign-wheels-");
        try
        {
            await using var sandbox = await new BareContext().StartPySignSandbox();
            using var wheels = new SignedWheels(folder.FullName, sandbox);
            await wheels.SignAsync(counts[^1]);
            var cosign = Path.GetFullPath(
                Path.Combine(Environment.GetEnvironmentVariable("PYSIGN_PEERS") ?? Path.Combine(".tools", "peers", "bin"), "cosign-3")
            );
            var missing = ShellLoop.Missing(cosign);
            var results = counts.ToDictionary(count => count, _ => new List<PublishRound.Result>());
            var loop = TimeSpan.MaxValue;
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var count in counts)
                {
                    results[count].Add(await MeasureAsync(wheels, sandbox, count));
                }

                if (missing is null)
                {
                    var took = ShellLoop.Measure(
                        wheels,
                        Looped,
                        await wheels.ProjectAsync(),
                        sandbox.Info.TrustedRoot.FullPath,
                        cosign,
                        sandbox.JobToken
                    );
                    loop = took < loop ? took : loop;
                }
            }

            Print(results);
            var ours = Each(results, counts[^1], result => result.Publish + result.Fetch);
            Console.WriteLine(
                missing is { } why
                    ? $"  shell loop            NOT RUN: {why}"
                    : $"  shell loop            {(loop / Looped).TotalMilliseconds:0.0} ms a file by curl, sha256sum and cosign, here "
                        + $"{ours:0.00} ms: {(loop / Looped).TotalMilliseconds / ours:0.0} times faster"
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<PublishRound.Result> MeasureAsync(SignedWheels wheels, PySignSandbox sandbox, int count)
    {
        async Task<PublishRound> RoundAsync(int files) =>
            new(
                wheels.Folder,
                files,
                await wheels.ProjectAsync(files),
                sandbox.Info.TrustedRoot.FullPath,
                wheels.Policy,
                wheels.Identity,
                wheels.Issuer
            );
        var task = Path.Combine(wheels.Folder, "rounds.json");
        await File.WriteAllBytesAsync(
            task,
            JsonSerializer.SerializeToUtf8Bytes(new[] { await RoundAsync(Math.Min(Warm, wheels.Count)), await RoundAsync(count) })
        );
        return JsonSerializer.Deserialize<PublishRound.Result>(
            Child.AnswerOfSelf(PublishRound.TokenVariable, sandbox.JobToken, "publish-round", task)
        )!;
    }

    private static void Print(Dictionary<int, List<PublishRound.Result>> results)
    {
        foreach (var (count, rounds) in results)
        {
            Console.WriteLine(
                $"publish {count, 4} files      {Each(results, count, r => r.Publish):0.00} ms each, download and verification "
                    + $"{Each(results, count, r => r.Fetch):0.00} ms, VerifyRelease {Each(results, count, r => r.Release):0.00} ms; "
                    + $"allocated {rounds.Min(r => r.Allocated) / 1024.0 / count:0} KiB each, result "
                    + $"{rounds.Min(r => r.Held) / 1024.0 / count:0.0} KiB each, peak {rounds.Min(r => r.PeakBytes) >> 20} MiB"
            );
        }

        var (some, most) = (results.Keys.ElementAt(1), results.Keys.Last());
        double Ratio(Func<PublishRound.Result, double> part) => Each(results, most, part) / Each(results, some, part);
        Console.WriteLine(
            $"  {most} beside {some}       publish {Ratio(r => r.Publish):0.00}, download and verification {Ratio(r => r.Fetch):0.00}, "
                + $"VerifyRelease {Ratio(r => r.Release):0.00} of the time for each file; "
                + $"peak memory {(double)results[most].Min(r => r.PeakBytes) / results[some].Min(r => r.PeakBytes):0.00} (goal: about 1)"
        );
    }

    private static double Each(Dictionary<int, List<PublishRound.Result>> results, int count, Func<PublishRound.Result, double> part) =>
        results[count].Min(part) / count;
}
