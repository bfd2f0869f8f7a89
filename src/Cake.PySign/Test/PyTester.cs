using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Processes;
using Cake.PySign.Common.Reports;

namespace Cake.PySign.Test;

/// <summary>Tests a project's wheel on every interpreter, in parallel, and brings the results together.</summary>
internal sealed class PyTester(Services services)
{
    public Task<PyTestResult> TestAsync(DirectoryPath projectDirectory, PyTestSettings settings, CancellationToken cancellationToken)
    {
        var project = projectDirectory.MakeAbsolute(services.Environment).Collapse();
        return TestAsync(project, settings, Wheels(project, settings), settings.Interpreters, cancellationToken);
    }

    /// <summary>The same for a caller that knows better than the settings which wheels and which interpreters.</summary>
    public async Task<PyTestResult> TestAsync(
        DirectoryPath project,
        PyTestSettings settings,
        IReadOnlyList<FilePath> files,
        IEnumerable<string> wanted,
        CancellationToken cancellationToken
    )
    {
        Check(settings);
        _ = CaFile.Of(settings.Network.CaFile, services.Environment);
        var report = RemoveEarlier(settings.ReportFile.MakeAbsolute(services.Environment).Collapse());
        var tree = TestTree.Of(project, settings);
        using var workspace = new NeutralFolder();
        var parallel = settings.MaxInterpreters ?? Environment.ProcessorCount;
        var wheels = TestedWheel.Read(files, Folder(workspace.Path, "wheels"));
        var (interpreters, unusable) = await new InterpreterFinder(services.Processes, services.Environment)
            .FindAsync(wanted, parallel, Folder(workspace.Path, "probes"), cancellationToken)
            .ConfigureAwait(false);

        var labels = Labels(interpreters);
        var tested = new Tested[interpreters.Count];
        var run = new InterpreterRun(services, settings, tree, interpreters);
        await Parallel
            .ForAsync(
                0,
                interpreters.Count,
                new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken },
                async (i, token) =>
                {
                    var folder = Folder(workspace.Path, i.ToString(CultureInfo.InvariantCulture));
                    tested[i] = await TestOneAsync(run, interpreters[i], labels[i], wheels, folder, token).ConfigureAwait(false);
                }
            )
            .ConfigureAwait(false);
        var skipped = unusable.Concat(tested.Select(one => one.Skip).OfType<PyTestSkip>());
        return Conclude(
            wheels[0],
            [.. tested.Select(one => one.Run).OfType<(PyTestRun, XElement?)>()],
            [.. skipped.OrderBy(skip => skip.Label, StringComparer.Ordinal)],
            report
        );
    }

    /// <summary>How the tests went on one interpreter, or why no wheel is for it.</summary>
    private async Task<Tested> TestOneAsync(
        InterpreterRun run,
        InterpreterFacts interpreter,
        string label,
        IReadOnlyList<TestedWheel> wheels,
        DirectoryPath folder,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var wheel = RequireWheel(interpreter, wheels);
            var ended = await run.RunAsync(interpreter, label, wheel, folder, cancellationToken).ConfigureAwait(false);
            services.Log.Verbose($"{interpreter}: {TestTable.Word(ended.Run.Outcome)}");
            return new Tested(ended, null);
        }
        catch (WheelRefusedException refusal)
        {
            return new Tested(null, new PyTestSkip(interpreter.ToString(), refusal.Message));
        }
    }

    /// <summary>Whatever goes wrong from here on, an older run's results must not be taken for this one's.</summary>
    private static FilePath RemoveEarlier(FilePath report)
    {
        OwnFile.Require(report, "ReportFile (--test-report, PYSIGN_TEST_REPORT)", "<testsuite");
        if (File.Exists(report.FullPath))
        {
            OutputPath.Remove(report);
        }

        return report;
    }

    private static TestedWheel RequireWheel(InterpreterFacts interpreter, IReadOnlyList<TestedWheel> wheels)
    {
        if (WheelMatch.For(interpreter, wheels) is not { } wheel)
        {
            throw new WheelRefusedException($"none of the wheels fits its tags ({interpreter.Abi}, {interpreter.Platform})");
        }

        return wheel.IsFor(interpreter)
            ? wheel
            : throw new WheelRefusedException($"the project requires Python {wheel.Distribution.Metadata.RequiresPython}");
    }

    private PyTestResult Conclude(
        TestedWheel wheel,
        IReadOnlyList<(PyTestRun Run, XElement? Suite)> runs,
        IReadOnlyList<PyTestSkip> skipped,
        FilePath report
    )
    {
        var (name, version) = (wheel.Distribution.Name, wheel.Distribution.Version);
        var result = new PyTestResult(name, version, [.. runs.Select(one => one.Run)], skipped, report);
        JunitReport.Write(report, $"{name} {version}", runs, services.Log.Redactor);
        services.Log.Information($"Tests of {name} {version}:");
        foreach (var (file, digest) in runs.Select(one => (one.Run.WheelFileName, one.Run.WheelSha256)).Distinct())
        {
            services.Log.Information($"  {file}  sha256 {digest}, installed into an environment of its own");
        }

        foreach (var line in TestTable.Lines(result, TextTable.Width(services.Environment)))
        {
            services.Log.Information(line);
        }

        if (runs.Count == 0)
        {
            throw new PyTestException(
                PySignFailure.ToolNotFound,
                $"No interpreter was found that the wheel of {name} {version} is for:{Environment.NewLine}"
                    + string.Join(
                        Environment.NewLine,
                        skipped.Select(skip => $"    {skip.Label}: {skip.Explanation}").DefaultIfEmpty("    no Python 3 at all")
                    ),
                result,
                "Install one that the project's requires-python and the wheel's tags name."
            );
        }

        return result.Passed ? result : throw Failed(result);
    }

    private static PyTestException Failed(PyTestResult result)
    {
        var text = new StringBuilder($"The tests of {result.Name} {result.Version} did not pass on every interpreter:");
        var bad = result.Runs.Where(run => run.Outcome != PyTestOutcome.Passed).ToList();
        foreach (var run in bad)
        {
            text.AppendLine()
                .Append(CultureInfo.InvariantCulture, $"  {run.Interpreter.Implementation} {run.Interpreter.Version}: ")
                .Append(run.Outcome == PyTestOutcome.Failed ? $"{run.Failures.Count} of {run.TestCount} failed" : run.Explanation);
            foreach (var failure in run.Failures.Take(20))
            {
                text.AppendLine().Append(CultureInfo.InvariantCulture, $"    {failure.Test}: {failure.Message}");
            }

            if (run.Failures.Count > 20)
            {
                text.AppendLine().Append(CultureInfo.InvariantCulture, $"    and {run.Failures.Count - 20} more");
            }
        }

        var (reason, advice) =
            bad.TrueForAll(run => run.Outcome == PyTestOutcome.NoTests)
                ? (
                    PySignFailure.NothingToDo,
                    bad.Exists(run => run.FrameworkName?.StartsWith("pytest", StringComparison.Ordinal) == true)
                        ? "See why each is skipped: a plugin (pytest-asyncio for coroutines) or an extra may not be installed "
                            + "(--test-requirements, --test-extras)."
                        : "unittest finds classes in files that its pattern names, in folders with __init__.py. If these tests are "
                            + "pytest's, set Framework to Pytest."
                )
            : bad.TrueForAll(run => run.Outcome is PyTestOutcome.RequirementsMissing or PyTestOutcome.NoTests)
                ? (
                    PySignFailure.ToolFailed,
                    "Where no package index can be reached, PIP_FIND_LINKS names a folder with wheels, and SystemSitePackages shows "
                        + "what is installed for the interpreter."
                )
            : (PySignFailure.TestsFailed, $"The whole output is in {result.ReportFile}.");
        return new PyTestException(reason, text.ToString(), result, advice);
    }

    private static void Check(PyTestSettings settings)
    {
        Setting.RequireLimit(settings.Timeout, nameof(settings.Timeout));
        if (settings.PytestArguments.Count > 0 && settings.Framework == TestFramework.Unittest)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"PytestArguments are set ({string.Join(' ', settings.PytestArguments)}), and Framework is Unittest, which takes none.",
                "Set Framework to Auto or Pytest, or take the arguments out."
            );
        }

        if (settings.MaxInterpreters < 1)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"MaxInterpreters is {settings.MaxInterpreters}; at least 1 was expected."
            );
        }

        if (settings.Requirements.FirstOrDefault(text => text.Trim().Length == 0 || text.TrimStart().StartsWith('-')) is { } odd)
        {
            throw new PySignException(PySignFailure.InvalidSettings, $"'{odd}' in Requirements is not a requirement such as pytest>=8.");
        }
    }

    private IReadOnlyList<FilePath> Wheels(DirectoryPath project, PyTestSettings settings)
    {
        if (settings.Wheels.Count > 0)
        {
            return FileList.Require(settings.Wheels, services.Environment, "test");
        }

        var dist = project.Combine("dist").FullPath;
        var found = Directory.Exists(dist)
            ? Directory.EnumerateFiles(dist, "*.whl").Order(StringComparer.Ordinal).Select(file => new FilePath(file)).ToList()
            : [];
        return found.Count > 0
            ? found
            : throw new PySignException(
                PySignFailure.NothingToDo,
                $"There is no wheel in '{dist}' to test.",
                "Build one with PyBuild first, or name it in Wheels."
            );
    }

    // 3.12; where two share that, their whole versions; where even those are the same, their number.
    private static List<string> Labels(IReadOnlyList<InterpreterFacts> interpreters)
    {
        var labels = interpreters.Select(facts => facts.ShortName).ToList();
        var versions = interpreters
            .Select(facts =>
                facts.Implementation == "CPython" ? facts.Version : $"{facts.Implementation.ToLowerInvariant()}{facts.Version}"
            )
            .ToList();
        return
        [
            .. labels.Select(
                (label, i) =>
                    labels.Count(other => other == label) == 1 ? label
                    : versions.Count(other => other == versions[i]) == 1 ? versions[i]
                    : $"{versions[i]} #{i + 1}"
            ),
        ];
    }

    private static DirectoryPath Folder(DirectoryPath parent, string name)
    {
        var folder = parent.Combine(name);
        OutputPath.Make(folder);
        return folder;
    }

    private sealed record Tested((PyTestRun Run, XElement? Suite)? Run, PyTestSkip? Skip);
}
