using System.Text.Json.Nodes;
using Cake.PySign.Audit;
using PySign.Sandbox.Registries.PyPi;

namespace Cake.PySign.Tests.Audit;

/// <summary>Hundreds of locked packages in every state; then what changes within a month.</summary>
public sealed class DependencyAuditTests
{
    private static readonly int _packages = int.TryParse(Environment.GetEnvironmentVariable("PYSIGN_TEST_AUDIT_PACKAGES"), out var count)
        ? count
        : 100;

    [Fact]
    public async Task Every_row_is_as_planted_and_a_second_run_says_the_same_to_the_byte()
    {
        await using var rig = await AuditRig.StartAsync();
        var releases = Enumerable.Range(0, _packages).Select(i => Release(i)).ToList();
        await rig.PlantAsync(releases.Where((_, i) => Planted(i) is not (AuditState.Unjudged or AuditState.Unverifiable)));
        await PlantWrongAsync(rig, releases.Where((_, i) => Planted(i) == AuditState.Unverifiable).ToList());
        rig.Index.Options = new PyPiOptions
        {
            Broken = releases.Where((_, i) => Planted(i) == AuditState.Unknown).ToDictionary(release => release.Name, _ => 403),
            SilentProjects = releases
                .Where((_, i) => Planted(i) == AuditState.IndexWithoutAttestations)
                .Select(release => release.Name)
                .ToHashSet(StringComparer.Ordinal),
        };

        var report = await rig.AuditAsync(Lock(releases));
        Assert.Equal(_packages, report.Packages.Count);
        Assert.Equal(Enum.GetValues<AuditState>().Length, report.Packages.Select(row => row.State).Distinct().Count());
        Assert.Single(report.SilentIndexes);
        var wrong = report
            .Packages.Select(row =>
                (Row: row, Expected: Planted(int.Parse(row.Name[4..], System.Globalization.CultureInfo.InvariantCulture)))
            )
            .Where(one => one.Row.State != one.Expected)
            .Select(one => $"{one.Row.Name}: {one.Row.State} {one.Row.Reason} {one.Row.Explanation}, planted {one.Expected}");
        Assert.Empty(wrong);
        Assert.True(report.IsSatisfied);
        Assert.All(
            report.Packages.Where(row => row.State == AuditState.Attested),
            row =>
            {
                Assert.Equal(("GitHub", "release.yml"), (row.Publisher!.Kind, row.Publisher.Workflow));
                Assert.Equal("refs/tags/v1.0.0", row.Files[0].Attestations![0].Claims["source-ref"]);
            }
        );

        // One page a project, and provenance for nothing but what is attested.
        Assert.True(rig.Requests <= releases.Count + 2 * releases.Count(release => release.Repository is not null) + 10, $"{rig.Requests}");

        // The same again: nothing changed, so nothing but pages is asked for, and the report is the same to the byte.
        var first = rig.Cake.Folder.Snapshot("audit");
        await rig.AuditAsync(Lock(releases));
        Assert.Equal(first, rig.Cake.Folder.Snapshot("audit"));
        Assert.Equal(5, first.Count);
    }

