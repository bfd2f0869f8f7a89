using System.Diagnostics;
using System.Globalization;

namespace Cake.PySign.Tests.CiFiles;

/// <summary>The GitLab files under gitlab-ci-local: the whole file is run stage by stage, the others are read by it and by GitLab's
/// schema.</summary>
[Trait("Category", "EndToEnd")]
public sealed class GitLabCiLocalTests(CiMachine machine) : IClassFixture<CiMachine>
{
    private static readonly Dictionary<string, string> _tag = new() { ["CI_COMMIT_TAG"] = "v1.0.0", ["CI_COMMIT_REF_PROTECTED"] = "true" };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_GitLab_file_releases_the_sample()
    {
        GitLabCiLocal.Require();
        using var runner = new JobRunner(machine);
        using var local = Repository(runner, [".gitlab-ci.yml"]);
        var (_, jobs, listed) = await local.ListAsync(_tag);
        Assert.Contains("json schema validated", listed, StringComparison.Ordinal);
        string[] stages = ["build", "test", "preflight", "sign", "verify", "publish_signatures", "publish", "consumer_verification"];
        Assert.Equal(stages, jobs);

        var file = PlayedCiFileTests.GitLabFile();
        var said = listed;
        var times = new List<string>();
        foreach (var job in jobs)
        {
            var clock = Stopwatch.StartNew();
            var (exit, output) = await local.RunAsync(job, await JobAsync(local, file.Map(job).Map("id_tokens")));
            times.Add(string.Create(CultureInfo.InvariantCulture, $"| {job} | {clock.Elapsed.TotalSeconds:0.0} |"));
            Assert.True(exit == 0, $"{job} ended with {exit}:\n{output}");
            said += output;
        }

        PlayedCiFileTests.AssertReleased(
            Path.Combine(local.Artifacts("consumer_verification"), "dist"),
            machine.Sandbox.Info.GitLab.ServerUrl.AbsoluteUri.TrimEnd('/')
        );
        Assert.True(File.Exists(Path.Combine(local.Artifacts("preflight"), "test-results", "preflight.json")), said);
        Assert.DoesNotContain(machine.Sandbox.JobToken, said, StringComparison.Ordinal);

        // What preflight left is there for the jobs after it; those with an identity restore nothing.
        var restored = said.Split('\n')
            .Where(line => line.Contains("imported cache '0_release-", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[0])
            .ToHashSet(StringComparer.Ordinal);
        Assert.Contains("verify", restored);
        Assert.DoesNotContain("sign", restored);
        Assert.DoesNotContain("preflight", restored);
        var reports = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Path, "artifacts", "test-reports"));
        await File.WriteAllLinesAsync(
            Path.Combine(reports.FullName, "gitlab-ci-local.md"),
            ["| job | seconds |", "|---|---|", .. times],
            Stop
        );
    }

    [Fact]
    public async Task On_a_branch_the_wheel_is_tested_on_each_Python_and_nothing_is_released()
    {
        GitLabCiLocal.Require();
        SystemPython.Require("pytest");
        using var runner = new JobRunner(machine);
        using var local = Repository(runner, [".gitlab-ci.yml"]);
        var (_, jobs, listed) = await local.ListAsync(new Dictionary<string, string>());
        Assert.True(jobs.Count >= 4, listed);
        Assert.All(jobs, job => Assert.StartsWith("tests: [3.", job, StringComparison.Ordinal));

        var (exit, output) = await local.RunAsync(jobs[^1], new Dictionary<string, string>());
        Assert.True(exit == 0, output);
        Assert.Contains("2 passed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipeline_of_ones_own_includes_the_template_and_keeps_its_jobs_stages_and_workflow()
    {
        GitLabCiLocal.Require();
        using var runner = new JobRunner(machine);
        using var local = Repository(
            runner,
            ["pysign.gitlab-ci.yml", "wheels.gitlab-ci.yml"],
            """
            include: [{ local: pysign.gitlab-ci.yml }, { local: wheels.gitlab-ci.yml }]
            stages: [build, test, deploy, after]
            mine: { stage: after, script: [echo hello] }
            pysign-publish: { id_tokens: { PYPI_ID_TOKEN: { aud: pypi } } }
            """
        );
        var (_, released, said) = await local.ListAsync(_tag, "own.yml");
        Assert.Contains("json schema validated", said, StringComparison.Ordinal);
        string[] expected =
        [
            "pysign-build",
            "pysign-test",
            "pysign-preflight",
            "pysign-sign",
            "pysign-verify",
            "pysign-publish-signatures",
            "pysign-publish",
            "pysign-consumer-verification",
        ];
        Assert.Equal(expected, released.Where(job => job.StartsWith("pysign-", StringComparison.Ordinal)));
        var others = released.Except(expected).Where(job => !job.StartsWith("wheels: [", StringComparison.Ordinal));
        Assert.Equal(["gather", "mine", "sdist"], others.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_component_takes_inputs()
    {
        GitLabCiLocal.Require();
        using var runner = new JobRunner(machine);
        const string Inputs =
            "{ project: packages/core, tag-pattern: 'core-v{version}', index: pypi, pythons: ['3.12'], job-prefix: core- }";
        using var local = Repository(
            runner,
            ["templates/release.yml"],
            $"include: [{{ local: templates/release.yml, inputs: {Inputs} }}]\n"
        );
        var (_, jobs, said) = await local.ListAsync(_tag, "own.yml");
        Assert.Contains("json schema validated", said, StringComparison.Ordinal);
        Assert.Equal(8, jobs.Count);
        Assert.Contains("core-sign", jobs);
    }

    [Fact]
    public async Task What_the_schema_does_not_know_is_refused()
    {
        GitLabCiLocal.Require();
        using var runner = new JobRunner(machine);
        using var local = Repository(runner, ["pysign.gitlab-ci.yml"], "job: { script: [echo hello], artifacts: { pathes: [dist/] } }\n");
        var (exit, _, said) = await local.ListAsync(_tag, "own.yml");
        Assert.NotEqual(0, exit);
        Assert.DoesNotContain("json schema validated", said, StringComparison.Ordinal);
    }

    private GitLabCiLocal Repository(JobRunner runner, string[] recipes, string? own = null)
    {
        var folder = runner.Checkout();
        foreach (var recipe in recipes)
        {
            var target = Path.Combine(folder, recipe);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(RepositoryRoot.Path, "recipes", "gitlab", recipe), target);
        }

        File.WriteAllText(
            Path.Combine(folder, ".gitignore"),
            ".gitlab-ci-local*\ntools/\n.cache/\nartifacts/\ndist/\nconsumer/\ntest-results/\n"
        );
        if (own is not null)
        {
            File.WriteAllText(Path.Combine(folder, "own.yml"), own);
        }

        return GitLabCiLocal.Of(machine, folder);
    }

    /// <summary>What GitLab gives a job: of identity tokens only those that the file asks for.</summary>
    private async Task<Dictionary<string, string>> JobAsync(GitLabCiLocal local, YamlMap tokens)
    {
        var claims = new Dictionary<string, object> { ["sha"] = local.Commit };
        var variables = (await machine.Sandbox.GitLabJobAsync(claims, Stop)).ToDictionary();
        variables.Remove("SIGSTORE_ID_TOKEN");
        foreach (var name in tokens.Keys)
        {
            claims["aud"] = tokens.Map(name).Text("aud")!;
            variables[name] = await machine.Sandbox.MintGitLabTokenAsync(claims, Stop);
        }

        variables["CI_SERVER_FQDN"] = new Uri(variables["CI_SERVER_URL"]).Authority;

        // The runner's own: where packages and the addin come from. Nothing is fetched.
        variables["NUGET_PACKAGES"] = JobRunner.Packages;
        variables["CAKE_NUGET_SOURCE"] = machine.Addin.Feed;
        return variables.Concat(machine.Settings).ToDictionary();
    }
}
