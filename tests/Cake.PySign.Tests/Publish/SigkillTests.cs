using System.Diagnostics;
using System.Globalization;
using Cake.PySign.Build;
using Cake.PySign.Common;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Tests.Test;
using PySign.Packaging.Distributions;
using PySign.Sandbox.Registries.GitLab;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Publish;

/// <summary>The recipe's publishing tasks with real twine in a process of their own, which is killed (SIGKILL) at random moments.</summary>
public sealed class SigkillTests(SandboxFixture fixture)
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    private static int Points => int.Parse(Environment.GetEnvironmentVariable("PYSIGN_KILL_POINTS") ?? "2", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Killed_at_random_points_one_rerun_ends_green_and_the_registries_hold_exactly_the_release()
    {
        SystemPython.Require("twine.__main__");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign);
        var expected = MemoryRegistries.Expected(jobs.Dist.ReadSigned());
        using var rig = await jobs.JobAsync();
        await using var server = await GitLabServer.StartAsync(jobs.Folder);

        var (requests, dyingAt, arrives) = (0, 0, true);
        Process? victim = null;
        server.Intercept = context =>
        {
            if (Interlocked.Increment(ref requests) != dyingAt)
            {
                return Task.FromResult(false);
            }

            // The process alone, as an operator or the kernel would: a twine that it started lives on and may still upload.
            victim!.Kill();
            if (!arrives)
            {
                context.Abort();
            }

            return Task.FromResult(!arrives);
        };
        Assert.Equal(0, (await RunAsync(0)).ExitCode);
        var all = requests;
        Assert.Equal(expected, Rows(0));
        var random = new Random(20260504);
        var killed = 0;
        var states = new SortedDictionary<int, int>();
        for (var point = 1; point <= Points; point++)
        {
            (requests, dyingAt, arrives) = (0, random.Next(1, all + 1), random.Next(2) == 0);
            var (exit, _) = await RunAsync(point);
            dyingAt = 0;
            killed += exit == 0 ? 0 : 1;
            var held = Rows(point).Count;
            states[held] = states.GetValueOrDefault(held) + 1;

            var (again, error) = await RunAsync(point);
            Assert.True(again == 0, $"point {point}, {held} files held when it was killed: {error}");
            Assert.Equal(expected, Rows(point));
            Assert.All(
                new DistFolder(jobs.Folder.Folder($"job-{point}/dist")).ReadSigned().Files,
                file => Assert.Equal(file.Signature!.Files.Count + 1, file.Receipts.Count)
            );
            Assert.Single(new DistFolder(jobs.Folder.Folder($"job-{point}/dist")).ReadSigned().Statement!.Receipts);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Points} points over {all} requests, {killed} killed under way; files held at the kill: "
                + $"{string.Join(", ", states.Select(state => $"{state.Key} ({state.Value}x)"))}"
        );

        IReadOnlyList<string> Rows(int point) =>
            [
                .. server
                    .Instance.Stored()
                    .Where(file => file.Project == $"acme/kill-{point}")
                    .Select(file => $"{file.Type} {file.FileName} {file.Sha256}")
                    .Order(StringComparer.Ordinal),
            ];

        async Task<(int ExitCode, string Error)> RunAsync(int point)
        {
            var id = 2000 + point;
            server.Instance.Configure(
                new GitLabProjectOptions
                {
                    Id = id,
                    Path = $"acme/kill-{point}",
                    RequestForwarding = false,
                    Credentials = [new(CredentialKind.JobToken, GitLabServer.JobToken)],
                }
            );
            var job = jobs.Folder.Folder($"job-{point}").FullPath;
            if (!Directory.Exists(job))
            {
                MemoryRegistries.Copy(jobs.Dist.Path.FullPath, IoPath.Combine(job, "dist"));
            }

            var variables = new Dictionary<string, string?>(rig.Environment.Variables)
            {
                ["CI_JOB_TOKEN"] = GitLabServer.JobToken,
                // The registries are not those of the GitLab that the job says it runs in: nothing is offered to them unasked.
                ["TWINE_USERNAME"] = "gitlab-ci-token",
                ["TWINE_PASSWORD"] = GitLabServer.JobToken,
                ["PYSIGN_GENERIC_TOKEN"] = GitLabServer.JobToken,
                ["PYSIGN_REPOSITORY_URL"] = $"{server.BaseUrl}api/v4/projects/{id}/packages/pypi",
                ["PYSIGN_GENERIC_URL"] = $"{server.BaseUrl}api/v4/projects/{id}/packages/generic",
            };
            return await StartAsync(job, variables, process => victim = process);
        }
    }

    [Fact]
    public async Task Signing_that_is_killed_at_a_random_moment_goes_on_and_signs_nothing_twice()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild(moreTags: ["py31", "py32", "py33", "py34"]);
        using var rig = await jobs.JobAsync();
        var started = Stopwatch.GetTimestamp();
        Assert.Equal(0, (await RunAsync("whole", null)).ExitCode);
        var whole = Stopwatch.GetElapsedTime(started);
        var random = new Random(20260505);
        var (killed, kept) = (0, new SortedDictionary<int, int>());
        for (var point = 1; point <= Points; point++)
        {
            // The first half of the time is the process's start, in which nothing can be lost.
            var (exit, _) = await RunAsync($"sign-{point}", whole * (0.4 + 0.6 * random.NextDouble()));
            killed += exit == 0 ? 0 : 1;
            var left = new DistFolder(jobs.Folder.Folder($"sign-{point}/dist"));
            var before = left.Store.Read().Files.Where(file => file.Signature is not null).ToList();
            var bundles = Directory
                .EnumerateFiles(left.Path.FullPath, "*.sigstore.json")
                .ToDictionary(path => IoPath.GetFileName(path), path => FileDigest.Of(path), StringComparer.Ordinal);
            kept[bundles.Count] = kept.GetValueOrDefault(bundles.Count) + 1;

            var (again, error) = await RunAsync($"sign-{point}", null);
            Assert.True(again == 0, $"point {point}, {bundles.Count} bundles: {error}");
            var signed = left.ReadSigned();
            Assert.All(before, file => Assert.Equal(file.Signature!.Files.Take(3), signed[file.Name].Signature!.Files.Take(3)));
            Assert.All(
                bundles,
                bundle => Assert.Contains(signed.SignatureFiles, part => part.Name == bundle.Key && part.Sha256 == bundle.Value)
            );

            // What it was writing when it was killed is known for that, and no obstacle for the next build.
            OutputFolder.Check(left.Path);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Points} points in {whole}, {killed} killed under way; bundles there at the kill: "
                + $"{string.Join(", ", kept.Select(one => $"{one.Key} ({one.Value}x)"))}"
        );

        async Task<(int ExitCode, string Error)> RunAsync(string name, TimeSpan? dyingAfter)
        {
            var job = jobs.Folder.Folder(name).FullPath;
            if (!Directory.Exists(job))
            {
                MemoryRegistries.Copy(jobs.Dist.Path.FullPath, IoPath.Combine(job, "dist"));
            }

            return await StartAsync(
                job,
                rig.Environment.Variables,
                process =>
                {
                    if (dyingAfter is { } time)
                    {
                        _ = Task.Delay(time).ContinueWith(_ => Kill(process), TaskScheduler.Default);
                    }
                },
                "PySign-Sign"
            );
        }
    }

    [Fact]
    public async Task Tests_that_are_killed_at_a_random_moment_leave_the_distributions_as_they_were_and_run_again()
    {
        using var rig = new CakeRig();
        new TestProject(rig.Folder)
            .Wheel()
            .Case("tests/test_demo.py", "def test_wheel(self):\n    self.assertEqual('wheel', demo.where())");
        var job = rig.Folder.Path;
        var wheel = rig.Folder.File("project/dist/demo-1.0-py3-none-any.whl");
        var dist = new DistFolder(rig.Folder.Folder("project/dist"));
        var file = new LedgerFile(
            "demo-1.0-py3-none-any.whl",
            DistributionKind.Wheel,
            FileDigest.Of(wheel),
            new FileInfo(wheel.FullPath).Length,
            []
        );
        dist.Store.Write(
            new Ledger
            {
                Schema = Ledger.CurrentSchema,
                Name = "demo",
                NormalizedName = "demo",
                Version = "1.0",
                Files = [file],
            }
        );
        var variables = new Dictionary<string, string?>(rig.Environment.Variables)
        {
            ["PYSIGN_PROJECT"] = "project",
            ["PYSIGN_DIST"] = "project/dist",
            ["PYSIGN_TEST_PYTHON"] = SystemPython.Path,
            ["PYSIGN_TEST_NO_INDEX"] = "true",
        };
        var before = dist.Store.Read();
        var started = Stopwatch.GetTimestamp();
        var (first, problem) = await StartAsync(job, variables, static _ => { }, "PySign-Test");
        Assert.True(first == 0, problem);
        var whole = Stopwatch.GetElapsedTime(started);
        var random = new Random(20260506);
        for (var point = 1; point <= (Points + 2) / 3; point++)
        {
            dist.Store.Write(before);
            var time = whole * (0.3 + 0.7 * random.NextDouble());
            await StartAsync(
                job,
                variables,
                process => _ = Task.Delay(time).ContinueWith(_ => Kill(process), TaskScheduler.Default),
                "PySign-Test"
            );
            Assert.Equal(file.Sha256, FileDigest.Of(wheel));
            Assert.Equal(before.Files[0].Sha256, dist.Store.Read()[file.Name].Sha256);
            var (again, error) = await StartAsync(job, variables, static _ => { }, "PySign-Test");
            Assert.True(again == 0, error);
            Assert.Equal(LedgerTestResult.Passed, dist.Store.Read().Tests!.Result);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It was faster.
        }
    }

    private static async Task<(int ExitCode, string Error)> StartAsync(
        string job,
        IReadOnlyDictionary<string, string?> variables,
        Action<Process> started,
        params string[] targets
    )
    {
        var start = ReleaseHost.Of(job, variables, targets);
        (start.RedirectStandardError, start.RedirectStandardOutput) = (true, true);
        start.Environment["TMPDIR"] = Directory.CreateDirectory(IoPath.Combine(job, "tmp")).FullName;
        using var process = Process.Start(start)!;
        started(process);
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(_patience);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, process.ExitCode is 137 or -1 ? "" : await error);
    }
}
