using System.Globalization;
using System.Text.RegularExpressions;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Tests.Recipe;

/// <summary>A release of many and of large files: what is read, what is said. <c>benchmarks/</c> has the times.</summary>
public sealed partial class AtSizeTests(SandboxFixture fixture)
{
    private const int Wheels = 60;
    private const int Large = 24 << 20;

    [Fact]
    public async Task Sixty_one_files_make_a_line_each_at_most_and_none_is_said_twice()
    {
        SystemPython.Require("twine.__main__");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild(moreTags: [.. Enumerable.Range(10, Wheels - 1).Select(i => $"cp3{i}")]);
        foreach (var stage in ReleaseJobs.FromSigning)
        {
            await jobs.RunAsync($"PySign-{stage}");
            var lines = jobs.Shown.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            TestContext.Current.AddAttachment($"{stage}.log", string.Join('\n', lines));
            var twice = lines.GroupBy(line => line, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key);
            Assert.True(lines.Length <= Wheels + 1 + 12, $"{stage}: {lines.Length} lines\n{string.Join('\n', lines.Take(300))}");
            Assert.Empty(twice);
            if (stage is ReleaseStage.Sign or ReleaseStage.PublishSignatures or ReleaseStage.Publish)
            {
                Assert.Contains(lines, line => Progress().IsMatch(line));
            }

            foreach (var file in jobs.Dist.Store.Read().Files)
            {
                var about = lines.Where(line => line.Contains(file.Name + " ", StringComparison.Ordinal)).ToList();
                Assert.True(about.Count <= 1, string.Join('\n', about));
            }
        }
    }

    [Fact]
    public async Task Each_stage_reads_a_distribution_once_and_holds_none_of_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "NOT RUN: what a process has read is told by Linux alone.");
        SystemPython.Require("twine.__main__");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        Enlarge(jobs);
        var all = jobs.Dist.Store.Read().Files.Sum(file => file.Size);
        Assert.True(all > 2 * Large);

        // Signing finds RECORD true, and publishing copies, in the reading that also hashes. twine, whose reading Linux adds to its
        // parent's, hashes each file before it sends the first, and reads it again to send it.
        foreach (
            var (stage, times) in new[]
            {
                (ReleaseStage.Sign, 1),
                (ReleaseStage.Verify, 1),
                (ReleaseStage.PublishSignatures, 1),
                (ReleaseStage.Publish, 3),
            }
        )
        {
            var (read, memory) = await MeasureAsync(jobs, $"PySign-{stage}");
            TestContext.Current.AddAttachment($"{stage}", $"{read} of {all} bytes, {memory} KiB at most");
            Assert.True(read < (times + 0.4) * all, $"{stage} read {read} of {all} bytes, {times} times were meant");
            Assert.True(memory < 400_000, $"{stage} held {memory} KiB");
        }
    }

    [GeneratedRegex(@"\d+ of (61|245) files(, .+ of .+ [KM]iB)?, about \d+ s left", RegexOptions.CultureInvariant)]
    private static partial Regex Progress();

    private static void Enlarge(ReleaseJobs jobs)
    {
        var ledger = jobs.Dist.Store.Read();
        var files = ledger
            .Files.Where(file => file.Kind == DistributionKind.Sdist)
            .Concat(
                new[] { "cp312-cp312-win_amd64", "cp313-cp313-win_amd64" }.Select(tag =>
                {
                    var wheel = new PlatformWheel(tag) { Padding = Large };
                    var bytes = wheel.Bytes();
                    jobs.Folder.Write($"dist/{wheel.Name}", bytes);
                    return new LedgerFile(wheel.Name, DistributionKind.Wheel, SampleDistribution.Sha256(bytes), bytes.Length, []);
                })
            );
        File.Delete(jobs.Dist.File("hello_pysign-1.0.0-py3-none-any.whl").FullPath);
        jobs.Dist.Store.Write(ledger with { Files = [.. files.OrderBy(file => file.Name, StringComparer.Ordinal)] });
    }

    private static async Task<(long Read, long Memory)> MeasureAsync(ReleaseJobs jobs, string target)
    {
        using var rig = await jobs.JobAsync();
        var start = ReleaseHost.Of(jobs.Folder.Path, rig.Environment.Variables, target);
        var run = await ProgramRun.OfAsync(start, TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, run.Error);
        var said = run.Output.Split('\n').Single(line => line.StartsWith($"read {target} ", StringComparison.Ordinal)).Split(' ');
        return (long.Parse(said[2], CultureInfo.InvariantCulture), long.Parse(said[3], CultureInfo.InvariantCulture));
    }
}
