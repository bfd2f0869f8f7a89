using System.Text.Json.Nodes;
using Cake.Core;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using NSubstitute;
using PySign.Formats;
using PySign.Packaging.Distributions;
using PySign.Sandbox.Registries.GitHub;

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

        // One summary of each project, at the end, in lines that fit a terminal of unknown width.
        var lines = rig.Log.Text.ReplaceLineEndings("\n").Split('\n');
        foreach (var name in new[] { "core", "cli" })
        {
            var summary = Array.FindIndex(lines, line => line.Contains($"hello-{name} 1.0.0: 2 files, ", StringComparison.Ordinal));
            Assert.True(summary > Array.FindLastIndex(lines, line => line.Contains("Downloaded", StringComparison.Ordinal)));
            Assert.Single(lines, line => line.Contains($"hello-{name} 1.0.0: 2 files, ", StringComparison.Ordinal));
        }

        // The notes of both stand in the release of their tag.
        var notes = await NotesAsync(jobs);
        Assert.All(ledgers, ledger => Assert.Contains($"<!-- Cake.PySign: {ledger.NormalizedName} -->", notes, StringComparison.Ordinal));
        Assert.All(ledgers, ledger => Assert.Contains(ledger.Files[0].Sha256, notes, StringComparison.Ordinal));

        // Again it finds everything as it is.
        var before = ledgers[0].SignatureFiles.ToList();
        using var again = await jobs.JobAsync(("PYSIGN_TESTS", "off"));
        Run(again, "PySign-Release", "v{version}", "v{version}");
        Assert.Equal(before, Ledger(jobs, "core").SignatureFiles);
        Assert.Equal(notes, await NotesAsync(jobs));
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

        // A rehearsal of nothing would end well.
        e = Assert.Throws<CakeException>(() => Run(other, "PySign-Rehearse", "core-v{version}", "cli-v{version}"));
        Assert.Contains("docs-v1.0.0", e.Message, StringComparison.Ordinal);
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
                    DistDirectory = "dist/cli",
                    ConsumerDirectory = "c",
                    ReportDirectory = "r",
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

    [Theory]
    [InlineData("v{version}", "v{version}", "v1.0.0")]
    [InlineData("core-v{version}", "cli-v{version}", null)]
    public async Task Projects_that_share_a_GitHub_repository_keep_each_its_own_files_in_its_releases(
        string corePattern,
        string cliPattern,
        string? shared
    )
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        await using var server = await SandboxServer.StartAsync(jobs.Folder);
        server.Services.GitHub.Configure(new GitHubRepositoryOptions { Path = "acme/hello", Token = "canary-github-token" });
        Play(jobs, "core");
        Play(jobs, "cli");
        foreach (var tag in shared is null ? new[] { "core-v1.0.0", "cli-v1.0.0" } : [shared])
        {
            (string, string?)[] variables =
            [
                ("PYSIGN_TAG", tag),
                ("PYSIGN_GENERIC_KIND", "GitHubRelease"),
                ("PYSIGN_GENERIC_URL", new Uri(server.BaseUrl, "/api/v3/repos/acme/hello").AbsoluteUri),
                ("PYSIGN_GENERIC_TOKEN", "canary-github-token"),
                ("PYSIGN_PROVENANCE", "never"),
                ("PYSIGN_GITHUB_ATTESTATIONS", "never"),
            ];
            foreach (var target in new[] { "PySign-Sign", "PySign-PublishSignatures", "PySign-PublishSignatures" })
            {
                using var rig = await jobs.JobAsync(variables);
                Run(rig, target, corePattern, cliPattern);
            }
        }

        // Each signature lies in the release of its project's tag, once; two runs leave what one does.
        var stored = server.Services.GitHub.Stored("acme/hello").ToList();
        foreach (var name in new[] { "core", "cli" })
        {
            var signatures = Ledger(jobs, name).SignatureFiles.Select(part => $"{shared ?? $"{name}-v1.0.0"} {part.Name} {part.Sha256}");
            Assert.All(signatures, line => Assert.Single(stored, line));
        }

        Assert.Equal(stored.Distinct(StringComparer.Ordinal), stored);
        Assert.Equal(
            shared is null ? ["SHA256SUMS", "SHA256SUMS"] : ["SHA256SUMS-hello-cli", "SHA256SUMS-hello-core"],
            stored.Select(line => line.Split(' ')[1]).Where(name => name.StartsWith("SHA256", StringComparison.Ordinal)).Order()
        );
        Assert.Equal(
            shared is null ? ["cli-v1.0.0", "core-v1.0.0"] : ["v1.0.0"],
            stored.Select(line => line.Split(' ')[0]).Distinct().Order()
        );
    }

    [Fact]
    public async Task A_project_released_alone_on_a_shared_tag_writes_under_its_own_name_and_the_other_adds_its_files_later()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        await using var server = await SandboxServer.StartAsync(jobs.Folder);
        server.Services.GitHub.Configure(new GitHubRepositoryOptions { Path = "acme/hello", Token = "canary-github-token" });
        List<string> after = [];
        foreach (var name in new[] { "core", "cli" })
        {
            Play(jobs, name);
            foreach (var stage in new[] { "Sign", "PublishSignatures" })
            {
                using var rig = await jobs.JobAsync(
                    ("PYSIGN_TAG", "v1.0.0"),
                    ("PYSIGN_GENERIC_KIND", "GitHubRelease"),
                    ("PYSIGN_GENERIC_URL", new Uri(server.BaseUrl, "/api/v3/repos/acme/hello").AbsoluteUri),
                    ("PYSIGN_GENERIC_TOKEN", "canary-github-token"),
                    ("PYSIGN_PROVENANCE", "never"),
                    ("PYSIGN_GITHUB_ATTESTATIONS", "never")
                );
                Run(rig, $"{char.ToUpperInvariant(name[0])}{name[1..]}-{stage}", "v{version}", "v{version}");
            }

            var stored = server.Services.GitHub.Stored("acme/hello").ToList();
            Assert.Empty(after.Except(stored, StringComparer.Ordinal));
            Assert.Contains(stored, line => line.StartsWith($"v1.0.0 SHA256SUMS-hello-{name} ", StringComparison.Ordinal));
            Assert.Contains(stored, line => line.StartsWith($"v1.0.0 pysign-verify-hello-{name}.md ", StringComparison.Ordinal));
            after = stored;
        }

        Assert.DoesNotContain(after, line => line.Contains(" SHA256SUMS ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_group_and_the_failure_of_a_task_have_the_name_that_was_started()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        using var rig = await jobs.JobAsync(("GITHUB_ACTIONS", "true"));
        var e = Assert.Throws<CakeException>(() => Run(rig, "Cli-Sign", "v{version}", "v{version}"));
        Assert.StartsWith("Cli-Sign: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("::group::Cli-Sign", rig.Log.Text, StringComparison.Ordinal);
        Assert.Contains("title=Cli-Sign::", rig.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("PySign-Sign", rig.Log.Text, StringComparison.Ordinal);
    }

    private static async Task<string> NotesAsync(ReleaseJobs jobs)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("JOB-TOKEN", jobs.JobToken);
        var releases = jobs.PyPI.AbsoluteUri.Replace("/packages/pypi", "/releases/v1.0.0", StringComparison.Ordinal);
        return (string)JsonNode.Parse(await http.GetStringAsync(releases, TestContext.Current.CancellationToken))!["description"]!;
    }

    /// <summary>What a build of the project leaves, without a Python.</summary>
    private static void Play(ReleaseJobs jobs, string name)
    {
        var wheel = new PlatformWheel("py3-none-any") { Project = $"hello-{name}" };
        jobs.Folder.Write($"dist/{name}/{wheel.Name}", wheel.Bytes());
        new LedgerStore(jobs.Folder.Folder($"dist/{name}")).Write(
            new Ledger
            {
                Schema = Cake.PySign.Recipe.Ledger.CurrentSchema,
                Name = wheel.Project,
                NormalizedName = wheel.Project,
                Version = wheel.Version,
                Files = [new LedgerFile(wheel.Name, DistributionKind.Wheel, Sha256Digest.Of(wheel.Bytes()), wheel.Bytes().Length, [])],
            }
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
