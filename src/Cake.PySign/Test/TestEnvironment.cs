using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Test;

/// <summary>
/// A virtual environment that holds the wheel and its requirements, nothing else. It is made without pip, which takes seconds and which
/// some systems cannot do (Debian without python3-venv); a pip that is there already installs into it from outside.
/// </summary>
internal sealed class TestEnvironment
{
    private readonly TestSurroundings _around;
    private (FilePath Program, IReadOnlyList<string> Arguments) _pip;

    private TestEnvironment(TestSurroundings around)
    {
        _around = around;
        Root = around.Folder.Combine("env");
        Scripts = Root.Combine(OperatingSystem.IsWindows() ? "Scripts" : "bin");
    }

    public DirectoryPath Root { get; }

    public DirectoryPath Scripts { get; }

    public FilePath Python => Scripts.CombineWithFilePath(OperatingSystem.IsWindows() ? "python.exe" : "python");

    /// <summary>Makes the environment with <paramref name="interpreter"/>; <paramref name="others"/> may lend their pip.</summary>
    public static async Task<TestEnvironment> CreateAsync(
        TestSurroundings around,
        InterpreterFacts interpreter,
        IEnumerable<InterpreterFacts> others,
        CancellationToken cancellationToken
    )
    {
        var environment = new TestEnvironment(around);
        List<string> site = around.Settings.SystemSitePackages ? ["--system-site-packages"] : [];
        await environment
            .RequireAsync(
                interpreter.Path,
                ["-m", "venv", "--without-pip", .. site, environment.Root.FullPath],
                PyTestOutcome.Broken,
                "The virtual environment could not be made",
                cancellationToken
            )
            .ConfigureAwait(false);
        if (Lender(interpreter, others) is { } lender)
        {
            environment._pip = (lender.Path, ["-m", "pip", "--python", environment.Python.FullPath]);
        }
        else
        {
            await environment
                .RequireAsync(
                    environment.Python,
                    ["-m", "ensurepip", "--default-pip"],
                    PyTestOutcome.RequirementsMissing,
                    "pip could not be put into the environment",
                    cancellationToken
                )
                .ConfigureAwait(false);
            environment._pip = (environment.Python, ["-m", "pip"]);
        }

        return environment;
    }

    /// <summary>Whose pip installs into the environment: the interpreter's, or that of the next one to it where it cannot make one of its
    /// own; null where it can.</summary>
    private static InterpreterFacts? Lender(InterpreterFacts interpreter, IEnumerable<InterpreterFacts> others)
    {
        if (interpreter.CanInstallElsewhere)
        {
            return interpreter;
        }

        if (interpreter.HasEnsurePip)
        {
            return null;
        }

        return others.Where(other => other.CanInstallElsewhere).MinBy(other => Math.Abs(other.Minor - interpreter.Minor))
            ?? throw new TestRunException(
                PyTestOutcome.RequirementsMissing,
                "It has neither pip 22.3 or newer nor the ensurepip module (Debian: apt-get install python3-venv or python3-pip), "
                    + "and no other interpreter can lend its pip."
            );
    }

    /// <summary>Installs the wheel alone: whether that works depends on nobody else.</summary>
    public async Task InstallAsync(TestedWheel wheel, CancellationToken cancellationToken)
    {
        var result = await RunAsync(
                _pip.Program,
                // The interpreter's own packages may have this very version, and pip would leave it at that.
                [.. _pip.Arguments, "install", "--no-deps", "--no-index", "--ignore-installed", wheel.Path.FullPath],
                cancellationToken
            )
            .ConfigureAwait(false);
        if (result.ExitCode == 0)
        {
            return;
        }

        // pip knows what this machine's C library takes, and what the project asks of the interpreter.
        var refusal = result
            .Lines.Select(line => line.Text)
            .FirstOrDefault(line =>
                line.Contains("requires a different Python", StringComparison.Ordinal)
                || line.Contains("is not a supported wheel on this platform", StringComparison.Ordinal)
            );
        throw refusal is null
            ? new TestRunException(PyTestOutcome.Broken, $"The wheel could not be installed:{Environment.NewLine}{result.Tail(8)}")
            : new WheelRefusedException(refusal.Replace("ERROR: ", "", StringComparison.Ordinal).Trim());
    }

