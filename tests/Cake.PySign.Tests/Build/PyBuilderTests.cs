using Cake.Core.IO;
using Cake.PySign.Build;
using Cake.PySign.Common.Processes;
using Cake.PySign.Tests.Rig;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Build;

/// <summary>What the builder asks of its tools, and what it makes of their answers; the tools are played.</summary>
public sealed class PyBuilderTests : IDisposable
{
    private const string PyProject = """
        # keep me
        [project]
        name = "hello-pysign"   # the name
        version = "1.0.0"

        [tool.other]
        name = "other"
        version = "9"
        """;

    private readonly CakeRig _rig = new();
    private string? _copied;

    public PyBuilderTests()
    {
        _rig.Folder.Write("project/pyproject.toml", PyProject);
        _rig.Folder.Write("python3", "");
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task The_command_line_is_exactly_this()
    {
        var runner = Runner(
            ("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()),
            ("hello_pysign-1.0.0.tar.gz", SampleDistribution.Sdist())
        );
        await BuildAsync(runner, Settings());
        var start = BuildStart(runner);
        var work = start.WorkingDirectory.FullPath;
        Assert.Equal(
            [
                $"--outdir {work}/built --sdist --no-isolation {work}/source/project",
                $"--outdir {work}/built --wheel --no-isolation {work}/unpacked/hello_pysign-1.0.0",
            ],
            runner.Starts.Where(IsBuild).Select(one => string.Join(' ', one.Arguments.Skip(2)))
        );
    }

    [Theory]
    [InlineData(true, false, BuildIsolation.Isolated, "--sdist")]
    [InlineData(false, true, BuildIsolation.None, "--wheel --no-isolation")]
    public async Task Kind_and_isolation_become_switches(bool sdist, bool wheel, BuildIsolation isolation, string expected)
    {
        var runner = wheel
            ? Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()))
            : Runner(("hello_pysign-1.0.0.tar.gz", SampleDistribution.Sdist()));
        var settings = Settings();
        (settings.Sdist, settings.Wheel, settings.Isolation) = (sdist, wheel, isolation);
        settings.ConfigSettings["--build-option"] = "a b";
        settings.ConfigSettings["bare"] = "";
        await BuildAsync(runner, settings);
        var start = BuildStart(runner);
        var work = start.WorkingDirectory.FullPath;
        Assert.Equal(
            $"--outdir {work}/built {expected} --config-setting=--build-option=a b --config-setting=bare {work}/source/project",
            string.Join(' ', start.Arguments.Skip(2))
        );
    }

    [Fact]
    public async Task What_was_built_is_delivered_with_its_digest_and_the_tree_is_untouched()
    {
        _rig.Folder.Write("project/src/x.py", "x = 1\n");
        var before = _rig.Folder.Snapshot("project");
        var wheel = SampleDistribution.Wheel();
        var runner = Runner(("hello_pysign-1.0.0-py3-none-any.whl", wheel), ("hello_pysign-1.0.0.tar.gz", SampleDistribution.Sdist()));
        var built = await BuildAsync(runner, Settings(output: "out"));
        Assert.Equal(
            ["hello_pysign-1.0.0-py3-none-any.whl", "hello_pysign-1.0.0.tar.gz"],
            built.Select(b => b.Path.GetFilename().FullPath)
        );
        Assert.Equal(SampleDistribution.Sha256(wheel), built[0].Sha256);
        Assert.Equal(wheel, await File.ReadAllBytesAsync(_rig.Folder.File("out/hello_pysign-1.0.0-py3-none-any.whl").FullPath, Token));
        Assert.Equal(before, _rig.Folder.Snapshot("project"));
        Assert.False(Directory.Exists(BuildStart(runner).WorkingDirectory.FullPath));
    }

    [Fact]
    public async Task Name_version_and_homepage_are_edited_in_the_copy_alone()
    {
        var runner = Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
        var settings = Settings();
        settings.Sdist = false;
        settings.Version = "2.0";
        settings.Homepage = new Uri("https://example.org/hello");
        var e = await Assert.ThrowsAsync<PySignException>(() => BuildAsync(runner, settings));
        Assert.Contains("version = \"2.0\"", _copied, StringComparison.Ordinal);
        Assert.Contains("[tool.other]\nname = \"other\"\nversion = \"9\"", _copied!.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("https://example.org/hello", _copied, StringComparison.Ordinal);
        Assert.Contains("# keep me", _copied, StringComparison.Ordinal);
        Assert.Equal(PyProject, await File.ReadAllTextAsync(_rig.Folder.File("project/pyproject.toml").FullPath, Token));

        // The played back end ignored the edit: what was built is what counts.
        Assert.Equal(PySignFailure.BuildMismatch, e.Reason);
        Assert.Contains("version: expected 2.0, found 1.0.0", e.Message, StringComparison.Ordinal);
        Assert.Contains("Homepage: expected https://example.org/hello, found none", e.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_rig.Folder.Folder("project/dist").FullPath));
    }

