namespace Cake.PySign.Tests.Audit;

/// <summary>A pylock.toml that carries its own expectation; and the one command that enforces what has long been attested.</summary>
public sealed class LockIdentitiesTests(SharedAuditRig shared) : IClassFixture<SharedAuditRig>, IDisposable
{
    private readonly AuditRig _rig = shared.Rig;

    public void Dispose() => shared.Clear();

    [Fact]
    public async Task What_is_proven_is_written_and_the_next_audit_expects_it()
    {
        PlantedRelease good = new("good", "1.0", "acme/good");
        PlantedRelease partly = new PlantedRelease("partly", "1.0", "acme/partly") { Attested = 1 };
        PlantedRelease bare = new("bare", "1.0");
        await _rig.PlantAsync(good, partly, bare);
        var text = "# ours\n" + AuditRig.Lock(good, partly, bare);
        var settings = _rig.Settings();
        settings.WriteIdentities = true;
        await _rig.AuditAsync(text, settings);

        var path = _rig.Cake.Folder.File("pylock.toml").FullPath;
        var written = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        const string Line = "attestation-identities = [{ kind = \"GitHub\", repository = \"acme/good\", workflow = \"release.yml\" }]\n";
        Assert.Contains(Line, written, StringComparison.Ordinal);
        Assert.Equal(
            text,
            written
                .Replace(Line, "", StringComparison.Ordinal)
                .Replace(Line.Replace("good", "partly", StringComparison.Ordinal), "", StringComparison.Ordinal)
        );

        // Again: nothing to write, and nothing changed.
        var time = File.GetLastWriteTimeUtc(path);
        var report = await _rig.AuditAsync(settings, path);
        Assert.Equal(time, File.GetLastWriteTimeUtc(path));
        Assert.All(report.Packages, row => Assert.Empty(row.Changes));

        // A month later somebody else publishes one, and the other has no attestations: said against the lock file alone.
        _rig.Index.Reset();
        await _rig.PlantAsync(good with { Repository = "evil/fork" }, partly with { Repository = null }, bare);
        settings.WriteIdentities = false;
        report = await _rig.AuditAsync(settings, path);
        Assert.Equal(
            ["good PublisherChanged", "partly AttestationLost"],
            report.Packages.SelectMany(row => row.Changes.Select(change => $"{row.Name} {change.Change}"))
        );

        // Writing then is accepting, as a diff; what is lost stays expected.
        settings.WriteIdentities = true;
        await _rig.AuditAsync(settings, path);
        written = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.Contains("evil/fork", written, StringComparison.Ordinal);
        Assert.DoesNotContain("acme/good", written, StringComparison.Ordinal);
        Assert.Contains("acme/partly", written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Steady_packages_move_to_enforce_as_a_diff_and_others_do_not()
    {
        var old = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
        PlantedRelease[] locked =
        [
            new("steady", "3.0", "acme/steady"),
            new("young", "3.0", "acme/young"),
            new("gap", "3.0", "acme/gap"),
            new("few", "3.0", "acme/few"),
            new("moved", "3.0", "acme/moved"),
            new("unknown", "3.0", "acme/unknown"),
        ];
        foreach (var release in locked)
        {
            var versions = release.Name == "few" ? new[] { "3.0" } : ["1.0", "2.0", "3.0"];
            await _rig.PlantAsync(
                versions.Select(
                    (version, i) =>
                        release with
                        {
                            Version = version,
                            At = release.Name == "young" ? _rig.Time.GetUtcNow().AddDays(i - 10) : old.AddMonths(i),
                            Attested = release.Name == "gap" && version == "2.0" ? 1 : 2,
                        }
                )
            );
        }

        var memory =
            "schema = 1 # ours\nmode = \"warn\"\n"
            + string.Concat(
                locked
                    .Where(release => release.Name != "unknown")
                    .Select(release =>
                        $"\n[packages.{release.Name}]\npublisher = {{ kind = \"GitHub\", repository = "
                        + $"\"{(release.Name == "moved" ? "former/moved" : release.Repository)}\", workflow = \"release.yml\" }}\n"
                    )
            );
        var policy = _rig.Cake.Folder.Write("pysign-dependencies.toml", memory).FullPath;
        var settings = _rig.Settings();
        settings.Promote = true;
        await _rig.AuditAsync(AuditRig.Lock(locked), settings);
        var after = await File.ReadAllTextAsync(policy, TestContext.Current.CancellationToken);
        Assert.Equal(memory, after.Replace("\nmode = \"enforce\"", "", StringComparison.Ordinal));
        Assert.Contains(
            "repository = \"acme/steady\", workflow = \"release.yml\" }\nmode = \"enforce\"\n",
            after,
            StringComparison.Ordinal
        );
        Assert.Single(after.Split("mode = \"enforce\"").Skip(1));
        Assert.Contains("for review", _rig.Cake.Log.Text, StringComparison.Ordinal);

        // With less patience more of them; what moved is not moved again.
        (settings.PromoteAfterVersions, settings.PromoteAfterMonths) = (1, 0);
        var report = await _rig.AuditAsync(AuditRig.Lock(locked), settings);
        after = await File.ReadAllTextAsync(policy, TestContext.Current.CancellationToken);
        Assert.Equal(4, after.Split("mode = \"enforce\"").Length - 1);
        Assert.False(report.Packages.Single(row => row.Name == "moved").IsSatisfied);
    }

    [Fact]
    public async Task Requirements_are_written_from_what_was_understood_and_not_from_what_a_lock_says()
    {
        PlantedRelease demo = new("demo", "1.0", "acme/demo");
        await _rig.PlantAsync(demo);
        var evil = PlantedRelease.Sha256("evil");
        var settings = _rig.Settings();
        settings.RequirementsFile = _rig.Cake.Folder.File("audit/requirements.txt");
        var text = AuditRig
            .Lock(demo)
            .Replace(
                "version = \"1.0\"\ns",
                $"version = \"1.0\"\nmarker = \"python_version > '3' --hash=sha256:{evil}\"\ns",
                StringComparison.Ordinal
            );
        await _rig.AuditAsync(text, settings);
        var written = await File.ReadAllTextAsync(settings.RequirementsFile.FullPath, TestContext.Current.CancellationToken);
        Assert.Contains("demo==1.0 \\\n", written, StringComparison.Ordinal);
        Assert.DoesNotContain(evil, written, StringComparison.Ordinal);

        // A version that is none, behind an index that cannot be asked: nothing contradicts it, and nothing is written.
        _rig.Index.Options = new() { Broken = new Dictionary<string, int>(StringComparer.Ordinal) { ["demo"] = 403 } };
        text = AuditRig.Lock(demo).Replace("version = \"1.0\"\ns", $"version = \"1.0 --hash=sha256:{evil}\"\ns", StringComparison.Ordinal);
        File.Delete(settings.RequirementsFile.FullPath);
        settings.NoCache = true;
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.AuditAsync(text, settings));
        Assert.Equal(PySignFailure.AuditNotSatisfied, e.Reason);
        Assert.False(File.Exists(settings.RequirementsFile.FullPath));
    }

    [Fact]
    public async Task Markers_reach_the_requirements_and_two_versions_for_one_environment_do_not()
    {
        PlantedRelease[] releases = [new("demo", "1.0", "acme/demo"), new("demo", "2.0", "acme/demo")];
        await _rig.PlantAsync(releases);
        var settings = _rig.Settings();
        settings.RequirementsFile = _rig.Cake.Folder.File("audit/requirements.txt");
        var text = AuditRig
            .Lock(releases)
            .Replace("version = \"1.0\"\ns", "version = \"1.0\"\nmarker = \"python_version < '3.10'\"\ns", StringComparison.Ordinal)
            .Replace(
                "version = \"2.0\"\ns",
                "version = \"2.0\"\nmarker = \"'x' in extras and python_version >= '3.10'\"\ns",
                StringComparison.Ordinal
            );
        await _rig.AuditAsync(text, settings);
        var written = await File.ReadAllTextAsync(settings.RequirementsFile.FullPath, TestContext.Current.CancellationToken);
        Assert.Contains("demo==1.0 ; python_version < \"3.10\" \\\n", written, StringComparison.Ordinal);
        Assert.Contains("demo==2.0 ; python_version >= \"3.10\" \\\n", written, StringComparison.Ordinal);

        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.AuditAsync(AuditRig.Lock(releases), settings));
        Assert.Equal(PySignFailure.AuditNotSatisfied, e.Reason);
        Assert.Contains("demo 2.0: another version", e.Message, StringComparison.Ordinal);
    }
}
