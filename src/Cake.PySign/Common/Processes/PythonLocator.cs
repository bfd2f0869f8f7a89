using System.Text.RegularExpressions;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.PySign.Common.Logging;
using IoPath = System.IO.Path;

namespace Cake.PySign.Common.Processes;

/// <summary>
/// Finds the interpreter that a tool runs in: settings, <c>PYSIGN_PYTHON</c>, <c>VIRTUAL_ENV</c>, PATH, then the system's own. The first
/// one that can import the module wins; one that was named by a person and cannot is an error, not a reason to look further.
/// </summary>
internal sealed partial class PythonLocator(IChildProcessRunner processes, ICakeEnvironment environment, SafeLog log)
{
    private static readonly TimeSpan _probeTime = TimeSpan.FromSeconds(30);

    /// <summary>The interpreter for <paramref name="module"/> (<c>build</c> or <c>twine</c>).</summary>
    public Task<PythonInterpreter> FindAsync(FilePath? configured, string module, CancellationToken cancellationToken) =>
        FindAsync(configured, module, null, cancellationToken);

    /// <summary>The same, and what it answers to a question: starting it once more would take longer than the answer.</summary>
    public async Task<PythonInterpreter> FindAsync(
        FilePath? configured,
        string module,
        PythonQuestion? question,
        CancellationToken cancellationToken
    )
    {
        using var neutral = new NeutralFolder();
        var named = Named(configured);
        var tried = new List<string>();
        foreach (var (path, origin) in named is null ? Candidates() : [named.Value])
        {
            if (!File.Exists(path.FullPath))
            {
                tried.Add($"{path.FullPath} ({origin}): no such file");
                continue;
            }

            var result = await ProbeAsync(path, module, question, neutral.Path, cancellationToken).ConfigureAwait(false);
            if (
                result.Output.Select(line => Answer().Match(line)).FirstOrDefault(match => match.Success) is { } answer
                && result.ExitCode == 0
            )
            {
                var found = new PythonInterpreter(path, answer.Groups[1].Value, module, answer.Groups[2].Value)
                {
                    Answer = question?.In(result),
                };
                Say(found, origin, isNamed: named is not null);
                return found;
            }

            tried.Add(
                $"{path.FullPath} ({origin}): "
                    + $"{result.Lines.LastOrDefault(line => line.Text.Length > 0).Text ?? $"exit code {result.ExitCode}"}"
            );
        }

        throw NotFound(module, tried);
    }

    private void Say(PythonInterpreter found, string origin, bool isNamed)
    {
        log.Information($"Python {found.Version} at {found.Path.FullPath} ({origin}), {found.Module} {found.ModuleVersion}");
        if (!isNamed && Wanted() is { } wanted && !$"{found.Version}.".StartsWith(wanted + ".", StringComparison.Ordinal))
        {
            var why =
                origin == "VIRTUAL_ENV"
                    ? "the active environment comes first."
                    : $"no python{wanted} that can import {found.Module} is on PATH or in pyenv.";
            log.Warning($"PYTHON_VERSION asks for Python {wanted}, and {found.Version} is used: {why}");
        }
    }

    private static PySignException NotFound(string module, List<string> tried) =>
        new(
            PySignFailure.ToolNotFound,
            $"No Python interpreter that can import '{module}' was found. Tried:{Environment.NewLine}"
                + string.Join(
                    Environment.NewLine,
                    tried.DefaultIfEmpty("nothing: neither python3 nor python nor py is on PATH").Select(line => "    " + line)
                ),
            $"Install it into an environment that is active (python3 -m venv .venv && . .venv/bin/activate && python -m pip install "
                + $"build twine), or for the system's Python (apt-get install {(module == "build" ? "python3-build" : "twine")}), or name "
                + "an interpreter with Python in the settings or the variable PYSIGN_PYTHON."
        );

    private (FilePath Path, string Origin)? Named(FilePath? configured)
    {
        if (configured is not null)
        {
            return (configured.MakeAbsolute(environment), "settings");
        }

        return environment.GetEnvironmentVariable("PYSIGN_PYTHON") is { Length: > 0 } variable
            ? (new FilePath(variable).MakeAbsolute(environment), "PYSIGN_PYTHON")
            : null;
    }

    private IEnumerable<(FilePath Path, string Origin)> Candidates()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (environment.GetEnvironmentVariable("VIRTUAL_ENV") is { Length: > 0 } virtualEnvironment)
        {
            var relative = OperatingSystem.IsWindows() ? "Scripts/python.exe" : "bin/python";
            yield return (new DirectoryPath(virtualEnvironment).MakeAbsolute(environment).CombineWithFilePath(relative), "VIRTUAL_ENV");
        }

