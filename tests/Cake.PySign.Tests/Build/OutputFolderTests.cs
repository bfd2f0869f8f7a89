using Cake.PySign.Build;
using Cake.PySign.Common;
using Cake.PySign.Tests.Rig;
using PySign.Formats;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Tests.Build;

/// <summary>What a build removes from its output folder: what a marker or a ledger names, and nothing else.</summary>
public sealed class OutputFolderTests : IDisposable
{
    private const string Wheel = "hello_pysign-1.0.0-py3-none-any.whl";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("other-1.0.0.tar.gz")]
    [InlineData("hello_pysign-1.0.0-cp312-cp312-win_amd64.whl")]
    [InlineData("hello_pysign-1.0.0-py3-none-any.whl")]
    [InlineData("server.crt")]
    [InlineData(".part")]
    [InlineData("other-1.0.0.tar.gz.sigstore.json")]
    [InlineData("hello_pysign-1.0.0.release.sigstore.json")]
    public void What_no_list_names_stops_a_build_and_stays(string name)
    {
        _folder.Write($"dist/{name}", "somebody's");
        var e = Assert.Throws<PySignException>(() => Replace("hello-pysign", "hello"));
        Assert.Equal(PySignFailure.OutputFolderNotEmpty, e.Reason);
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
        Assert.Equal("somebody's", File.ReadAllText(_folder.File($"dist/{name}").FullPath));
    }

    [Fact]
    public void An_earlier_build_of_the_same_project_is_replaced_and_one_of_another_is_not()
    {
        Replace("hello-pysign", "first");
        Replace("hello-pysign", "second");
        Assert.Equal("second", File.ReadAllText(_folder.File($"dist/{Wheel}").FullPath));
        var before = _folder.Snapshot("dist");
        var e = Assert.Throws<PySignException>(() => Replace("other", "third"));
        Assert.Equal(PySignFailure.OutputFolderNotEmpty, e.Reason);
        Assert.Equal(before, _folder.Snapshot("dist"));
    }

    [Theory]
    [InlineData("pysign.json")]
    [InlineData("pysign-verify.md")]
    public void A_file_that_only_has_the_name_of_ours_stays(string name)
    {
        _folder.Write($"dist/{name}", "[\"somebody's\"]");
        Assert.Throws<PySignException>(() => Replace("hello-pysign", "hello"));
        Assert.Equal("[\"somebody's\"]", File.ReadAllText(_folder.File($"dist/{name}").FullPath));
    }

    /// <summary>A process may be killed while it writes any file, and then leaves it under its temporary name. Whether the folder can be
    /// written to is found out with a file that has such a name from the start.</summary>
    [Theory]
    [InlineData("pysign.json", 1)]
    [InlineData("pysign.json", 2)]
    [InlineData(".pysign-build.json", 1)]
    [InlineData("pysign-verify.md", 1)]
    [InlineData(Wheel, 1)]
    [InlineData(Wheel + ".sigstore.json", 1)]
    [InlineData("hello_pysign-1.0.0.release.sigstore.json", 1)]
    public void What_a_killed_process_was_writing_is_no_obstacle_and_goes(string name, int times)
    {
        Replace("hello-pysign", "first");
        var half = _folder.File($"dist/{name}").FullPath;
        for (var time = 0; time < times; time++)
        {
            half = WholeFile.TemporaryFor(half);
        }

        File.WriteAllText(half, "{");
        File.WriteAllText(_folder.File("dist/pysign.json.lock").FullPath, "");
        Replace("hello-pysign", "second");
        Assert.False(File.Exists(half));
        Assert.Equal(
            [".pysign-build.json", Wheel],
            Directory
                .GetFiles(_folder.Folder("dist").FullPath)
                .Select(path => System.IO.Path.GetFileName(path))
                .Order(StringComparer.Ordinal)
        );
    }

    /// <summary>The preflight tries every folder that a release writes to, and may be killed while it does.</summary>
    [Fact]
    public void A_probe_that_a_killed_process_left_is_no_obstacle_and_goes()
    {
        Replace("hello-pysign", "first");
        var folder = _folder.Folder("dist");
        AtomicFile.TryFolder(folder);
        var expected = Directory.GetFiles(folder.FullPath).Order(StringComparer.Ordinal).ToList();
        File.WriteAllText(AtomicFile.ProbeIn(folder), "");
        Replace("hello-pysign", "second");
        Assert.Equal(expected, Directory.GetFiles(folder.FullPath).Order(StringComparer.Ordinal));
        Assert.Equal("second", File.ReadAllText(_folder.File($"dist/{Wheel}").FullPath));
    }

    private void Replace(string project, string content)
    {
        var built = _folder.Write($"built/{Wheel}", content);
        OutputFolder.Replace(
            _folder.Folder("dist"),
            [
                new BuiltDistribution
                {
                    Path = built,
                    Sha256 = FileDigest.Of(built),
                    Kind = DistributionKind.Wheel,
                    Name = project,
                    Version = "1.0.0",
                },
            ],
            new HashSet<string>(StringComparer.Ordinal)
        );
    }
}
