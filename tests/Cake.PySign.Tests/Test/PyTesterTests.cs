using System.Xml.Linq;
using Cake.PySign.Common;
using Cake.PySign.Common.Logging;
using Cake.PySign.Test;
using Cake.PySign.Tests.Rig;
using PySign.Http;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Test;

/// <summary>One real interpreter, real virtual environments and test runs; pip alone is played.</summary>
public sealed class PyTesterTests : IDisposable
{
    private const string FromTheWheel = "def test_where(self):\n    self.assertEqual(demo.where(), 'wheel')";

    private readonly CakeRig _rig = new();
    private readonly UnpackingRunner _runner;
    private readonly TestProject _project;
    private readonly PyTestSettings _settings = new() { Timeout = TimeSpan.FromMinutes(5), Interpreters = { SystemPython.Path } };

    public PyTesterTests()
    {
        SystemPython.Require("venv");
        _runner = new UnpackingRunner(_rig);
        _project = new TestProject(_rig.Folder);
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task The_installed_wheel_is_tested_and_the_project_stays_as_it_was()
    {
        _project
            .Wheel()
            .Case(
                "tests/test_demo.py",
                FromTheWheel,
                "def test_alone(self):\n    self.assertFalse(os.path.exists('demo.py'))",
                "@unittest.skip('not here')\ndef test_skipped(self):\n    pass"
            );
        _project.Test("tests/data/value.txt", "42");
        var before = _rig.Folder.Snapshot("project");
        var result = await TestAsync();

        Assert.True(result.Passed);
        var run = Assert.Single(result.Runs);
        Assert.Equal((3, 1, "unittest"), (run.TestCount, run.SkippedCount, run.FrameworkName));
        Assert.Empty(run.Failures);
        Assert.Equal(FileDigest.Of(_rig.Folder.File("project/dist/demo-1.0-py3-none-any.whl")), run.WheelSha256);
        Assert.Equal(before, _rig.Folder.Snapshot("project"));
        Assert.Contains(
            "passed",
            Assert
                .Single(
                    _rig.Log.Lines,
                    line =>
                        line.Text.StartsWith("CPython", StringComparison.Ordinal)
                        && line.Text.Contains("unittest", StringComparison.Ordinal)
                )
                .Text,
            StringComparison.Ordinal
        );

        var suite = XDocument.Load(result.ReportFile.FullPath).Root!.Element("testsuite")!;
        Assert.Equal(
            ("3", "0", "0", "1"),
            (
                (string?)suite.Attribute("tests"),
                (string?)suite.Attribute("failures"),
                (string?)suite.Attribute("errors"),
                (string?)suite.Attribute("skipped")
            )
        );
        var one = suite
            .Elements("testcase")
            .Single(one => ((string?)one.Attribute("name"))!.StartsWith("test_where", StringComparison.Ordinal));
        Assert.Equal($"test_where [{run.Interpreter.Label}]", (string?)one.Attribute("name"));
        Assert.Equal("test_demo.DemoTest", (string?)one.Attribute("classname"));
        Assert.Equal("tests/test_demo.py", (string?)one.Attribute("file"));
        Assert.Equal("5", (string?)one.Attribute("line"));
    }

    [Fact]
    public async Task A_package_of_tests_is_found_with_its_own_modules_and_named_files_beside_it()
    {
        _project.Wheel().Test("tests/__init__.py", "").Test("tests/helper.py", "ANSWER = 42\n").Test("examples/value.txt", "42");
        _project.Test("tests/deeper/__init__.py", "");
        _project.Case(
            "tests/deeper/test_deep.py",
            "def test_helper(self):\n    from tests.helper import ANSWER\n    with open('examples/value.txt') as f:\n        "
                + "self.assertEqual(int(f.read()), ANSWER)"
        );
        _settings.TestFiles.Add("examples");
        Assert.Equal(1, Assert.Single((await TestAsync()).Runs).TestCount);
    }

    [Theory]
    [InlineData("demo/tests")]
    [InlineData("src/demo/test")]
    public async Task Tests_inside_of_the_package_import_the_installed_one_relatively(string folder)
    {
        _project.Wheel(package: true).Test($"{IoPath.GetDirectoryName(folder)}/__init__.py", "def where():\n    return 'source'\n");
        _project
            .Test($"{folder}/__init__.py", "")
            .Test($"{folder}/helper.py", "ANSWER = 42\n")
            .Case(
                $"{folder}/test_inside.py",
                "def test_where(self):\n    from .. import where\n    from .helper import ANSWER\n    self.assertEqual((where(), ANSWER), "
                    + "('wheel', 42))"
            );
        Assert.Equal(1, Assert.Single((await TestAsync()).Runs).TestCount);
        Assert.Contains("demo-1.0-py3-none-any.whl  sha256 ", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_of_tests_called_as_the_standard_librarys_is_the_projects_own()
    {
        _project.Wheel().Test("test/__init__.py", "").Case("test/test_demo.py", FromTheWheel);
        Assert.Equal(1, Assert.Single((await TestAsync()).Runs).TestCount);
    }

    [Fact]
    public async Task A_module_that_no_test_can_be_loaded_without_is_a_missing_requirement()
    {
        _project.Wheel().Test("tests/test_demo.py", "import unittest\nimport freezegun_that_is_not_there\n");
        var e = await Assert.ThrowsAsync<PyTestException>(TestAsync);
        Assert.Equal(PyTestOutcome.RequirementsMissing, Assert.Single(e.Result.Runs).Outcome);
        Assert.Contains("freezegun_that_is_not_there, which is not installed", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_for_pytest_are_not_dropped_by_unittest()
    {
        _project.Wheel().Case("tests/test_demo.py", FromTheWheel);
        _settings.PytestArguments.Add("-x");
        _settings.Framework = TestFramework.Unittest;
        var e = await Assert.ThrowsAsync<PySignException>(TestAsync);
        Assert.Equal(PySignFailure.InvalidSettings, e.Reason);
    }

    [Fact]
    public void A_collection_that_fails_says_the_exceptions_line()
    {
        var failure = JunitReport.Failure(
            XElement.Parse(
                "<testcase classname=\"\" name=\"tests.test_x\"><error message=\"collection "
                    + "failure\">tests/test_x.py:1: in &lt;module&gt;\n"
                    + "    import gone\nE   ModuleNotFoundError: No module named 'gone'</error></testcase>"
            )
        )!;
        Assert.Equal("collection failure: ModuleNotFoundError: No module named 'gone'", failure.Message);
    }

    [Fact]
    public async Task Failures_are_listed_in_the_error_and_in_the_report()
    {
        _project
            .Wheel()
            .Case(
                "tests/test_demo.py",
                FromTheWheel,
                "def test_wrong(self):\n    self.assertEqual(demo.where(), 'nowhere')",
                "def test_parts(self):\n    for i in range(3):\n        with self.subTest(i=i):\n            self.assertEqual(i, 1)",
                "def test_leaves(self):\n    sys.exit(0)",
                "def test_odd(self):\n    self.fail('zero \\x00 and <escape> \\x1b &')"
            );
        _project
            .Test("tests/test_broken.py", "import nothing_of_that_name\n")
            .Test(
                "tests/test_class.py",
                "import unittest\nclass C(unittest.TestCase):\n    @classmethod\n    def setUpClass(cls): raise ValueError('no "
                    + "class')\n    def test_a(self): pass\n"
            );
        var e = await Assert.ThrowsAsync<PyTestException>(TestAsync);
        Assert.Equal(PySignFailure.TestsFailed, e.Reason);
        Assert.Contains("7 of 8 failed", e.Message, StringComparison.Ordinal);
        foreach (
            var line in new[]
            {
                "test_demo.DemoTest.test_wrong: AssertionError: 'wheel' != 'nowhere'",
                "test_demo.DemoTest.test_parts (i=0): AssertionError: 0 != 1",
                "test_demo.DemoTest.test_parts (i=2): AssertionError: 2 != 1",
                "test_demo.DemoTest.test_leaves: SystemExit: 0",
                "test_broken.import: ImportError: Failed to import test module: test_broken: ModuleNotFoundError: No module named "
                    + "'nothing_of_that_name'",
                "test_class.C.setUpClass: ValueError: no class",
            }
        )
        {
            Assert.Contains(line, e.Message, StringComparison.Ordinal);
        }

        var cases = XDocument.Load(e.Result.ReportFile.FullPath).Descendants("testcase").ToList();
        Assert.Equal(8, cases.Count);
        Assert.Equal(4, cases.Count(one => one.Element("failure") is not null));
        Assert.Equal(3, cases.Count(one => one.Element("error") is not null));
    }

    [Fact]
    public async Task Tests_that_bring_the_sources_with_them_do_not_test_the_wheel()
    {
        _project
            .Wheel()
            .Case("tests/test_demo.py", "def test_where(self):\n    demo.where()")
            .Test("tests/demo.py", "def where():\n    return 'source'\n");
        var e = await Assert.ThrowsAsync<PyTestException>(TestAsync);
        Assert.Equal(PyTestOutcome.Broken, Assert.Single(e.Result.Runs).Outcome);
        Assert.Contains("Not the installed wheel was tested: demo from", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tests/readme.txt", "nothing", "No test was found.")]
    [InlineData(
        "tests/test_demo.py",
        "import unittest\nclass T(unittest.TestCase):\n    @unittest.skip('x')\n    def test_a(self): pass\n",
        "No test ran: all 1 were skipped (x)."
    )]
    public async Task Where_no_test_runs_nothing_has_passed(string file, string text, string problem)
    {
        _project.Wheel().Test(file, text);
        var e = await Assert.ThrowsAsync<PyTestException>(TestAsync);
        Assert.Equal(PySignFailure.NothingToDo, e.Reason);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        Assert.Equal(PyTestOutcome.NoTests, Assert.Single(e.Result.Runs).Outcome);
        Assert.Contains(
            XDocument.Load(e.Result.ReportFile.FullPath).Descendants("error"),
            error => (string?)error.Attribute("message") == problem
        );
    }

    [Fact]
    public async Task A_run_that_dies_without_a_report_has_not_passed()
    {
        _project.Wheel().Case("tests/test_demo.py", "def test_dies(self):\n    sys.stderr.write('the end is near\\n')\n    os._exit(0)");
        var e = await Assert.ThrowsAsync<PyTestException>(TestAsync);
        Assert.Equal((PySignFailure.TestsFailed, PyTestOutcome.Broken), (e.Reason, Assert.Single(e.Result.Runs).Outcome));
        Assert.Contains("ended with exit code 0 and left no report", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_does_not_end_is_ended_and_counts_as_failed()
    {
        _project.Wheel().Case("tests/test_demo.py", "def test_waits(self):\n    import time\n    time.sleep(600)");
        _settings.Timeout = TimeSpan.FromSeconds(6);
        var e = await Assert.ThrowsAsync<PyTestException>(TestAsync);
        Assert.Equal((PySignFailure.TestsFailed, PyTestOutcome.TimedOut), (e.Reason, Assert.Single(e.Result.Runs).Outcome));
    }

    [Fact]
    public async Task Tests_see_no_secret_and_no_other_Python()
    {
        _rig.Environment.Variables["CI_JOB_TOKEN"] = "canary-0123456789";
        _rig.Environment.Variables["PYTHONPATH"] = _project.Path.FullPath;
        _rig.Environment.Variables["PASSED_TOKEN"] = "wanted-0123456789";
        _settings.PassVariables.Add("PASSED_TOKEN");
        _settings.EnvironmentVariables["GREETING"] = "hello";
        _project
            .Wheel()
            .Case(
                "tests/test_demo.py",
                FromTheWheel,
                "def test_environment(self):\n    self.assertNotIn('CI_JOB_TOKEN', os.environ)\n    self.assertNotIn('PYTHONPATH', "
                    + "os.environ)\n    self.assertEqual(os.environ['PASSED_TOKEN'], 'wanted-0123456789')\n    "
                    + "self.assertEqual(os.environ['GREETING'], 'hello')\n    self.assertEqual(os.environ['VIRTUAL_ENV'], sys.prefix)\n "
                    + "   self.assertTrue(os.environ['PATH'].startswith(sys.prefix))",
                "def test_says(self):\n    self.fail('wanted-0123456789')"
            );
        var e = await Assert.ThrowsAsync<PyTestException>(TestAsync);
        Assert.EndsWith("test_says", Assert.Single(Assert.Single(e.Result.Runs).Failures).Test, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "wanted-0123456789",
            await File.ReadAllTextAsync(e.Result.ReportFile.FullPath, TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("tests/conftest.py", "")]
    [InlineData("tests/test_demo.py", "import pytest\n")]
    [InlineData("tests/test_demo.py", "def test_plain():\n    assert True\n")]
    [InlineData("pyproject.toml", "[tool.pytest.ini_options]\n")]
    public async Task Where_the_files_ask_for_pytest_it_is_installed_or_its_absence_is_named(string file, string text)
    {
        _project.Wheel().Test("tests/test_more.py", "").Test(file, text);
        _runner.Requirements = start =>
        {
            Assert.Equal("pytest", start.Arguments[^1]);
            Assert.Contains("--no-index", start.Arguments);
            return FakeChildProcessRunner.Result(1, "ERROR: No matching distribution found for pytest");
        };
        _settings.NoIndex = true;
        var e = await Assert.ThrowsAsync<PyTestException>(TestAsync);
        Assert.Equal((PySignFailure.ToolFailed, PyTestOutcome.RequirementsMissing), (e.Reason, Assert.Single(e.Result.Runs).Outcome));
        Assert.Contains("No matching distribution found for pytest", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requirements_extras_and_constraints_reach_pip()
    {
        _project.Wheel(requires: "other>=1").Case("tests/test_demo.py", FromTheWheel);
        _settings.Requirements.Add("hypothesis>=6");
        _settings.Extras.Add("test");
        _settings.Constraints = _rig.Folder.Write("constraints.txt", "hypothesis<7\n");
        await TestAsync();
        var arguments = _runner.Installs.Last().Arguments;
        Assert.Equal(
            ["--constraint", _settings.Constraints.FullPath, "--"],
            arguments.SkipWhile(argument => argument != "--constraint").Take(3)
        );
        Assert.EndsWith("demo-1.0-py3-none-any.whl[test]", arguments[^2], StringComparison.Ordinal);
        Assert.Equal("hypothesis>=6", arguments[^1]);
    }

    [Fact]
    public async Task A_wheel_for_no_interpreter_is_an_error_that_says_why()
    {
        _project.Wheel(tag: "cp35-cp35m-any").Case("tests/test_demo.py", FromTheWheel);
        var e = await Assert.ThrowsAsync<PyTestException>(TestAsync);
        Assert.Equal(PySignFailure.ToolNotFound, e.Reason);
        Assert.Contains("none of the wheels fits its tags", Assert.Single(e.Result.Skipped).Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_tested_is_refused_before_anything_runs()
    {
        _project.Test("pyproject.toml", "");
        await RefusedAsync(PySignFailure.NothingToDo, "There is no wheel in");
        _project.Wheel();
        await RefusedAsync(PySignFailure.NothingToDo, "has no folder 'tests' or 'test'");
        _settings.TestDirectory = "checks";
        await RefusedAsync(PySignFailure.MissingFile, "no test folder 'checks'");
        foreach (var outside in new[] { ".", "..", "./dist/.." })
        {
            _settings.TestDirectory = outside;
            await RefusedAsync(PySignFailure.InvalidSettings, "is not a folder below the project");
        }

        _project.Case("checks/test_demo.py", FromTheWheel);
        _settings.TestDirectory = "checks";
        _settings.TestFiles.Add("../outside");
        await RefusedAsync(PySignFailure.InvalidSettings, "is not below the project");
        _settings.TestFiles.Clear();
        _settings.Requirements.Add("--index-url=https://example.org");
        await RefusedAsync(PySignFailure.InvalidSettings, "is not a requirement");
        _settings.Requirements.Clear();
        _settings.MaxInterpreters = 0;
        await RefusedAsync(PySignFailure.InvalidSettings, "MaxInterpreters is 0");
        _settings.MaxInterpreters = 1;
        _rig.Folder.Write("project/dist/demo-2.0-py3-none-any.whl", SampleDistribution.Wheel("demo", "2.0"));
        await RefusedAsync(PySignFailure.InvalidSettings, "different releases");
    }

    [Fact]
    public async Task Links_that_lead_in_a_circle_end()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        _project.Case("tests/test_demo.py", FromTheWheel);
        var tests = System.IO.Path.Combine(_project.Path.FullPath, "tests");
        Directory.CreateSymbolicLink(System.IO.Path.Combine(tests, "up"), "..");
        Directory.CreateSymbolicLink(System.IO.Path.Combine(tests, "here"), ".");
        Directory.CreateDirectory(System.IO.Path.Combine(tests, "data"));
        Directory.CreateSymbolicLink(System.IO.Path.Combine(tests, "also"), "data");
        var copy = _rig.Folder.Folder("copy");
        await HangGuard.RunAsync(() =>
        {
            var tree = TestTree.Of(_project.Path, _settings);
            tree.AsksForPytest();
            tree.CopyTo(copy, TestContext.Current.CancellationToken);
        });
        Assert.Equal(
            ["also"],
            new DirectoryInfo(copy.Combine("tests").FullPath)
                .EnumerateDirectories()
                .Where(one => one.LinkTarget is not null)
                .Select(one => one.Name)
        );
    }

    private async Task RefusedAsync(PySignFailure reason, string message)
    {
        var e = await Assert.ThrowsAsync<PySignException>(TestAsync);
        Assert.Equal(reason, e.Reason);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    private Task<PyTestResult> TestAsync()
    {
        var redactor = new SecretRedactor();
        SecretVariables.Register(_rig.Environment, redactor);
        return new PyTester(_rig.Services(processes: _runner, log: new SafeLog(_rig.Log, redactor))).TestAsync(
            _project.Path,
            _settings,
            TestContext.Current.CancellationToken
        );
    }
}
