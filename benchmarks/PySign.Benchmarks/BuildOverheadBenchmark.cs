using System.Diagnostics;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.PySign.Build;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Processes;
using PySign.Http;

namespace PySign.Benchmarks;

/// <summary>The sample project built by PyBuild, without and with its checks, beside the bare <c>python -m build --no-isolation</c>: in a
/// repository of its own, and in a subfolder of one with 1,500 other files. Both sides build the same tree; the bare one a copy of it,
/// because it writes there.</summary>
internal static class BuildOverheadBenchmark
{
    private const int Rounds = 5;
    private const int OtherFiles = 1500;

    public static async Task RunAsync()
    {
        await RunAsync("alone", "", 0);
        await RunAsync("subfolder", "packages/hello", OtherFiles);
    }

    private static async Task RunAsync(string what, string inside, int others)
    {
        var python = Environment.GetEnvironmentVariable("PYSIGN_PYTHON") is { Length: > 0 } named ? named : "/usr/bin/python3";
        var folder = Directory.CreateTempSubdirectory("pysign-overhead-");
        try
        {
            var repository = Arrange(Path.Combine(folder.FullName, "repository"), inside, others);
            var project = Path.Combine(repository, inside);
            var (bare, plain, whole) = (TimeSpan.MaxValue, TimeSpan.MaxValue, TimeSpan.MaxValue);
            for (var i = 0; i < Rounds; i++)
            {
                var copy = Path.Combine(folder.FullName, $"copy{i}");
                Copy(repository, copy);
                var output = Path.Combine(folder.FullName, $"bare{i}");
                bare = Least(
                    bare,
                    Child.Measure(python, "-m", "build", "--no-isolation", "--outdir", output, Path.Combine(copy, inside)).Wall
                );
                plain = Least(plain, await Measure(python, project, Path.Combine(folder.FullName, "plain"), checks: false));
                whole = Least(whole, await Measure(python, project, Path.Combine(folder.FullName, "whole"), checks: true));
            }

            Console.WriteLine(
                $"build overhead {what, -9} python -m build {bare.TotalMilliseconds:0} ms, PyBuild {plain.TotalMilliseconds:0} ms: "
                    + $"{(plain - bare).TotalMilliseconds:+0;-0} ms (goal: under 300 ms); with all checks, twine's among them, "
                    + $"{(whole - bare).TotalMilliseconds:+0;-0} ms (goal: under 600 ms)"
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Arrange(string repository, string inside, int others)
    {
        Copy(Path.Combine(RepositoryRoot(), "samples", "hello-pysign"), Path.Combine(repository, inside));
        for (var i = 0; i < others; i++)
        {
            var file = Path.Combine(repository, $"packages/other{i % 30}/module{i}.py");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, $"value = {i}\n");
        }

        foreach (
            var arguments in new string[][]
            {
                ["init", "-q", repository],
                ["-C", repository, "add", "-A"],
                ["-C", repository, "-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "-q", "-m", "first"],
            }
        )
        {
            _ = Child.Measure("git", arguments);
        }

        return repository;
    }

    private static async Task<TimeSpan> Measure(string python, string project, string output, bool checks)
    {
        var settings = new PyBuildSettings
        {
            Python = python,
            Isolation = BuildIsolation.Auto,
            OutputDirectory = output,
        };
        foreach (var check in checks ? [] : Enum.GetValues<PyBuildCheck>())
        {
            settings.WaivedChecks.Add(check);
        }

        var environment = new CakeEnvironment(new CakePlatform(), new CakeRuntime());
        var log = new SafeLog(new NullLog(), new SecretRedactor());
        var begun = Stopwatch.GetTimestamp();
        var services = new Services(
            environment,
            log,
            new ChildProcessRunner(log, environment, TimeProvider.System),
            new RegistryConnections(null, TimeProvider.System)
        );
        await new PyBuilder(services).BuildAsync(project, settings, null, CancellationToken.None);
        return Stopwatch.GetElapsedTime(begun);
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static void Copy(string from, string to)
    {
        foreach (
            var file in Directory
                .EnumerateFiles(from, "*", SearchOption.AllDirectories)
                .Where(file => !file.Contains(".egg-info", StringComparison.Ordinal))
        )
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Cake.PySign.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
