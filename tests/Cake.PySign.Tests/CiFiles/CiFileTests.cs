using System.Text.RegularExpressions;
using Cake.PySign.Recipe.Rehearsing;

namespace Cake.PySign.Tests.CiFiles;

/// <summary>What must hold in the files before anybody runs them.</summary>
public sealed partial class CiFileTests
{
    private static readonly string _recipes = Path.Combine(RepositoryRoot.Path, "recipes");
    private static readonly YamlMap _gitLab = YamlMap.Load(Path.Combine(_recipes, "gitlab", ".gitlab-ci.yml"));
    private static readonly string[] _stages =
    [
        "build",
        "test",
        "preflight",
        "sign",
        "verify",
        "publish_signatures",
        "publish",
        "consumer_verification",
    ];

    private static readonly string[] _releases = ["release-registry.yml", "release-pypi.yml", "release-reusable.yml"];

    public static TheoryData<string> Releases => [.. _releases];

    [Fact]
    public void GitLab_releases_protected_tags_only_and_one_at_a_time()
    {
        var rules = _gitLab.Map("workflow").Maps("rules");
        Assert.Equal("$CI_COMMIT_TAG && $CI_COMMIT_REF_PROTECTED == \"true\"", rules[0].Text("if"));
        Assert.Equal(("$CI_COMMIT_TAG", "never"), (rules[1].Text("if"), rules[1].Text("when")));
        Assert.All(_stages, stage => Assert.Equal(rules[0].Text("if"), Assert.Single(Resolved(_gitLab, stage).Maps("rules")).Text("if")));
        Assert.Equal("release", _gitLab.Map("publish").Text("resource_group"));
        Assert.Equal("release", _gitLab.Map("publish_signatures").Text("resource_group"));
    }

    [Fact]
    public void GitLab_tests_branches_and_merge_requests_on_several_Pythons_with_a_cache_for_each()
    {
        var tests = _gitLab.Map("tests");
        Assert.Equal(
            [
                "$CI_COMMIT_TAG",
                "$CI_PIPELINE_SOURCE == \"merge_request_event\"",
                "$CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS",
                "$CI_COMMIT_BRANCH",
            ],
            tests.Maps("rules").Select(rule => rule.Text("if"))
        );
        Assert.True(Assert.Single(tests.Map("parallel").Maps("matrix")).Texts("PYTHON").Count >= 4);
        var cache = Assert.Single(tests.Maps("cache"));
        Assert.Equal("tests-$PYTHON", cache.Text("key"));

        // What a branch leaves in its cache reaches no job of a release.
        Assert.All(
            _stages.SelectMany(stage => Resolved(_gitLab, stage).Maps("cache")),
            one => Assert.StartsWith("release", one.Text("key") ?? one.Map("key").Text("prefix"), StringComparison.Ordinal)
        );
    }

    [Fact]
    public void GitLab_has_a_job_for_each_of_eight_stages_and_those_that_check_and_sign_have_an_identity()
    {
        Assert.Equal(_stages, _gitLab.Texts("stages"));
        Assert.All(_stages, stage => Assert.Equal(stage, _gitLab.Map(stage).Text("stage")));
        string[] signing = ["preflight", "sign"];
        Assert.Equal(signing, _stages.Where(stage => _gitLab.Map(stage).Has("id_tokens")));
        Assert.All(signing, job => Assert.Equal("sigstore", _gitLab.Map(job).Map("id_tokens").Map("SIGSTORE_ID_TOKEN").Text("aud")));
        Assert.Matches(@"^mcr\.microsoft\.com/dotnet/sdk:\d+\.\d+\.\d+-\w+(@sha256:[0-9a-f]{64})?$", _gitLab.Map("default").Text("image"));
    }

    [Fact]
    public void The_template_has_the_jobs_of_the_whole_file_and_touches_nothing_else_in_a_pipeline()
    {
        var template = YamlMap.Load(Path.Combine(_recipes, "gitlab", "pysign.gitlab-ci.yml"));
        Assert.All(template.Keys, key => Assert.Matches("^\\.?pysign(-[a-z-]+)?$", key));
        foreach (var job in _stages.Append("tests"))
        {
            var whole = Resolved(_gitLab, job);
            var included = Resolved(template, "pysign-" + job.Replace('_', '-'));
            string[] same =
            [
                "rules",
                "variables",
                "cache",
                "artifacts",
                "before_script",
                "script",
                "id_tokens",
                "parallel",
                "resource_group",
            ];
            Assert.All(same, key => Assert.Equal(whole.Written(key), included.Written(key)));
            Assert.Equal(whole.Has("needs"), included.Has("needs"));
        }
    }

