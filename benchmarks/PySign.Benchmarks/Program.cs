using PySign.Benchmarks;

// Each benchmark measures both sides of a ratio in this one run, turn by turn, and prints the ratio. None of them is a test.
var benchmarks = new Dictionary<string, Func<Task>>
{
    ["warm"] = WarmVerificationBenchmark.RunAsync,
    ["large-file"] = LargeFileBenchmark.RunAsync,
    ["batch"] = BatchBenchmark.RunAsync,
    ["toml"] = TomlBenchmark.RunAsync,
    ["publish"] = PublishBenchmark.RunAsync,
    ["many-files"] = ManyFilesBenchmark.RunAsync,
    ["preflight"] = PreflightBenchmark.RunAsync,
    ["audit"] = AuditBenchmark.RunAsync,
    ["release"] = ReleaseBenchmark.RunAsync,
    ["twine"] = TwineBenchmark.RunAsync,
    ["release-stages"] = ReleaseBenchmark.RunWarmAsync,
    ["build-overhead"] = BuildOverheadBenchmark.RunAsync,
};

switch (args)
{
    // The sides of a ratio that need a process of their own.
    case ["verify-batch", var corpus, var count]:
        return await BatchBenchmark.VerifyFirst(corpus, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture));
    case ["verify-file", var file, var bundle, var root, var identity, var issuer]:
        return LargeFileBenchmark.VerifyOne(file, bundle, root, identity, issuer);
    case ["audit-once", var folder, var baseUrl]:
        return await AuditBenchmark.AuditOnceAsync(folder, baseUrl);
    case ["publish-round", var task]:
        return await PublishRound.RunAsync(task);
    case ["release-stage", var stage]:
        return await ReleaseRound.RunStageAsync(stage);
    case ["release", "--full"]:
        await ReleaseBenchmark.RunFullAsync();
        return 0;
    case ["release", var count, var size]:
        await ReleaseBenchmark.RunAsync(
            int.Parse(count, System.Globalization.CultureInfo.InvariantCulture),
            int.Parse(size, System.Globalization.CultureInfo.InvariantCulture)
        );
        return 0;
    case ["publish", "--full"]:
        await PublishBenchmark.RunFullAsync();
        return 0;
    case []:
        foreach (var benchmark in benchmarks.Values)
        {
            await benchmark();
        }

        return 0;
    case [var name] when benchmarks.TryGetValue(name, out var benchmark):
        await benchmark();
        return 0;
    default:
        Console.Error.WriteLine($"usage: PySign.Benchmarks [{string.Join(" | ", benchmarks.Keys)}], publish and release with [--full]");
        return 2;
}
