using Cake.PySign.Build;
using Cake.PySign.Tests.Rig;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Build;

/// <summary>What the builder makes of the answers of its tools, which are played.</summary>
public sealed class PyBuilderTests : IDisposable
{
    private readonly PlayedBuild _build = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _build.Dispose();

    [Fact]
    public async Task The_command_line_is_exactly_this()
    {
        var runner = _build.Runner(
            ("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()),
            ("hello_pysign-1.0.0.tar.gz", SampleDistribution.Sdist())
        );
        await _build.BuildAsync(runner, _build.Settings());
        var start = PlayedBuild.BuildStart(runner);
        var work = start.WorkingDirectory.FullPath;
        Assert.Equal(
            [
                $"--outdir {work}/built --sdist --no-isolation {work}/source/project",
                $"--outdir {work}/built --wheel --no-isolation {work}/unpacked/hello_pysign-1.0.0",
            ],
            runner.Starts.Where(PlayedBuild.IsBuild).Select(one => string.Join(' ', one.Arguments.Skip(2)))
        );
    }

    [Fact]
    public async Task What_was_built_is_delivered_with_its_digest_and_the_tree_is_untouched()
    {
        _build.Rig.Folder.Write("project/src/x.py", "x = 1\n");
        var before = _build.Rig.Folder.Snapshot("project");
        var wheel = SampleDistribution.Wheel();
        var runner = _build.Runner(
            ("hello_pysign-1.0.0-py3-none-any.whl", wheel),
            ("hello_pysign-1.0.0.tar.gz", SampleDistribution.Sdist())
        );
        var built = await _build.BuildAsync(runner, _build.Settings(output: "out"));
        Assert.Equal(
            ["hello_pysign-1.0.0-py3-none-any.whl", "hello_pysign-1.0.0.tar.gz"],
            built.Select(b => b.Path.GetFilename().FullPath)
        );
        Assert.Equal(SampleDistribution.Sha256(wheel), built[0].Sha256);
        Assert.Equal(
            wheel,
            await File.ReadAllBytesAsync(_build.Rig.Folder.File("out/hello_pysign-1.0.0-py3-none-any.whl").FullPath, Token)
        );
        Assert.Equal(before, _build.Rig.Folder.Snapshot("project"));
        Assert.False(Directory.Exists(PlayedBuild.BuildStart(runner).WorkingDirectory.FullPath));
    }

    [Fact]
    public async Task Name_version_and_homepage_are_edited_in_the_copy_alone()
    {
        var runner = _build.Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
        var settings = _build.Settings();
        settings.Sdist = false;
        settings.Version = "2.0";
        settings.Homepage = new Uri("https://example.org/hello");
        var e = await Assert.ThrowsAsync<PySignException>(() => _build.BuildAsync(runner, settings));
        Assert.Contains("version = \"2.0\"", _build.Copied, StringComparison.Ordinal);
        Assert.Contains(
            "[tool.other]\nname = \"other\"\nversion = \"9\"",
            _build.Copied!.ReplaceLineEndings("\n"),
            StringComparison.Ordinal
        );
        Assert.Contains("https://example.org/hello", _build.Copied, StringComparison.Ordinal);
        Assert.Contains("# keep me", _build.Copied, StringComparison.Ordinal);
        Assert.Equal(PlayedBuild.PyProject, await File.ReadAllTextAsync(_build.Rig.Folder.File("project/pyproject.toml").FullPath, Token));

        // The played back end ignored the edit: what was built is what counts.
        Assert.Equal(PySignFailure.BuildMismatch, e.Reason);
        Assert.Contains("version: expected 2.0, found 1.0.0", e.Message, StringComparison.Ordinal);
        Assert.Contains("Homepage: expected https://example.org/hello, found none", e.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_build.Rig.Folder.Folder("project/dist").FullPath));
    }

    [Fact]
    public async Task Names_are_compared_normalized_and_versions_as_PEP_440_says()
    {
        var runner = _build.Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
        var settings = _build.Settings();
        (settings.Sdist, settings.Name, settings.Version) = (false, "Hello.PySign", "1.0");
        Assert.Single(await _build.BuildAsync(runner, settings));
    }

    [Fact]
    public async Task A_computed_version_is_handed_to_the_back_end_that_documents_how()
    {
        _build.Rig.Folder.Write(
            "project/pyproject.toml",
            """
            [build-system]
            requires = ["setuptools>=64", "setuptools_scm[toml]>=8"]
            build-backend = "setuptools.build_meta"
            [project]
            name = "hello-pysign"
            dynamic = ["version"]
            """
        );
        var runner = _build.Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
        var settings = _build.Settings();
        (settings.Sdist, settings.Version) = (false, "1.0.0");
        await _build.BuildAsync(runner, settings);
        var variables = PlayedBuild.BuildStart(runner).Variables;
        Assert.Equal("1.0.0", variables["SETUPTOOLS_SCM_PRETEND_VERSION_FOR_HELLO_PYSIGN"]);
        Assert.Equal("1.0.0", variables["SETUPTOOLS_SCM_PRETEND_VERSION"]);
    }

