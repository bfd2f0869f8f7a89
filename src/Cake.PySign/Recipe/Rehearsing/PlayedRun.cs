using System.Text.RegularExpressions;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>One job: the script's own command in a process of its own, in a checkout, with the job's variables. Its lines are shown as
/// they come and kept in a file.</summary>
/// <param name="services">Programs and log.</param>
/// <param name="command">The command that this process was started with.</param>
/// <param name="place">Where the command runs.</param>
internal sealed partial class PlayedRun(Services services, OwnCommand command, PlayedPlace place)
{
    private const int MaxReasonLines = 12;

    // A build of a large project takes its time; a job of a CI service ends after an hour too.
    private static readonly TimeSpan _patience = TimeSpan.FromHours(1);

    /// <summary>Runs a task as a job.</summary>
    /// <param name="task">The name of the task.</param>
    /// <param name="variables">The job's variables.</param>
    /// <param name="logFile">Where its lines are kept.</param>
    /// <param name="cancellationToken">Ends the process with all that it has started.</param>
    /// <returns>Exit code 0, or the process's own with the reason that it gave.</returns>
    public async Task<PlayedEnd> RunAsync(
        string task,
        IReadOnlyDictionary<string, string> variables,
        FilePath logFile,
        CancellationToken cancellationToken
    )
    {
        ChildProcessResult result;
        var log = TextWriter.Synchronized(new StreamWriter(logFile.FullPath));
        await using (log.ConfigureAwait(false))
        {
            result = await services.Processes.RunAsync(Start(task, variables, Show), cancellationToken).ConfigureAwait(false);
        }

        return new PlayedEnd(
            result.ExitCode,
            result.Lines.Any(line => line.Text.Contains("was skipped due to a criteria", StringComparison.Ordinal)),
            Reason(result)
        );

        void Show(string line)
        {
            log.WriteLine(line);
            if (!Frame().IsMatch(line))
            {
                services.Log.Information(line);
            }
        }
    }

    private ChildProcessStart Start(string task, IReadOnlyDictionary<string, string> variables, Action<string> onLine) =>
        new()
        {
            Program = command.Program,
            Arguments = command.For(task, place.Folder, place.Inside, place.Replaced),
            WorkingDirectory = place.Inside(place.Started.FullPath),
            Timeout = _patience,
            Variables = PlayedVariables.Of(
                services.Environment,
                PlayedHome.Make(services.Environment, place.Home),
                variables,
                place.Inside
            ),
            OutputVerbosity = Verbosity.Diagnostic,
            OnLine = onLine,
        };

    // What a host says at the end: "Error: …" and the lines of the same message. Where it says nothing, the last lines.
    private static string Reason(ChildProcessResult result)
    {
        var lines = result.Lines.Select(line => line.Text).Where(line => line.Trim().Length > 0 && !Frame().IsMatch(line)).ToList();
        var start = lines.FindLastIndex(line => Error().IsMatch(line));
        var said =
            start < 0
                ? lines.Where(line => !IsOfStack(line)).TakeLast(MaxReasonLines)
                : lines.Skip(start).TakeWhile(line => !IsOfStack(line));
        return Error().Replace(string.Join(Environment.NewLine, said.Take(MaxReasonLines)), "", 1).Trim();
    }

    private static bool IsOfStack(string line) =>
        line.TrimStart() is var text
        && (
            text.StartsWith("at ", StringComparison.Ordinal)
            || text.StartsWith("---> ", StringComparison.Ordinal)
            || text.StartsWith("--- End of", StringComparison.Ordinal)
        );

    // Empty lines, rules, Cake's own table, and what a CI service would take for its commands.
    [GeneratedRegex(
        @"\A(?:[\s═━─-]*|\s*Task\s+Duration\s+Status\s*|\s*(?:\S+|Total:)\s+[0-9:.]{8,}(?:\s+\S+)?\s*|"
            + @"section_(?:start|end)\s*:.*|(?:\\u001b|\x1b)\[0K.*|: ?:[a-z-]+.*)\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Frame();

    [GeneratedRegex(
        @"\A\s*(?:Error:|Unhandled exception\.(?:\s[A-Za-z.]+Exception:)?)\s*",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Error();
}

/// <summary>Where the command of a job runs.</summary>
/// <param name="Folder">Cake's working directory in this process.</param>
/// <param name="Started">The folder that this process was started in.</param>
/// <param name="Home">The job's own home folder, empty.</param>
/// <param name="Inside">Where a path lies in the checkout.</param>
/// <param name="Replaced">Names of arguments that the job's variables say instead.</param>
internal sealed record PlayedPlace(
    DirectoryPath Folder,
    DirectoryPath Started,
    DirectoryPath Home,
    Func<string, string> Inside,
    IReadOnlyCollection<string> Replaced
);

/// <summary>How a job ended.</summary>
/// <param name="ExitCode">Its process's.</param>
/// <param name="IsSkipped">Whether the script's own criterion left its task out.</param>
/// <param name="Reason">What it said last, for a person.</param>
internal sealed record PlayedEnd(int ExitCode, bool IsSkipped, string Reason);
