using System.Diagnostics;
using System.Globalization;
using Cake.Core;
using Cake.PySign.Import;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using YamlDotNet.RepresentationModel;

namespace Cake.PySign.Tests.CiFiles;

/// <summary>
/// The files for many build jobs, played: each job's own line that hands digests on is run by a shell, in a process of its own, over wheels
/// made by hand, and the job that signs gathers them. cibuildwheel itself is not run.
/// </summary>
public sealed class WheelJobsTests(SandboxFixture fixture)
{
    // 20 is the size of a real matrix: PYSIGN_WHEEL_JOBS=20.
    private static readonly int _jobs = int.Parse(
        Environment.GetEnvironmentVariable("PYSIGN_WHEEL_JOBS") ?? "2",
        CultureInfo.InvariantCulture
    );

    [Theory]
    [InlineData("github/wheels.yml")]
    [InlineData("gitlab/wheels.gitlab-ci.yml")]
    public async Task Wheels_of_many_jobs_are_gathered_signed_published_and_verified(string file)
    {
        SystemPython.Require("twine.__main__");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        var handed = await BuildAsync(jobs, file);
        await jobs.RunAsync("PySign-Import", [.. Settings(), .. handed]);
        var ledger = jobs.Dist.ReadChecked();
        Assert.Equal((_jobs * 3) + 1, ledger.Files.Count);
        Assert.All(ledger.Files, one => Assert.True(one.Origin!.HandedOn));
        Assert.Equal(_jobs + 1, ledger.Files.Select(one => one.Origin!.Folder).Distinct(StringComparer.Ordinal).Count());
        await jobs.RunAllAsync(
            ReleaseStage.Sign,
            ReleaseStage.Verify,
            ReleaseStage.PublishSignatures,
            ReleaseStage.Publish,
            ReleaseStage.ConsumerVerification
        );
        Assert.Contains(jobs.Dist.ReadSigned().Verifications, one => one.By == ReleaseStage.ConsumerVerification);
    }

    [Theory]
    [InlineData("missing", PyImportFailure.WheelMissing, PyImportFailure.Lost)]
    [InlineData("altered", PyImportFailure.Altered)]
    [InlineData("of another version", PyImportFailure.NotHandedOn, PyImportFailure.OtherVersion)]
    [InlineData("twice", PyImportFailure.Twice)]
    [InlineData("empty folder", PyImportFailure.EmptyFolder)]
    public async Task What_is_wrong_with_one_wheel_of_many_is_named_before_anything_is_signed(string what, params PyImportFailure[] named)
    {
        SystemPython.Require("twine.__main__");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        var handed = await BuildAsync(jobs, "github/wheels.yml");
        var wheel = Wheels(1)[1];
        var path = jobs.Folder.File($"artifacts/wheels-1/{wheel.Name}").FullPath;
        switch (what)
        {
            case "missing":
                File.Delete(path);
                break;
            case "altered":
                File.WriteAllBytes(path, (wheel with { Padding = 3 }).Bytes());
                break;
            case "of another version":
                var other = wheel with { Version = "1.0.1" };
                jobs.Folder.Write($"artifacts/wheels-1/{other.Name}", other.Bytes());
                break;
            case "twice":
                Directory.CreateDirectory(jobs.Folder.Folder("artifacts/wheels-0").FullPath);
                File.Copy(path, jobs.Folder.File($"artifacts/wheels-0/{wheel.Name}").FullPath);
                break;
            default:
                Directory.CreateDirectory(jobs.Folder.Folder("artifacts/wheels-lost").FullPath);
                break;
        }

        var e = await Assert.ThrowsAsync<CakeException>(() => jobs.RunAsync("PySign-Import", [.. Settings(), .. handed]));
        Assert.Equal(21, e.ExitCode);
        var problems = Assert.IsType<PyImportException>(e.GetBaseException()).Problems.Select(problem => problem.Reason).ToList();
        Assert.All(named, kind => Assert.Contains(kind, problems));
        Assert.False(jobs.Dist.Store.Exists);
    }

    private static (string Name, string? Value)[] Settings() =>
        [
            ("PYSIGN_IMPORT_FROM", "artifacts"),
            ("PYSIGN_BUILD", "none"),
            (
                "PYSIGN_EXPECT_WHEELS",
                string.Join(',', Enumerable.Range(0, _jobs).SelectMany(Wheels).Select(wheel => wheel.Tag.Split('.')[0] + "*"))
            ),
        ];

