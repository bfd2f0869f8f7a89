using System.Text.RegularExpressions;

namespace Cake.PySign.Tests.CiFiles;

/// <summary>What must hold in the files before anybody runs them.</summary>
public sealed partial class CiFileTests
{
    private static readonly YamlMap _gitLab = YamlMap.Load(Path.Combine(RepositoryRoot.Path, "recipes", "gitlab", ".gitlab-ci.yml"));
    private static readonly YamlMap _gitHub = YamlMap.Load(Path.Combine(RepositoryRoot.Path, "recipes", "github", "release.yml"));

    [Fact]
    public void GitLab_releases_protected_tags_only_and_one_at_a_time()
    {
        var rule = Assert.Single(_gitLab.Map("workflow").Maps("rules"));
        Assert.Equal("$CI_COMMIT_TAG && $CI_COMMIT_REF_PROTECTED == \"true\"", rule.Text("if"));
        Assert.Equal("release", _gitLab.Map("publish").Text("resource_group"));
        Assert.Equal("release", _gitLab.Map("publish_signatures").Text("resource_group"));
    }

    [Fact]
    public void GitLab_has_a_job_for_each_of_seven_stages_and_one_of_them_an_identity()
    {
        string[] stages = ["build", "test", "sign", "verify", "publish_signatures", "publish", "consumer_verification"];
        Assert.Equal(stages, _gitLab.Texts("stages"));
        Assert.All(stages, stage => Assert.Equal(stage, _gitLab.Map(stage).Text("stage")));
        Assert.Equal(["sign"], stages.Where(stage => _gitLab.Map(stage).Has("id_tokens")));
        Assert.Equal("sigstore", _gitLab.Map("sign").Map("id_tokens").Map("SIGSTORE_ID_TOKEN").Text("aud"));
        Assert.Matches(@"^mcr\.microsoft\.com/dotnet/sdk:\d+\.\d+\.\d+-\w+(@sha256:[0-9a-f]{64})?$", _gitLab.Map("default").Text("image"));
    }

    [Fact]
    public void Both_show_the_tests_report_also_of_tests_that_failed_and_sign_only_after_them()
    {
        var artifacts = _gitLab.Map("test").Map("artifacts");
        Assert.Equal("test-results/junit.xml", artifacts.Map("reports").Text("junit"));
        Assert.Equal("always", artifacts.Text("when"));
        Assert.Equal(["test-results/"], artifacts.Texts("paths"));
        Assert.Equal(["build", "test"], _gitLab.Map("sign").Texts("needs"));

        var jobs = _gitHub.Map("jobs");
        var report = Assert.Single(jobs.Map("test").Maps("steps"), step => step.Map("with").Text("name") == "test-report");
        Assert.Equal("test-results", report.Map("with").Text("path"));
        Assert.Equal("${{ !cancelled() }}", report.Text("if"));
        Assert.Equal(["build", "test"], jobs.Map("sign").Texts("needs"));

        // What a test leaves running can write to the test job's dist/: nobody takes it from there.
        var uploads = jobs.Map("test").Maps("steps").Where(step => step.Text("uses")?.Contains("upload-artifact") == true);
        Assert.Equal(["test-results"], uploads.Select(step => step.Map("with").Text("path")));
        var taken = jobs.Map("sign").Maps("steps").Where(step => step.Text("uses")?.Contains("download-artifact") == true);
        Assert.Equal(["dist-build", "test-report"], taken.Select(step => step.Map("with").Text("name")));
        Assert.DoesNotContain(jobs.Map("sign").Maps("steps"), step => step.Text("uses")?.Contains("/cache") == true);
        Assert.Equal("release-${{ github.ref }}", _gitHub.Map("concurrency").Text("group"));
    }

    [Fact]
    public void GitHub_pins_every_action_to_a_commit_and_gives_one_job_an_identity()
    {
        var jobs = _gitHub.Map("jobs");
        var actions = jobs.Keys.SelectMany(job => jobs.Map(job).Maps("steps")).Select(step => step.Text("uses")).OfType<string>().ToList();
        Assert.NotEmpty(actions);
        Assert.All(actions, action => Assert.Matches(Pinned(), action));
        Assert.Equal("read", _gitHub.Map("permissions").Text("contents"));
        Assert.Equal(["sign"], jobs.Keys.Where(job => jobs.Map(job).Map("permissions").Text("id-token") == "write"));
        Assert.Equal(["v*"], _gitHub.Map("on").Map("push").Texts("tags"));
        Assert.False(_gitHub.Map("on").Map("push").Has("branches"));
    }

    [Fact]
    public void GitHub_shows_the_registrys_token_only_to_the_jobs_that_publish()
    {
        var jobs = _gitHub.Map("jobs");
        var shown = jobs.Keys.Where(job =>
            jobs.Map(job)
                .Maps("steps")
                .SelectMany(step => step.Variables("env").Values)
                .Any(value => value.Contains("secrets.", StringComparison.Ordinal))
        );
        Assert.Equal(["publish-signatures", "publish"], shown);
        Assert.DoesNotContain(_gitHub.Variables("env").Values, value => value.Contains("secrets.", StringComparison.Ordinal));
    }

    [Fact]
    public void Jobs_that_run_the_projects_code_write_no_cache_for_the_job_that_signs()
    {
        foreach (var job in new[] { "build", "test" })
        {
            var gitLab = _gitLab.Map(job).Over(_gitLab.Map(_gitLab.Map(job).Text("extends")!)).Maps("cache");
            Assert.Equal(2, gitLab.Count);
            Assert.All(gitLab, cache => Assert.Equal("pull", cache.Text("policy")));

            var gitHub = _gitHub
                .Map("jobs")
                .Map(job)
                .Maps("steps")
                .Select(step => step.Text("uses")?.Split('@')[0])
                .Where(action => action?.StartsWith("actions/cache", StringComparison.Ordinal) == true)
                .ToList();
            Assert.Equal(["actions/cache/restore", "actions/cache/restore"], gitHub);
        }

        Assert.Contains(_gitLab.Map(_gitLab.Map("sign").Text("extends")!).Maps("cache"), cache => !cache.Has("policy"));
    }

    [GeneratedRegex("^actions/[a-z-]+(/restore)?@[0-9a-f]{40}$", RegexOptions.CultureInvariant)]
    private static partial Regex Pinned();
}