    [Fact]
    public void The_component_with_its_defaults_is_the_template()
    {
        var text = File.ReadAllText(Path.Combine(_recipes, "gitlab", "templates", "release.yml"));
        var parts = text.Split("\n---\n");
        var inputs = YamlMap.Parse(parts[0]).Map("spec").Map("inputs");
        var filled = Input().Replace(parts[1], match => Default(inputs.Map(match.Groups["name"].Value)));
        var component = YamlMap.Parse(filled);
        var template = YamlMap.Load(Path.Combine(_recipes, "gitlab", "pysign.gitlab-ci.yml"));
        var jobs = template.Keys.Where(key => !key.StartsWith('.')).ToList();
        Assert.Equal(jobs, component.Keys.Where(key => !key.StartsWith('.')));
        foreach (var job in jobs)
        {
            var (left, right) = (Resolved(template, job), Resolved(component, job));
            string[] own = ["variables", "extends"];
            Assert.Equal(left.Keys.Except(own).Order(StringComparer.Ordinal), right.Keys.Except(own).Order(StringComparer.Ordinal));
            Assert.All(left.Keys.Except(own), key => Assert.Equal(left.Written(key), right.Written(key)));
            var added = right.Variables("variables").Keys.Except(left.Variables("variables").Keys);
            Assert.All(added, name => Assert.StartsWith("PYSIGN_", name, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_component_for_PyPI_tells_every_job_so_and_gives_the_preflight_what_the_job_that_publishes_has()
    {
        var text = File.ReadAllText(Path.Combine(_recipes, "gitlab", "templates", "release.yml")).Split("\n---\n");
        var inputs = YamlMap.Parse(text[0]).Map("spec").Map("inputs");
        var component = YamlMap.Parse(
            Input()
                .Replace(text[1], match => match.Groups["name"].Value == "index" ? "pypi" : Default(inputs.Map(match.Groups["name"].Value)))
        );
        foreach (var job in _stages.Select(stage => "pysign-" + stage.Replace('_', '-')))
        {
            var resolved = Resolved(component, job);
            Assert.Equal("https://upload.pypi.org/legacy/", resolved.Variables("variables")["PYSIGN_REPOSITORY_URL"]);
            string[] tokens = job switch
            {
                "pysign-preflight" => ["PYPI_ID_TOKEN", "SIGSTORE_ID_TOKEN"],
                "pysign-sign" => ["SIGSTORE_ID_TOKEN"],
                "pysign-publish" => ["PYPI_ID_TOKEN"],
                _ => [],
            };
            Assert.Equal(tokens, resolved.Map("id_tokens").Keys.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void The_rehearsal_gives_each_job_what_the_files_give_it()
    {
        foreach (var job in PlayedJob.All(imports: false))
        {
            var name = string.Concat(job.Stage.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? $"_{c}" : $"{c}")).ToLowerInvariant();
            var gitLab = Resolved(_gitLab, name);
            Assert.Equal(job.SignsAsItself, gitLab.Map("id_tokens").Has("SIGSTORE_ID_TOKEN"));
            Assert.Equal(job.Needs.Count, gitLab.Texts("needs").Count);
            var results = gitLab.Map("artifacts").Texts("paths").Contains("test-results/");
            Assert.Equal(job.HandsOn.HasFlag(PlayedArtifacts.TestResults), results);
            Assert.Equal(job.HandsOn.HasFlag(PlayedArtifacts.Dist), gitLab.Map("artifacts").Texts("paths").Contains("dist/"));
            foreach (var file in _releases)
            {
                var gitHub = Jobs(file).Map(name.Replace('_', '-'));
                var isPyPi = file == "release-pypi.yml";
                var hasIdentity = job.SignsAsItself || (isPyPi && job.PublishesAsItself);
                Assert.Equal(hasIdentity, gitHub.Map("permissions").Text("id-token") == "write");
                Assert.Equal(isPyPi && job.PublishesAsItself, gitHub.Has("environment"));
                var kept = Steps(Jobs(file), name.Replace('_', '-'), "upload-artifact").Select(step => step.Map("with").Text("path"));
                Assert.Equal([job.HandsOn.HasFlag(PlayedArtifacts.Dist) ? "dist" : "test-results"], kept);
                var credential = gitHub.Maps("steps").Any(step => step.Variables("env").ContainsKey("PYSIGN_GENERIC_TOKEN"));
                Assert.Equal(job.Uploads, credential);
            }
        }
    }

    [Fact]
    public void GitLab_shows_the_tests_report_also_of_tests_that_failed_and_signs_only_after_them_and_the_preflight()
    {
        var artifacts = _gitLab.Map("test").Map("artifacts");
        Assert.Equal("test-results/junit.xml", artifacts.Map("reports").Text("junit"));
        Assert.Equal("always", artifacts.Text("when"));
        Assert.Equal(["test-results/"], artifacts.Texts("paths"));
        Assert.Equal(["build", "test", "preflight"], _gitLab.Map("sign").Texts("needs"));

        // What the preflight looked at is shown on the page of the release: it goes on through the ledger.
        Assert.Equal(["test-results/"], _gitLab.Map("preflight").Map("artifacts").Texts("paths"));
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void GitHub_shows_the_tests_report_also_of_tests_that_failed_and_signs_only_after_them_and_the_preflight(string file)
    {
        var jobs = Jobs(file);
        var report = Assert.Single(jobs.Map("test").Maps("steps"), step => step.Map("with").Text("name") == "test-report");
        Assert.Equal("test-results", report.Map("with").Text("path"));
        Assert.Equal("${{ !cancelled() }}", report.Text("if"));
        Assert.Equal(["build", "test", "preflight"], jobs.Map("sign").Texts("needs"));

        // What a test leaves running can write to the test job's dist/: nobody takes it from there.
        Assert.Equal(["test-results"], Steps(jobs, "test", "upload-artifact").Select(step => step.Map("with").Text("path")));
        // The preflight hands on the record of the tests with its own.
        Assert.Equal(["dist-build", "preflight"], Steps(jobs, "sign", "download-artifact").Select(step => step.Map("with").Text("name")));
        Assert.Equal(
            ["dist-build", "test-report"],
            Steps(jobs, "preflight", "download-artifact").Select(step => step.Map("with").Text("name"))
        );
        Assert.EndsWith("${{ github.ref }}", GitHub(file).Map("concurrency").Text("group"), StringComparison.Ordinal);
        Assert.Equal("false", GitHub(file).Map("concurrency").Text("cancel-in-progress"));
    }

    [Theory]
    [InlineData("release-registry.yml", "preflight", "sign")]
    [InlineData("release-reusable.yml", "preflight", "sign")]
    [InlineData("release-pypi.yml", "preflight", "sign", "publish")]
    public void GitHub_jobs_with_an_identity_restore_no_cache_and_compile_the_script_themselves(string file, params string[] identities)
    {
        var jobs = Jobs(file);
        Assert.Equal("read", GitHub(file).Map("permissions").Text("contents"));
        Assert.Equal(identities, jobs.Keys.Where(job => jobs.Map(job).Map("permissions").Text("id-token") == "write"));
        Assert.Equal("true", GitHub(file).Variables("env")["CAKE_SETTINGS_ENABLESCRIPTCACHE"]);
        foreach (var job in jobs.Keys)
        {
            var isIdentity = identities.Contains(job);
            Assert.Equal(isIdentity ? 0 : 1, Steps(jobs, job, "cache").Count());
            var cake = jobs.Map(job).Maps("steps").Where(step => step.Text("run")?.Contains("dotnet cake") == true);
            Assert.All(cake, step => Assert.Equal(isIdentity, step.Variables("env").ContainsKey("CAKE_SETTINGS_ENABLESCRIPTCACHE")));
        }
    }

    [Fact]
    public void GitHub_pins_every_action_to_a_commit_and_releases_tags_only()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(_recipes, "github"), "*.yml"))
        {
            var jobs = Jobs(Path.GetFileName(file));
            var actions = jobs
                .Keys.SelectMany(job => jobs.Map(job).Maps("steps"))
                .Select(step => step.Text("uses"))
                .OfType<string>()
                .ToList();
            Assert.NotEmpty(actions);
            Assert.All(actions, action => Assert.Matches(Pinned(), action));
        }

        foreach (var file in _releases.Except(["release-reusable.yml"]))
        {
            Assert.Equal(["v*"], GitHub(file).Map("on").Map("push").Texts("tags"));
            Assert.False(GitHub(file).Map("on").Map("push").Has("branches"));
        }

        Assert.Equal(["workflow_call"], GitHub("release-reusable.yml").Map("on").Keys);
    }

    [Theory]
    [InlineData("release-registry.yml", "preflight", "sign", "publish-signatures", "publish")]
    [InlineData("release-reusable.yml", "preflight", "sign", "publish-signatures", "publish")]
    [InlineData("release-pypi.yml")]
    public void GitHub_shows_the_registrys_token_to_no_job_that_runs_the_projects_code(string file, params string[] shown)
    {
        var jobs = Jobs(file);
        var found = jobs.Keys.Where(job =>
            jobs.Map(job)
                .Maps("steps")
                .SelectMany(step => step.Variables("env").Values)
                .Any(value => value.Contains("secrets.", StringComparison.Ordinal))
        );
        Assert.Equal(shown, found);
        Assert.DoesNotContain(GitHub(file).Variables("env").Values, value => value.Contains("secrets.", StringComparison.Ordinal));
    }

    [Fact]
    public void The_reusable_workflow_has_the_jobs_of_the_one_for_registries()
    {
        var (registry, reusable) = (Jobs("release-registry.yml"), Jobs("release-reusable.yml"));
        Assert.Equal(registry.Keys, reusable.Keys);
        foreach (var job in registry.Keys)
        {
            var expected = registry
                .Map(job)
                .Written("steps")
                .Replace("secrets.PYSIGN_REGISTRY_TOKEN", "secrets.registry-token", StringComparison.Ordinal)
                .Replace("vars.PYSIGN_REGISTRY_USER", "inputs.registry-user", StringComparison.Ordinal)
                .Replace("python-version: 3.13", "python-version: ${{ inputs.python-version }}", StringComparison.Ordinal);
            Assert.Equal(expected, reusable.Map(job).Written("steps"));
            Assert.Equal(registry.Map(job).Written("permissions"), reusable.Map(job).Written("permissions"));
        }
    }

    [Fact]
    public void Jobs_that_run_the_projects_code_write_no_cache_for_a_release()
    {
        foreach (var job in new[] { "build", "test" })
        {
            var gitLab = Resolved(_gitLab, job).Maps("cache");
            Assert.Equal(2, gitLab.Count);
            Assert.All(gitLab, cache => Assert.Equal("pull", cache.Text("policy")));
        }

        // It fills them and restores none of them, as jobs with an identity do.
        Assert.NotEmpty(Resolved(_gitLab, "preflight").Maps("cache"));
        Assert.All(Resolved(_gitLab, "preflight").Maps("cache"), cache => Assert.Equal("push", cache.Text("policy")));
        Assert.Equal("false", Resolved(_gitLab, "preflight").Variables("variables")["CAKE_SETTINGS_ENABLESCRIPTCACHE"]);
        Assert.Contains(Resolved(_gitLab, "verify").Maps("cache"), cache => !cache.Has("policy"));
        Assert.Empty(Resolved(_gitLab, "sign").Maps("cache"));
        Assert.Empty(Resolved(_gitLab, "publish").Maps("cache"));
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void A_tag_restores_what_the_default_branch_wrote_and_writes_nothing_that_no_other_tag_could_find(string file)
    {
        var jobs = Jobs(file);
        var restored = jobs.Keys.SelectMany(job => Steps(jobs, job, "cache")).ToList();
        Assert.NotEmpty(restored);
        Assert.All(restored, step => Assert.StartsWith("actions/cache/restore@", step.Text("uses"), StringComparison.Ordinal));

        // Written by a job of the default branch that runs nothing of the project; that of its tests has another name.
        var tests = Jobs("tests.yml");
        var written = Assert.Single(Steps(tests, "tools", "cache"));
        Assert.StartsWith("actions/cache@", written.Text("uses"), StringComparison.Ordinal);
        Assert.All(restored, step => Assert.Equal(written.Map("with").Text("key"), step.Map("with").Text("key")));
        Assert.All(restored, step => Assert.Equal(written.Map("with").Text("path"), step.Map("with").Text("path")));
        Assert.Contains("default_branch", tests.Map("tools").Text("if"), StringComparison.Ordinal);
        Assert.DoesNotContain(tests.Map("tools").Maps("steps"), step => Runs(step, "PySign-Build") || Runs(step, "PySign-Test"));
        var own = Assert.Single(Steps(tests, "test", "cache")).Map("with").Text("key")!;
        Assert.StartsWith("tests-", own, StringComparison.Ordinal);
        Assert.Contains("matrix.python", own, StringComparison.Ordinal);
    }

    private static string Default(YamlMap input) =>
        input.Text("default") ?? $"[{string.Join(", ", input.Texts("default").Select(each => $"\"{each}\""))}]";

    private static bool Runs(YamlMap step, string target) => step.Text("run")?.Contains(target, StringComparison.Ordinal) == true;

    private static YamlMap GitHub(string file) => YamlMap.Load(Path.Combine(_recipes, "github", file));

    private static YamlMap Jobs(string file) => GitHub(file).Map("jobs");

    private static IEnumerable<YamlMap> Steps(YamlMap jobs, string job, string action) =>
        jobs.Map(job)
            .Maps("steps")
            .Where(step => step.Text("uses")?.Split('@')[0].StartsWith($"actions/{action}", StringComparison.Ordinal) == true);

    /// <summary>The job over everything that it extends.</summary>
    private static YamlMap Resolved(YamlMap file, string job) =>
        file.Map(job).Texts("extends").Reverse().Aggregate(file.Map(job), (over, parent) => over.Over(Resolved(file, parent)));

    [GeneratedRegex("^actions/[a-z-]+(/restore)?@[0-9a-f]{40}$", RegexOptions.CultureInvariant)]
    private static partial Regex Pinned();

    [GeneratedRegex(@"\$\[\[ inputs\.(?<name>[a-z-]+) \]\]", RegexOptions.CultureInvariant)]
    private static partial Regex Input();
}
