using System.Collections.Concurrent;
using Cake.PySign.Build;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Tests.Rig;

/// <summary>Keeps what would have been started and plays an answer: the exact arguments of a tool can be asserted without the
/// tool.</summary>
internal sealed class FakeChildProcessRunner : IChildProcessRunner
{
    private readonly ConcurrentQueue<ChildProcessStart> _starts = new();

    public FakeChildProcessRunner(Func<ChildProcessStart, ChildProcessResult> answer) => Answer = answer;

    public Func<ChildProcessStart, ChildProcessResult> Answer { get; set; }

    public IReadOnlyList<ChildProcessStart> Starts => [.. _starts];

    public static ChildProcessResult Result(int exitCode, params string[] lines) =>
        new(exitCode, [.. lines.Select(line => new ChildProcessLine(false, line))]);

    /// <summary>The answer to the interpreter probe, or <see langword="null"/> if <paramref name="start"/> is something else.</summary>
    public static ChildProcessResult? Probe(ChildProcessStart start, string version = "1.2.3") =>
        start.Arguments is ["-c", var code, ..] && code.Contains("pysign-python", StringComparison.Ordinal)
            ? Result(0, $"pysign-python 3.11.2 {version}")
            : null;

    /// <summary>A twine that accepts everything, or <see langword="null"/> if <paramref name="start"/> is something else.</summary>
    public static ChildProcessResult? Twine(ChildProcessStart start, string verdict = "PASSED") =>
        start.Arguments is ["-c", TwineCheck.Bootstrap, "--no-color", "check", "--strict"]
        && start.Input is { IsCompletedSuccessfully: true } input
            ? Result(
                verdict == "PASSED" ? 0 : 1,
                ["pysign-twine 4.0.2", .. input.Result.Split('\0').Select(file => $"Checking {file}: {verdict}")]
            )
            : null;

    public async Task<ChildProcessResult> RunAsync(ChildProcessStart start, CancellationToken cancellationToken)
    {
        CommonSecrets.RequireNone(start);
        _starts.Enqueue(start);
        if (start.Input is { } input)
        {
            await input.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        var result = Answer(start);
        foreach (var line in result.Lines)
        {
            start.OnLine?.Invoke(line.Text);
        }

        return result;
    }
}
