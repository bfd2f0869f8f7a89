using System.Diagnostics;

namespace PySign.TestKit;

/// <summary>A program that a test ran to its end.</summary>
/// <param name="ExitCode">How it ended.</param>
/// <param name="Output">What it wrote to its standard output.</param>
/// <param name="Error">What it wrote to its standard error.</param>
public sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    /// <summary>Everything that it said.</summary>
    public string Said => Output + Error;

    /// <summary>Runs a program with arguments in a folder.</summary>
    public static ProgramRun Of(string program, IEnumerable<string> arguments, string? folder = null) =>
        OfAsync(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder ?? "" }, CancellationToken.None)
            .GetAwaiter()
            .GetResult();

    /// <summary>The same where it must succeed.</summary>
    public static string Successful(string program, IEnumerable<string> arguments, string? folder = null)
    {
        var run = Of(program, arguments, folder);
        Assert.True(run.ExitCode == 0, run.Said);
        return run.Output;
    }

    /// <summary>Runs a program as it is told to start; both of its streams are read while it runs.</summary>
    public static async Task<ProgramRun> OfAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new ProgramRun(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
