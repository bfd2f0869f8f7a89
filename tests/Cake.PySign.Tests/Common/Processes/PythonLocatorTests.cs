using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Processes;
using Cake.PySign.Tests.Rig;
using PySign.Http;

namespace Cake.PySign.Tests.Common.Processes;

public sealed class PythonLocatorTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public PythonLocatorTests() => _rig.Environment.Variables["PATH"] = "";

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task The_first_that_can_import_the_module_wins()
    {
        var without = _rig.Folder.Write("a/python3", "");
        var with = _rig.Folder.Write("b/python3", "");
        SetPath("a", "b");
        var runner = new FakeChildProcessRunner(start =>
            start.Program.FullPath == with.FullPath
                ? FakeChildProcessRunner.Probe(start)!
                : FakeChildProcessRunner.Result(1, "ModuleNotFoundError: No module named 'build'")
        );
        var found = await FindAsync(runner);
        Assert.Equal(with.FullPath, found.Path.FullPath);
        Assert.Equal("1.2.3", found.ModuleVersion);
        Assert.Equal([without.FullPath, with.FullPath], runner.Starts.Select(start => start.Program.FullPath));
    }

    [Fact]
    public async Task A_virtual_environment_comes_before_PATH()
    {
        var relative = OperatingSystem.IsWindows() ? "env/Scripts/python.exe" : "env/bin/python";
        var inside = _rig.Folder.Write(relative, "");
        _rig.Folder.Write("a/python3", "");
        SetPath("a");
        _rig.Environment.Variables["VIRTUAL_ENV"] = _rig.Folder.Folder("env").FullPath;
        var found = await FindAsync(new FakeChildProcessRunner(start => FakeChildProcessRunner.Probe(start)!));
        Assert.Equal(inside.FullPath, found.Path.FullPath);
    }

    [Theory]
    [InlineData("3.10", "a/python3.10")]
    [InlineData("3.11.4", "home/.pyenv/versions/3.11.9/bin/python")]
    public async Task PYTHON_VERSION_chooses_among_those_that_are_there(string wanted, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pyenv is laid out otherwise on Windows.");
        foreach (var file in new[] { "a/python3", "b/python3.10", "a/python3.10" })
        {
            _rig.Folder.Write(file, "");
        }

        foreach (var version in new[] { "3.11.2", "3.11.9", "3.1.1", "3.12.0" })
        {
            _rig.Folder.Write($"home/.pyenv/versions/{version}/bin/python", "");
        }

        SetPath("a", "b");
        _rig.Environment.Variables["HOME"] = _rig.Folder.Folder("home").FullPath;
        _rig.Environment.Variables["PYTHON_VERSION"] = wanted;
        var found = await FindAsync(new FakeChildProcessRunner(start => FakeChildProcessRunner.Probe(start)!));
        Assert.Equal(_rig.Folder.File(expected).FullPath, found.Path.FullPath);
    }

    [Fact]
    public async Task A_PYTHON_VERSION_that_is_not_there_is_said()
    {
        _rig.Folder.Write("a/python3", "");
        SetPath("a");
        _rig.Environment.Variables["PYTHON_VERSION"] = "3.1";
        var found = await FindAsync(new FakeChildProcessRunner(start => FakeChildProcessRunner.Probe(start)!));
        Assert.False(found.Version.StartsWith("3.1.", StringComparison.Ordinal), found.Version);
        Assert.Contains("PYTHON_VERSION asks for Python 3.1, and", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interpreter_named_by_a_person_is_not_silently_replaced()
    {
        var named = _rig.Folder.Write("named/python3", "");
        _rig.Folder.Write("a/python3", "");
        SetPath("a");
        _rig.Environment.Variables["PYSIGN_PYTHON"] = named.FullPath;
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            FindAsync(new FakeChildProcessRunner(_ => FakeChildProcessRunner.Result(1, "ModuleNotFoundError: No module named 'build'")))
        );
        Assert.Equal(PySignFailure.ToolNotFound, e.Reason);
        Assert.Contains($"{named.FullPath} (PYSIGN_PYTHON): ModuleNotFoundError", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/a/python3", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_place_that_was_tried_is_listed()
    {
        var first = _rig.Folder.Write("a/python3", "");
        var second = _rig.Folder.Write("b/python", "");
        SetPath("a", "b");
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            FindAsync(new FakeChildProcessRunner(_ => FakeChildProcessRunner.Result(1)))
        );
        Assert.Contains(first.FullPath, e.Message, StringComparison.Ordinal);
        Assert.Contains(second.FullPath, e.Message, StringComparison.Ordinal);
        Assert.Contains("PYSIGN_PYTHON", e.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_named_build_is_not_taken_for_the_module()
    {
        if (!File.Exists("/usr/bin/python3"))
        {
            Assert.Skip("There is no /usr/bin/python3 on this machine.");
        }

        _rig.Folder.Write("nosuchmodule/__init__.txt", "");
        var runner = new ChildProcessRunner(new SafeLog(_rig.Log, new SecretRedactor()), _rig.Environment, TimeProvider.System);
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            new PythonLocator(runner, _rig.Environment, new SafeLog(_rig.Log, new SecretRedactor())).FindAsync(
                "/usr/bin/python3",
                "nosuchmodule",
                TestContext.Current.CancellationToken
            )
        );
        Assert.Contains("No module named 'nosuchmodule'", e.Message, StringComparison.Ordinal);
    }

    private void SetPath(params string[] folders) =>
        _rig.Environment.Variables["PATH"] = string.Join(Path.PathSeparator, folders.Select(folder => _rig.Folder.Folder(folder).FullPath));

    private Task<PythonInterpreter> FindAsync(FakeChildProcessRunner runner) =>
        new PythonLocator(runner, _rig.Environment, new SafeLog(_rig.Log, new SecretRedactor())).FindAsync(
            null,
            "build",
            TestContext.Current.CancellationToken
        );
}
