using System.Xml.Linq;
using Cake.PySign.Test;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Test;

/// <summary>The interpreters of this machine, with their own pip.</summary>
public sealed class SeveralInterpretersTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Tests_run_on_every_interpreter_and_the_one_that_fails_is_shown()
    {
        var interpreters = Pyenv("3.8", "3.9", "3.10", "3.11", "3.12", "3.13");
        var project = new TestProject(_rig.Folder)
            .Wheel(requiresPython: ">=3.9")
            .Case(
                "tests/test_demo.py",
                "def test_where(self):\n    self.assertEqual(demo.where(), 'wheel')",
                "def test_new(self):\n    self.assertGreater(sys.version_info, (3, 10), 'too old')"
            );
        var settings = new PyTestSettings { NoIndex = true };
        foreach (var interpreter in interpreters)
        {
            settings.Interpreters.Add(interpreter);
        }

        var e = Assert.Throws<PyTestException>(() => _rig.Context.PyTest(project.Path, settings, TestContext.Current.CancellationToken));
        Assert.Equal(PySignFailure.TestsFailed, e.Reason);
        Assert.Equal(["3.9", "3.10", "3.11", "3.12", "3.13"], e.Result.Runs.Select(run => run.Interpreter.Label));
        Assert.Equal([PyTestOutcome.Failed, .. Enumerable.Repeat(PyTestOutcome.Passed, 4)], e.Result.Runs.Select(run => run.Outcome));
        var failing = e.Result.Runs[0];
        Assert.Contains($"CPython {failing.Interpreter.Version}: 1 of 2 failed", e.Message, StringComparison.Ordinal);
        Assert.Contains("test_demo.DemoTest.test_new: AssertionError: ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CPython 3.10", e.Message, StringComparison.Ordinal);
        Assert.Contains("the project requires Python >=3.9", Assert.Single(e.Result.Skipped).Explanation, StringComparison.Ordinal);
        Assert.StartsWith("CPython 3.8", e.Result.Skipped[0].Label, StringComparison.Ordinal);

        var report = XDocument.Load(_rig.Folder.File("test-results/junit.xml").FullPath).Root!;
        Assert.Equal(
            ("10", "1", "0"),
            ((string?)report.Attribute("tests"), (string?)report.Attribute("failures"), (string?)report.Attribute("errors"))
        );
        Assert.Equal(5, report.Elements("testsuite").Count());
        var names = report
            .Descendants("testcase")
            .Select(one => $"{(string?)one.Attribute("classname")} {(string?)one.Attribute("name")}")
            .ToList();
        Assert.Equal(10, names.Distinct().Count());
        Assert.Equal("test_new [3.9]", (string?)report.Descendants("failure").Single().Parent!.Attribute("name"));
        Assert.Contains(
            _rig.Log.Lines,
            line => line.Text.StartsWith("CPython 3.9", StringComparison.Ordinal) && line.Text.EndsWith("FAILED", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Real_pytest_writes_the_same_kind_of_report()
    {
        SystemPython.Require("pytest");
        var project = new TestProject(_rig.Folder)
            .Wheel()
            .Test(
                "tests/test_demo.py",
                "import demo\nimport pytest\n\n@pytest.mark.parametrize('n', [1, 2])\ndef test_n(n):\n    assert demo.where() == "
                    + "'wheel'\n    assert n == 1\n"
            );
        var settings = new PyTestSettings
        {
            Interpreters = { SystemPython.Path },
            SystemSitePackages = true,
            NoIndex = true,
        };
        var e = Assert.Throws<PyTestException>(() => _rig.Context.PyTest(project.Path, settings, TestContext.Current.CancellationToken));
        var run = Assert.Single(e.Result.Runs);
        Assert.StartsWith("pytest ", run.FrameworkName, StringComparison.Ordinal);
        Assert.Equal(2, run.TestCount);
        Assert.Equal("tests.test_demo.test_n[2]", Assert.Single(run.Failures).Test);
    }

    private static List<string> Pyenv(params string[] versions)
    {
        var root =
            Environment.GetEnvironmentVariable("PYENV_ROOT")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pyenv");
        var folder = Path.Combine(root, "versions");
        var found = versions
            .Select(version =>
                Directory.Exists(folder)
                    ? Directory
                        .EnumerateDirectories(folder, version + ".*")
                        .Select(path => Path.Combine(path, "bin", "python"))
                        .FirstOrDefault(File.Exists)
                    : null
            )
            .ToList();
        if (found.Contains(null))
        {
            Assert.Skip($"NOT RUN: pyenv has not all of {string.Join(", ", versions)} here.");
        }

        return [.. found.OfType<string>()];
    }
}
