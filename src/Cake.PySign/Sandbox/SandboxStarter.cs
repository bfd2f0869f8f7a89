using System.Globalization;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Sandbox;

/// <summary>Starts the sandbox as a child, waits until it listens, and never leaves it behind.</summary>
internal sealed class SandboxStarter(Services services)
{
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(50);

    public async Task<PySignSandbox> StartAsync(StartPySignSandboxSettings settings, CancellationToken cancellationToken)
    {
        Setting.RequireLimit(settings.StartTimeout, nameof(settings.StartTimeout));
        var program = SandboxProgram.Find(settings.Program, services.Environment);
        var workspace = new NeutralFolder();
        var ending = new CancellationTokenSource();
        var running = Task.FromResult(new ChildProcessResult(0, []));
        try
        {
            var readyFile = workspace.Path.CombineWithFilePath("ready.json");
            running = services.Processes.RunAsync(Start(settings, program, workspace.Path, readyFile), ending.Token);
            var ready = await WaitAsync(running, readyFile, settings.StartTimeout, cancellationToken).ConfigureAwait(false);
            services.Log.Redactor.Add(ready.JobToken);
            services.Log.Redactor.Add(ready.ControlToken);
            services.Log.Information($"Sandbox at {ready.Info.BaseUrl}");
            return new PySignSandbox(ready, running, ending, workspace);
        }
        catch
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await PySignSandbox.EndedAsync(running).ConfigureAwait(false);
            ending.Dispose();
            workspace.Dispose();
            throw;
        }
    }

    private ChildProcessStart Start(StartPySignSandboxSettings settings, FilePath program, DirectoryPath workspace, FilePath readyFile)
    {
        var state = settings.StateDirectory?.MakeAbsolute(services.Environment) ?? workspace.Combine("state");
        OutputPath.Make(state);
        return new ChildProcessStart
        {
            Program = SandboxProgram.DotNet(services.Environment),
            Arguments =
            [
                program.FullPath,
                "--port",
                settings.Port.ToString(CultureInfo.InvariantCulture),
                "--state",
                state.FullPath,
                "--ready-file",
                readyFile.FullPath,
                "--parent-pid",
                Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
                .. settings.PrivateInstance ? ["--private-instance"] : Array.Empty<string>(),
                .. settings.RsaLog ? ["--rsa-log"] : Array.Empty<string>(),
            ],
            WorkingDirectory = workspace,
            Timeout = Timeout.InfiniteTimeSpan,
            OutputVerbosity = Verbosity.Diagnostic,

            // Settings of the build's own ASP.NET programs are not meant for this one.
            Variables = services
                .Environment.GetEnvironmentVariables()
                .Keys.Where(name =>
                    name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
                    || name.StartsWith("Kestrel__", StringComparison.OrdinalIgnoreCase)
                )
                .ToDictionary(name => name, _ => (string?)null, StringComparer.Ordinal),
        };
    }

    private async Task<ReadyFile> WaitAsync(
        Task<ChildProcessResult> running,
        FilePath readyFile,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        var started = services.Time.GetTimestamp();
        while (!File.Exists(readyFile.FullPath))
        {
            if (running.IsCompleted)
            {
                throw Died(await running.ConfigureAwait(false));
            }

            if (services.Time.GetElapsedTime(started) >= patience)
            {
                throw new PySignException(
                    PySignFailure.SandboxFailed,
                    $"The sandbox did not start within {patience:g}.",
                    "Raise StartTimeout on a slow machine."
                );
            }

            await Task.Delay(_pollInterval, services.Time, cancellationToken).ConfigureAwait(false);
        }

        return ReadyFile.Take(readyFile);
    }

    private static PySignException Died(ChildProcessResult result) =>
        result.Lines.Any(line => line.Text.Contains("Microsoft.AspNetCore.App", StringComparison.Ordinal))
            ? new PySignException(
                PySignFailure.SandboxFailed,
                "The sandbox needs the ASP.NET Core runtime, which this machine does not have. .NET "
                    + $"says:{Environment.NewLine}{result.Tail(8)}",
                "Install the .NET 10 SDK or the ASP.NET Core 10 runtime. Releases against real services do not need it."
            )
            : new PySignException(
                PySignFailure.SandboxFailed,
                $"The sandbox ended with exit code {result.ExitCode} before it listened. Its last "
                    + $"lines:{Environment.NewLine}{result.Tail()}"
            );
}