    /// <summary>Installs what the wheel and the tests require.</summary>
    public async Task InstallRequirementsAsync(
        TestedWheel wheel,
        IReadOnlyList<string> requirements,
        FilePath? constraints,
        CancellationToken cancellationToken
    )
    {
        var settings = _around.Settings;
        var extras = settings.Extras.Count > 0 ? $"[{string.Join(',', settings.Extras)}]" : "";
        if (!wheel.HasRequirements && requirements.Count == 0 && extras.Length == 0)
        {
            return;
        }

        var arguments = new List<string>(_pip.Arguments) { "install", "--retries", "2" };
        if (settings.NoIndex)
        {
            arguments.Add("--no-index");
        }

        if (constraints is not null)
        {
            arguments.AddRange(["--constraint", constraints.FullPath]);
        }

        arguments.Add("--");
        arguments.Add(wheel.Path.FullPath + extras);
        arguments.AddRange(requirements);
        await RequireAsync(
                _pip.Program,
                arguments,
                PyTestOutcome.RequirementsMissing,
                "What the wheel or its tests require could not be installed",
                cancellationToken,
                installs: true
            )
            .ConfigureAwait(false);
    }

    /// <summary>Runs a script of ours in the environment.</summary>
    public Task<ChildProcessResult> RunScriptAsync(FilePath script, FilePath job, CancellationToken cancellationToken) =>
        RunAsync(Python, [script.FullPath, job.FullPath], cancellationToken);

    private async Task RequireAsync(
        FilePath program,
        IReadOnlyList<string> arguments,
        PyTestOutcome otherwise,
        string problem,
        CancellationToken cancellationToken,
        bool installs = false
    )
    {
        var result = await RunAsync(program, arguments, cancellationToken, installs).ConfigureAwait(false);
        if (installs && result.ExitCode != 0 && MissingRequirement.IsNetwork(result))
        {
            result = await RunAsync(program, arguments, cancellationToken, installs).ConfigureAwait(false);
            problem += MissingRequirement.IsNetwork(result) ? " (pip reached no index, twice)" : "";
        }

        if (result.ExitCode != 0)
        {
            throw new TestRunException(otherwise, $"{problem}:{Environment.NewLine}{result.Tail(8)}");
        }
    }

    private Task<ChildProcessResult> RunAsync(
        FilePath program,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken,
        bool installs = false
    ) =>
        _around.Processes.RunAsync(
            new ChildProcessStart
            {
                Program = program,
                Arguments = arguments,
                WorkingDirectory = _around.Folder,
                Variables = installs
                    ? _around
                        .Variables.Concat(_around.Installing)
                        .DistinctBy(pair => pair.Key, StringComparer.Ordinal)
                        .ToDictionary(StringComparer.Ordinal)
                    : _around.Variables,
                PassedVariables = [.. _around.Settings.PassVariables, .. installs ? ProxyVariables.Names : []],
                Timeout = _around.Remaining(),

                // Several interpreters speak at the same time; what matters of it is in the report and in the errors.
                OutputVerbosity = Verbosity.Verbose,
            },
            cancellationToken
        );
}

/// <summary>Where and with what the tests on one interpreter run.</summary>
internal sealed class TestSurroundings
{
    public required IChildProcessRunner Processes { get; init; }

    public required PyTestSettings Settings { get; init; }

    /// <summary>A folder of this run alone.</summary>
    public required DirectoryPath Folder { get; init; }

    /// <summary>What is left of the interpreter's time.</summary>
    public required Func<TimeSpan> Remaining { get; init; }

    /// <summary>The variables that pip and the tests see.</summary>
    public required IReadOnlyDictionary<string, string?> Variables { get; init; }

    /// <summary>What else pip sees where it reaches the network, with the proxy's variables; the tests see neither.</summary>
    public required IReadOnlyDictionary<string, string?> Installing { get; init; }
}

/// <summary>The wheel is not for this interpreter, says pip.</summary>
internal sealed class WheelRefusedException(string reason) : Exception(reason);

/// <summary>The tests could not be run on one interpreter; the others go on.</summary>
internal sealed class TestRunException(PyTestOutcome outcome, string problem) : Exception(problem)
{
    public PyTestOutcome Outcome { get; } = outcome;
}
