using Cake.PySign.Build;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Build;

/// <summary>What is asked of the front end: isolation, constraints, installers, dates; it is played.</summary>
public sealed class BuildFrontEndTests : IDisposable
{
    private readonly PlayedBuild _build = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _build.Dispose();

    [Theory]
    [InlineData(true, false, BuildIsolation.Isolated, "--sdist")]
    [InlineData(false, true, BuildIsolation.None, "--wheel --no-isolation")]
    public async Task Kind_and_isolation_become_switches(bool sdist, bool wheel, BuildIsolation isolation, string expected)
    {
        var runner = wheel
            ? _build.Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()))
            : _build.Runner(("hello_pysign-1.0.0.tar.gz", SampleDistribution.Sdist()));
        var settings = _build.Settings();
        (settings.Sdist, settings.Wheel, settings.Isolation) = (sdist, wheel, isolation);
        settings.ConfigSettings["--build-option"] = "a b";
        settings.ConfigSettings["bare"] = "";
        await _build.BuildAsync(runner, settings);
        var start = PlayedBuild.BuildStart(runner);
        var work = start.WorkingDirectory.FullPath;
        Assert.Equal(
            $"--outdir {work}/built {expected} --config-setting=--build-option=a b --config-setting=bare {work}/source/project",
            string.Join(' ', start.Arguments.Skip(2))
        );
    }

    [Fact]
    public async Task Auto_isolation_asks_the_build_module_and_says_what_is_missing()
    {
        var runner = _build.Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
        var answer = runner.Answer;
        runner.Answer = start =>
            start.Arguments is ["-c", _, _]
                ? FakeChildProcessRunner.Result(
                    0,
                    "pysign-python 3.11.2 1.2.3",
                    """pysign-requirements {"missing":["hatchling>=99"],"incomplete":["hatchling wants editables"],"installed":{}}"""
                )
                : answer(start);
        var settings = _build.Settings();
        (settings.Sdist, settings.Isolation) = (false, BuildIsolation.Auto);
        await _build.BuildAsync(runner, settings);
        Assert.DoesNotContain("--no-isolation", PlayedBuild.BuildStart(runner).Arguments);
        Assert.Contains("hatchling>=99", _build.Rig.Log.Text, StringComparison.Ordinal);

        runner.Answer = start =>
            start.Arguments is ["-c", _, _]
                ? FakeChildProcessRunner.Result(
                    0,
                    "pysign-python 3.11.2 1.2.3",
                    """pysign-requirements {"missing":[],"incomplete":["hatchling wants editables"],"installed":{"hatchling":"99.1"}}"""
                )
                : answer(start);
        await _build.BuildAsync(runner, settings);
        Assert.Contains("--no-isolation", runner.Starts.Last(PlayedBuild.IsBuild).Arguments);

        // What only a distributor left out is not a reason to stop.
        Assert.Contains("--skip-dependency-check", runner.Starts.Last(PlayedBuild.IsBuild).Arguments);
        Assert.Contains("hatchling wants editables", _build.Rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_source_date_is_handed_on_and_never_before_zip_can_tell()
    {
        var runner = _build.Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
        var settings = _build.Settings();
        (settings.Sdist, settings.SourceDate) = (false, DateTimeOffset.UnixEpoch);
        await _build.BuildAsync(runner, settings);
        Assert.Equal("315532800", PlayedBuild.BuildStart(runner).Variables["SOURCE_DATE_EPOCH"]);
    }

    [Fact]
    public async Task Constraints_isolate_and_reach_pip_and_uv_as_a_copy()
    {
        _build.Rig.Folder.Write("with blank/constraints.txt", "setuptools==66.1.1\n");
        string? seen = null;
        var runner = _build.Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
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
        var settings = _build.Settings();
        (settings.Sdist, settings.Isolation, settings.Constraints) = (false, BuildIsolation.Auto, "with blank/constraints.txt");
        var result = await new PyBuilder(_build.Rig.Services(processes: runner)).BuildAsync("project", settings, null, Token);
        Assert.Equal("setuptools==66.1.1\n", seen);
        var variables = PlayedBuild.BuildStart(runner).Variables;
        Assert.DoesNotContain(' ', variables["PIP_CONSTRAINT"]!);
        Assert.Equal(variables["PIP_CONSTRAINT"], variables["UV_CONSTRAINT"]);
        Assert.DoesNotContain("--no-isolation", PlayedBuild.BuildStart(runner).Arguments);
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
        _build.Rig.Folder.Write("constraints.txt", "");
        var settings = _build.Settings();
        settings.Constraints = "constraints.txt";
        Assert.Equal(
            PySignFailure.InvalidSettings,
            (await Assert.ThrowsAsync<PySignException>(() => _build.BuildAsync(_build.Runner(), settings))).Reason
        );
        (settings.Constraints, settings.Installer) = (null, BuildInstaller.Uv);
        Assert.Equal(
            PySignFailure.InvalidSettings,
            (await Assert.ThrowsAsync<PySignException>(() => _build.BuildAsync(_build.Runner(), settings))).Reason
        );
        (settings.Constraints, settings.Installer) = ("missing.txt", BuildInstaller.Auto);
        Assert.Equal(
            PySignFailure.MissingFile,
            (await Assert.ThrowsAsync<PySignException>(() => _build.BuildAsync(_build.Runner(), settings))).Reason
        );
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

        _build.Rig.Folder.Write("project/src/speedups.c", "int x;");
        var runner = _build.Runner(("hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel()));
        var settings = _build.Settings();
        settings.Sdist = false;
        settings.EnvironmentVariables["CFLAGS"] = "-O1";
        await _build.BuildAsync(runner, settings);
        var start = PlayedBuild.BuildStart(runner);
        Assert.Equal($"-O1 -ffile-prefix-map={start.WorkingDirectory.FullPath}=.", start.Variables["CFLAGS"]);
        Assert.Equal($"-ffile-prefix-map={start.WorkingDirectory.FullPath}=.", start.Variables["CXXFLAGS"]);
    }
}