    [Fact]
    public async Task A_computed_version_that_cannot_be_given_is_refused_with_the_place_to_change()
    {
        _build.Rig.Folder.Write(
            "project/pyproject.toml",
            """
            [build-system]
            requires = ["setuptools"]
            build-backend = "setuptools.build_meta"
            [project]
            name = "hello-pysign"
            dynamic = ["version"]
            [tool.setuptools.dynamic]
            version = {attr = "hello.__version__"}
            """
        );
        var runner = _build.Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
        var settings = _build.Settings();
        (settings.Sdist, settings.Version) = (false, "3.0.0");
        var e = await Assert.ThrowsAsync<PySignException>(() => _build.BuildAsync(runner, settings));
        Assert.Equal(PySignFailure.BuildMismatch, e.Reason);
        Assert.Contains("hello.__version__", e.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_without_a_distribution_is_an_error()
    {
        var e = await Assert.ThrowsAsync<PySignException>(() => _build.BuildAsync(_build.Runner(), _build.Settings()));
        Assert.Equal(PySignFailure.NothingToDo, e.Reason);
    }

    [Fact]
    public async Task A_missing_kind_is_an_error()
    {
        var runner = _build.Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
        var e = await Assert.ThrowsAsync<PySignException>(() => _build.BuildAsync(runner, _build.Settings()));
        Assert.Contains("no sdist", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_distribution_is_an_error()
    {
        var runner = _build.Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()), ("notes.txt", "x"u8.ToArray()));
        var e = await Assert.ThrowsAsync<PySignException>(() => _build.BuildAsync(runner, _build.Settings()));
        Assert.Equal(PySignFailure.BuildMismatch, e.Reason);
        Assert.Contains("notes.txt", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_build_shows_its_last_lines()
    {
        var runner = new FakeChildProcessRunner(start =>
            FakeChildProcessRunner.Probe(start)
            ?? FakeChildProcessRunner.Result(1, "* Building wheel...", "ERROR Missing dependencies: hatchling")
        );
        var e = await Assert.ThrowsAsync<PySignException>(() => _build.BuildAsync(runner, _build.Settings()));
        Assert.Equal(PySignFailure.ToolFailed, e.Reason);
        Assert.Contains("ERROR Missing dependencies: hatchling", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Earlier_outputs_are_replaced_and_anything_else_is_refused()
    {
        foreach (
            var own in new[]
            {
                "old-0.9-py3-none-any.whl",
                "old-0.9.tar.gz",
                "old-0.9.tar.gz.sigstore.json",
                "old-0.9.tar.gz.sig",
                "old-0.9.tar.gz.crt",
                "pysign.json",
            }
        )
        {
            _build.Rig.Folder.Write($"project/dist/{own}", "old");
        }

        var runner = _build.Runner(
            ("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()),
            ("hello_pysign-1.0.0.tar.gz", SampleDistribution.Sdist())
        );
        Assert.Equal(
            PySignFailure.OutputFolderNotEmpty,
            (await Assert.ThrowsAsync<PySignException>(() => _build.BuildAsync(runner, _build.Settings()))).Reason
        );
        EarlierOutput.Write(
            _build.Rig.Folder.Folder("project/dist"),
            global::PySign.Packaging.Names.ProjectName.Parse("hello-pysign"),
            ["old-0.9-py3-none-any.whl", "old-0.9.tar.gz"]
        );
        await _build.BuildAsync(runner, _build.Settings());
        Assert.Equal(
            [".pysign-build.json", "hello_pysign-1.0.0-py3-none-any.whl", "hello_pysign-1.0.0.tar.gz"],
            Directory.GetFileSystemEntries(_build.Rig.Folder.Folder("project/dist").FullPath).Select(IoPath.GetFileName).Order()
        );

        _build.Rig.Folder.Write("project/dist/notes.txt", "mine");
        _build.Rig.Folder.Write("project/dist/sub/x.whl", "mine");
        var count = runner.Starts.Count;
        var e = await Assert.ThrowsAsync<PySignException>(() => _build.BuildAsync(runner, _build.Settings()));
        Assert.Equal(PySignFailure.OutputFolderNotEmpty, e.Reason);
        Assert.Contains("notes.txt", e.Message, StringComparison.Ordinal);
        Assert.Contains("sub", e.Message, StringComparison.Ordinal);
        Assert.Equal(count, runner.Starts.Count);
        Assert.True(File.Exists(_build.Rig.Folder.File("project/dist/notes.txt").FullPath));
        Assert.True(File.Exists(_build.Rig.Folder.File("project/dist/hello_pysign-1.0.0.tar.gz").FullPath));
    }

    [Theory]
    [InlineData("not/a/name", null, "name")]
    [InlineData(null, "1.2.3-SNAPSHOT", "1.2.3-SNAPSHOT")]
    public async Task Malformed_wishes_are_refused_before_anything_runs(string? name, string? version, string named)
    {
        var runner = _build.Runner();
        var settings = _build.Settings();
        (settings.Name, settings.Version) = (name, version);
        var e = await Assert.ThrowsAsync<PySignException>(() => _build.BuildAsync(runner, settings));
        Assert.Equal(PySignFailure.InvalidSettings, e.Reason);
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.Empty(runner.Starts);
    }

    [Fact]
    public async Task An_empty_folder_is_no_project()
    {
        Directory.CreateDirectory(_build.Rig.Folder.Folder("empty").FullPath);
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            new PyBuilder(_build.Rig.Services(processes: _build.Runner())).BuildAsync("empty", _build.Settings(), null, Token)
        );
        Assert.Equal(PySignFailure.MissingFile, e.Reason);
        Assert.Contains("pyproject.toml", e.Message, StringComparison.Ordinal);
    }
}
