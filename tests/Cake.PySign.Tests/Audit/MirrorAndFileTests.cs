using Cake.PySign.Audit;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;
using PySign.Formats;
using PySign.Sandbox.Registries.PyPi;

namespace Cake.PySign.Tests.Audit;

/// <summary>Mirrors that pass, strip, rewrite and lie; one distribution looked at alone.</summary>
public sealed class MirrorAndFileTests(SharedAuditRig shared) : IClassFixture<SharedAuditRig>, IAsyncLifetime
{
    private static readonly PlantedRelease _good = new("good", "1.0", "acme/good");

    private AuditRig Rig => shared.Rig;

    public async ValueTask InitializeAsync() => await Rig.PlantAsync(_good, new PlantedRelease("bare", "1.0"));

    public ValueTask DisposeAsync()
    {
        shared.Clear();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_mirror_that_strips_passes_hashes_and_says_nothing_of_attestations()
    {
        await using var mirror = await AuditRig.StartAsync();
        await mirror.PlantAsync(_good with { Repository = null }, new PlantedRelease("bare", "1.0"));
        mirror.Index.Options = new PyPiOptions { ShowsProvenance = false };
        var report = await CheckAsync(mirror.IndexUrl);
        Assert.Equal(MirrorOutcome.Stripped, Outcome(report, "attestations"));
        Assert.Equal(MirrorOutcome.Passed, Outcome(report, "hashes"));
        Assert.Equal(MirrorOutcome.Changed, Outcome(report, "urls"));
    }

    [Fact]
    public async Task A_mirror_that_serves_other_files_is_not_faithful()
    {
        await using var mirror = await AuditRig.StartAsync();
        await mirror.PlantAsync(_good with { Repository = null }, new PlantedRelease("bare", "1.0"));
        mirror.Index.Plant(_good.Files[1], ("good", "1.0"), PlantedRelease.Sha256("other"), _good.At);
        var report = await CheckAsync(mirror.IndexUrl);
        Assert.False(report.IsFaithful);
        Assert.Equal(MirrorOutcome.Changed, Outcome(report, "hashes"));

        // The right digests on the page, other bytes behind it: planted files have none, so every download differs.
        Assert.Equal(MirrorOutcome.Changed, Outcome(report, "bytes"));
    }

    [Fact]
    public async Task A_real_caching_proxy_passes_everything_and_an_audit_behind_it_knows_as_much()
    {
        await using var proxy = await NginxServer.CacheAsync(Rig.Cake.Folder, Rig.Server.BaseUrl);
        var report = await CheckAsync(new Uri(proxy.BaseUrl, "/simple"));
        foreach (var name in new[] { "files", "hashes", "attestations", "provenance", "upload-times" })
        {
            Assert.Equal(MirrorOutcome.Passed, Outcome(report, name));
        }

        var settings = Rig.Settings();
        settings.Index.Url = new Uri(proxy.BaseUrl, "/simple");
        Assert.Equal(AuditState.Attested, Assert.Single((await Rig.AuditAsync(AuditRig.Lock(_good), settings)).Packages).State);
    }

    [Fact]
    public async Task One_version_is_verified_for_the_given_or_remembered_publisher_and_for_no_other()
    {
        var settings = new PyVerifyDistributionSettings
        {
            Name = "Good",
            Version = "1.0.0",
            Index = { Url = Rig.IndexUrl },
            Trust = { TrustedRoot = Rig.Cake.Folder.File("trusted_root.json") },
            CertificateOidcIssuer = Rig.Issuer,
        };
        Assert.Equal(PySignFailure.InvalidSettings, (await RefusedAsync(settings)).Reason);

        settings.ShowPublisher = true;
        Assert.Equal(2, (await VerifyAsync(settings)).Count);
        settings.Publisher = TrustedPublisher.GitHub("acme/good", "release.yml");
        Assert.Equal("acme/good", (await VerifyAsync(settings))[0].Publisher.Repository);
        foreach (
            var other in new[] { TrustedPublisher.GitHub("acme/Good", "release.yml"), TrustedPublisher.GitHub("acme/good", "other.yml") }
        )
        {
            settings.Publisher = other;
            Assert.Equal(PySignFailure.VerificationFailed, (await RefusedAsync(settings)).Reason);
        }

        (settings.Publisher, settings.ShowPublisher) = (null, false);
        Rig.Cake.Folder.Write(
            "pysign-dependencies.toml",
            "schema = 1\n[packages.good]\npublisher = { kind = \"GitHub\", repository = \"acme/good\", workflow = \"release.yml\" }\n"
        );
        Assert.Equal(2, (await VerifyAsync(settings)).Count);
        settings.File = Rig.Cake.Folder.Write("good-1.0.tar.gz", "other bytes");
        Assert.Contains("hash-not-served", (await RefusedAsync(settings)).Message, StringComparison.Ordinal);
        (settings.File, settings.Name) = (null, "bare");
        settings.Publisher = TrustedPublisher.GitHub("acme/good", "release.yml");
        Assert.Contains("unattested", (await RefusedAsync(settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspection_shows_everything_and_says_that_nothing_is_verified()
    {
        var shown = await new AttestationInspector(Rig.Services()).InspectAsync(
            new PyInspectAttestationsSettings
            {
                Name = "good",
                Version = "1.0",
                Index = { Url = Rig.IndexUrl },
            },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(2, shown.Count);
        Assert.All(shown, one => Assert.False(one.IsVerified));
        Assert.Equal(("acme/good", "https://github.com/acme/good"), (shown[0].Publisher!.Repository, shown[0].Claims["source-repository"]));
        Assert.StartsWith("https://github.com/acme/good/.github/workflows/release.yml@", shown[0].Identity, StringComparison.Ordinal);
        Assert.Equal(
            new InspectedSubject(_good.Files[0], Sha256Digest.Parse(PlantedRelease.Sha256(_good.Files[0]))),
            Assert.Single(shown[0].Subjects)
        );
        Assert.Equal(shown[0].Claims["issuer"], shown[0].Issuer);
        Assert.All(shown.SelectMany(one => one.LogEntries), entry => Assert.True(entry is { Index: >= 0, IntegratedTime: not null }));
        Assert.StartsWith("NOT VERIFIED", AttestationInspector.Table(shown).First(), StringComparison.Ordinal);
        Assert.Contains(
            "\"verified\": false",
            System.Text.Encoding.UTF8.GetString(AttestationInspector.Json(shown)),
            StringComparison.Ordinal
        );
    }

    private Task<IReadOnlyList<VerifiedDistribution>> VerifyAsync(PyVerifyDistributionSettings settings) =>
        new DistributionCheck(Rig.Services()).VerifyAsync(settings, TestContext.Current.CancellationToken);

    private async Task<PySignException> RefusedAsync(PyVerifyDistributionSettings settings) =>
        await Assert.ThrowsAnyAsync<PySignException>(() => VerifyAsync(settings));

    private Task<MirrorReport> CheckAsync(Uri mirror)
    {
        var settings = new PyCheckMirrorSettings { Mirror = { Url = mirror }, Upstream = { Url = Rig.IndexUrl } };
        settings.Packages.Add("good");
        settings.Packages.Add("bare");
        return new MirrorCheck(Rig.Services()).CheckAsync(settings, TestContext.Current.CancellationToken);
    }

    private static MirrorOutcome Outcome(MirrorReport report, string name) => report.Behaviors.Single(one => one.Name == name).Outcome;
}
