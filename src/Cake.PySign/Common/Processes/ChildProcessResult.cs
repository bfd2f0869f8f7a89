namespace Cake.PySign.Common.Processes;

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
