using System.Diagnostics;
using System.Globalization;
using Cake.PySign.Sandbox;

namespace PySign.Benchmarks;

/// <summary>The bare pace of twine: twelve wheels of 20 MB in one process, and dealt out to two and to four that run at the same
/// time.</summary>
internal static class TwineBenchmark
{
    private const int Wheels = 12;
    private const int Bytes = 20_000_000;

    public static async Task RunAsync()
    {
        var work = Directory.CreateTempSubdirectory("pysign-twine-");
        try
        {
            await using var sandbox = await new BareContext().StartPySignSandbox();
            using var wheels = new SignedWheels(work.FullName, sandbox);
            var dist = work.CreateSubdirectory("dist").FullName;
            var all = LargeWheels.Make(dist, Wheels, Bytes);
            var files = Directory.GetFiles(dist, "*.whl").Order(StringComparer.Ordinal).ToList();
            Console.WriteLine($"twine, {Wheels} wheels, {all / 1e6:0} MB");
            var one = TimeSpan.Zero;
            foreach (var processes in (int[])[1, 2, 4])
            {
                var took = await MeasureAsync(await wheels.ProjectAsync(), sandbox.JobToken, files, processes);
                one = processes == 1 ? took : one;
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {processes} process(es) {took.TotalSeconds, 6:0.0} s, {all / 1e6 / took.TotalSeconds:0} MB/s, "
                            + $"{one / took:0.00} times"
                    )
                );
            }
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static async Task<TimeSpan> MeasureAsync(Uri packages, string token, List<string> files, int processes)
    {
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, processes)
                .Select(part => UploadAsync(packages, token, files.Where((_, i) => i % processes == part).ToList()))
        );
        return Stopwatch.GetElapsedTime(begun);
    }

    private static async Task UploadAsync(Uri packages, string token, List<string> files)
    {
        var start = new ProcessStartInfo(
            ShellLoop.Python,
            ["-m", "twine", "upload", "--non-interactive", "--disable-progress-bar", "--repository-url", $"{packages}/pypi", .. files]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (start.Environment["TWINE_USERNAME"], start.Environment["TWINE_PASSWORD"]) = ("gitlab-ci-token", token);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("twine did not start.");
        var said = (Output: process.StandardOutput.ReadToEndAsync(), Error: process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"twine ended with {process.ExitCode}: {await said.Output}{await said.Error}");
        }
    }
}
