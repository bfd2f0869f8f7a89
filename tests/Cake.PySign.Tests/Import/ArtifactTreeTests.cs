using Cake.PySign.Build;
using Cake.PySign.Import;
using Cake.PySign.Tests.Rig;
using static Cake.PySign.Import.PyImportFailure;
using static Cake.PySign.Tests.Import.ArtifactCases;

namespace Cake.PySign.Tests.Import;

/// <summary>
/// Folders of artifacts as CI services, their download actions and people leave them, with what an import says of each: the kinds of its
/// problems, or none. Where there is a problem nothing is put anywhere, and no artifact is ever changed.
/// </summary>
public sealed class ArtifactTreeTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public static TheoryData<string> Cases => [.. ArtifactCases.All.Keys];

    public void Dispose() => _rig.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_tree_of_artifacts_gets_its_verdict(string name)
    {
        var one = ArtifactCases.All[name];
        one.Arrange(new ArtifactTree(_rig.Folder));
        var before = _rig.Folder.Snapshot("artifacts");
        if (one.Kinds.Length == 0)
        {
            var imported = Import(one);
            Assert.Equal(
                one.Files ?? before.Keys.Count(file => file.EndsWith(".whl", StringComparison.Ordinal) && !IsHidden(file)) + 1,
                imported.Count
            );
            Assert.Equal(imported.Select(file => file.Sha256), Import(one).Select(file => file.Sha256));
        }
        else
        {
            var refused = Assert.Throws<PyImportException>(() => Import(one));
            Assert.Equal(one.Kinds.Distinct(), refused.Problems.Select(problem => problem.Reason).Distinct());
            Assert.Empty(Directory.EnumerateFileSystemEntries(_rig.Folder.Folder("dist").FullPath));
        }

        Assert.Equal(before, _rig.Folder.Snapshot("artifacts"));
    }

    [Fact]
    public void A_pipe_under_the_name_of_a_wheel_an_archive_or_an_sdist_is_named_and_not_waited_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "NOT RUN: there are no named pipes in folders.");
        new ArtifactTree(_rig.Folder).Sdist("sdist").Wheel("a", Linux).Folder("b");
        string[] names = [$"hello_pysign-1.0.0-{Win64}.whl", "wheels.zip", "hello_pysign-1.0.0.tar.gz", "notes.txt"];
        ProgramRun.Successful("mkfifo", names.Select(name => _rig.Folder.File($"artifacts/b/{name}").FullPath));
        var one = ArtifactCases.All["one folder for each artifact"] with { Expected = "cp312-manylinux_x86_64,cp312-win_amd64" };
        var refused = Assert.Throws<PyImportException>(() => Import(one));
        Assert.Equal(
            names.Order(StringComparer.Ordinal).Select(name => (Unreadable, $"b/{name}")),
            refused.Problems.Select(problem => (problem.Reason, problem.FileName))
        );
    }

    [Theory]
    [InlineData("the bytes of another", Altered)]
    [InlineData("<html>404</html>", Altered)]
    [InlineData(null, Unreadable)]
    public void Of_a_file_that_is_not_what_its_job_handed_on_the_cause_is_named_once(string? content, PyImportFailure cause)
    {
        var wheel = new PlatformWheel(Win64);
        var tree = new ArtifactTree(_rig.Folder).Sdist("sdist").Wheel("a", Linux);
        var digests = string.Join(
            '\n',
            Directory
                .EnumerateFiles(_rig.Folder.Folder("artifacts").FullPath, "*", SearchOption.AllDirectories)
                .Select(file => $"{SampleDistribution.Sha256(File.ReadAllBytes(file))}  {System.IO.Path.GetFileName(file)}")
                .Append($"{SampleDistribution.Sha256(wheel.Bytes())}  {wheel.Name}")
        );
        _ = content is null ? tree.Folder("b").Link($"b/{wheel.Name}", "x") : tree.Text($"b/{wheel.Name}", content);
        var one = ArtifactCases.All["one folder for each artifact"] with
        {
            Expected = "cp312-manylinux_x86_64,cp312-win_amd64",
            Settings = settings => settings.Digests.Add(digests),
        };
        Assert.Equal(cause, Assert.Single(Assert.Throws<PyImportException>(() => Import(one)).Problems).Reason);
    }

    [Fact]
    public void Every_kind_of_trouble_at_once_is_one_list()
    {
        string[] together =
        [
            "a folder that is empty",
            "an artifact that nobody unpacked",
            "what no distribution is called",
            "a page of an error under a wheel's name",
            "a module for another processor",
            "a wheel that nobody repaired",
        ];
        foreach (var name in together)
        {
            ArtifactCases.All[name].Arrange(new ArtifactTree(_rig.Folder, name.Replace(' ', '-')));
        }

        var refused = Assert.Throws<PyImportException>(() => Import(ArtifactCases.All[together[0]]));
        var kinds = refused.Problems.Select(problem => problem.Reason).ToHashSet();
        Assert.Superset(new HashSet<PyImportFailure> { EmptyFolder, Unreadable, Twice, Tags, LinuxTag }, kinds);
    }

    [Theory]
    [InlineData("artifacts/absent", EmptyFolder)]
    [InlineData("artifacts/a/README.md", EmptyFolder)]
    [InlineData("artifacts/empty", EmptyFolder)]
    public void A_folder_that_is_not_one_is_in_the_list_with_everything_else(string from, PyImportFailure kind)
    {
        new ArtifactTree(_rig.Folder).Sdist("s").Wheel("a", "cp312-cp312-linux_x86_64").Text("a/README.md", "x").Folder("empty");
        var refused = Assert.Throws<PyImportException>(() => Import("artifacts/s", "artifacts/a", from));
        Assert.Equal([kind, LinuxTag], refused.Problems.Select(problem => problem.Reason));
    }

    [Theory]
    [InlineData("dist")]
    [InlineData("dist/")]
    [InlineData(".")]
    [InlineData("artifacts/../dist/../dist")]
    [InlineData("linked")]
    [InlineData("dist/.pysign-import.0123456789abcdef0123456789abcdef.part")]
    [InlineData("dist/.pysign-import.0123456789abcdef0123456789abcdef.part/a")]
    public void The_output_folder_is_never_imported_under_whatever_name(string from)
    {
        new ArtifactTree(_rig.Folder).Sdist("s").Wheel("a", Linux);
        _rig.Folder.Write("dist/x", "x");
        _rig.Folder.Write("dist/.pysign-import.0123456789abcdef0123456789abcdef.part/a/x", "x");
        File.CreateSymbolicLink(_rig.Folder.File("linked").FullPath, "dist");
        var before = _rig.Folder.Snapshot();
        var refused = Assert.Throws<PySignException>(() => Import("artifacts", from));
        Assert.Equal(PySignFailure.InvalidSettings, refused.Reason);
        Assert.Equal(before, _rig.Folder.Snapshot());
    }

    [Theory]
    [InlineData("artifacts", "artifacts")]
    [InlineData("artifacts", "artifacts/a")]
    [InlineData("artifacts/s", "artifacts/./a/", "artifacts")]
    [InlineData("artifacts/s", "artifacts/a", "linked")]
    [InlineData("dist/incoming", "artifacts")]
    public void A_folder_that_is_named_twice_is_searched_once(params string[] from)
    {
        new ArtifactTree(_rig.Folder).Sdist("s").Wheel("a", Linux);
        _rig.Folder.Write($"dist/incoming/hello_pysign-1.0.0-{Win64}.whl", new PlatformWheel(Win64).Bytes());
        File.CreateSymbolicLink(_rig.Folder.File("linked").FullPath, "artifacts/a");
        Assert.Equal(from[0].StartsWith("dist", StringComparison.Ordinal) ? 3 : 2, Import(from).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ")]
    [InlineData("cp31[9-0]-*")]
    [InlineData("cp31[]-*")]
    [InlineData("cp31]0[-*")]
    [InlineData("cp31[[0]-*")]
    [InlineData("\"cp312-*\"")]
    [InlineData("hello_pysign-1.0.0-py3-none-any.whl")]
    [InlineData("../*")]
    public void Expected_wheels_that_ask_for_nothing_or_cannot_be_read_are_refused(string expected)
    {
        new ArtifactTree(_rig.Folder).Sdist("s").Wheel("a", Linux);
        var refused = Assert.Throws<PySignException>(() =>
            Import(ArtifactCases.All["one folder for each artifact"] with { Expected = expected })
        );
        Assert.Equal(PySignFailure.InvalidSettings, refused.Reason);
    }

    private static bool IsHidden(string file) => System.IO.Path.GetFileName(file).StartsWith('.');

    private IReadOnlyList<ImportedDistribution> Import(ArtifactCase one)
    {
        var settings = Settings("artifacts");
        if (one.Expected is { } expected)
        {
            settings.ExpectWheels.Add(expected);
        }

        one.Settings?.Invoke(settings);
        return _rig.Context.PyImportDistributions(settings, TestContext.Current.CancellationToken);
    }

    private IReadOnlyList<ImportedDistribution> Import(params string[] from) =>
        _rig.Context.PyImportDistributions(Settings(from), TestContext.Current.CancellationToken);

    private PyImportDistributionsSettings Settings(params string[] from)
    {
        var settings = new PyImportDistributionsSettings { OutputDirectory = _rig.Folder.Folder("dist") };
        settings.WaivedChecks.Add(PyBuildCheck.Metadata);
        settings.WaivedChecks.Add(PyBuildCheck.MetadataVersion);
        foreach (var folder in from)
        {
            settings.From.Add(_rig.Folder.Folder(folder));
        }

        return settings;
    }
}
