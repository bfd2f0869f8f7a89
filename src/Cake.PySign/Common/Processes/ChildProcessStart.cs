using Cake.Core.Diagnostics;
using Cake.Core.IO;

namespace Cake.PySign.Common.Processes;

/// <summary>What to run, where, and for how long. Secrets belong in <see cref="Variables"/>, never into
/// <see cref="Arguments"/>.</summary>
internal sealed record ChildProcessStart
{
    public required FilePath Program { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public required DirectoryPath WorkingDirectory { get; init; }

    /// <summary>Variables set for the child after secrets were taken from its environment; <see langword="null"/> removes one.</summary>
    public IReadOnlyDictionary<string, string?> Variables { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>Names that look like secrets and that the child is given all the same, because the user asked for it.</summary>
    public IReadOnlyCollection<string> PassedVariables { get; init; } = [];

    public required TimeSpan Timeout { get; init; }

    /// <summary>Whether the time begins again with each line of output: what says how far it is may take as long as it needs.</summary>
    public bool IsTimedByLine { get; init; }

    /// <summary>What the child reads from its standard input, as soon as it is known; without it, that is closed at once.</summary>
    public Task<string>? Input { get; init; }

    /// <summary>How many characters the child may write to its standard output before it is ended; <see langword="null"/> for any
    /// number, of which the last lines are kept.</summary>
    public int? MaxOutput { get; init; }

    /// <summary>How many of the last lines are kept for the result. More only where the output is the answer.</summary>
    public int KeptLines { get; init; } = 5000;

    /// <summary>
    /// Whether the standard output is itself a secret: it comes back as it was written and is neither logged nor part of any message. What
    /// the program writes to standard error is treated as always.
    /// </summary>
    public bool OutputIsSecret { get; init; }

    /// <summary>The log verbosity from which the child's lines are shown.</summary>
    public Verbosity OutputVerbosity { get; init; } = Verbosity.Normal;

    /// <summary>Sees each line of either stream, redacted, as it comes; called on a reader's thread and not waited for.</summary>
    public Action<string>? OnLine { get; init; }

    public override string ToString() => string.Join(' ', [Program.FullPath, .. Arguments.Select(ShellText.Word)]);
}

/// <summary>How a child ended, with the last lines it wrote (redacted, both streams, each stream in its order).</summary>
internal sealed record ChildProcessResult(int ExitCode, IReadOnlyList<ChildProcessLine> Lines)
{
    /// <summary>The lines of standard output alone.</summary>
    public IEnumerable<string> Output => Lines.Where(line => !line.IsError).Select(line => line.Text);

    /// <summary>The last <paramref name="count"/> non-empty lines, for an error message.</summary>
    public string Tail(int count = 20) =>
        string.Join(
            Environment.NewLine,
            Lines.Where(line => line.Text.Trim().Length > 0).TakeLast(count).Select(line => "    " + line.Text)
        );
}

/// <summary>One line of a child's output.</summary>
internal readonly record struct ChildProcessLine(bool IsError, string Text);
