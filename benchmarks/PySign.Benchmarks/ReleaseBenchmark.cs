using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Cake.PySign;
using Cake.PySign.Recipe;
using Cake.PySign.Sandbox;
using PySign.Formats;
using PySign.Packaging.Distributions;

namespace PySign.Benchmarks;

/// <summary>
/// The stages of a release of many large wheels, each in a process of its own as a CI job is, beside a shell script that does the same work
/// with cosign, twine and curl: time, bytes read and peak memory of each stage.
/// </summary>
internal static class ReleaseBenchmark
{
    private static readonly (string Stage, string Script)[] _stages =
    [
        (nameof(ReleaseStage.Sign), "sign"),
        (nameof(ReleaseStage.Verify), "verify"),
        (nameof(ReleaseStage.PublishSignatures), "signatures"),
        (nameof(ReleaseStage.Publish), "publish"),
        (nameof(ReleaseStage.ConsumerVerification), "consume"),
    ];

    /// <summary>Six wheels of 2 MB.</summary>
    public static Task RunAsync() => RunAsync(6, 2_000_000);

    /// <summary>Sixty of 20 MB.</summary>
    public static Task RunFullAsync() => RunAsync(60, 20_000_000);

    /// <summary>As many wheels, of as many bytes, as is said.</summary>
    public static async Task RunAsync(int count, int size)
    {
        var work = Directory.CreateTempSubdirectory("pysign-release-");
        try
        {
            await using var sandbox = await new BareContext().StartPySignSandbox();
            using var wheels = new SignedWheels(work.FullName, sandbox);
            var dist = work.CreateSubdirectory("dist").FullName;
            var all = LargeWheels.Make(dist, count, size);
            var ours = await RoundAsync(wheels, sandbox, work.FullName, dist);
            var loop = await RoundAsync(wheels, sandbox, work.FullName, dist);
            var careful = await RoundAsync(wheels, sandbox, work.FullName, dist);
            var missing = ReleaseShell.Missing;
            Console.WriteLine($"release of {count} wheels, {all / 1e6:0} MB{(missing is null ? "" : $"; no shell loop: {missing}")}");
            foreach (var (stage, script) in _stages)
            {
                var result = ours.Measure(stage);
                Console.Write(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {stage, -21}{result.Seconds, 7:0.0} s (CPU {result.Cpu:0.0} s, and {result.ChildCpu:0.0} s of programs), read "
                            + $"{(double)result.Read / all:0.00} times, peak {result.PeakKilobytes / 1024} MiB"
                    )
                );
                Console.WriteLine(missing is null ? Beside(script) : "");

                string Beside(string name)
                {
                    var (bare, same) = (ReleaseShell.Measure(loop, name), ReleaseShell.Measure(careful, $"{name}-checked"));
                    return string.Create(
                        CultureInfo.InvariantCulture,
                        $"; the script {bare.TotalSeconds:0.0} s: {bare.TotalSeconds / result.Seconds:0.0} times, with the same checks "
                            + $"{same.TotalSeconds:0.0} s: {same.TotalSeconds / result.Seconds:0.0} times"
                    );
                }
            }
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    /// <summary>Two small wheels, every stage in this process, which has run all of them before: what a stage itself costs.</summary>
    public static async Task RunWarmAsync()
    {
        const int Rounds = 5;
        var work = Directory.CreateTempSubdirectory("pysign-stages-");
        try
        {
            await using var sandbox = await new BareContext().StartPySignSandbox();
            using var wheels = new SignedWheels(work.FullName, sandbox);
            var times = _stages.ToDictionary(one => one.Stage, _ => new List<double>(), StringComparer.Ordinal);
            for (var round = 0; round <= Rounds; round++)
            {
                var folder = work.CreateSubdirectory($"round-{round}");
                var dist = folder.CreateSubdirectory("dist").FullName;
                LargeWheels.Make(dist, 2, 10_000);
                var release = new Release(new BareContext(), (await RoundAsync(wheels, sandbox, folder.FullName, dist)).Options());
                foreach (var (stage, _) in _stages)
                {
                    var begun = System.Diagnostics.Stopwatch.GetTimestamp();
                    await ReleaseRound.RunAsync(Enum.Parse<ReleaseStage>(stage), release);
                    times[stage].Add(System.Diagnostics.Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                }
            }

            // The first round compiles what the others run.
            Console.WriteLine($"release of 2 files by stage, warm, the median of {Rounds} rounds");
            foreach (var (stage, all) in times)
            {
                var warm = all.Skip(1).Order().ToList();
                Console.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"  {stage, -21}{warm[Rounds / 2], 7:0} ms, least {warm[0]:0} ms")
                );
            }
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static async Task<ReleaseRound> RoundAsync(SignedWheels wheels, PySignSandbox sandbox, string work, string dist)
    {
        return new ReleaseRound(
            work,
            dist,
            await wheels.ProjectAsync(),
            sandbox.Info.TrustedRoot.FullPath,
            sandbox.Info.SigningConfig.FullPath,
            await sandbox.MintGitLabTokenAsync(
                new Dictionary<string, object> { ["exp"] = DateTimeOffset.UtcNow.AddHours(3).ToUnixTimeSeconds() }
            ),
            sandbox.JobToken
        );
    }
}

/// <summary>Wheels that no compression makes smaller, with a RECORD that is true.</summary>
internal static class LargeWheels
{
    /// <returns>The bytes of all distributions together.</returns>
    public static long Make(string folder, int count, int size)
    {
        List<LedgerFile> files = [];
        for (var i = 0; i < count; i++)
        {
            var tag = string.Create(CultureInfo.InvariantCulture, $"cp3{10 + (i / 4)}-none-{_platforms[i % 4]}");
            files.Add(Write(folder, tag, size));
        }

        new LedgerStore(folder).Write(
            new Ledger
            {
                Schema = Ledger.CurrentSchema,
                Name = PublishRound.Package,
                NormalizedName = PublishRound.Package,
                Version = PublishRound.Version,
                Files = [.. files.OrderBy(file => file.Name, StringComparer.Ordinal)],
            }
        );
        return files.Sum(file => file.Size);
    }

    private static readonly string[] _platforms = ["win_amd64", "win_arm64", "macosx_11_0_arm64", "manylinux_2_28_x86_64"];

    private static LedgerFile Write(string folder, string tag, int size)
    {
        var path = Path.Combine(folder, $"bench_pysign-1.0-{tag}.whl");
        const string Info = "bench_pysign-1.0.dist-info";
        (string Name, byte[] Content)[] members =
        [
            ("bench_pysign/data.bin", RandomNumberGenerator.GetBytes(size)),
            ($"{Info}/METADATA", "Metadata-Version: 2.1\nName: bench-pysign\nVersion: 1.0\nSummary: a sample\n"u8.ToArray()),
            ($"{Info}/WHEEL", Utf8($"Wheel-Version: 1.0\nGenerator: benchmark\nRoot-Is-Purelib: false\nTag: {tag}\n")),
        ];
        var record = string.Concat(members.Select(member => $"{member.Name},{Hash(member.Content)},{member.Content.Length}\n"));
        using (var zip = System.IO.Compression.ZipFile.Open(path, System.IO.Compression.ZipArchiveMode.Create))
        {
            foreach (var (name, content) in members.Append(($"{Info}/RECORD", Utf8($"{record}{Info}/RECORD,,\n"))))
            {
                using var entry = zip.CreateEntry(name, System.IO.Compression.CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        }

        using var stream = File.OpenRead(path);
        return new LedgerFile(Path.GetFileName(path), DistributionKind.Wheel, Sha256Digest.Of(stream), stream.Length, []);
    }

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static string Hash(byte[] content) =>
        "sha256=" + Convert.ToBase64String(SHA256.HashData(content)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}

/// <summary>Where one side of the comparison works.</summary>
/// <param name="Work">A folder of its own for what it downloads.</param>
/// <param name="Dist">The wheels and their ledger.</param>
/// <param name="Packages">The address of the project's packages.</param>
/// <param name="TrustedRoot">The sandbox's.</param>
/// <param name="SigningConfig">The sandbox's.</param>
/// <param name="IdentityToken">Who signs.</param>
/// <param name="JobToken">Who publishes.</param>
internal sealed record ReleaseRound(
    string Work,
    string Dist,
    Uri Packages,
    string TrustedRoot,
    string SigningConfig,
    string IdentityToken,
    string JobToken
)
{
    /// <summary>The variable with the round: it has tokens, which are not arguments.</summary>
    public const string Variable = "PYSIGN_BENCHMARK_ROUND";

    /// <param name="Seconds">From the first line of the stage to its last.</param>
    /// <param name="Read">Bytes, of files and connections, by the process.</param>
    /// <param name="PeakKilobytes">Memory of the process.</param>
    /// <param name="Cpu">Seconds of processor time, of the process.</param>
    /// <param name="ChildCpu">The same of the programs that it started.</param>
    internal sealed record Result(double Seconds, long Read, long PeakKilobytes, double Cpu, double ChildCpu);

    public Result Measure(string stage) =>
        JsonSerializer.Deserialize<Result>(
            Child
                .AnswerOfFreshSelf(Variable, JsonSerializer.Serialize(this), "release-stage", stage)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]
        )!;

    /// <summary>Runs one stage in this process, and prints what it cost.</summary>
    public static async Task<int> RunStageAsync(string stage)
    {
        var round = JsonSerializer.Deserialize<ReleaseRound>(Environment.GetEnvironmentVariable(Variable)!)!;
        Environment.SetEnvironmentVariable(Variable, null);
        var release = new Release(new BareContext(), round.Options());
        var (before, started) = (Proc("io", "rchar:"), System.Diagnostics.Stopwatch.GetTimestamp());
        await RunAsync(Enum.Parse<ReleaseStage>(stage), release);
        var took = System.Diagnostics.Stopwatch.GetElapsedTime(started);
        var ticks = File.ReadAllText("/proc/self/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Console.WriteLine(
            JsonSerializer.Serialize(
                new Result(
                    took.TotalSeconds,
                    Proc("io", "rchar:") - before,
                    Proc("status", "VmHWM:"),
                    Seconds(ticks[11], ticks[12]),
                    Seconds(ticks[13], ticks[14])
                )
            )
        );
        return 0;
    }

    // proc(5): user and system time, in hundredths of a second.
    private static double Seconds(params IEnumerable<string> ticks) =>
        ticks.Sum(one => long.Parse(one, CultureInfo.InvariantCulture)) / 100.0;

    public static Task RunAsync(ReleaseStage stage, Release release) =>
        stage switch
        {
            ReleaseStage.Sign => SignStage.RunAsync(release, CancellationToken.None),
            ReleaseStage.Verify => VerifyStage.RunAsync(release, CancellationToken.None),
            ReleaseStage.PublishSignatures => PublishSignaturesStage.RunAsync(release, CancellationToken.None),
            ReleaseStage.Publish => PublishStage.RunAsync(release, CancellationToken.None),
            _ => ConsumerVerificationStage.RunAsync(release, CancellationToken.None),
        };

    public ReleaseOptions Options()
    {
        var options = new ReleaseOptions
        {
            DistDirectory = Dist,
            ConsumerDirectory = Path.Combine(Work, "consumer"),
            ReportDirectory = Path.Combine(Work, "report"),
            RepositoryUrl = new Uri($"{Packages.AbsoluteUri}/pypi"),
            Index = { UserName = "gitlab-ci-token", Password = JobToken },
            Python = ShellLoop.Python,
            Provenance = PySignChoice.Never,
        };
        (options.CertificateIdentity, options.CertificateOidcIssuer) = ReleaseShell.SignerOf(IdentityToken);
        (options.Signing.IdToken, options.Signing.SigningConfig) = (IdentityToken, SigningConfig);
        options.Trust.TrustedRoot = TrustedRoot;
        (options.Store.Url, options.Store.Token) = (new Uri($"{Packages.AbsoluteUri}/generic"), JobToken);
        return options;
    }

    private static long Proc(string file, string name) =>
        long.Parse(
            File.ReadLines($"/proc/self/{file}")
                .Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..]
                .Replace("kB", "", StringComparison.Ordinal)
                .Trim(),
            CultureInfo.InvariantCulture
        );
}
