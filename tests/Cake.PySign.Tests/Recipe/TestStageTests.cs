using Cake.Core;
using Cake.PySign.Common;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Tests.Test;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Tests.Recipe;

/// <summary>The stage before signing: what it lets pass, with which words, and what it stops.</summary>
public sealed class TestStageTests : IDisposable
{
    private readonly CakeRig _rig = new();
    private readonly TestProject _project;

    public TestStageTests()
    {
        _project = new TestProject(_rig.Folder).Wheel();
        var wheel = _rig.Folder.File("project/dist/demo-1.0-py3-none-any.whl");
        Store.Write(
            new Ledger
            {
                Schema = Ledger.CurrentSchema,
                Name = "demo",
                NormalizedName = "demo",
                Version = "1.0",
                Files =
                [
                    new LedgerFile(
                        "demo-1.0-py3-none-any.whl",
                        DistributionKind.Wheel,
                        FileDigest.Of(wheel),
                        new FileInfo(wheel.FullPath).Length,
                        []
                    ),
                ],
                Tests = new LedgerTests(LedgerTestResult.Passed, [], DateTimeOffset.UnixEpoch),
            }
        );
        foreach (
            var (name, value) in new[]
            {
                ("PYSIGN_PROJECT", "project"),
                ("PYSIGN_DIST", "project/dist"),
                ("PYSIGN_TEST_PYTHON", SystemPython.Path),
                ("PYSIGN_TEST_NO_INDEX", "true"),
            }
        )
        {
            _rig.Environment.Variables[name] = value;
        }
    }

    private LedgerStore Store => new(_rig.Folder.Folder("project/dist"));

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("auto", "no tests found")]
    [InlineData("off", "switched off")]
    public void A_release_without_tests_says_so_and_remembers_it(string tests, string reason)
    {
        _rig.Environment.Variables["PYSIGN_TESTS"] = tests;
        new TaskRun(_rig).Run("PySign-Test");
        Assert.Equal((LedgerTestResult.NotRun, reason), (Store.Read().Tests!.Result, Store.Read().Tests!.Reason));
        Assert.Contains(
            _rig.Log.Lines,
            line => line.Level == Core.Diagnostics.LogLevel.Warning && line.Text.Contains($"NOT RUN: {reason}", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Where_tests_are_required_a_release_without_them_stops()
    {
        _rig.Environment.Variables["PYSIGN_TESTS"] = "required";
        var e = Assert.Throws<CakeException>(() => new TaskRun(_rig).Run("PySign-Test"));
        Assert.Equal(18, e.ExitCode);
        Assert.Contains("no tests were found", e.Message, StringComparison.Ordinal);
        Assert.Null(Store.Read().Tests);
    }

    [Fact]
    public void Tests_that_pass_are_in_the_ledger_and_on_the_runs_page()
    {
        SystemPython.Require("venv, pip");
        _project.Case("tests/test_demo.py", "def test_where(self):\n    self.assertEqual(demo.where(), 'wheel')");
        var summary = _rig.Folder.File("summary.md");
        _rig.Environment.Variables["GITHUB_STEP_SUMMARY"] = summary.FullPath;
        new TaskRun(_rig).Run("PySign-Test");
        var tests = Store.Read().Tests!;
        var run = Assert.Single(tests.Runs);
        Assert.Equal(
            (LedgerTestResult.Passed, 1, 0, "unittest", "CPython"),
            (tests.Result, run.Tests, run.Skipped, run.Framework, run.Implementation)
        );
        Assert.Null(tests.Reason);
        Assert.Contains("| passed |", File.ReadAllText(summary.FullPath), StringComparison.Ordinal);
        Assert.True(File.Exists(_rig.Folder.File("test-results/junit.xml").FullPath));
    }

    [Fact]
    public void Tests_that_fail_or_reach_into_the_release_stop_it()
    {
        SystemPython.Require("venv, pip");
        _project.Case("tests/test_demo.py", "def test_wrong(self):\n    self.fail('wrong on purpose')");
        var e = Assert.Throws<CakeException>(() => new TaskRun(_rig).Run("PySign-Test"));
        Assert.Equal(18, e.ExitCode);
        Assert.Contains("test_demo.DemoTest.test_wrong: AssertionError: wrong on purpose", e.Message, StringComparison.Ordinal);
        Assert.Null(Store.Read().Tests);

        var ledger = Store.Path.FullPath;
        _project.Case(
            "tests/test_demo.py",
            $"def test_reaches(self):\n    with open({System.Text.Json.JsonSerializer.Serialize(ledger)}, 'a') as f:\n        f.write(' ')"
        );
        e = Assert.Throws<CakeException>(() => new TaskRun(_rig).Run("PySign-Test"));
        Assert.Equal(18, e.ExitCode);
        Assert.Contains("changed while the tests ran", e.Message, StringComparison.Ordinal);
    }
}
