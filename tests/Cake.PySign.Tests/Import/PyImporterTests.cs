using Cake.PySign.Build;
using Cake.PySign.Import;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Tests.Import;

/// <summary>What twenty jobs may hand over, and what of it is named.</summary>
public sealed class PyImporterTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Whatever_is_wrong_with_a_set_of_distributions_is_a_reason_of_an_import() =>
        Assert.Empty(Enum.GetNames<SetProblemKind>().Except(Enum.GetNames<PyImportFailure>(), StringComparer.Ordinal));

    [Fact]
    public void Artifacts_in_folders_of_their_own_become_one_release()
    {
        Artifact("wheels-linux/wheelhouse", new PlatformWheel("cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64"));
        Artifact("wheels-win", new PlatformWheel("cp312-cp312-win_amd64"));
        Sdist("sdist");
        var imported = Import("cp312-manylinux_x86_64", "cp312-win_amd64");
        Assert.Equal(3, imported.Count);
        Assert.Equal(
            ["sdist", "wheels-linux/wheelhouse", "wheels-win"],
            imported.Select(one => one.Origin.Folder).Order(StringComparer.Ordinal)
        );
        Assert.All(
            imported,
            one =>
                Assert.Equal(
                    one.Sha256,
                    SampleDistribution.Sha256(File.ReadAllBytes(_rig.Folder.File($"dist/{one.Path.GetFilename()}").FullPath))
                )
        );
        Assert.Empty(Directory.GetDirectories(_rig.Folder.Folder("dist").FullPath));
    }

    [Fact]
    public void Of_two_imports_at_once_neither_takes_anything_of_the_other_away()
    {
        Sdist("sdist");
        Artifact("wheels", new PlatformWheel("py3-none-any"));
        var files = Directory.GetFiles(_rig.Folder.Folder("artifacts").FullPath, "*", SearchOption.AllDirectories);
        var dist = _rig.Folder.Folder("dist");
        using var one = new StagedImport(dist);
        using var other = new StagedImport(dist);
        foreach (var file in files)
        {
            var name = System.IO.Path.GetFileName(file);
            foreach (var staged in new[] { one, other })
            {
                using var source = File.OpenRead(file);
                StagedImport.Take(source, staged.Place(name), TestContext.Current.CancellationToken);
            }
        }

        Import();
        Assert.Equal(files.Length, Directory.GetFiles(one.Folder.FullPath).Length);
        Assert.Equal(files.Length, Directory.GetFiles(other.Folder.FullPath).Length);
        other.Dispose();
        Assert.Equal(files.Length, Directory.GetFiles(one.Folder.FullPath).Length);
    }

    [Fact]
    public void A_second_import_of_the_same_files_changes_nothing()
    {
        Sdist("sdist");
        Artifact("wheels", new PlatformWheel("py3-none-any"));
        Import();
        var before = _rig.Folder.Snapshot();
        Import();
        Assert.Equal(before, _rig.Folder.Snapshot());
    }

    [Fact]
    public void All_problems_are_one_list_and_nothing_is_put_anywhere()
    {
        Artifact("a", new PlatformWheel("cp312-cp312-win_amd64"));
        Artifact("b", new PlatformWheel("cp311-cp311-win_amd64") { Version = "1.0.1" });
        Artifact("c", new PlatformWheel("cp310-cp310-linux_x86_64"));
        Directory.CreateDirectory(_rig.Folder.Folder("artifacts/d").FullPath);
        var e = Refused(wheels: ["cp3{10,12}-*", "cp313-win_amd64"]);
        Assert.Equal(
            [
                PyImportFailure.EmptyFolder,
                PyImportFailure.OtherVersion,
                PyImportFailure.SdistMissing,
                PyImportFailure.WheelMissing,
                PyImportFailure.Unexpected,
                PyImportFailure.LinuxTag,
            ],
            e.Problems.Select(problem => problem.Reason)
        );
        Assert.Equal(PySignFailure.IncompleteRelease, e.Reason);
        Assert.False(Directory.EnumerateFileSystemEntries(_rig.Folder.Folder("dist").FullPath).Any());
    }

    [Fact]
    public void A_folder_without_a_distribution_stops_the_import()
    {
        Directory.CreateDirectory(_rig.Folder.Folder("artifacts").FullPath);
        Assert.Contains(PyImportFailure.EmptyFolder, Refused().Problems.Select(problem => problem.Reason));
    }

    [Fact]
    public void A_wheel_in_two_artifacts_is_named_with_both()
    {
        Sdist("sdist");
        Artifact("one", new PlatformWheel("py3-none-any"));
        Artifact("two", new PlatformWheel("py3-none-any"));
        var problem = Assert.Single(Refused().Problems);
        Assert.Equal(PyImportFailure.Twice, problem.Reason);
        Assert.Contains("one and in two", problem.Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cp312-cp312-win_amd64", "1", PyImportFailure.Twice)]
    [InlineData("cp312-cp312-manylinux2014_x86_64", null, PyImportFailure.Twice)]
    public void Two_wheels_that_no_installer_can_choose_between_are_refused(string tag, string? build, PyImportFailure kind)
    {
        Sdist("sdist");
        Artifact("one", new PlatformWheel(build is null ? "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64" : tag));
        Artifact("two", new PlatformWheel(tag) { Build = build, Fields = "" });
        Assert.Contains(kind, Refused().Problems.Select(problem => problem.Reason));
    }

    [Fact]
    public void A_wheel_renamed_for_another_platform_is_not_what_its_name_says()
    {
        Sdist("sdist");
        Artifact("one", new PlatformWheel("cp312-cp312-win_amd64") { TagInside = "cp312-cp312-win32" });
        Assert.Equal(PyImportFailure.Tags, Assert.Single(Refused().Problems).Reason);
    }

    [Theory]
    [InlineData("cp39-abi3-win_amd64", "_speed.cp312-win_amd64.pyd")]
    [InlineData("py3-none-any", "_speed.abi3.so")]
    [InlineData("cp311-cp311-manylinux2014_x86_64", "_speed.cpython-312-x86_64-linux-gnu.so")]
    [InlineData("cp313-cp313-manylinux2014_x86_64", "_speed.cpython-313t-x86_64-linux-gnu.so")]
    public void An_extension_module_for_another_interpreter_than_the_tag_is_refused(string tag, string module)
    {
        Sdist("sdist");
        Artifact("one", new PlatformWheel(tag) { Module = module });
        Assert.Equal(PyImportFailure.Tags, Assert.Single(Refused().Problems).Reason);
    }

    [Fact]
    public void Metadata_that_differs_is_named_by_field_and_what_the_sdist_calls_dynamic_may()
    {
        Sdist("sdist");
        Artifact("one", new PlatformWheel("cp312-cp312-win_amd64"));
        Artifact("two", new PlatformWheel("cp312-cp312-win32") { Fields = "Requires-Dist: numpy\n" });
        var problem = Assert.Single(Refused().Problems);
        Assert.Equal(PyImportFailure.MetadataDiffers, problem.Reason);
        Assert.Contains("Requires-Dist", problem.Explanation, StringComparison.Ordinal);
        Sdist("sdist", "Dynamic: Requires-Dist\n");
        Assert.Equal(3, Import().Count);
    }

    [Fact]
    public void What_an_artifact_store_changed_is_found_by_the_digests_that_the_jobs_handed_on()
    {
        Sdist("sdist");
        var wheel = new PlatformWheel("cp312-cp312-win_amd64");
        Artifact("wheels", wheel);
        var sdist = File.ReadAllBytes(_rig.Folder.File("artifacts/sdist/hello_pysign-1.0.0.tar.gz").FullPath);
        var said =
            $"job=windows runner=win-2025 commit=abc {SampleDistribution.Sha256(wheel.Bytes())}  wheelhouse/{wheel.Name}\n"
            + $"{SampleDistribution.Sha256(sdist)} *hello_pysign-1.0.0.tar.gz";
        var imported = Import(settings: settings => settings.Digests.Add(said));
        Assert.Equal(
            ("windows", "win-2025", "abc", true),
            (imported[^1].Origin.Job, imported[^1].Origin.Runner, imported[^1].Origin.Commit, imported[^1].Origin.IsHandedOn)
        );

        Directory.Delete(_rig.Folder.Folder("dist").FullPath, recursive: true);
        _rig.Folder.Write($"artifacts/wheels/{wheel.Name}", (wheel with { Padding = 1 }).Bytes());
        Assert.Equal(PyImportFailure.Altered, Assert.Single(Refused(settings => settings.Digests.Add(said)).Problems).Reason);
        File.Delete(_rig.Folder.File($"artifacts/wheels/{wheel.Name}").FullPath);
        Artifact("wheels", new PlatformWheel("cp312-cp312-win32"));
        Assert.Equal(
            [PyImportFailure.NotHandedOn, PyImportFailure.Lost],
            Refused(settings => settings.Digests.Add(said)).Problems.Select(problem => problem.Reason)
        );
    }

    [Theory]
    [InlineData("{\"linux\": \"HEX  a.whl\", \"windows\": \"HEX *b.whl\", \"empty\": \"\"}", 2)]
    [InlineData("{\"linux\": \"HEX  a.whl\", \"version\": \"1.0.0\", \"published\": \"false\"}", 1)]
    [InlineData("HEX  a.whl\r\nHEX *b.whl\r\n", 2)]
    [InlineData("job=a runner=b HEX  ./wheelhouse/a.whl\njob=c HEX  C:\\work\\wheelhouse\\b.whl", 2)]
    [InlineData("HEX  a.whl HEX  a.whl", 1)]
    [InlineData("HEX  a.whl HEX  b.whl HEX  c.whl", 3)]
    [InlineData("BASE64", 1)]
    public void Digests_are_read_in_every_form_that_a_job_can_hand_on(string text, int files)
    {
        var hex = new string('a', 64);
        text = text.Replace("HEX", hex, StringComparison.Ordinal)
            .Replace("BASE64", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{hex}  x.whl\n")), StringComparison.Ordinal);
        Assert.Equal(files, HandedDigests.Read([text]).Files.Count());
    }

    [Theory]
    [InlineData("not a digest")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"a\": \"\"}")]
    [InlineData("{\"version\": \"1.0.0\"}")]
    [InlineData("{\"a\": \"{\\\"b\\\": 1}\"}")]
    [InlineData("{\"a\": \"x\", \"a\": \"y\"}")]
    [InlineData("job=linux commit=abc")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  short.whl")]
    [InlineData("gaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  no-hex.whl")]
    [InlineData("SHA256 (a.whl) = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("{\"a\": 1}")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Digests_that_cannot_be_read_are_an_error_and_not_nothing(string text) =>
        Assert.Equal(PySignFailure.InvalidSettings, Assert.Throws<PySignException>(() => HandedDigests.Read([text])).Reason);

    [Fact]
    public void Two_jobs_that_made_one_file_with_other_bytes_are_in_the_list_with_what_was_lost_and_what_nobody_named()
    {
        Sdist("sdist");
        var wheel = new PlatformWheel("cp312-cp312-win_amd64");
        Artifact("wheels", wheel);
        var digest = SampleDistribution.Sha256(wheel.Bytes());
        var refused = Refused(settings =>
        {
            settings.Digests.Add($"job=a {digest.Hex.ToUpperInvariant()}  {wheel.Name}");
            settings.Digests.Add($"job=b {new string('b', 64)}  {wheel.Name}  {digest}  ../../etc/passwd  {digest}  ..");
        });
        Assert.Equal(
            [PyImportFailure.Twice, PyImportFailure.NotHandedOn, PyImportFailure.Lost, PyImportFailure.Lost],
            refused.Problems.Select(problem => problem.Reason)
        );
    }

    [Fact]
    public void Another_file_of_the_same_name_in_the_output_folder_is_not_overwritten()
    {
        Sdist("sdist");
        var wheel = new PlatformWheel("py3-none-any");
        Artifact("wheels", wheel);
        _rig.Folder.Write($"dist/{wheel.Name}", "mine");
        Assert.Equal(PySignFailure.OutputFolderNotEmpty, Assert.Throws<PySignException>(() => Import()).Reason);
        Assert.Equal("mine", File.ReadAllText(_rig.Folder.File($"dist/{wheel.Name}").FullPath));
    }

    [Fact]
    public void What_lies_beside_a_wheel_as_its_builders_attestation_is_remembered_and_not_believed()
    {
        Sdist("sdist");
        var wheel = new PlatformWheel("py3-none-any");
        Artifact("wheels", wheel);
        _rig.Folder.Write($"artifacts/wheels/{wheel.Name}.sigstore.json", "{}");
        var origin = Import().Single(one => one.Path.GetFilename().FullPath == wheel.Name).Origin;
        Assert.Equal(
            (wheel.Name + ".sigstore.json", SampleDistribution.Sha256("{}"u8.ToArray())),
            (origin.AttestationFileName, origin.AttestationSha256)
        );
        Assert.False(File.Exists(_rig.Folder.File($"dist/{wheel.Name}.sigstore.json").FullPath));
    }

    private void Artifact(string folder, PlatformWheel wheel) => _rig.Folder.Write($"artifacts/{folder}/{wheel.Name}", wheel.Bytes());

    private void Sdist(string folder, string fields = "") =>
        _rig.Folder.Write(
            $"artifacts/{folder}/hello_pysign-1.0.0.tar.gz",
            SampleDistribution.SdistOf("hello_pysign-1.0.0", PlatformWheel.Metadata("hello-pysign", "1.0.0", fields))
        );

    private IReadOnlyList<ImportedDistribution> Import(params string[] wheels) => Import(null, wheels);

    private IReadOnlyList<ImportedDistribution> Import(Action<PyImportDistributionsSettings>? settings, params string[] wheels)
    {
        var chosen = new PyImportDistributionsSettings
        {
            From = { _rig.Folder.Folder("artifacts") },
            OutputDirectory = _rig.Folder.Folder("dist"),
        };
        chosen.WaivedChecks.Add(PyBuildCheck.Metadata);
        chosen.WaivedChecks.Add(PyBuildCheck.MetadataVersion);
        foreach (var wheel in wheels)
        {
            chosen.ExpectWheels.Add(wheel);
        }

        settings?.Invoke(chosen);
        return _rig.Context.PyImportDistributions(chosen, TestContext.Current.CancellationToken);
    }

    private PyImportException Refused(Action<PyImportDistributionsSettings>? settings = null, params string[] wheels) =>
        Assert.Throws<PyImportException>(() => Import(settings, wheels));
}
