using Cake.Core;
using Cake.PySign.Import;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Tests.Recipe;

/// <summary>Wheels of other jobs in the release of this one.</summary>
public sealed class ImportStageTests(SandboxFixture fixture)
{
    private const string Sdist = "hello_pysign-1.0.0.tar.gz";

    private static readonly string[] _tags =
    [
        "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64",
        "cp312-cp312-musllinux_1_2_x86_64",
        "cp312-cp312-win_amd64",
    ];

    [Fact]
    public async Task Sdist_and_imported_wheels_are_released_as_one_and_the_ledger_says_where_each_came_from()
    {
        SystemPython.Require("twine.__main__");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        PlaySdist(jobs);
        var digests = Artifacts(jobs, _tags);
        await jobs.RunAsync("PySign-Import", [.. Import(), ("PYSIGN_DIGESTS_wheels", digests)]);
        var ledger = jobs.Dist.ReadChecked();
        Assert.Equal(4, ledger.Files.Count);
        Assert.Null(ledger[Sdist].Origin);
        Assert.All(
            ledger.Files.Where(file => file.Kind == DistributionKind.Wheel),
            file => Assert.Equal(("wheels-1", "matrix", true), (file.Origin!.Folder, file.Origin.Job, file.Origin.HandedOn))
        );
        await jobs.RunAllAsync(
            ReleaseStage.Sign,
            ReleaseStage.Verify,
            ReleaseStage.PublishSignatures,
            ReleaseStage.Publish,
            ReleaseStage.ConsumerVerification
        );
        var signed = jobs.Dist.ReadSigned();

        // Again: every signature stays, because the bytes are the same.
        await jobs.RunAsync("PySign-Import", [.. Import(), ("PYSIGN_DIGESTS", digests)]);
        var again = jobs.Dist.ReadSigned();
        Assert.Equal(signed.SignatureFiles, again.SignatureFiles);
        Assert.Equal(signed.Verifications, again.Verifications);
    }

    [Fact]
    public async Task A_wheel_that_an_earlier_import_left_goes_when_it_is_not_imported_again()
    {
        using var jobs = await WithArtifactsAsync();
        await jobs.RunAsync("PySign-Import", Import());
        File.Delete(jobs.Folder.File($"artifacts/wheels-1/hello_pysign-1.0.0-{_tags[2]}.whl").FullPath);
        await jobs.RunAsync("PySign-Import", [.. Import(), ("PYSIGN_EXPECT_WHEELS", "cp312-*linux*")]);
        Assert.Equal(3, jobs.Dist.ReadChecked().Files.Count);
        Assert.False(File.Exists(jobs.Dist.File($"hello_pysign-1.0.0-{_tags[2]}.whl").FullPath));
    }

    /// <summary>Old files go, then the ledger is written, then new ones come: what a run leaves that is killed at each of these.</summary>
    [Theory]
    [InlineData("old files are gone", false)]
    [InlineData("the ledger names what is not there yet", true)]
    [InlineData("one of the new files is there", true)]
    public async Task An_import_that_was_killed_goes_on_when_it_is_run_again(string when, bool isWritten)
    {
        SystemPython.Require("twine.__main__");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        PlaySdist(jobs);
        Artifacts(jobs, _tags);
        await jobs.RunAsync("PySign-Import", Import());
        var before = await File.ReadAllBytesAsync(jobs.Dist.File(LedgerStore.FileName).FullPath, TestContext.Current.CancellationToken);
        var (again, dropped) = (new PlatformWheel(_tags[0]) { Padding = 7 }, $"hello_pysign-1.0.0-{_tags[2]}.whl");
        jobs.Folder.Write($"artifacts/wheels-1/{again.Name}", again.Bytes());
        File.Delete(jobs.Folder.File($"artifacts/wheels-1/{dropped}").FullPath);
        (string, string?)[] second = [.. Import(), ("PYSIGN_EXPECT_WHEELS", "cp312-*linux*")];
        await jobs.RunAsync("PySign-Import", second);
        var done = jobs.Folder.Snapshot("dist");
        var artifacts = jobs.Folder.Snapshot("artifacts");

        // As the kill leaves it.
        File.Delete(jobs.Dist.File(again.Name).FullPath);
        if (!isWritten)
        {
            jobs.Folder.Write($"dist/{LedgerStore.FileName}", before);
        }

        if (when.StartsWith("one", StringComparison.Ordinal))
        {
            File.Delete(jobs.Dist.File($"hello_pysign-1.0.0-{_tags[1]}.whl").FullPath);
            jobs.Folder.Write($"dist/{again.Name}", again.Bytes());
        }

        Directory.CreateDirectory(jobs.Folder.Folder($"dist/.pysign-import.{new string('0', 32)}.part").FullPath);
        await jobs.RunAsync("PySign-Import", second);
        Assert.Equal(done, jobs.Folder.Snapshot("dist"));
        Assert.Equal(artifacts, jobs.Folder.Snapshot("artifacts"));
        Assert.Equal(3, jobs.Dist.ReadChecked().Files.Count);
    }

