using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Processes;
using PySign.Formats;
using IoPath = System.IO.Path;

namespace Cake.PySign.Test;

/// <summary>The tests on one interpreter: environment, wheel, requirements, tests, report.</summary>
/// <param name="services">What it is done with.</param>
/// <param name="settings">How the tests run.</param>
/// <param name="tree">The tests.</param>
/// <param name="all">Every interpreter of the run: one without pip is lent another's.</param>
internal sealed class InterpreterRun(Services services, PyTestSettings settings, TestTree tree, IReadOnlyList<InterpreterFacts> all)
{
    private const int NoTests = 5;
    private const int NotTheWheel = 70;
    private const string FrameworkMark = "pysign-framework ";
    private const string ForeignMark = "pysign-foreign ";

    /// <summary>How it went, with the test cases as the run reported them (none if it did not come to that).</summary>
    /// <exception cref="WheelRefusedException">The wheel is not for this interpreter.</exception>
    public async Task<(PyTestRun Run, XElement? Suite)> RunAsync(
        InterpreterFacts interpreter,
        string label,
        TestedWheel wheel,
        DirectoryPath folder,
        CancellationToken cancellationToken
    )
    {
        var started = services.Time.GetTimestamp();
        var run = new PyTestRun
        {
            Interpreter = new PyTestInterpreter(interpreter.Implementation, interpreter.Version, interpreter.Path, label),
            WheelFileName = wheel.FileName,
            WheelSha256 = wheel.Sha256,
            Outcome = PyTestOutcome.Broken,
        };
        try
        {
            var (tested, suite) = await TestAsync(run, interpreter, wheel, folder, cancellationToken).ConfigureAwait(false);
            return (tested with { Elapsed = services.Time.GetElapsedTime(started) }, suite);
        }
        catch (TestRunException failure)
        {
            return (Ended(failure.Outcome, failure.Message), null);
        }
        catch (PySignException e) when (e.Reason == PySignFailure.TimedOut)
        {
            return (Ended(PyTestOutcome.TimedOut, $"It did not end within {settings.Timeout:g}. {e.Message}"), null);
        }

        PyTestRun Ended(PyTestOutcome outcome, string problem) =>
            run with
            {
                Outcome = outcome,
                Explanation = problem,
                Elapsed = services.Time.GetElapsedTime(started),
            };
    }

    private async Task<(PyTestRun Run, XElement? Suite)> TestAsync(
        PyTestRun run,
        InterpreterFacts interpreter,
        TestedWheel wheel,
        DirectoryPath folder,
        CancellationToken cancellationToken
    )
    {
        var around = Surroundings(folder);
        var root = folder.Combine("project");
        if (tree.CopyTo(root, cancellationToken) is { Count: > 0 } special)
        {
            services.Log.Warning($"Not copied, because they are not files: {string.Join(", ", special.Take(10))}");
        }

        var virtualEnvironment = await TestEnvironment.CreateAsync(around, interpreter, all, cancellationToken).ConfigureAwait(false);
        await virtualEnvironment.InstallAsync(wheel, cancellationToken).ConfigureAwait(false);
        await virtualEnvironment
            .InstallRequirementsAsync(wheel, Requirements(), settings.Constraints?.MakeAbsolute(services.Environment), cancellationToken)
            .ConfigureAwait(false);

        var report = folder.CombineWithFilePath("junit.xml");
        var job = folder.CombineWithFilePath("job.json");
        var script = folder.Combine("session").CombineWithFilePath("session.py");
        WriteSession(script);
        var tests = IoPath.Combine(root.FullPath, tree.Folder);
        AtomicFile.Write(job, Job(root, tests, report, wheel));
        var result = await virtualEnvironment.RunScriptAsync(script, job, cancellationToken).ConfigureAwait(false);
        return Lacking(Judge(run, result, report), result, [.. wheel.Modules, .. tree.Folder.Split('/')]);
    }

    /// <summary>What every step of the run has in common; their time begins now.</summary>
    private TestSurroundings Surroundings(DirectoryPath folder)
    {
        var started = services.Time.GetTimestamp();
        return new TestSurroundings
        {
            Processes = services.Processes,
            Settings = settings,
            Folder = folder,
            Remaining = Remaining,
            Variables = Variables(folder),
            Installing = ToolCertificates.Variables(
                CaFile.Of(settings.Network.CaFile, services.Environment),
                folder,
                ToolCertificates.Pip,
                services.Environment
            ),
        };

        TimeSpan Remaining() =>
            settings.Timeout - services.Time.GetElapsedTime(started) is var left && left > TimeSpan.FromSeconds(1)
                ? left
                : TimeSpan.FromSeconds(1);
    }

    private bool AsksForPytest =>
        settings.Framework == TestFramework.Pytest
        || (settings.Framework == TestFramework.Auto && (settings.PytestArguments.Count > 0 || tree.AsksForPytest()));

    private List<string> Requirements()
    {
        List<string> requirements = [.. settings.Requirements, .. tree.Requirements(settings.Groups)];
        if (AsksForPytest && !requirements.Exists(IsPytest))
        {
            requirements.Add("pytest");
        }

        return requirements;
    }