    [Fact]
    public async Task A_month_later_every_change_is_found_by_its_name_and_enforcement_fails_on_exactly_the_named_ones()
    {
        await using var rig = await AuditRig.StartAsync();
        var before = Enumerable.Range(0, 20).Select(i => new PlantedRelease($"pkg-{i}", "1.0", $"acme/lib-{i % 3}")).ToList();
        before[12] = before[12] with { Repository = null };
        await rig.PlantAsync([.. before, new PlantedRelease("pkg-6", "0.9")]);
        var settings = rig.Settings();
        settings.Accept = true;
        await rig.AuditAsync(AuditRig.Lock(before), settings);
        settings.Accept = false;
        Assert.All((await rig.AuditAsync(AuditRig.Lock(before), settings)).Packages, row => Assert.Empty(row.Changes));

        var after = before.ToList();
        after[0] = new("pkg-0", "2.0");
        after[1] = new("pkg-1", "2.0", "evil/fork");
        after[2] = new("pkg-2", "2.0", "acme/lib-2", "other.yml");
        after[3] = new("pkg-3", "2.0", "other/lib-0");
        after[4] = new("pkg-4", "2.0", "acme/Lib-1");
        after[5] = new PlantedRelease("pkg-5", "2.0", "acme/lib-2") { Attested = 1 };
        after[6] = new("pkg-6", "0.9");
        after.Add(new("pkg-new", "1.0"));
        await rig.PlantAsync(after.Where(release => release.Version == "2.0" || release.Name == "pkg-new"));

        var report = await rig.AuditAsync(AuditRig.Lock(after), settings);
        Assert.Equal(
            [
                "pkg-0 AttestationLost",
                "pkg-1 PublisherChanged",
                "pkg-2 WorkflowChanged",
                "pkg-3 RepositoryMoved",
                "pkg-4 RepositoryMoved",
                "pkg-5 FewerFiles",
                "pkg-6 BeforeFirstAttested",
                "pkg-new NewUnattested",
            ],
            report.Packages.SelectMany(row => row.Changes.Select(change => $"{row.Name} {change.Change}"))
        );
        Assert.True(report.IsSatisfied);

        var policy = rig.Cake.Folder.File("pysign-dependencies.toml");
        var memory = await File.ReadAllTextAsync(policy.FullPath, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            policy.FullPath,
            memory
                .Replace("[packages.pkg-0]\n", "[packages.pkg-0]\nmode = \"enforce\"\n", StringComparison.Ordinal)
                .Replace("[packages.pkg-2]\n", "[packages.pkg-2]\nmode = \"enforce\"\n", StringComparison.Ordinal)
                .Replace("[packages.pkg-7]\n", "[packages.pkg-7]\nmode = \"enforce\"\n", StringComparison.Ordinal)
                .Replace("[packages.pkg-1]\n", "[packages.pkg-1]\nmode = \"warn\"\n", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        report = await rig.AuditAsync(AuditRig.Lock(after), settings);
        Assert.Equal(["pkg-0", "pkg-2"], report.Failures.Select(row => row.Name));
        Assert.False(report.IsSatisfied);
    }

    private static PlantedRelease Release(int i) =>
        new($"pkg-{i}", "1.0", Planted(i) is AuditState.Attested or AuditState.PartlyAttested ? $"acme/lib-{i % 5}" : null)
        {
            Attested = Planted(i) == AuditState.PartlyAttested ? 1 : 2,
        };

    private static AuditState Planted(int i) =>
        (i % 10) switch
        {
            0 => AuditState.Attested,
            1 => AuditState.PartlyAttested,
            2 => AuditState.Unverifiable,
            3 => AuditState.Unknown,
            4 => AuditState.Unjudged,
            5 => AuditState.IndexWithoutAttestations,
            _ => AuditState.Unattested,
        };

    // Every fifth of them is wrong in another way.
    private static async Task PlantWrongAsync(AuditRig rig, List<PlantedRelease> releases)
    {
        var good = await rig.SignAsync("acme/lib-0", "release.yml", ["other-1.0.tar.gz", .. releases.Select(release => release.Files[0])]);
        foreach (var (i, release) in releases.Index())
        {
            var own = good[release.Files[0]];
            var (repository, attestation) = (i % 4) switch
            {
                0 => ("acme/lib-0", good["other-1.0.tar.gz"]),
                1 => ("acme/lib-1", own),
                2 => ("acme/lib-0", Flipped(own)),
                _ => ("acme/lib-0", own),
            };
            var sha256 = i % 4 == 3 ? PlantedRelease.Sha256("other bytes") : PlantedRelease.Sha256(release.Files[0]);
            var provenance = AuditRig.Provenance(repository, "release.yml", attestation);
            rig.Index.Plant(release.Files[0], (release.Name, release.Version), sha256, release.At, provenance);
            rig.Index.Plant(release.Files[1], (release.Name, release.Version), PlantedRelease.Sha256(release.Files[1]), release.At);
        }
    }

    private static string Flipped(string attestation)
    {
        var json = JsonNode.Parse(attestation)!;
        var signature = Convert.FromBase64String(json["envelope"]!["signature"]!.GetValue<string>());
        signature[^1] ^= 1;
        json["envelope"]!["signature"] = Convert.ToBase64String(signature);
        return json.ToJsonString();
    }

    private static string Lock(List<PlantedRelease> releases) =>
        AuditRig.Lock(releases.Where((_, i) => Planted(i) != AuditState.Unjudged))
        + string.Concat(
            releases
                .Where((_, i) => Planted(i) == AuditState.Unjudged)
                .Select(
                    (release, i) =>
                        $"\n[[packages]]\nname = \"{release.Name}\"\nversion = \"1.0\"\n"
                        + (i % 3) switch
                        {
                            0 => "vcs = { type = \"git\", url = \"https://h/x.git\", commit-id = \"0123456789\" }\n",
                            1 => "directory = { path = \"./x\", editable = true }\n",
                            _ => "wheels = [{ name = \"x-1.0-py3-none-any.whl\", url = \"https://h/x\", hashes = { sha512 = \"ab\" } }]\n",
                        }
                )
        );
}
