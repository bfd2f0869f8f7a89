using System.Text.Json;
using Cake.PySign.Common.Processes;
using Cake.PySign.Test;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Test;

public sealed class InterpreterFinderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeCakeEnvironment _environment;
    private readonly Dictionary<string, (string Version, string Real, bool Venv)> _interpreters = [];

    public InterpreterFinderTests()
    {
        _environment = new FakeCakeEnvironment(_folder.Path);
        _environment.Variables["PATH"] =
            $"{_folder.Folder("pyenv/shims").FullPath}{Path.PathSeparator}{_folder.Folder("bin").FullPath}{Path.PathSeparator}relative";
        _environment.Variables["PYENV_ROOT"] = _folder.Folder("pyenv").FullPath;
        _environment.Variables["PYENV"] = null;
        _environment.Variables["PYTHONPATH"] = "/somewhere";
        Directory.CreateDirectory(_folder.Folder("pyenv/shims").FullPath);
        Directory.CreateDirectory(_folder.Folder("bin").FullPath);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_names_it_is_the_newest_of_each_minor_version_from_pyenv_and_PATH()
    {
        Pyenv("3.9.18", "3.9.18");
        Pyenv("3.9.2", "3.9.2");
        Pyenv("3.13.0", "3.13.0");
        Pyenv("2.7.18", "2.7.18", venv: false);
        OnPath("python3.12", "3.12.1");
        OnPath("python3.8", "3.8.18", venv: false);
        OnPath("python3.12-config", "9.9.9");
        Shim("python3.11");

        var (usable, skipped) = await FindAsync();
        Assert.Equal(["3.9.18", "3.12.1", "3.13.0"], usable.Select(facts => facts.Version));
        Assert.Equal(["pyenv", "PATH", "pyenv"], usable.Select(facts => facts.Origin));
        Assert.Equal(
            ["older than Python 3.6", "CPython 3.8.18 has no venv module"],
            skipped.OrderBy(skip => skip.Label, StringComparer.Ordinal).Select(skip => skip.Explanation)
        );
    }

    [Fact]
    public async Task The_same_interpreter_behind_two_names_is_tested_once()
    {
        OnPath("python3", "3.12.1", real: "/usr/bin/python3.12");
        OnPath("python3.12", "3.12.1", real: "/usr/bin/python3.12");
        Assert.Single((await FindAsync()).Usable);
        Assert.Single((await FindAsync("3.12", "3.12.1", "python3.12")).Usable);
    }

    [Fact]
    public async Task Names_are_versions_or_paths_and_choose_the_newest_that_they_fit()
    {
        Pyenv("3.9.18", "3.9.18");
        Pyenv("3.9.2", "3.9.2");
        Pyenv("3.13.0", "3.13.0");
        var path = OnPath("my-own-python", "3.10.4");
        Assert.Equal(["3.9.18", "3.10.4"], (await FindAsync("3.9", path)).Usable.Select(facts => facts.Version));
        Assert.Equal(["3.9.2"], (await FindAsync("3.9.2")).Usable.Select(facts => facts.Version));
        Assert.Equal(["3.9.18", "3.10.4", "3.13.0"], (await FindAsync("all", path)).Usable.Select(facts => facts.Version));
    }

    [Fact]
    public async Task A_name_that_is_not_there_is_an_error_that_says_what_is()
    {
        Pyenv("3.9.18", "3.9.18");
        var e = await Assert.ThrowsAsync<PySignException>(() => FindAsync("3.9", "3.14"));
        Assert.Equal(PySignFailure.ToolNotFound, e.Reason);
        Assert.Contains("no Python 3.14", e.Message, StringComparison.Ordinal);
        Assert.Contains("CPython 3.9.18", e.Message, StringComparison.Ordinal);

        var missing = await Assert.ThrowsAsync<PySignException>(() => FindAsync("./nowhere/python"));
        Assert.Contains("nowhere/python' cannot be used: no such file", missing.Message, StringComparison.Ordinal);

        var broken = OnPath("broken", "");
        Assert.Contains(
            "it is broken",
            (await Assert.ThrowsAsync<PySignException>(() => FindAsync(broken))).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("three")]
    [InlineData("3")]
    [InlineData("-m")]
    public async Task A_name_that_is_neither_is_refused(string name) =>
        Assert.Equal(PySignFailure.InvalidSettings, (await Assert.ThrowsAsync<PySignException>(() => FindAsync(name))).Reason);

    [Fact]
    public void The_launchers_answer_is_read_in_its_new_and_in_its_old_form()
    {
        string[] lines =
        [
            " -V:3.13 *        C:\\Python313\\python.exe",
            " -V:3.12          C:\\Users\\Zoë Ångström\\AppData\\Local\\Programs\\Python\\Python312\\python.exe",
            " -V:Astral/CPython3.11.9 C:\\uv\\python.exe",
            " -3.9-64        C:\\Python39\\python.exe",
            "Installed Pythons found by py.exe",
            "",
        ];
        Assert.Equal(
            [
                "C:\\Python313\\python.exe",
                "C:\\Users\\Zoë Ångström\\AppData\\Local\\Programs\\Python\\Python312\\python.exe",
                "C:\\uv\\python.exe",
                "C:\\Python39\\python.exe",
            ],
            InterpreterFinder.LauncherPaths(lines)
        );
    }

    private Task<(IReadOnlyList<InterpreterFacts> Usable, IReadOnlyList<PyTestSkip> Skipped)> FindAsync(params string[] names)
    {
        var runner = new FakeChildProcessRunner(Answer);
        return new InterpreterFinder(runner, _environment).FindAsync(names, 2, _folder.Path, TestContext.Current.CancellationToken);
    }

    private ChildProcessResult Answer(ChildProcessStart start)
    {
        Assert.Null(start.Variables["PYTHONPATH"]);
        var (version, real, venv) = _interpreters[start.Program.FullPath];
        if (version.Length == 0)
        {
            return FakeChildProcessRunner.Result(1, "it is broken");
        }

        var parts = version.Split('.');
        return FakeChildProcessRunner.Result(
            0,
            "pysign-interpreter "
                + JsonSerializer.Serialize(
                    new
                    {
                        implementation = "CPython",
                        version,
                        major = int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture),
                        minor = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture),
                        soabi = $"cpython-{parts[0]}{parts[1]}-x86_64-linux-gnu",
                        platform = "linux-x86_64",
                        real,
                        @virtual = false,
                        venv,
                        ensurepip = true,
                        pip = "23.0.1",
                    }
                )
        );
    }

    private void Pyenv(string folder, string version, bool venv = true) =>
        Add(
            _folder
                .Write(OperatingSystem.IsWindows() ? $"pyenv/versions/{folder}/python.exe" : $"pyenv/versions/{folder}/bin/python", "")
                .FullPath,
            version,
            null,
            venv
        );

    private string OnPath(string name, string version, string? real = null, bool venv = true) =>
        Add(_folder.Write($"bin/{name}", "").FullPath, version, real, venv);

    private void Shim(string name) => Add(_folder.Write($"pyenv/shims/{name}", "").FullPath, "3.11.0", null, true);

    private string Add(string path, string version, string? real, bool venv)
    {
        _interpreters[path] = (version, real ?? path, venv);
        return path;
    }
}