        var names = OperatingSystem.IsWindows() ? ["python3.exe", "python.exe", "py.exe"] : new[] { "python3", "python" };
        if (Wanted() is { } wanted)
        {
            foreach (var path in OnPath($"python{wanted}{(OperatingSystem.IsWindows() ? ".exe" : "")}").Where(seen.Add))
            {
                yield return (path, "PATH, as PYTHON_VERSION says");
            }

            foreach (var path in InPyenv(wanted).Where(seen.Add))
            {
                yield return (path, "pyenv, as PYTHON_VERSION says");
            }
        }

        foreach (var path in names.SelectMany(OnPath).Where(seen.Add))
        {
            yield return (path, "PATH");
        }

        const string SystemPython = "/usr/bin/python3";
        if (!OperatingSystem.IsWindows() && seen.Add(SystemPython))
        {
            yield return (SystemPython, "system");
        }
    }

    private string? Wanted() =>
        Version().Match(environment.GetEnvironmentVariable("PYTHON_VERSION") ?? "") is { Success: true } wanted ? wanted.Value : null;

    private IEnumerable<string> OnPath(string name) =>
        (environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(IoPath.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(IoPath.IsPathRooted)
            .Select(folder => IoPath.Combine(folder, name))
            .Where(File.Exists);

    // versions/3.12.4/bin/python: the shims on PATH answer for the version that is chosen in the folder they run in.
    private IEnumerable<string> InPyenv(string wanted)
    {
        var root = environment.GetEnvironmentVariable("PYENV_ROOT") is { Length: > 0 } named
            ? named
            : IoPath.Combine(environment.GetEnvironmentVariable("HOME") ?? "", ".pyenv");
        var versions = IoPath.Combine(root, "versions");
        return !IoPath.IsPathRooted(versions) || !Directory.Exists(versions)
            ? []
            : Directory
                .EnumerateDirectories(versions, wanted + ".*")
                .OrderByDescending(folder =>
                    System.Version.TryParse(IoPath.GetFileName(folder), out var version) ? version : new System.Version(0, 0)
                )
                .Select(folder => IoPath.Combine(folder, "bin", "python"))
                .Where(File.Exists);
    }

    // The submodule is imported because a folder named build/ is importable as a namespace package; the working directory is an empty
    // folder because -c puts it on the module path.
    private Task<ChildProcessResult> ProbeAsync(
        FilePath python,
        string module,
        PythonQuestion? question,
        DirectoryPath folder,
        CancellationToken cancellationToken
    ) =>
        processes.RunAsync(
            new ChildProcessStart
            {
                Program = python,
                Arguments =
                [
                    "-c",
                    $"import sys, {module}.__main__, importlib.metadata as m; print('pysign-python', sys.version.split()[0], "
                        + $"m.version('{module}'), flush=True)"
                        + (question is null ? "" : $"\ntry:\n{question.Indented}\nexcept BaseException:\n    pass"),
                    .. question?.Arguments ?? [],
                ],
                WorkingDirectory = folder,
                Timeout = _probeTime,
                OutputVerbosity = Verbosity.Diagnostic,
            },
            cancellationToken
        );

    // What the tutorial's pipelines, and images of Python, set: 3.12 or 3.12.4.
    [GeneratedRegex(@"^3\.[0-9]+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Version();

    [GeneratedRegex(@"^pysign-python (\S+) (\S+)\s*$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Answer();
}

/// <summary>A Python that can import the module asked for.</summary>
internal sealed record PythonInterpreter(FilePath Path, string Version, string Module, string ModuleVersion)
{
    /// <summary>What it said to the question that it was asked in addition; <see langword="null"/> when it had no answer.</summary>
    public string? Answer { get; init; }
}

/// <summary>Code that prints one line of answer.</summary>
/// <param name="Code">Python; its arguments begin at <c>sys.argv[1]</c>.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Mark">What its line begins with.</param>
internal sealed record PythonQuestion(string Code, IReadOnlyList<string> Arguments, string Mark)
{
    /// <summary>The code as the body of another statement.</summary>
    public string Indented => string.Join('\n', Code.Split('\n').Select(line => "    " + line.TrimEnd('\r')));

    /// <summary>The answer in what a process printed.</summary>
    public string? In(ChildProcessResult result) =>
        result.ExitCode == 0 && result.Output.FirstOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal)) is { } line
            ? line[Mark.Length..]
            : null;
}
