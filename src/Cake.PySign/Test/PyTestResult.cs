using Cake.Core.IO;
using PySign.Formats;

namespace Cake.PySign.Test;

/// <summary>What the tests of a project gave, interpreter by interpreter.</summary>
/// <param name="Name">The project's name as the wheel has it.</param>
/// <param name="Version">The version as the wheel has it.</param>
/// <param name="Runs">The interpreters that were tested, oldest first.</param>
/// <param name="Skipped">The interpreters that were not, and why.</param>
/// <param name="ReportFile">The JUnit report of all runs, absolute.</param>
public sealed record PyTestResult(
    string Name,
    string Version,
    IReadOnlyList<PyTestRun> Runs,
    IReadOnlyList<PyTestSkip> Skipped,
    FilePath ReportFile
)
{
    /// <summary>Whether every run passed, and there was one.</summary>
    public bool Passed => Runs.Count > 0 && Runs.All(run => run.Outcome == PyTestOutcome.Passed);
}

/// <summary>The tests on one interpreter.</summary>
public sealed record PyTestRun
{
    /// <summary>The interpreter.</summary>
    /// <value>What it is, and where.</value>
    public required PyTestInterpreter Interpreter { get; init; }

    /// <summary>The wheel that was installed.</summary>
    /// <value>Its file name.</value>
    public required string WheelFileName { get; init; }

    /// <summary>The SHA-256 of the wheel that was installed.</summary>
    /// <value>Of the very bytes that were tested.</value>
    public required Sha256Digest WheelSha256 { get; init; }

    /// <summary>How it ended.</summary>
    /// <value><see cref="PyTestOutcome.Passed"/> alone is success.</value>
    public required PyTestOutcome Outcome { get; init; }

    /// <summary>What ran the tests.</summary>
    /// <value>Such as <c>unittest</c> or <c>pytest 8.3.4</c>; <see langword="null"/> if it did not come to that.</value>
    public string? FrameworkName { get; init; }

    /// <summary>How many test cases there are.</summary>
    /// <value>Skipped ones included.</value>
    public int TestCount { get; init; }

    /// <summary>How many of them were skipped.</summary>
    /// <value>At most <see cref="TestCount"/>.</value>
    public int SkippedCount { get; init; }

    /// <summary>Those that failed.</summary>
    /// <value>Empty for none.</value>
    public IReadOnlyList<PyFailedTest> Failures { get; init; } = [];

    /// <summary>How long it took.</summary>
    /// <value>Installing included.</value>
    public TimeSpan Elapsed { get; init; }

    /// <summary>What was wrong in addition to failing tests, for a person.</summary>
    /// <value><see langword="null"/> if nothing was.</value>
    public string? Explanation { get; init; }
}

/// <summary>An interpreter that tests can run on.</summary>
/// <param name="Implementation">Such as <c>CPython</c>.</param>
/// <param name="Version">Such as <c>3.12.1</c>.</param>
/// <param name="Path">The executable, absolute.</param>
/// <param name="Label">What tells it from the others in the report: <c>3.12</c>, or longer where that is not enough.</param>
public sealed record PyTestInterpreter(string Implementation, string Version, FilePath Path, string Label);

/// <summary>A test case that failed.</summary>
/// <param name="Test">Class and name.</param>
/// <param name="Message">The first line of what it said.</param>
public sealed record PyFailedTest(string Test, string Message)
{
    /// <summary>The file in which it failed.</summary>
    /// <value>Relative to the project, where the framework said one.</value>
    public string? SourceFile { get; init; }

    /// <summary>The line in which it failed.</summary>
    /// <value>From 1; <see langword="null"/> where the framework said none.</value>
    public int? Line { get; init; }
}

/// <summary>An interpreter that was not tested.</summary>
/// <param name="Label">What it is: implementation, version and path.</param>
/// <param name="Explanation">Why not.</param>
public sealed record PyTestSkip(string Label, string Explanation);

/// <summary>How the tests on one interpreter ended.</summary>
public enum PyTestOutcome
{
    /// <summary>At least one test ran, and none failed.</summary>
    Passed,

    /// <summary>Tests failed.</summary>
    Failed,

    /// <summary>No test ran: none was found, or all were skipped.</summary>
    NoTests,

    /// <summary>The wheel's or the tests' requirements could not be installed.</summary>
    RequirementsMissing,

    /// <summary>It did not end in time and was ended.</summary>
    TimedOut,

    /// <summary>The wheel could not be installed, the run crashed, or it did not test the wheel.</summary>
    Broken,
}

/// <summary>The tests did not pass on every interpreter. The message lists what failed, by interpreter.</summary>
public sealed class PyTestException : PySignException
{
    internal PyTestException(PySignFailure reason, string message, PyTestResult result, string? advice = null)
        : base(reason, message, advice) => Result = result;

    /// <summary>All that was found out, the passed runs included.</summary>
    /// <value>The same result that a passed run returns.</value>
    public PyTestResult Result { get; }

    /// <summary>The project's folder, which the files of failures are relative to; null where nobody said.</summary>
    internal DirectoryPath? Project { get; set; }
}