    /// <summary>What the session's script reads.</summary>
    private byte[] Job(DirectoryPath root, string tests, FilePath report, TestedWheel wheel)
    {
        var framework =
            AsksForPytest ? "pytest"
            : settings.Framework == TestFramework.Auto ? "auto"
            : "unittest";
        return JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["framework"] = framework,
                ["tests"] = tests,
                ["root"] = root.FullPath,
                ["package"] = tree.Package ?? "",
                ["pattern"] = settings.UnittestPattern,
                ["report"] = report.FullPath,
                ["arguments"] = settings.PytestArguments,

                // A wheel that also brings its tests' package would be tested from the copy, rightly.
                ["modules"] = wheel.Modules.Except([IoPath.GetFileName(tests)], StringComparer.Ordinal),
            }
        );
    }

    // Where nothing ran because something is not installed, that is the answer, and not a failed test.
    private static (PyTestRun Run, XElement? Suite) Lacking(
        (PyTestRun Run, XElement? Suite) judged,
        ChildProcessResult result,
        IReadOnlyList<string> own
    )
    {
        var ran = judged.Run.TestCount - judged.Run.SkippedCount - judged.Run.Failures.Count;
        return
            judged.Run.Outcome is PyTestOutcome.Failed or PyTestOutcome.Broken
            && ran <= 0
            && MissingRequirement.In(
                result.Lines.Select(line => line.Text).Concat(judged.Run.Failures.Select(failure => failure.Message)),
                own
            )
                is { } missing
            ? (judged.Run with { Outcome = PyTestOutcome.RequirementsMissing, Explanation = missing }, judged.Suite)
            : judged;
    }

    private static (PyTestRun Run, XElement? Suite) Judge(PyTestRun run, ChildProcessResult result, FilePath report)
    {
        run = run with { FrameworkName = Marked(result, FrameworkMark) };
        if (result.ExitCode == NotTheWheel && Marked(result, ForeignMark) is { } foreign)
        {
            return (
                run with
                {
                    Explanation =
                        $"Not the installed wheel was tested: {foreign}. Something in the test folder brings the sources with it.",
                },
                null
            );
        }

        XElement suite;
        try
        {
            suite = JunitReport.Read(report);
        }
        catch (Exception e) when (e is XmlException or IOException or InvalidDataException)
        {
            return (
                run with
                {
                    Explanation =
                        $"The run ended with exit code {result.ExitCode} and left no report that can be read ({e.Message}). Its last "
                        + $"lines:{Environment.NewLine}{result.Tail(10)}",
                },
                null
            );
        }

        return (Judge(run, result, suite), suite);
    }

    /// <summary>What a report says that could be read.</summary>
    private static PyTestRun Judge(PyTestRun run, ChildProcessResult result, XElement suite)
    {
        var cases = suite.Elements("testcase").ToList();
        run = run with
        {
            TestCount = cases.Count,
            SkippedCount = cases.Count(one => one.Element("skipped") is not null),
            Failures = cases.Select(JunitReport.Failure).OfType<PyFailedTest>().ToList(),
        };
        if (run.Failures.Count > 0)
        {
            return run with { Outcome = PyTestOutcome.Failed };
        }

        if (run.TestCount == run.SkippedCount && result.ExitCode is 0 or NoTests)
        {
            return run with
            {
                Outcome = PyTestOutcome.NoTests,
                Explanation = run.TestCount == 0 ? "No test was found." : $"No test ran: all {run.TestCount} were skipped{Because(cases)}.",
            };
        }

        if (result.ExitCode != 0)
        {
            return run with
            {
                Explanation =
                    $"The run ended with exit code {result.ExitCode} although no test failed. Its last "
                    + $"lines:{Environment.NewLine}{result.Tail(10)}",
            };
        }

        return run with
        {
            Outcome = PyTestOutcome.Passed,
        };
    }

    private static string Because(List<XElement> cases) =>
        cases.Select(one => one.Element("skipped")?.Attribute("message")?.Value).FirstOrDefault(said => said is { Length: > 0 }) is { } said
            ? $" ({said.Split('\n')[0].Trim()})"
            : "";

    private Dictionary<string, string?> Variables(DirectoryPath folder)
    {
        var variables = PythonVariables.Clean(services.Environment);
        var home = folder.Combine("env");
        var scripts = home.Combine(OperatingSystem.IsWindows() ? "Scripts" : "bin").FullPath;
        variables["VIRTUAL_ENV"] = home.FullPath;
        variables["PATH"] = $"{scripts}{IoPath.PathSeparator}{services.Environment.GetEnvironmentVariable("PATH")}";

        // The same tests run several times at once: a fixed name in the temporary folder must not bring them together.
        var temporary = folder.Combine("tmp");
        Directory.CreateDirectory(temporary.FullPath);
        foreach (var name in new[] { "TMPDIR", "TEMP", "TMP" })
        {
            variables[name] = temporary.FullPath;
        }

        foreach (var (name, value) in settings.EnvironmentVariables)
        {
            variables[name] = value;
        }

        return variables;
    }

    private static void WriteSession(FilePath path)
    {
        using var source =
            typeof(InterpreterRun).Assembly.GetManifestResourceStream("Cake.PySign.Test.session.py")
            ?? throw new InvalidOperationException("The test session's script is not in the assembly.");
        WholeFile.Write(path.FullPath, source.CopyTo);
    }

    private static string? Marked(ChildProcessResult result, string mark) =>
        result.Output.FirstOrDefault(line => line.StartsWith(mark, StringComparison.Ordinal))?[mark.Length..].Trim();

    private static bool IsPytest(string requirement) =>
        requirement.StartsWith("pytest", StringComparison.OrdinalIgnoreCase)
        && (requirement.Length == 6 || !(char.IsAsciiLetterOrDigit(requirement[6]) || requirement[6] is '-' or '_' or '.'));
}
