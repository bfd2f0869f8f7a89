using System.Text.Json;
using System.Text.Json.Nodes;
using Cake.Core;
using Cake.PySign.Audit.Reports;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using Json.Schema;
using PySign.Sandbox.Registries.PyPi;

namespace Cake.PySign.Tests.Audit;

/// <summary><c>PySign-Audit</c> as a pipeline runs it: by variables, with reports, with the exit code that a policy decides.</summary>
public sealed class AuditTaskTests(SharedAuditRig shared) : IClassFixture<SharedAuditRig>, IAsyncLifetime
{
    private static readonly PlantedRelease _good = new("good", "1.0", "acme/good");
    private static readonly PlantedRelease _bare = new("bare", "1.0");

    private AuditRig Rig => shared.Rig;

    private Dictionary<string, string?> Variables => Rig.Cake.Environment.Variables;

    private string Policy => Rig.Cake.Folder.File("pysign-dependencies.toml").FullPath;

    public async ValueTask InitializeAsync()
    {
        await Rig.PlantAsync(_good, _bare);
        Rig.Cake.Folder.Write("pylock.toml", AuditRig.Lock(_good, _bare));
        Variables["PYSIGN_AUDIT_INDEX"] = Rig.IndexUrl.AbsoluteUri;
        Variables["PYSIGN_TRUSTED_ROOT"] = Rig.Cake.Folder.File("trusted_root.json").FullPath;
        Variables["PYSIGN_CERTIFICATE_OIDC_ISSUER"] = Rig.Issuer;
        Variables["PYSIGN_AUDIT_CACHE"] = "cache";
        Variables["PYSIGN_AUDIT_REPORT"] = "audit";
    }

