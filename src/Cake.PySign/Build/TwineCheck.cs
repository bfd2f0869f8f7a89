using System.Text.RegularExpressions;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Build;

/// <summary>Runs <c>twine check --strict</c> and reads what it says of each file.</summary>
internal sealed partial class TwineCheck(Services services)
{
    /// <summary>
    /// <c>python -m twine</c> that says its version first (one process less), loads twine's modules, and then reads from its standard input
    /// which files it is asked about: it can be started while they are still being built.
    /// </summary>
    public const string Bootstrap = """
        import importlib.metadata as m, runpy, sys
        sys.path[:] = [p for p in sys.path if p]
        print('pysign-twine', m.version('twine'), flush=True)
        try:
            import twine.cli, twine.commands.check
        except Exception:
            pass
        sys.argv += [name for name in sys.stdin.read().split(chr(0)) if name]
        runpy.run_module('twine', run_name='__main__', alter_sys=True)
        """;

    private static readonly TimeSpan _time = TimeSpan.FromMinutes(5);

    /// <summary>What its standard input says of the files to look at.</summary>
    public static string Input(IEnumerable<FilePath> files) => string.Join('\0', files.Select(file => file.FullPath));

    /// <exception cref="PySignException">There is no twine: nothing was checked.</exception>
    public Task<TwineVerdict> RunAsync(
        FilePath python,
        IReadOnlyList<FilePath> files,
        DirectoryPath workingDirectory,
        CancellationToken cancellationToken
    ) => RunAsync(python, Task.FromResult(Input(files)), TimeSpan.Zero, workingDirectory, cancellationToken);

    /// <param name="python">Where twine is asked for first.</param>
    /// <param name="files"><see cref="Input"/>, as soon as the files are there.</param>
    /// <param name="until">How long that may take.</param>
    /// <param name="workingDirectory">An own folder for processes.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="PySignException">There is no twine: nothing was checked.</exception>
    public async Task<TwineVerdict> RunAsync(
        FilePath python,
        Task<string> files,
        TimeSpan until,
        DirectoryPath workingDirectory,
        CancellationToken cancellationToken
    )
    {
        var result = await CheckAsync(python, files, until, workingDirectory, cancellationToken).ConfigureAwait(false);
        if (VersionOf(result) is null)
        {
            var elsewhere = await ElsewhereAsync(python, cancellationToken).ConfigureAwait(false);
            result = await CheckAsync(elsewhere, files, until, workingDirectory, cancellationToken).ConfigureAwait(false);
        }

        var lines = result
            .Lines.Select(line => line.Text.TrimEnd())
            .Where(line => line.Length > 0 && !line.StartsWith("pysign-twine", StringComparison.Ordinal))
            .ToList();
        return new TwineVerdict(VersionOf(result) ?? "of an unknown version", result.ExitCode, lines);
    }

    private Task<ChildProcessResult> CheckAsync(
        FilePath python,
        Task<string> files,
        TimeSpan until,
        DirectoryPath workingDirectory,
        CancellationToken cancellationToken
    ) =>
        services.Processes.RunAsync(
            new ChildProcessStart
            {
                Program = python,
                Arguments = ["-c", Bootstrap, "--no-color", "check", "--strict"],
                Input = files,
                WorkingDirectory = workingDirectory,
                Variables = new Dictionary<string, string?>(StringComparer.Ordinal)
                {
                    ["COLUMNS"] = "1000",
                    ["NO_COLOR"] = "1",
                    ["FORCE_COLOR"] = null,
                    ["PYTHONUTF8"] = "1",
                },
                Timeout = _time + until,
                OutputVerbosity = Verbosity.Diagnostic,
            },
            cancellationToken
        );

