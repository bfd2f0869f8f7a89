using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Registries.GitLab;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Publish;

/// <summary>The recipe's publishing tasks with real twine in a process of their own, which is killed (SIGKILL) at random moments.</summary>
public sealed class SigkillTests(SandboxFixture fixture)
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    private static int Points => int.Parse(Environment.GetEnvironmentVariable("PYSIGN_KILL_POINTS") ?? "3", CultureInfo.InvariantCulture);

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
            var file = IoPath.Combine(job, "variables.json");
            await File.WriteAllBytesAsync(file, JsonSerializer.SerializeToUtf8Bytes(variables));
            return await StartAsync(job, file, process => victim = process);
        }
    }

    private static async Task<(int ExitCode, string Error)> StartAsync(string job, string variables, Action<Process> started)
    {
        var host = AppContext.BaseDirectory.Replace("Cake.PySign.Tests", "Cake.PySign.ReleaseHost", StringComparison.Ordinal);
        var temporary = Directory.CreateDirectory(IoPath.Combine(job, "tmp")).FullName;
        var start = new ProcessStartInfo("dotnet", [IoPath.Combine(host, "Cake.PySign.ReleaseHost.dll"), job, variables])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TMPDIR"] = temporary;
        using var process = Process.Start(start)!;
        started(process);
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(_patience);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, process.ExitCode is 137 or -1 ? "" : await error);
    }
}
