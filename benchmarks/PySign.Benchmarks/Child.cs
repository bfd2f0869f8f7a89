using System.Diagnostics;

namespace PySign.Benchmarks;

/// <summary>A child process measured from its start to its end.</summary>
internal static class Child
{
    public static (TimeSpan Wall, long PeakBytes) Measure(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var begun = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        long peak = 0;
        while (!process.WaitForExit(5))
        {
            peak = Math.Max(peak, PeakOf(process));
        }

        process.WaitForExit();
        var wall = Stopwatch.GetElapsedTime(begun);
        return process.ExitCode == 0
            ? (wall, peak)
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {output.Result}{errors.Result}");
    }

    private static long PeakOf(Process process)
    {
        try
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException)
        {
            // It ended between the wait and the question: the last answer stands.
            return 0;
        }
    }

    /// <summary>
    /// What this program prints when it is run again, with other arguments and one more variable. Its code is compiled once and for all:
    /// else the larger of two runs would be measured with more of it compiled well.
    /// </summary>
    public static string AnswerOfSelf(string variable, string value, params IEnumerable<string> arguments) =>
        Answer([(variable, value), ("DOTNET_TieredCompilation", "0")], arguments);

    /// <summary>The same of a program as users start it: most of its code is compiled in haste.</summary>
    public static string AnswerOfFreshSelf(string variable, string value, params IEnumerable<string> arguments) =>
        Answer([(variable, value)], arguments);

    private static string Answer((string Name, string Value)[] variables, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Child).Assembly.Location, .. arguments]) { RedirectStandardOutput = true };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"It ended with {process.ExitCode}.");
    }

    /// <summary>This program again, with other arguments.</summary>
    public static (TimeSpan Wall, long PeakBytes) MeasureSelf(params IEnumerable<string> arguments) =>
        Measure("dotnet", [typeof(Child).Assembly.Location, .. arguments]);
}
