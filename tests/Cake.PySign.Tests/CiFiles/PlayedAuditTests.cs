using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Audit;

namespace Cake.PySign.Tests.CiFiles;

/// <summary>The CI lines of docs/dependencies-audit.md as a user copies them: which pipelines they run in, and what they leave.</summary>
[Trait("Category", "EndToEnd")]
public sealed partial class PlayedAuditTests(CiMachine machine, SharedAuditRig shared)
    : IClassFixture<CiMachine>,
        IClassFixture<SharedAuditRig>
{
    private static readonly string _page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "dependencies-audit.md"));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("schedule", "", true)]
    [InlineData("merge_request_event", "uv.lock", true)]
    [InlineData("merge_request_event", "service/pylock.dev.toml", true)]
    [InlineData("merge_request_event", "docs/requirements-docs.txt", true)]
    [InlineData("merge_request_event", "pysign-dependencies.toml", true)]
    [InlineData("merge_request_event", "src/demo.py", false)]
    [InlineData("push", "uv.lock", false)]
    public void Both_run_daily_and_where_a_lock_changes_and_nowhere_else(string source, string changed, bool runs)
    {
        var rules = Yaml("audit:").Map("audit").Maps("rules");
        Assert.Equal(
            runs,
            rules.Any(rule =>
                rule.Text("if") == $"$CI_PIPELINE_SOURCE == \"{source}\""
                && (!rule.Has("changes") || Matches(rule.Texts("changes"), changed))
            )
        );

        var on = Yaml("on:").Map("on");
        var gitHub = source switch
        {
            "schedule" => on.Maps("schedule").Count == 1,
            "merge_request_event" => Matches(on.Map("pull_request").Texts("paths"), changed),
            _ => on.Has("push"),
        };
        Assert.Equal(runs, gitHub);
    }

    [Fact]
    public async Task The_GitLab_job_leaves_its_reports_also_where_it_fails()
    {
        var settings = await PlantedAsync("gitlab");
        using var runner = new JobRunner(machine);
        var job = Yaml("audit:").Map("audit");
        var folder = Checkout(runner, "schema = 1\nmode = \"warn\"\n");
        Assert.Equal(0, await runner.RunAsync(folder, job.Texts("script"), settings, Stop));
        Assert.Contains("attested", runner.Output, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path.Combine(folder, "pysign-dependencies.toml"), "schema = 1\nmode = \"enforce\"\n", Stop);
        Assert.Equal((int)ReleaseStage.Audit, await runner.RunAsync(folder, job.Texts("script"), settings, Stop));
        var artifacts = job.Map("artifacts");
        Assert.Equal("always", artifacts.Text("when"));
        Assert.All(artifacts.Texts("paths"), path => Assert.NotEmpty(Directory.GetFiles(Path.Combine(folder, path))));
        var quality = Path.Combine(folder, artifacts.Map("reports").Text("codequality")!);
        Assert.Equal(
            "uv.lock",
            Assert.Single(JsonNode.Parse(await File.ReadAllTextAsync(quality, Stop))!.AsArray())!["location"]!["path"]!.GetValue<string>()
        );
    }

    [Fact]
    public async Task The_GitHub_job_annotates_the_lock_and_keeps_its_reports()
    {
        var settings = await PlantedAsync("github");
        using var runner = new JobRunner(machine);
        runner.OnCheckout = folder => Prepare(folder, "schema = 1\nmode = \"warn\"\n");
        var workflow = new GitHubWorkflow(Yaml("on:"), runner)
        {
            Variables = new Dictionary<string, string>(),
            Secrets = new Dictionary<string, string>(),
            Defaults = settings.Append(new("GITHUB_ACTIONS", "true")).ToDictionary(),
            IdentityVariables = new Dictionary<string, string>(),
        };
        Assert.False(workflow.HasIdentity("audit"));
        var exit = await workflow.RunAsync("audit", Stop);
        Assert.True(exit == 0, runner.Output);
        Assert.Matches(@"(?m)^::warning file=uv\.lock,line=\d+,title=unattested::bare 1\.0", runner.Output);
        Assert.Contains("audit.sarif", Directory.GetFiles(workflow.Artifact("audit")).Select(Path.GetFileName));
    }

    private async Task<Dictionary<string, string>> PlantedAsync(string name)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/bin/bash"))
        {
            Assert.Skip("NOT RUN: the CI files are played by bash on Linux, as their runners do.");
        }

        var rig = shared.Rig;
        await rig.PlantAsync(new PlantedRelease("good", "1.0", "acme/good"), new PlantedRelease("bare", "1.0"));
        return new Dictionary<string, string>
        {
            ["PYSIGN_AUDIT_INDEX"] = rig.IndexUrl.AbsoluteUri,
            ["PYSIGN_AUDIT_CACHE"] = rig.Cake.Folder.Folder($"cache-{name}").FullPath,
            ["PYSIGN_TRUSTED_ROOT"] = rig.Cake.Folder.File("trusted_root.json").FullPath,
            ["PYSIGN_CERTIFICATE_OIDC_ISSUER"] = rig.Issuer,
        };
    }

    private static string Checkout(JobRunner runner, string policy)
    {
        var folder = runner.Checkout();
        Prepare(folder, policy);
        return folder;
    }

    private static void Prepare(string folder, string policy)
    {
        var packages = new[] { new PlantedRelease("good", "1.0"), new PlantedRelease("bare", "1.0") }.Select(release =>
            $"[[package]]\nname = \"{release.Name}\"\nversion = \"1.0\"\nsource = {{ registry = \"https://pypi.org/simple\" }}\n"
            + $"sdist = {{ url = \"https://h/{release.Files[0]}\", hash = \"sha256:{PlantedRelease.Sha256(release.Files[0])}\" }}\n"
        );
        File.WriteAllText(Path.Combine(folder, "uv.lock"), "version = 1\n" + string.Join('\n', packages));
        File.WriteAllText(Path.Combine(folder, "pysign-dependencies.toml"), policy);
    }

    // GitLab's changes and GitHub's paths: ** is any folders, also none.
    private static bool Matches(IEnumerable<string> patterns, string path) =>
        path.Length > 0
        && patterns.Any(pattern =>
            Regex.IsMatch(
                path,
                Regex
                    .Escape(pattern)
                    .Replace(@"\*\*/", "(.*/)?", StringComparison.Ordinal)
                    .Replace(@"\*", "[^/]*", StringComparison.Ordinal)
                    .Insert(0, "^") + "$",
                RegexOptions.NonBacktracking
            )
        );

    private static YamlMap Yaml(string start) =>
        YamlMap.Parse(
            Blocks()
                .Matches(_page)
                .Select(match => match.Groups["text"].Value)
                .Single(text => text.StartsWith(start, StringComparison.Ordinal))
        );

    [GeneratedRegex("^```yaml\\n(?<text>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Blocks();
}