    [Fact]
    public async Task Names_are_compared_normalized_and_versions_as_PEP_440_says()
    {
        var runner = Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
        var settings = Settings();
        (settings.Sdist, settings.Name, settings.Version) = (false, "Hello.PySign", "1.0");
        Assert.Single(await BuildAsync(runner, settings));
    }

    [Fact]
    public async Task A_computed_version_is_handed_to_the_back_end_that_documents_how()
    {
        _rig.Folder.Write(
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
        var runner = Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
        var settings = Settings();
        (settings.Sdist, settings.Version) = (false, "1.0.0");
        await BuildAsync(runner, settings);
        var variables = BuildStart(runner).Variables;
        Assert.Equal("1.0.0", variables["SETUPTOOLS_SCM_PRETEND_VERSION_FOR_HELLO_PYSIGN"]);
        Assert.Equal("1.0.0", variables["SETUPTOOLS_SCM_PRETEND_VERSION"]);
    }

    [Fact]
    public async Task A_computed_version_that_cannot_be_given_is_refused_with_the_place_to_change()
    {
        _rig.Folder.Write(
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
        var runner = Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
        var settings = Settings();
        (settings.Sdist, settings.Version) = (false, "3.0.0");
        var e = await Assert.ThrowsAsync<PySignException>(() => BuildAsync(runner, settings));
        Assert.Equal(PySignFailure.BuildMismatch, e.Reason);
        Assert.Contains("hello.__version__", e.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_without_a_distribution_is_an_error()
    {
        var e = await Assert.ThrowsAsync<PySignException>(() => BuildAsync(Runner(), Settings()));
        Assert.Equal(PySignFailure.NothingToDo, e.Reason);
    }

    [Fact]
    public async Task A_missing_kind_is_an_error()
    {
        var runner = Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
        var e = await Assert.ThrowsAsync<PySignException>(() => BuildAsync(runner, Settings()));
        Assert.Contains("no sdist", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_distribution_is_an_error()
    {
        var runner = Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()), ("notes.txt", "x"u8.ToArray()));
        var e = await Assert.ThrowsAsync<PySignException>(() => BuildAsync(runner, Settings()));
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
        var e = await Assert.ThrowsAsync<PySignException>(() => BuildAsync(runner, Settings()));
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
            _rig.Folder.Write($"project/dist/{own}", "old");
        }

        var runner = Runner(
            ("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()),
            ("hello_pysign-1.0.0.tar.gz", SampleDistribution.Sdist())
        );
        Assert.Equal(
            PySignFailure.OutputFolderNotEmpty,
            (await Assert.ThrowsAsync<PySignException>(() => BuildAsync(runner, Settings()))).Reason
        );
        EarlierOutput.Write(
            _rig.Folder.Folder("project/dist"),
            global::PySign.Packaging.Names.ProjectName.Parse("hello-pysign"),
            ["old-0.9-py3-none-any.whl", "old-0.9.tar.gz"]
        );
        await BuildAsync(runner, Settings());
        Assert.Equal(
            [".pysign-build.json", "hello_pysign-1.0.0-py3-none-any.whl", "hello_pysign-1.0.0.tar.gz"],
            Directory.GetFileSystemEntries(_rig.Folder.Folder("project/dist").FullPath).Select(IoPath.GetFileName).Order()
        );

        _rig.Folder.Write("project/dist/notes.txt", "mine");
        _rig.Folder.Write("project/dist/sub/x.whl", "mine");
        var count = runner.Starts.Count;
        var e = await Assert.ThrowsAsync<PySignException>(() => BuildAsync(runner, Settings()));
        Assert.Equal(PySignFailure.OutputFolderNotEmpty, e.Reason);
        Assert.Contains("notes.txt", e.Message, StringComparison.Ordinal);
        Assert.Contains("sub", e.Message, StringComparison.Ordinal);
        Assert.Equal(count, runner.Starts.Count);
        Assert.True(File.Exists(_rig.Folder.File("project/dist/notes.txt").FullPath));
        Assert.True(File.Exists(_rig.Folder.File("project/dist/hello_pysign-1.0.0.tar.gz").FullPath));
    }

    [Fact]
    public async Task Auto_isolation_asks_the_build_module_and_says_what_is_missing()
    {
        var runner = Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
        var answer = runner.Answer;
        runner.Answer = start =>
            start.Arguments is ["-c", _, _]
                ? FakeChildProcessRunner.Result(
                    0,
                    "pysign-python 3.11.2 1.2.3",
                    """pysign-requirements {"missing":["hatchling>=99"],"incomplete":["hatchling wants editables"],"installed":{}}"""
                )
                : answer(start);
        var settings = Settings();
        (settings.Sdist, settings.Isolation) = (false, BuildIsolation.Auto);
        await BuildAsync(runner, settings);
        Assert.DoesNotContain("--no-isolation", BuildStart(runner).Arguments);
        Assert.Contains("hatchling>=99", _rig.Log.Text, StringComparison.Ordinal);

        runner.Answer = start =>
            start.Arguments is ["-c", _, _]
                ? FakeChildProcessRunner.Result(
                    0,
                    "pysign-python 3.11.2 1.2.3",
                    """pysign-requirements {"missing":[],"incomplete":["hatchling wants editables"],"installed":{"hatchling":"99.1"}}"""
                )
                : answer(start);
        await BuildAsync(runner, settings);
        Assert.Contains("--no-isolation", runner.Starts.Last(IsBuild).Arguments);

        // What only a distributor left out is not a reason to stop.
        Assert.Contains("--skip-dependency-check", runner.Starts.Last(IsBuild).Arguments);
        Assert.Contains("hatchling wants editables", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_source_date_is_handed_on_and_never_before_zip_can_tell()
    {
        var runner = Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
        var settings = Settings();
        (settings.Sdist, settings.SourceDate) = (false, DateTimeOffset.UnixEpoch);
        await BuildAsync(runner, settings);
        Assert.Equal("315532800", BuildStart(runner).Variables["SOURCE_DATE_EPOCH"]);
    }

    [Fact]
    public async Task Constraints_isolate_and_reach_pip_and_uv_as_a_copy()
    {
        _rig.Folder.Write("with blank/constraints.txt", "setuptools==66.1.1\n");
        string? seen = null;
        var runner = Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
        var answer = runner.Answer;
        runner.Answer = start =>
        {
            seen ??= start.Variables.GetValueOrDefault("PIP_CONSTRAINT") is { } file ? File.ReadAllText(file) : null;
            if (start.Variables.GetValueOrDefault("PIP_LOG") is { } log)
            {
                File.WriteAllText(log, "2026-05-04T03:02:01,123 Successfully installed flit_core-3.9.0 typing-extensions-4.4.0\n");
            }

            return answer(start);
        };
        var settings = Settings();
        (settings.Sdist, settings.Isolation, settings.Constraints) = (false, BuildIsolation.Auto, "with blank/constraints.txt");
        var result = await new PyBuilder(_rig.Services(processes: runner)).BuildAsync("project", settings, null, Token);
        Assert.Equal("setuptools==66.1.1\n", seen);
        var variables = BuildStart(runner).Variables;
        Assert.DoesNotContain(' ', variables["PIP_CONSTRAINT"]!);
        Assert.Equal(variables["PIP_CONSTRAINT"], variables["UV_CONSTRAINT"]);
        Assert.DoesNotContain("--no-isolation", BuildStart(runner).Arguments);
        Assert.Equal(
            [
                "Cake.PySign=0.1.0",
                "build=1.2.3",
                "flit_core=3.9.0",
                "python=3.11.2",
                "twine=4.0.2",
                "typing-extensions=4.4.0",
                "wheel generator=test",
            ],
            result.Tools.Select(tool => $"{tool.Key}={tool.Value}").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Constraints_or_an_installer_without_isolation_are_refused()
    {
        _rig.Folder.Write("constraints.txt", "");
        var settings = Settings();
        settings.Constraints = "constraints.txt";
        Assert.Equal(
            PySignFailure.InvalidSettings,
            (await Assert.ThrowsAsync<PySignException>(() => BuildAsync(Runner(), settings))).Reason
        );
        (settings.Constraints, settings.Installer) = (null, BuildInstaller.Uv);
        Assert.Equal(
            PySignFailure.InvalidSettings,
            (await Assert.ThrowsAsync<PySignException>(() => BuildAsync(Runner(), settings))).Reason
        );
        (settings.Constraints, settings.Installer) = ("missing.txt", BuildInstaller.Auto);
        Assert.Equal(PySignFailure.MissingFile, (await Assert.ThrowsAsync<PySignException>(() => BuildAsync(Runner(), settings))).Reason);
    }

    [Theory]
    [InlineData("1.2.0", BuildInstaller.Uv, "--installer=uv")]
    [InlineData("1.4.3", BuildInstaller.Pip, "--installer=pip")]
    [InlineData("0.9.0", BuildInstaller.Pip, null)]
    public void The_installer_becomes_a_switch_where_the_front_end_has_one(string build, BuildInstaller installer, string? expected) =>
        Assert.Equal(expected, IsolatedEnvironment.InstallerSwitch(new PyBuildSettings { Installer = installer }, build));

    [Fact]
    public void Uv_with_an_old_front_end_is_refused()
    {
        var e = Assert.Throws<PySignException>(() =>
            IsolatedEnvironment.InstallerSwitch(new PyBuildSettings { Installer = BuildInstaller.Uv }, "0.9.0")
        );
        Assert.Equal(PySignFailure.ToolTooOld, e.Reason);
        Assert.Contains("build 0.9.0", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compiled_code_is_told_to_leave_out_the_folder_of_the_build()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("The flag is gcc's and clang's.");
        }

        _rig.Folder.Write("project/src/speedups.c", "int x;");
        var runner = Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
        var settings = Settings();
        settings.Sdist = false;
        settings.EnvironmentVariables["CFLAGS"] = "-O1";
        await BuildAsync(runner, settings);
        var start = BuildStart(runner);
        Assert.Equal($"-O1 -ffile-prefix-map={start.WorkingDirectory.FullPath}=.", start.Variables["CFLAGS"]);
        Assert.Equal($"-ffile-prefix-map={start.WorkingDirectory.FullPath}=.", start.Variables["CXXFLAGS"]);
    }

    [Theory]
    [InlineData("not/a/name", null, "name")]
    [InlineData(null, "1.2.3-SNAPSHOT", "1.2.3-SNAPSHOT")]
    public async Task Malformed_wishes_are_refused_before_anything_runs(string? name, string? version, string named)
    {
        var runner = Runner();
        var settings = Settings();
        (settings.Name, settings.Version) = (name, version);
        var e = await Assert.ThrowsAsync<PySignException>(() => BuildAsync(runner, settings));
        Assert.Equal(PySignFailure.InvalidSettings, e.Reason);
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.Empty(runner.Starts);
    }

    [Fact]
    public async Task An_empty_folder_is_no_project()
    {
        Directory.CreateDirectory(_rig.Folder.Folder("empty").FullPath);
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            new PyBuilder(_rig.Services(processes: Runner())).BuildAsync("empty", Settings(), null, Token)
        );
        Assert.Equal(PySignFailure.MissingFile, e.Reason);
        Assert.Contains("pyproject.toml", e.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private PyBuildSettings Settings(string? output = null) =>
        new()
        {
            Python = _rig.Folder.File("python3"),
            Isolation = BuildIsolation.None,
            OutputDirectory = output is null ? null : new DirectoryPath(output),
        };

    private async Task<IReadOnlyList<BuiltDistribution>> BuildAsync(FakeChildProcessRunner runner, PyBuildSettings settings) =>
        (await new PyBuilder(_rig.Services(processes: runner)).BuildAsync("project", settings, null, Token)).Distributions;

    private static ChildProcessStart BuildStart(FakeChildProcessRunner runner) => runner.Starts.First(IsBuild);

    private static bool IsBuild(ChildProcessStart start) => start.Arguments is ["-c", BuildFrontEnd.Bootstrap, ..];

    private FakeChildProcessRunner Runner(params (string Name, byte[] Bytes)[] outputs) =>
        new(start =>
        {
            if ((FakeChildProcessRunner.Probe(start) ?? FakeChildProcessRunner.Twine(start)) is { } answer)
            {
                return answer;
            }

            if (start.Arguments is ["-c", BuildFrontEnd.Bootstrap, "--outdir", var folder, var kind, ..])
            {
                _copied ??= File.ReadAllText(IoPath.Combine(start.Arguments[^1], "pyproject.toml"));
                Directory.CreateDirectory(folder);
                foreach (
                    var (name, bytes) in outputs.Where(output =>
                        (kind == "--sdist") == output.Name.EndsWith(".tar.gz", StringComparison.Ordinal)
                    )
                )
                {
                    File.WriteAllBytes(IoPath.Combine(folder, name), bytes);
                }
            }

            return FakeChildProcessRunner.Result(0);
        });
}