    [Fact]
    public async Task A_wheel_that_was_built_again_takes_the_place_of_the_one_that_was_imported_and_only_of_that()
    {
        using var jobs = await WithArtifactsAsync();
        await jobs.RunAsync("PySign-Import", Import());
        await jobs.RunAsync("PySign-Sign");
        var before = jobs.Dist.ReadSigned();
        var again = new PlatformWheel(_tags[0]) { Padding = 7 };
        jobs.Folder.Write($"artifacts/wheels-1/{again.Name}", again.Bytes());
        await jobs.RunAsync("PySign-Import", Import());
        var after = jobs.Dist.ReadChecked();
        Assert.Equal(SampleDistribution.Sha256(again.Bytes()), after[again.Name].Sha256);
        Assert.Null(after[again.Name].Signature);
        Assert.Null(after.Statement);
        Assert.All(
            after.Files.Where(file => file.Name != again.Name && file.Origin is not null),
            file => Assert.Equal(before[file.Name].Signature!.Files, file.Signature!.Files)
        );
        await jobs.RunAsync("PySign-Sign");
        Assert.Equal(4, jobs.Dist.ReadSigned().Files.Count);

        // Somebody else's bytes under the name are not ours to replace, and the ledger stays as it was.
        jobs.Folder.Write($"dist/{again.Name}", "mine");
        var snapshot = jobs.Folder.Snapshot();
        var e = await Assert.ThrowsAsync<CakeException>(() => jobs.RunAsync("PySign-Import", Import()));
        Assert.Equal(PySignFailure.OutputFolderNotEmpty, Assert.IsType<PySignException>(e.GetBaseException()).Reason);
        Assert.Equal(snapshot, jobs.Folder.Snapshot());
    }

    [Fact]
    public async Task An_import_after_a_release_that_was_signed_by_half_keeps_that_half()
    {
        using var jobs = await WithArtifactsAsync();
        await jobs.RunAsync("PySign-Import", Import());
        await jobs.RunAsync("PySign-Sign");
        var signed = jobs.Dist.ReadSigned();
        jobs.Dist.Store.Write(
            signed with
            {
                Statement = null,
                Files = [.. signed.Files.Select((file, i) => i % 2 == 0 ? file : file with { Signature = null })],
            }
        );
        foreach (var part in signed.Files.Where((_, i) => i % 2 == 1).SelectMany(file => file.Signature!.Files))
        {
            File.Delete(jobs.Dist.File(part.Name).FullPath);
        }

        File.Delete(jobs.Dist.File(signed.Statement!.File.Name).FullPath);
        await jobs.RunAsync("PySign-Import", Import());
        var half = jobs.Dist.ReadChecked();
        Assert.Equal(
            signed.Files.Select((file, i) => i % 2 == 0 ? file.Signature!.Files[0] : null),
            half.Files.Select(file => file.Signature?.Files[0])
        );
        await jobs.RunAsync("PySign-Sign");
        var whole = jobs.Dist.ReadSigned();
        Assert.Equal(signed.Files[0].Signature!.Files, whole.Files[0].Signature!.Files);
    }

    [Fact]
    public async Task An_import_before_the_sdist_is_built_changes_nothing_and_says_what_is_missing()
    {
        SystemPython.Require("twine.__main__");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        Artifacts(jobs, _tags);
        var e = await Assert.ThrowsAsync<CakeException>(() => jobs.RunAsync("PySign-Import", Import()));
        Assert.Equal(PyImportFailure.SdistMissing, Assert.Single(Assert.IsType<PyImportException>(e.GetBaseException()).Problems).Reason);
        Assert.False(jobs.Dist.Store.Exists);
        PlaySdist(jobs);
        await jobs.RunAsync("PySign-Import", Import());
        Assert.Equal(4, jobs.Dist.ReadChecked().Files.Count);
    }