    // Three interpreters a job, one platform each: what a matrix of cibuildwheel leaves.
    private static PlatformWheel[] Wheels(int job)
    {
        string[] platforms =
        [
            "manylinux_2_17_x86_64.manylinux2014_x86_64",
            "musllinux_1_2_x86_64",
            "win_amd64",
            "win32",
            "macosx_11_0_arm64",
            "macosx_10_13_x86_64",
            "manylinux_2_17_aarch64.manylinux2014_aarch64",
            "musllinux_1_2_aarch64",
            "win_arm64",
            "manylinux_2_17_i686.manylinux2014_i686",
        ];
        var platform = platforms[job % platforms.Length];
        var first = 9 + (job / platforms.Length * 3);
        return
        [
            .. Enumerable
                .Range(first, 3)
                .Select(minor => new PlatformWheel(string.Create(CultureInfo.InvariantCulture, $"cp3{minor}-cp3{minor}-{platform}"))),
        ];
    }

    /// <returns>The variables that the CI service hands to the job that signs.</returns>
    private static async Task<List<(string Name, string? Value)>> BuildAsync(ReleaseJobs jobs, string file)
    {
        var gitHub = file.StartsWith("github", StringComparison.Ordinal);
        var line = Line(file);
        var handed = new List<(string Name, string? Value)>();
        for (var job = -1; job < _jobs; job++)
        {
            var name = job < 0 ? "sdist" : job.ToString(CultureInfo.InvariantCulture);
            var folder = $"runner-{name}/wheelhouse" + (gitHub ? "" : $"/{job + 10}");
            foreach (var wheel in job < 0 ? [] : Wheels(job))
            {
                jobs.Folder.Write($"{folder}/{wheel.Name}", wheel.Bytes());
                jobs.Folder.Write($"artifacts/wheels-{name}/{wheel.Name}", wheel.Bytes());
            }

            if (job < 0)
            {
                var sdist = SampleDistribution.SdistOf("hello_pysign-1.0.0", PlatformWheel.Metadata("hello-pysign", "1.0.0"));
                jobs.Folder.Write($"{folder}/hello_pysign-1.0.0.tar.gz", sdist);
                jobs.Folder.Write($"artifacts/wheels-{name}/hello_pysign-1.0.0.tar.gz", sdist);
            }

            handed.Add(await HandOnAsync(jobs.Folder.Folder($"runner-{name}").FullPath, line, name, job, gitHub));
        }

        return handed;
    }

    private static async Task<(string Name, string? Value)> HandOnAsync(string folder, string line, string name, int job, bool gitHub)
    {
        var start = new ProcessStartInfo("/bin/bash", ["-euc", line]) { WorkingDirectory = folder };
        start.Environment["NAME"] = name;
        start.Environment["RUNNER_NAME"] = "GitHub Actions 7";
        start.Environment["GITHUB_RUN_ID"] = "42";
        start.Environment["GITHUB_OUTPUT"] = Path.Combine(folder, "output");
        start.Environment["CI_JOB_NAME"] = $"wheels: [{name}]";
        start.Environment["CI_JOB_ID"] = (job + 10).ToString(CultureInfo.InvariantCulture);
        start.Environment["CI_RUNNER_ID"] = "3";
        start.Environment["CI_PIPELINE_ID"] = "42";
        start.Environment["GITHUB_SHA"] = start.Environment["CI_COMMIT_SHA"] = "714a629c0b401fdce83e847fc9589983fc6f46bc";
        var run = await ProgramRun.OfAsync(start, TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, run.Said);
        var text = await File.ReadAllTextAsync(Path.Combine(folder, gitHub ? "output" : "digests.env"));
        var parts = text.TrimEnd().Split('=', 2);
        return gitHub ? ($"PYSIGN_DIGESTS_{name}", $"{{\"{parts[0]}\": \"{parts[1]}\"}}") : (parts[0], parts[1]);
    }

    /// <summary>The lines of the file itself that hand digests on.</summary>
    private static string Line(string file)
    {
        var yaml = new YamlStream();
        using var reader = new StreamReader(Path.Combine(RepositoryRoot.Path, "recipes", file));
        yaml.Load(reader);
        var root = (YamlMappingNode)yaml.Documents[0].RootNode;
        if (file.StartsWith("gitlab", StringComparison.Ordinal))
        {
            return string.Join('\n', ((YamlSequenceNode)root[".digests"]).Select(node => ((YamlScalarNode)node).Value));
        }

        var lines = ((YamlMappingNode)root["jobs"])
            .Children.Values.SelectMany(job => (YamlSequenceNode)((YamlMappingNode)job)["steps"])
            .Cast<YamlMappingNode>()
            .Where(step => step.Children.ContainsKey("id"))
            .Select(step => ((YamlScalarNode)step["run"]).Value!)
            .Distinct(StringComparer.Ordinal);
        return Assert.Single(lines);
    }
}