    public ValueTask DisposeAsync()
    {
        foreach (
            var name in Variables
                .Keys.Where(name =>
                    name.StartsWith("PYSIGN_", StringComparison.Ordinal) || name.StartsWith("GITHUB_", StringComparison.Ordinal)
                )
                .ToList()
        )
        {
            Variables.Remove(name);
        }

        shared.Clear();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Collecting_finds_the_lock_beside_the_script_and_fails_nothing()
    {
        Run();
        var json = Report();
        Assert.Equal(["bare unattested", "good attested"], Rows(json));
        Assert.True(json["satisfied"]!.GetValue<bool>());
        foreach (var name in new[] { "audit.json", "audit.sarif", "index.html", "gl-code-quality-report.json", "audit.cdx.json" })
        {
            Assert.True(File.Exists(Rig.Cake.Folder.File($"audit/{name}").FullPath), name);
        }

        Assert.False(File.Exists(Policy));
    }

    [Fact]
    public void Warnings_warn_and_enforcement_ends_with_exit_code_19_and_the_names()
    {
        File.WriteAllText(Policy, "schema = 1\nmode = \"warn\"\n");
        Run();
        Assert.Contains("warning  unattested", Rig.Cake.Log.Text, StringComparison.Ordinal);

        File.WriteAllText(Policy, "schema = 1\n[packages.\"good\"]\nmode = \"enforce\"\n");
        Run();

        File.WriteAllText(Policy, "schema = 1\n[packages.\"ba*\"]\nmode = \"enforce\"\n");
        var e = Assert.Throws<CakeException>(Run);
        Assert.Equal(19, e.ExitCode);
        Assert.Contains("bare 1.0", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("good", e.Message, StringComparison.Ordinal);
        Assert.False(Report()["satisfied"]!.GetValue<bool>());
    }

    [Fact]
    public void An_exception_lets_pass_until_its_day_and_is_an_error_after_it()
    {
        const string Enforced = "schema = 1\nmode = \"enforce\"\n[[exceptions]]\npackage = \"bare\"\nreason = \"built by hand\"\nuntil = ";
        File.WriteAllText(Policy, Enforced + "2999-01-31\n");
        Run();
        Assert.Equal("built by hand", Report()["packages"]![0]!["exception"]!.GetValue<string>());

        File.WriteAllText(Policy, Enforced + "2020-01-31\n");
        Assert.Equal(19, Assert.Throws<CakeException>(Run).ExitCode);

        // Also where nothing is enforced: a date that passed is a decision that is due.
        File.WriteAllText(Policy, Enforced.Replace("enforce", "collect", StringComparison.Ordinal) + "2020-01-31\n");
        var e = Assert.Throws<CakeException>(Run);
        Assert.Contains("ended on 2020-01-31", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mode = \"collect\"\n")]
    [InlineData("schema = 1\nmod = \"enforce\"\n")]
    [InlineData("schema = 1\nmode = \"block\"\n")]
    [InlineData("schema = 1\n[packages.x]\nmodes = \"enforce\"\n")]
    [InlineData("schema = 1\n[packages.x]\npublisher = \"acme\"\n")]
    [InlineData("schema = 1\n[packages.x]\npublisher = { kind = \"Forgejo\", repository = \"a/b\" }\n")]
    [InlineData("schema = 1\n[packages.x]\nsince = \"yesterday\"\n")]
    [InlineData("schema = 1\n[packages.a-b]\n[packages.A_B]\n")]
    [InlineData("schema = 1\n[[exceptions]]\npackage = \"x\"\nuntil = 2027-01-31\n")]
    [InlineData("schema = 1\n[[exceptions]]\npackage = \"x\"\nreason = \"y\"\n")]
    [InlineData("schema = 1\n[[exceptions]]\npackage = \"x\"\nreason = \"y\"\nuntil = \"soon\"\n")]
    [InlineData("schema = 1\n[packages.\"../x\"]\n")]
    public void A_policy_that_is_not_understood_stops_before_anything_is_asked(string policy)
    {
        File.WriteAllText(Policy, policy);
        Rig.Server.Requests.Clear();
        Assert.Equal(19, Assert.Throws<CakeException>(Run).ExitCode);
        Assert.Empty(Rig.Server.Requests);
    }

    [Fact]
    public async Task A_mirror_is_asked_for_what_is_locked_and_the_scripts_settings_stay_as_they_are()
    {
        var options = ReleaseOptions.From(Rig.Cake.Context);
        options.Mirror.Mirror.Url = Rig.IndexUrl;
        options.Mirror.Upstream.Url = Rig.IndexUrl;

        // Nothing but names is planted: whether it is faithful is another test's.
        _ = await Record.ExceptionAsync(() =>
            AuditStage.CheckMirrorAsync(Rig.Cake.Context, options, TestContext.Current.CancellationToken)
        );
        Assert.Contains(", 2 projects", Rig.Cake.Log.Text, StringComparison.Ordinal);
        Assert.Empty(options.Mirror.Packages);
    }

    [Fact]
    public void A_table_that_is_not_one_is_named_and_not_the_one_around_it()
    {
        File.WriteAllText(Policy, "schema = 1\n[packages.x]\npublisher = \"acme\"\n");
        Assert.Contains("[packages.x.publisher]", Assert.Throws<CakeException>(Run).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Accepting_writes_the_publisher_and_changes_nothing_else()
    {
        const string Before = "# ours\nschema = 1\nmode = \"warn\"   # for now\n\n[packages.\"kept\"]   # elsewhere\nmode = \"enforce\"\n";
        File.WriteAllText(Policy, Before);
        Variables["PYSIGN_AUDIT_ACCEPT"] = "true";
        Run();
        var after = File.ReadAllText(Policy);
        Assert.StartsWith(Before.TrimEnd(), after, StringComparison.Ordinal);
        Assert.Contains(
            "[packages.good]\npublisher = { kind = \"GitHub\", repository = \"acme/good\", workflow = \"release.yml\" }\nsince = \"1.0\"",
            after,
            StringComparison.Ordinal
        );
        Assert.Contains("[unattested]\nbare = \"1.0\"", after, StringComparison.Ordinal);
        Assert.Contains("first use", Rig.Cake.Log.Text, StringComparison.Ordinal);

        // Again: nothing to add.
        Run();
        Assert.Equal(after, File.ReadAllText(Policy));
    }

    [Fact]
    public void Requirements_on_the_certificate_are_held()
    {
        const string Head = "schema = 1\n[packages.good]\nmode = \"enforce\"\n";
        File.WriteAllText(
            Policy,
            Head
                + "source-repository = \"https://github.com/acme/{name}\"\nsource-owner = \"https://github.com/acme\"\nsource-ref = "
                + "\"refs/tags/v*\"\n"
                + "runner-environment = \"github-hosted\"\n"
        );
        Run();
        foreach (
            var wrong in new[] { "source-ref = \"refs/tags/v2*\"", "runner-environment = \"self-hosted\"", "slsa-builder = \"https://x\"" }
        )
        {
            File.WriteAllText(Policy, Head + wrong + "\n");
            Assert.Equal(19, Assert.Throws<CakeException>(Run).ExitCode);
        }
    }

    [Fact]
    public void An_index_that_cannot_be_asked_is_unknown_with_the_last_answer_and_only_enforcement_fails_on_it()
    {
        Run();
        Rig.Index.Options = new PyPiOptions { Broken = new Dictionary<string, int> { ["good"] = 403 } };
        Run();
        var row = Report()["packages"]![1]!;
        Assert.Equal(("unknown", "attested"), (row["state"]!.GetValue<string>(), row["before"]!["state"]!.GetValue<string>()));
        Assert.Empty(row["changes"]!.AsArray());
        File.WriteAllText(Policy, "schema = 1\n[packages.good]\nmode = \"enforce\"\n");
        Assert.Equal(19, Assert.Throws<CakeException>(Run).ExitCode);
    }

    [Fact]
    public void A_stripping_index_is_said_once()
    {
        Rig.Index.Options = new PyPiOptions { ShowsProvenance = false };
        Run();
        var json = Report();
        Assert.Equal(["bare index-without-attestations", "good index-without-attestations"], Rows(json));
        Assert.Single(json["silentIndexes"]!.AsArray());
        var results = JsonNode.Parse(File.ReadAllText(Rig.Cake.Folder.File("audit/audit.sarif").FullPath))!["runs"]![0]![
            "results"
        ]!.AsArray();
        Assert.Single(results);
    }

    [Fact]
    public void What_satisfied_becomes_requirements_and_what_is_missing_is_named()
    {
        Variables["PYSIGN_AUDIT_REQUIREMENTS"] = "audit/requirements.txt";
        Run();
        var text = File.ReadAllText(Rig.Cake.Folder.File("audit/requirements.txt").FullPath);
        Assert.Contains("good==1.0 \\\n    --hash=sha256:", text, StringComparison.Ordinal);
        Assert.Contains("bare==1.0", text, StringComparison.Ordinal);
        File.WriteAllText(Policy, "schema = 1\nmode = \"enforce\"\n");
        var e = Assert.Throws<CakeException>(Run);
        Assert.Equal(19, e.ExitCode);
        Assert.Contains("bare 1.0", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GitHub_gets_annotations_and_a_summary_and_no_commands_of_others()
    {
        var findings = new List<AuditFinding>
        {
            new("unattested", FindingLevel.Error, "a,b:c.lock", 3, "x 1", "100%\r\n::error::hidden | <b>"),
        };
        Assert.Equal(
            ["::error file=a%2Cb%3Ac.lock,line=3,title=unattested::100%25%0D%0A::error::hidden | <b>"],
            AuditSummary.Annotations(findings)
        );
        findings = [.. Enumerable.Range(0, 30).Select(i => new AuditFinding("unattested", FindingLevel.Warning, "x", i, $"x{i}", "text"))];
        Assert.Equal(10, AuditSummary.Annotations(findings).Count());

        File.WriteAllText(Policy, "schema = 1\nmode = \"warn\"\n");
        Variables["GITHUB_ACTIONS"] = "true";
        Variables["GITHUB_STEP_SUMMARY"] = Rig.Cake.Folder.File("audit/summary.md").FullPath;
        Directory.CreateDirectory(Rig.Cake.Folder.Folder("audit").FullPath);
        Run();
        Assert.Contains(
            "| warning | unattested | bare 1.0 |",
            File.ReadAllText(Rig.Cake.Folder.File("audit/summary.md").FullPath),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Reports_follow_their_schemas_and_point_to_the_line()
    {
        File.WriteAllText(Policy, "schema = 1\nmode = \"warn\"\n");
        Run();
        var schema = JsonSchema.FromText(
            File.ReadAllText(Path.Combine(global::PySign.TestKit.RepositoryRoot.Path, "docs", "schemas", "audit-1.schema.json"))
        );
        using var json = JsonDocument.Parse(File.ReadAllText(Rig.Cake.Folder.File("audit/audit.json").FullPath));
        var result = schema.Evaluate(json.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        Assert.True(
            result.IsValid,
            string.Join('\n', result.Details?.Where(one => one.Errors is not null).SelectMany(one => one.Errors!.Values) ?? [])
        );

        var sarif = JsonNode.Parse(File.ReadAllText(Rig.Cake.Folder.File("audit/audit.sarif").FullPath))!;
        Assert.Equal("2.1.0", sarif["version"]!.GetValue<string>());
        var finding = Assert.Single(sarif["runs"]![0]!["results"]!.AsArray())!;
        var place = finding["locations"]![0]!["physicalLocation"]!;
        var line = File.ReadAllLines(Rig.Cake.Folder.File("pylock.toml").FullPath)[place["region"]!["startLine"]!.GetValue<int>() - 1];
        Assert.Equal(
            ("unattested", "pylock.toml", "name = \"bare\""),
            (finding["ruleId"]!.GetValue<string>(), place["artifactLocation"]!["uri"]!.GetValue<string>(), line)
        );

        var quality = JsonNode.Parse(File.ReadAllText(Rig.Cake.Folder.File("audit/gl-code-quality-report.json").FullPath))!.AsArray();
        Assert.Equal("minor", Assert.Single(quality)!["severity"]!.GetValue<string>());
        var bom = JsonNode.Parse(File.ReadAllText(Rig.Cake.Folder.File("audit/audit.cdx.json").FullPath))!;
        Assert.Equal(2, bom["components"]!.AsArray().Count);
        Assert.Equal("attestation", bom["components"]![1]!["externalReferences"]![0]!["type"]!.GetValue<string>());

        // The official schema of SARIF, where somebody has it at hand.
        if (Environment.GetEnvironmentVariable("PYSIGN_TEST_SARIF_SCHEMA") is { Length: > 0 } official)
        {
            using var document = JsonDocument.Parse(sarif.ToJsonString());
            // Draft 4 differs from draft 7 in names that SARIF's schema does not use but for its own.
            var draft7 = File.ReadAllText(official)
                .Replace("draft-04/schema#", "draft-07/schema#", StringComparison.Ordinal)
                .Replace("\"id\": \"http", "\"$id\": \"http", StringComparison.Ordinal);
            Assert.True(JsonSchema.FromText(draft7).Evaluate(document.RootElement).IsValid);
        }
    }

    private void Run() => new TaskRun(Rig.Cake).Run("PySign-Audit");

    private JsonNode Report() => JsonNode.Parse(File.ReadAllText(Rig.Cake.Folder.File("audit/audit.json").FullPath))!;

    private static IEnumerable<string> Rows(JsonNode report) =>
        report["packages"]!.AsArray().Select(row => $"{row!["name"]!.GetValue<string>()} {row["state"]!.GetValue<string>()}");
}
