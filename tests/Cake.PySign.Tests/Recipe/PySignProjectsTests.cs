using System.Text.Json.Nodes;
using Cake.Core;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using NSubstitute;

namespace Cake.PySign.Tests.Recipe;

/// <summary>Several projects of one repository, released by one script.</summary>
public sealed class PySignProjectsTests(SandboxFixture fixture)
{
    [Fact]
    public async Task Projects_with_one_tag_are_built_signed_with_one_certificate_and_published_in_one_run()
    {
        SystemPython.Require("build.__main__, twine.__main__, setuptools");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        Write(jobs, "core");
        Write(jobs, "cli");
        using var rig = await jobs.JobAsync(("PYSIGN_TESTS", "off"));
        Run(rig, "PySign-Release", "v{version}", "v{version}");

        var ledgers = new[] { Ledger(jobs, "core"), Ledger(jobs, "cli") };
        Assert.Equal(["hello-core", "hello-cli"], ledgers.Select(ledger => ledger.NormalizedName));
        var bundles = ledgers
            .SelectMany(
                (ledger, i) =>
                    ledger
                        .SignatureFiles.Where(part => part.Name.EndsWith(".sigstore.json", StringComparison.Ordinal))
                        .Select(part => jobs.Folder.File($"dist/{(i == 0 ? "core" : "cli")}/{part.Name}").FullPath)
            )
            .ToList();
        Assert.Equal(2 * ((2 * 2) + 1), bundles.Count);
        Assert.Single(bundles.Select(Certificate).Distinct(StringComparer.Ordinal));
        Assert.All(
            ledgers,
            ledger => Assert.Equal([ReleaseStage.Verify, ReleaseStage.ConsumerVerification], ledger.Verifications.Select(one => one.By))
        );
        Assert.All(
            new[] { "core", "cli" },
            name => Assert.True(File.Exists(jobs.Folder.File($"artifacts/release/{name}/index.html").FullPath))
        );

        // Again it finds everything as it is.
        var before = ledgers[0].SignatureFiles.ToList();
        using var again = await jobs.JobAsync(("PYSIGN_TESTS", "off"));
        Run(again, "PySign-Release", "v{version}", "v{version}");
        Assert.Equal(before, Ledger(jobs, "core").SignatureFiles);
    }

    [Fact]
    public async Task A_tag_releases_the_projects_whose_pattern_it_matches_and_no_other()
    {
        SystemPython.Require("build.__main__, setuptools");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        Write(jobs, "core");
        Write(jobs, "cli");
        using var rig = await jobs.JobAsync(("PYSIGN_TAG", "cli-v1.0.0"));
        Run(rig, "PySign-Build", "core-v{version}", "cli-v{version}");
        Assert.Equal("hello-cli", Ledger(jobs, "cli").NormalizedName);
        Assert.False(Directory.Exists(jobs.Folder.Folder("dist/core").FullPath));

        // By its own task too a project is not built for another one's tag.
        Assert.Throws<CakeException>(() => Run(rig, "Core-Build", "core-v{version}", "cli-v{version}"));
        using var other = await jobs.JobAsync(("PYSIGN_TAG", "docs-v1.0.0"));
        var e = Assert.Throws<CakeException>(() => Run(other, "PySign-Build", "core-v{version}", "cli-v{version}"));
        Assert.Contains("docs-v1.0.0", e.Message, StringComparison.Ordinal);
        Assert.Contains("core-v{version}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_project_is_signed_before_all_of_them_may_be()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        foreach (var name in new[] { "core", "cli" })
        {
            jobs.PlayBuild();
            Directory.CreateDirectory(jobs.Folder.Folder("built").FullPath);
            Directory.Move(jobs.Folder.Folder("dist").FullPath, jobs.Folder.Folder($"built/{name}").FullPath);
        }

        Directory.Move(jobs.Folder.Folder("built").FullPath, jobs.Folder.Folder("dist").FullPath);
        jobs.Folder.Write("dist/cli/hello_pysign-1.0.0.tar.gz", "changed");
        using var rig = await jobs.JobAsync();
        Assert.Throws<CakeException>(() => Run(rig, "PySign-Sign", "v{version}", "v{version}"));
        Assert.Empty(Directory.EnumerateFiles(jobs.Folder.Folder("dist").FullPath, "*.sigstore.json", SearchOption.AllDirectories));
    }

    [Fact]
    public void Projects_that_would_write_over_each_other_or_share_every_tag_are_refused()
    {
        using var rig = new CakeRig();
        var engine = new CakeEngine(new CakeDataService(), rig.Log);
        ReleaseOptions Core() => PySignProjects.Options(rig.Context, "core", "packages/core", "core-v{version}");
        Refused(new() { ["Core"] = Core(), ["Cli"] = Core() });
        Refused(
            new()
            {
                ["Core"] = Core(),
                ["Cli"] = new ReleaseOptions
                {
                    Dist = "dist/cli",
                    Consumer = "c",
                    Report = "r",
                },
            }
        );
        Refused(new() { ["PySign"] = Core() });
        Refused([]);
        Assert.Throws<PySignException>(() => PySignProjects.Options(rig.Context, "../core", "packages/core", "core-v{version}"));
        rig.Environment.Variables["PACKAGE_VERSION"] = "1.0";
        Assert.Throws<PySignException>(Core);

        void Refused(Dictionary<string, ReleaseOptions> projects) =>
            Assert.Equal(
                PySignFailure.InvalidSettings,
                Assert.Throws<PySignException>(() => PySignProjects.Register(engine.RegisterTask, projects)).Reason
            );
    }

    private static void Run(CakeRig rig, string target, string corePattern, string cliPattern)
    {
        var engine = new CakeEngine(new CakeDataService(), rig.Log);
        PySignProjects.Register(
            engine.RegisterTask,
            new Dictionary<string, ReleaseOptions>
            {
                ["Core"] = PySignProjects.Options(rig.Context, "core", "packages/core", corePattern),
                ["Cli"] = PySignProjects.Options(rig.Context, "cli", "packages/cli", cliPattern),
            }
        );
        PySignTasks.Run(
            name =>
                engine
                    .RunTargetAsync(
                        rig.Context,
                        new DefaultExecutionStrategy(rig.Log, Substitute.For<ICakeReportPrinter>()),
                        new ExecutionSettings().SetTarget(name)
                    )
                    .GetAwaiter()
                    .GetResult(),
            target
        );
    }

    private static void Write(ReleaseJobs jobs, string name)
    {
        jobs.Folder.Write(
            $"packages/{name}/pyproject.toml",
            $"""
            [build-system]
            requires = ["setuptools"]
            build-backend = "setuptools.build_meta"

            [project]
            name = "hello-{name}"
            version = "1.0.0"
            description = "One of two"
            readme = "README.md"

            [tool.setuptools]
            py-modules = ["hello_{name}"]
            """
        );
        jobs.Folder.Write($"packages/{name}/README.md", "One of two\n");
        jobs.Folder.Write($"packages/{name}/hello_{name}.py", "print('hello')\n");
    }

    private static Ledger Ledger(ReleaseJobs jobs, string name) => new DistFolder(jobs.Folder.Folder($"dist/{name}")).Store.Read();

    private static string Certificate(string bundle)
    {
        var material = JsonNode.Parse(File.ReadAllText(bundle))!["verificationMaterial"]!;
        return (string)material["certificate"]!["rawBytes"]!;
    }
}
