using System.Globalization;
using Cake.PySign.Common.Reports;

namespace Cake.PySign.Test;

/// <summary>The result as a table for a person: one line an interpreter.</summary>
internal static class TestTable
{
    private static readonly string[] _header = ["interpreter", "framework", "tests", "passed", "failed", "skipped", "time", "result"];

    public static IEnumerable<string> Lines(PyTestResult result, int width) => TextTable.Lines([_header, .. Rows(result)], width);

    /// <summary>The same in Markdown, for GitHub's job summary.</summary>
    public static IEnumerable<string> Markdown(PyTestResult result) =>
        Rows(result)
            .Prepend([.. _header.Select(_ => "---")])
            .Prepend(_header)
            .Select(row => $"| {string.Join(" | ", row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |");

    public static string Word(PyTestOutcome outcome) =>
        outcome switch
        {
            PyTestOutcome.Passed => "passed",
            PyTestOutcome.Failed => "FAILED",
            PyTestOutcome.NoTests => "NO TESTS",
            PyTestOutcome.RequirementsMissing => "REQUIREMENTS MISSING",
            PyTestOutcome.TimedOut => "TIMED OUT",
            _ => "BROKEN",
        };

    private static IEnumerable<string[]> Rows(PyTestResult result)
    {
        foreach (var run in result.Runs)
        {
            yield return
            [
                $"{run.Interpreter.Implementation} {run.Interpreter.Version}",
                run.FrameworkName ?? "-",
                Number(run.TestCount),
                Number(run.TestCount - run.SkippedCount - run.Failures.Count),
                Number(run.Failures.Count),
                Number(run.SkippedCount),
                string.Create(CultureInfo.InvariantCulture, $"{run.Elapsed.TotalSeconds:0.0} s"),
                Word(run.Outcome),
            ];
        }

        foreach (var skip in result.Skipped)
        {
            yield return [skip.Label, "-", "-", "-", "-", "-", "-", $"not tested: {skip.Explanation}"];
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