    private async Task<FilePath> ElsewhereAsync(FilePath python, CancellationToken cancellationToken)
    {
        try
        {
            return (await services.FindPythonAsync(null, "twine", cancellationToken).ConfigureAwait(false)).Path;
        }
        catch (PySignException e) when (e.Reason == PySignFailure.ToolNotFound)
        {
            throw new PySignException(
                PySignFailure.ToolNotFound,
                $"The metadata could not be checked: '{python.FullPath}', which built, has no twine, and none was found elsewhere. "
                    + $"{e.Message}",
                $"Install twine, or waive the checks {nameof(PyBuildCheck.Metadata)} and {nameof(PyBuildCheck.MetadataVersion)} "
                    + "(WaivedChecks, or PYSIGN_WAIVE_CHECKS in the recipe).",
                e
            );
        }
    }

    private static string? VersionOf(ChildProcessResult result) =>
        result.Output.Select(line => Version().Match(line)).FirstOrDefault(match => match.Success)?.Groups[1].Value;

    [GeneratedRegex(@"^pysign-twine (\S+)\s*$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Version();
}

/// <summary>A <c>twine check</c> that was started beside the build, because loading twine takes longer than asking it.</summary>
internal sealed class TwineBesideBuild : IAsyncDisposable
{
    private readonly TaskCompletionSource<string> _files = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over;
    private readonly Task<TwineVerdict> _verdict;

    public TwineBesideBuild(
        Services services,
        FilePath python,
        TimeSpan build,
        DirectoryPath workingDirectory,
        CancellationToken cancellationToken
    )
    {
        _over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _verdict = new TwineCheck(services).RunAsync(python, _files.Task, build, workingDirectory, _over.Token);
    }

    /// <exception cref="PySignException">There is no twine: nothing was checked.</exception>
    public Task<TwineVerdict> CheckAsync(IEnumerable<FilePath> files)
    {
        _files.TrySetResult(TwineCheck.Input(files));
        return _verdict;
    }

    /// <summary>Ends a twine that nobody waits for any more, because the build failed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync().ConfigureAwait(false);
        await ((Task)_verdict).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _files.TrySetCanceled(CancellationToken.None);
        _over.Dispose();
    }
}

/// <summary>What <c>twine check --strict</c> said.</summary>
/// <param name="Twine">twine's version.</param>
/// <param name="ExitCode">0 when it accepts everything; 0 as well when it saw no file.</param>
/// <param name="Lines">Its words, without blank ones.</param>
internal sealed record TwineVerdict(string Twine, int ExitCode, IReadOnlyList<string> Lines)
{
    /// <summary>Whether it does not know the metadata's version; what it then says about missing fields misleads.</summary>
    public bool RefusesMetadataVersion =>
        Lines.Any(line =>
            line.Contains("supported Metadata-Version", StringComparison.Ordinal)
            || line.Contains("is not a valid metadata version", StringComparison.Ordinal)
        );

    /// <summary>Whether it looked at the file and had nothing to say against it.</summary>
    public bool Passed(FilePath file) =>
        Lines.Any(line =>
            line.StartsWith("Checking ", StringComparison.Ordinal)
            && line.Contains(file.GetFilename().FullPath, StringComparison.Ordinal)
            && line.EndsWith(": PASSED", StringComparison.Ordinal)
        );

    /// <summary>What it said of the file.</summary>
    public IEnumerable<string> About(FilePath file) =>
        Lines
            .SkipWhile(line =>
                !(
                    line.StartsWith("Checking ", StringComparison.Ordinal)
                    && line.Contains(file.GetFilename().FullPath, StringComparison.Ordinal)
                )
            )
            .TakeWhile((line, i) => i == 0 || !line.StartsWith("Checking ", StringComparison.Ordinal))
            .Select((line, i) => i == 0 ? line[(line.LastIndexOf(": ", StringComparison.Ordinal) + 2)..] : line);

    /// <summary>Whether it has nothing against the file but warnings. Without a description twine still renders one, and calls the empty
    /// result an error; an index takes it.</summary>
    public bool OnlyWarns(FilePath file, string? description) =>
        About(file).FirstOrDefault() is { } first
        && (first.EndsWith("due to warnings", StringComparison.Ordinal) || string.IsNullOrWhiteSpace(description));
}
