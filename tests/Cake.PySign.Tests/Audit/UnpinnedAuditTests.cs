using Cake.PySign.Audit;
using PySign.Packaging.Attestations;

namespace Cake.PySign.Tests.Audit;

/// <summary>Lock files that fix no bytes: what the index serves now can be seen, and proves nothing of what will be installed.</summary>
public sealed class UnpinnedAuditTests(SharedAuditRig shared) : IClassFixture<SharedAuditRig>, IAsyncLifetime
{
    private const string ProvenanceUrl = "http://localhost/p";
    private const string Lock = "demo==1.0\n";

    private static readonly PlantedRelease _demo = new("demo", "1.0", "acme/demo");

    private readonly HostileAnswers _index = new();
    private AuditRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = shared.Rig;
        _rig.Handler = null;
        shared.Attestation ??= (await _rig.SignAsync("acme/demo", "release.yml", [_demo.Files[0]]))[_demo.Files[0]];
        _rig.Handler = _index;
        _index.Page("demo", (_demo.Files[0], PlantedRelease.Sha256(_demo.Files[0]), ProvenanceUrl));
        _index.Answer("/p", AuditRig.Provenance("acme/demo", "release.yml", shared.Attestation).GetRawText(), Provenance.MediaType);

        // A file's bytes are its name: that is what the planted digests are of.
        _index.Answer($"/files/{_demo.Files[0]}", _demo.Files[0], "application/octet-stream");
    }

    public ValueTask DisposeAsync()
    {
        _index.Dispose();
        shared.Clear();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Without_being_asked_nothing_is_downloaded_and_nothing_is_judged()
    {
        Policy("mode = \"enforce\"");
        var row = await RowAsync(Lock, download: false);
        Assert.Equal((AuditState.Unjudged, AuditReason.NoHash, true), (row.State, row.Reason, row.IsFailure));
        Assert.Empty(_index.Asked);
    }

    [Fact]
    public async Task What_the_index_serves_now_is_seen_attested_and_never_satisfies_enforce()
    {
        var row = await RowAsync(Lock);
        Assert.Equal((AuditState.Attested, AuditReason.NoHash, "acme/demo"), (row.State, row.Reason, row.Publisher!.Repository));
        Assert.False(Assert.Single(row.Files).IsPinned);
        Assert.Contains($"/files/{_demo.Files[0]}", _index.Asked);
        Assert.False(row.IsSatisfied);

        foreach (var policy in new[] { "mode = \"enforce\"", Enforced("demo"), Enforced("*"), Enforced("demo") + Publisher })
        {
            Policy(policy);
            row = await RowAsync(Lock);
            Assert.True(row.IsFailure, policy);
            Assert.Contains("pins no hash", Assert.Single(row.Unmet), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Only_the_package_by_its_name_can_be_accepted_unhashed()
    {
        Policy(Enforced("demo") + Publisher + "unhashed = true\n");
        Assert.False((await RowAsync(Lock)).IsFailure);

        Policy(Enforced("demo") + Publisher + "unhashed = false\n");
        Assert.True((await RowAsync(Lock)).IsFailure);

        foreach (
            var refused in new[] { Enforced("de*") + "unhashed = true\n", "unhashed = true", Enforced("demo") + "unhashed = \"yes\"\n" }
        )
        {
            Policy(refused);
            Assert.Equal(PySignFailure.InvalidSettings, (await Assert.ThrowsAsync<PySignException>(() => RowAsync(Lock))).Reason);
        }
    }

    [Fact]
    public async Task Accepting_it_does_not_weaken_anything_else()
    {
        Policy(Enforced("demo") + Publisher.Replace("acme", "other", StringComparison.Ordinal) + "unhashed = true\n");
        Assert.True((await RowAsync(Lock)).IsFailure);

        Policy(Enforced("demo") + "unhashed = true\n");
        _index.Answer("/p", "{\"version\":1,\"attestation_bundles\":[]}", Provenance.MediaType);
        Assert.True((await RowAsync(Lock)).IsFailure);

        // An index whose file is not the one that its own page lists.
        _index.Answer($"/files/{_demo.Files[0]}", "other bytes", "application/octet-stream");
        var row = await RowAsync(Lock);
        Assert.Equal((AuditState.Unverifiable, AuditReason.HashNotServed), (row.State, row.Reason));
    }

    [Fact]
    public async Task A_file_without_a_hash_beside_one_with_a_hash_is_not_excused_by_some()
    {
        const string Text =
            "lock-version = 1\nversion = 1\n[[package]]\nname = \"demo\"\nversion = \"1.0\"\n"
            + "source = { registry = \"http://localhost/simple\" }\nwheels = [{ url = \"https://h/demo-1.0-py3-none-any.whl\" }]\n";
        var text = Text + $"sdist = {{ url = \"https://h/demo-1.0.tar.gz\", hash = \"sha256:{PlantedRelease.Sha256(_demo.Files[0])}\" }}\n";
        Policy(Enforced("demo") + Publisher + "files = \"some\"\n");
        var row = await RowAsync(text, name: "uv.lock");
        Assert.Equal((AuditState.PartlyAttested, true), (row.State, row.IsFailure));

        Policy(Enforced("demo") + Publisher + "files = \"some\"\nunhashed = true\n");
        Assert.False((await RowAsync(text, name: "uv.lock")).IsFailure);
    }

    [Fact]
    public async Task It_is_not_promoted_and_not_written_as_an_identity()
    {
        Policy("[packages.demo]\n" + Publisher);
        var settings = Settings();
        settings.Promote = true;
        settings.PromoteAfterVersions = 1;
        settings.PromoteAfterMonths = 0;
        settings.WriteIdentities = true;
        await _rig.AuditAsync(Lock, settings, "requirements.txt");
        Assert.DoesNotContain(
            "enforce",
            File.ReadAllText(_rig.Cake.Folder.File("pysign-dependencies.toml").FullPath),
            StringComparison.Ordinal
        );
        Assert.Equal(Lock, File.ReadAllText(_rig.Cake.Folder.File("requirements.txt").FullPath));
    }

    private const string Publisher = "publisher = { kind = \"GitHub\", repository = \"acme/demo\", workflow = \"release.yml\" }\n";

    private static string Enforced(string name) => $"[packages.\"{name}\"]\nmode = \"enforce\"\n";

    private void Policy(string text) => _rig.Cake.Folder.Write("pysign-dependencies.toml", $"schema = 1\n{text}\n");

    private PyAuditDependenciesSettings Settings()
    {
        var settings = _rig.Settings();
        settings.Index.Url = new Uri("http://localhost/simple");
        settings.DownloadUnhashed = true;
        return settings;
    }

    private async Task<AuditedPackage> RowAsync(string text, bool download = true, string name = "requirements.txt")
    {
        var settings = Settings();
        settings.DownloadUnhashed = download;
        return Assert.Single((await _rig.AuditAsync(text, settings, name)).Packages);
    }
}
