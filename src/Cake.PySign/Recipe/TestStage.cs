using Cake.Core.IO;
using Cake.PySign.Common.Ci;
using Cake.PySign.Test;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Recipe;

/// <summary>Tests the very wheel that is to be signed. Tests are third-party code: what they could have changed beside them is checked
/// afterwards.</summary>
internal static class TestStage
{
    public static async Task RunAsync(Release release, CancellationToken cancellationToken)
    {
        var ledger = release.Dist.ReadChecked();
        if (ledger.Tests is not null)
        {
            ledger = ledger with { Tests = null };
            release.Dist.Store.Write(ledger);
        }

        var project = release.Options.ProjectDirectory.MakeAbsolute(release.Context.Environment).Collapse();
        if (WhyNone(release.Options, project) is { } reason)
        {
            NotRun(release, ledger, reason);
            return;
        }

        var written = await File.ReadAllBytesAsync(release.Dist.Store.Path.FullPath, cancellationToken).ConfigureAwait(false);
        try
        {
            var wheels = ledger
                .Files.Where(file => file.Kind == DistributionKind.Wheel)
                .Select(file => release.Dist.File(file.Name))
                .ToList();
            var interpreters = await InterpretersAsync(release, cancellationToken).ConfigureAwait(false);
            var result = await TestAsync(release, project, wheels, interpreters, cancellationToken).ConfigureAwait(false);
            Summarize(release, result);
            RequireUntouched(release, ledger, written, result);
            Write(release, ledger with { Tests = Record(release, result) });
        }
        catch (PyTestException e)
        {
            Summarize(release, e.Result);
            if (Stops(release.Options, e.Result))
            {
                throw;
            }

            release.Log.Warning(e.Message);
            NotRun(release, ledger, Why(e));
        }
    }

    /// <summary>Why there is nothing to run; null where there is.</summary>
    private static string? WhyNone(ReleaseOptions options, DirectoryPath project)
    {
        if (options.Tests == ReleaseTests.Off)
        {
            return "switched off";
        }

        var looksFor = options.Tests == ReleaseTests.Auto && options.Test.TestDirectory is null;
        return looksFor && TestTree.Find(project, null) is null ? "no tests found" : null;
    }

    /// <summary>Tests that are there and could not run are not "no tests"; a rehearsal, which may be offline, only says so.</summary>
    private static bool Stops(ReleaseOptions options, PyTestResult result) =>
        options.Tests == ReleaseTests.Required
        || result.Runs.Any(run => run.Outcome is not (PyTestOutcome.NoTests or PyTestOutcome.RequirementsMissing))
        || (!options.Rehearses && result.Runs.Any(run => run.Outcome == PyTestOutcome.RequirementsMissing));

    private static string Why(PyTestException e) =>
        e.Reason switch
        {
            PySignFailure.NothingToDo => "no test ran",
            PySignFailure.ToolNotFound => "no interpreter for the wheel",
            _ => "what the tests require could not be installed",
        };

    /// <summary>Those that were asked for, else the one that builds: testing on several is asked for by name.</summary>
    private static async Task<IEnumerable<string>> InterpretersAsync(Release release, CancellationToken cancellationToken)
    {
        if (release.Options.Test.Interpreters.Count > 0)
        {
            return release.Options.Test.Interpreters;
        }

        var python = await release.Services.FindPythonAsync(release.Options.Python, "build", cancellationToken).ConfigureAwait(false);
        return [python.Path.FullPath];
    }

    private static void NotRun(Release release, Ledger ledger, string reason)
    {
        release.Log.Warning(
            $"The project's tests were NOT RUN: {reason}. With --tests=required (PYSIGN_TESTS) a release without tests stops here."
        );
        Write(release, ledger with { Tests = new LedgerTests(LedgerTestResult.NotRun, [], release.Time.GetUtcNow(), reason) });
    }

    private static void Write(Release release, Ledger ledger)
    {
        release.Dist.Store.Write(ledger);
        TestRecord.Write(release, ledger);
    }

    private static LedgerTests Record(Release release, PyTestResult result) =>
        new(
            LedgerTestResult.Passed,
            [
                .. result.Runs.Select(run => new LedgerTestRun(
                    run.Interpreter.Implementation,
                    run.Interpreter.Version,
                    run.FrameworkName ?? "",
                    run.WheelFileName,
                    run.TestCount,
                    run.SkippedCount
                )),
            ],
            release.Time.GetUtcNow()
        );

    private static void RequireUntouched(Release release, Ledger ledger, byte[] written, PyTestResult result)
    {
        var now = release.Dist.ReadChecked();
        var tested = result.Runs.All(run => ledger[run.WheelFileName].Sha256 == run.WheelSha256);
        if (
            !tested
            || now.Files.Count != ledger.Files.Count
            || !File.ReadAllBytes(release.Dist.Store.Path.FullPath).AsSpan().SequenceEqual(written)
        )
        {
            throw new PySignException(
                PySignFailure.DigestMismatch,
                $"'{release.Dist.Path}' changed while the tests ran.",
                "A test, or something it requires, writes into the folder between the stages. Find out what; then build again."
            );
        }
    }

    /// <summary>GitHub shows this file's Markdown on the page of the run.</summary>
    private static void Summarize(Release release, PyTestResult result)
    {
        string[] lines = [$"### Tests of {result.Name} {result.Version}", "", .. TestTable.Markdown(result), "", ""];
        StepSummary.Append(release.Context.Environment, release.Log, () => string.Join('\n', lines));
    }

    private static async Task<PyTestResult> TestAsync(
        Release release,
        DirectoryPath project,
        IReadOnlyList<FilePath> wheels,
        IEnumerable<string> interpreters,
        CancellationToken cancellationToken
    )
    {
        var options = release.Options;
        try
        {
            return await new PyTester(release.Services)
                .TestAsync(project, options.Test, wheels, interpreters, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (PyTestException e)
        {
            // Of several projects of one repository only this knows which one it is.
            e.Project = project;
            throw;
        }
    }
}
