using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.PySign.Common.Logging;

namespace Cake.PySign.Common.Processes;

/// <summary>
/// The one place that starts programs: no shell, an explicit environment, output streamed line by line through the redactor, and the whole
/// process tree ended on timeout or cancellation (Cake's own <c>ToolTimeout</c> leaves grandchildren running).
/// </summary>
internal sealed class ChildProcessRunner(SafeLog log, ICakeEnvironment environment, TimeProvider time) : IChildProcessRunner
{
    // A grandchild that outlives its parent keeps the pipes open; the exit of the program itself is what counts.
    private static readonly TimeSpan _drainTime = TimeSpan.FromSeconds(5);

    /// <summary>How long our own signal is waited for where a child was ended by one.</summary>
    public static readonly TimeSpan SignalTime = TimeSpan.FromSeconds(2);

    // A program that catches the signal ends with an exit code of its own.
    private static readonly TimeSpan _failureTime = TimeSpan.FromMilliseconds(200);

    private const int TextFileBusy = 26;
    private const int BusyAttempts = 25;
    public static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(20);

    public async Task<ChildProcessResult> RunAsync(ChildProcessStart start, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        log.Write(Verbosity.Diagnostic, LogLevel.Debug, $"Starting: {Shown(start)}");
        using var process = new Process { StartInfo = StartInfo(start) };
        await StartAsync(process, start, cancellationToken).ConfigureAwait(false);
        using var flood = new CancellationTokenSource();
        using var ended = new CancellationTokenSource();
        var lines = new ConcurrentQueue<ChildProcessLine>();

        using var timeout = new CancellationTokenSource(start.Timeout, time);
        start = start.IsTimedByLine ? start with { OnLine = Again(start, timeout) } : start;

        // An answer is bounded by itself, and must not be pushed out by what is said beside it.
        var answer = start.MaxOutput is null ? lines : [];
        var readers = Task.WhenAll(
            WriteInputAsync(process, start.Input, ended.Token),
            ReadAsync(process.StandardOutput, isError: false, start, answer, flood.Cancel),
            ReadAsync(process.StandardError, isError: true, start, lines, flood.Cancel)
        );
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, flood.Token, cancellationToken);
        try
        {
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process).ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            await DrainAsync(readers).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            ThrowIfFlooded(start, flood);
            throw TimedOut(start, lines);
        }

        await ended.CancelAsync().ConfigureAwait(false);
        await DrainAsync(readers).ConfigureAwait(false);
        ThrowIfFlooded(start, flood);
        if (process.ExitCode != 0)
        {
            await HearOfSignalAsync(process.ExitCode, cancellationToken).ConfigureAwait(false);
        }

        return new ChildProcessResult(process.ExitCode, start.MaxOutput is null ? [.. lines] : [.. answer, .. lines]);
    }

    // A secret is looked for before it is quoted: afterwards it is written in another way.
    private ChildProcessStart Shown(ChildProcessStart start) => start with { Arguments = [.. start.Arguments.Select(log.Redact)] };

    private static PySignException TimedOut(ChildProcessStart start, IEnumerable<ChildProcessLine> lines)
    {
        var tail = new ChildProcessResult(-1, [.. lines.Where(line => line.IsError || !start.OutputIsSecret)]).Tail();
        return new PySignException(
            PySignFailure.TimedOut,
            $"{start.Program.GetFilename()} {(start.IsTimedByLine ? "said nothing for" : "did not end within")} {start.Timeout:g} "
                + $"and was ended with all its children. Its last lines:{Environment.NewLine}{tail}",
            "Raise Timeout in the settings if the work really takes longer."
        );
    }

    private ProcessStartInfo StartInfo(ChildProcessStart start)
    {
        var info = new ProcessStartInfo(start.Program.FullPath)
        {
            WorkingDirectory = start.WorkingDirectory.FullPath,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (var argument in start.Arguments)
        {
            info.ArgumentList.Add(argument);
        }

        info.Environment.Clear();
        foreach (var (name, value) in ChildEnvironment.Of(environment, start))
        {
            info.Environment[name] = value;
        }

        return info;
    }

    private async Task StartAsync(Process process, ChildProcessStart start, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
#pragma warning disable RS0030 // The child process runner is here.
                process.Start();
#pragma warning restore RS0030
                return;
            }
            catch (Win32Exception e) when (IsBeingWritten(e) && attempt < BusyAttempts)
            {
                await Task.Delay(BusyPause, time, cancellationToken).ConfigureAwait(false);
            }
            catch (Win32Exception e)
            {
                throw new PySignException(
                    PySignFailure.ToolNotFound,
                    $"'{start.Program.FullPath}' could not be started in '{start.WorkingDirectory.FullPath}': {e.Message}",
                    innerException: e
                );
            }
        }
    }

    /// <summary>ETXTBSY: a program that has just been written is still open in a child that was started meanwhile, until that child runs
    /// its own program.</summary>
    private static bool IsBeingWritten(Win32Exception e) => !OperatingSystem.IsWindows() && e.NativeErrorCode == TextFileBusy;

    /// <summary>A child that ends without reading all of it has said enough by how it ended.</summary>
    private static async Task WriteInputAsync(Process process, Task<string>? input, CancellationToken ended)
    {
        try
        {
            var text = input is null ? "" : await input.WaitAsync(ended).ConfigureAwait(false);
            await process.StandardInput.WriteAsync(text).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The pipe is closed on the other side, or the child ended before there was anything to read.
        }
    }

    private static void ThrowIfFlooded(ChildProcessStart start, CancellationTokenSource flood)
    {
        if (flood.IsCancellationRequested)
        {
            throw new PySignException(
                PySignFailure.ToolFailed,
                $"{start.Program.GetFilename()} wrote more than {start.MaxOutput} characters to its standard output and was ended.",
                "See what it prints: its answer alone belongs there."
            );
        }
    }

    private async Task ReadAsync(
        StreamReader reader,
        bool isError,
        ChildProcessStart start,
        ConcurrentQueue<ChildProcessLine> lines,
        Action onFlood
    )
    {
        long length = 0;
        await foreach (var line in BoundedLines.ReadAsync(reader).ConfigureAwait(false))
        {
            if (!isError && (length += line.Length + 1) > start.MaxOutput)
            {
                onFlood();
                return;
            }

            var isSecret = start.OutputIsSecret && !isError;
            // twine fills each line to the width of a terminal that is not there.
            var text = isSecret ? line : log.Redact(line).TrimEnd(' ');
            lines.Enqueue(new ChildProcessLine(isError, text));
            while (lines.Count > start.KeptLines)
            {
                lines.TryDequeue(out _);
            }

            if (!isSecret)
            {
                log.Write(start.OutputVerbosity, LogLevel.Information, text);
                start.OnLine?.Invoke(text);
            }
        }
    }

    private static Action<string> Again(ChildProcessStart start, CancellationTokenSource timeout) =>
        line =>
        {
            try
            {
                timeout.CancelAfter(start.Timeout);
            }
            catch (ObjectDisposedException)
            {
                // A last line of a program that has ended.
            }

            start.OnLine?.Invoke(line);
        };

    /// <summary>A signal to the whole process group reaches the child too, and its end may be seen before our own signal is: it did not
    /// fail, it was stopped.</summary>
    private async Task HearOfSignalAsync(int exitCode, CancellationToken cancellationToken)
    {
        var bySignal = exitCode is 128 + 2 or 128 + 15;
        try
        {
            await Task.Delay(bySignal ? SignalTime : _failureTime, time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static async Task EndAsync(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or AggregateException or Win32Exception)
        {
            // It ended by itself in the same moment; whatever survived is waited for below only as long as the drain time.
        }

        using var bound = new CancellationTokenSource(_drainTime);
        try
        {
            await process.WaitForExitAsync(bound.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The system did not let it go in time; the caller still hears of the timeout or cancellation.
        }
    }

    private static async Task DrainAsync(Task readers)
    {
        try
        {
            await readers.WaitAsync(_drainTime).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Somebody else still holds the pipe; what was read until now is what there is.
        }
    }
}

/// <summary>Runs a program to its end. Tests replace it to see the exact arguments and to play a tool's output.</summary>
internal interface IChildProcessRunner
{
    /// <summary>Runs the program and returns whatever its exit code is.</summary>
    /// <exception cref="PySignException">The program could not be started (<see cref="PySignFailure.ToolNotFound"/>) or took too long
    /// (<see cref="PySignFailure.TimedOut"/>).</exception>
    /// <exception cref="OperationCanceledException">The token was canceled; the whole process tree was ended.</exception>
    Task<ChildProcessResult> RunAsync(ChildProcessStart start, CancellationToken cancellationToken);
}