    [Theory]
    [InlineData("PYSIGN_IMPORT_FROM", ",")]
    [InlineData("PYSIGN_IMPORT_FROM", " ")]
    public async Task An_import_of_no_folder_is_refused_although_there_is_a_ledger(string name, string value)
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        PlaySdist(jobs);
        var e = await Assert.ThrowsAsync<CakeException>(() => jobs.RunAsync("PySign-Import", (name, value)));
        Assert.Equal((int)ReleaseStage.Configuration, e.ExitCode);
    }

    [Theory]
    [InlineData("[release]\nwheels = \"cp312-*\"")]
    [InlineData("[release]\nwheels = []")]
    [InlineData("[release]\nwheels = [\"\"]")]
    [InlineData("[release]\nwheels = [\"cp312-*\", \" \"]")]
    [InlineData("[release]\nwheels = [312]")]
    [InlineData("[release]\nwheels = [[\"cp312-*\"]]")]
    [InlineData("[release]\nwheels = { linux = true }")]
    [InlineData("[release]\nsdist = \"false\"")]
    [InlineData("release = \"x\"")]
    [InlineData("[[release]]\nwheels = [\"cp312-*\"]")]
    [InlineData("[Release]\nwheels = [\"cp312-*\"]")]
    [InlineData("[release]\nwheels = [\"cp312-*\"")]
    public void What_pysign_toml_says_in_another_form_is_refused(string text)
    {
        using var folder = new TemporaryFolder();
        folder.Write("pysign.toml", text);
        var refused = Assert.Throws<PySignException>(() =>
        {
            var settings = new PyImportDistributionsSettings();
            foreach (var wheel in ProjectSettings.Of(folder.Folder(".")).Wheels)
            {
                settings.ExpectWheels.Add(wheel);
            }

            PyImporter.Rules(settings);
        });
        Assert.Equal(PySignFailure.InvalidSettings, refused.Reason);
    }

    [Fact]
    public async Task An_import_that_was_killed_before_its_files_were_moved_is_run_again()
    {
        using var jobs = await WithArtifactsAsync();
        await jobs.RunAsync("PySign-Import", Import());
        var ledger = jobs.Dist.ReadChecked();
        File.Delete(jobs.Dist.File($"hello_pysign-1.0.0-{_tags[1]}.whl").FullPath);
        const string Private = "dist/.pysign-import.0123456789abcdef0123456789abcdef.part";
        jobs.Folder.Write($"{Private}/hello_pysign-1.0.0-{_tags[1]}.whl", "half");
        jobs.Folder.Write($"{Private}.lock", "");
        Assert.Throws<PySignException>(() => jobs.Dist.ReadChecked());
        await jobs.RunAsync("PySign-Import", Import());
        Assert.Equal(ledger.Files.Select(file => file.Sha256), jobs.Dist.ReadChecked().Files.Select(file => file.Sha256));
        Assert.Empty(Directory.GetDirectories(jobs.Dist.Path.FullPath));
        Assert.False(File.Exists(jobs.Folder.File($"{Private}.lock").FullPath));
    }

    [Fact]
    public async Task A_distribution_that_neither_ledger_nor_import_names_stops_the_import_and_stays()
    {
        using var jobs = await WithArtifactsAsync();
        jobs.Folder.Write("dist/other-1.0-py3-none-any.whl", "mine");
        var e = await Assert.ThrowsAsync<CakeException>(() => jobs.RunAsync("PySign-Import", Import()));
        Assert.Equal(21, e.ExitCode);
        Assert.Equal(PySignFailure.OutputFolderNotEmpty, Assert.IsType<PySignException>(e.GetBaseException()).Reason);
        Assert.Equal("mine", File.ReadAllText(jobs.Folder.File("dist/other-1.0-py3-none-any.whl").FullPath));
        Assert.Single(jobs.Dist.Store.Read().Files);
    }

    [Fact]
    public async Task What_pysign_toml_expects_is_required_and_a_mistyped_key_in_it_is_an_error()
    {
        using var jobs = await WithArtifactsAsync();
        jobs.Folder.Write("pysign.toml", "[release]\nwheels = [\"cp312-*\", \"cp313-win_amd64\"]\n");
        var e = await Assert.ThrowsAsync<CakeException>(() => jobs.RunAsync("PySign-Import", Import(null)));
        Assert.Equal(PyImportFailure.WheelMissing, Assert.Single(Assert.IsType<PyImportException>(e.GetBaseException()).Problems).Reason);
        jobs.Folder.Write("pysign.toml", "[release]\nweels = [\"cp312-*\"]\n");
        e = await Assert.ThrowsAsync<CakeException>(() => jobs.RunAsync("PySign-Import", Import(null)));
        Assert.Equal(PySignFailure.InvalidSettings, Assert.IsType<PySignException>(e.GetBaseException()).Reason);
    }

    [Fact]
    public async Task A_new_build_keeps_what_was_imported_and_refuses_it_beside_another_version()
    {
        SystemPython.Require("build.__main__, twine.__main__, flit_core.buildapi");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.Folder.Write("pyproject.toml", Project("1.0.0"));
        jobs.Folder.Write("hello_pysign.py", "print('hello')\n");
        Artifacts(jobs, _tags);
        await jobs.RunAsync("PySign-Build", Import());
        await jobs.RunAsync("PySign-Import", Import());
        var ledger = jobs.Dist.ReadChecked();
        await jobs.RunAsync("PySign-Build", Import());
        Assert.Equal(
            ledger.Files.Select(file => (file.Name, file.Sha256)),
            jobs.Dist.ReadChecked().Files.Select(file => (file.Name, file.Sha256))
        );
        jobs.Folder.Write("pyproject.toml", Project("1.0.1"));
        (string, string?)[] untagged = [("CI_COMMIT_TAG", null), .. Import()];
        var before = jobs.Folder.Snapshot();
        var e = await Assert.ThrowsAsync<CakeException>(() => jobs.RunAsync("PySign-Build", untagged));
        Assert.Equal(PySignFailure.BuildMismatch, Assert.IsType<PySignException>(e.GetBaseException()).Reason);
        Assert.Equal(before, jobs.Folder.Snapshot());
    }

    private static string Project(string version) =>
        $"""
            [build-system]
            requires = ["flit_core>=3"]
            build-backend = "flit_core.buildapi"

            [project]
            name = "hello-pysign"
            version = "{version}"
            description = "a sample"
            """;

    private static (string Name, string? Value)[] Import(string? wheels = "cp312-*") =>
        [("PYSIGN_IMPORT_FROM", "artifacts"), ("PYSIGN_EXPECT_WHEELS", wheels)];

    /// <summary>A project whose sdist is built and whose other jobs have left their wheels.</summary>
    private async Task<ReleaseJobs> WithArtifactsAsync()
    {
        SystemPython.Require("twine.__main__");
        var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        PlaySdist(jobs);
        Artifacts(jobs, _tags);
        return jobs;
    }

    private static void PlaySdist(ReleaseJobs jobs)
    {
        var bytes = SampleDistribution.SdistOf("hello_pysign-1.0.0", PlatformWheel.Metadata("hello-pysign", "1.0.0"));
        jobs.Folder.Write($"dist/{Sdist}", bytes);
        jobs.Dist.Store.Write(
            new Ledger
            {
                Schema = Ledger.CurrentSchema,
                Name = "hello-pysign",
                NormalizedName = "hello-pysign",
                Version = "1.0.0",
                Files = [new LedgerFile(Sdist, DistributionKind.Sdist, SampleDistribution.Sha256(bytes), bytes.Length, [])],
            }
        );
    }

    /// <returns>What the jobs hand on.</returns>
    private static string Artifacts(ReleaseJobs jobs, params string[] tags)
    {
        var handed = "";
        foreach (var wheel in tags.Select(tag => new PlatformWheel(tag)))
        {
            jobs.Folder.Write($"artifacts/wheels-1/{wheel.Name}", wheel.Bytes());
            handed += $"{SampleDistribution.Sha256(wheel.Bytes())}  {wheel.Name}\n";
        }

        return "job=matrix " + handed;
    }
}
