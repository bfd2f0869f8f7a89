using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Build;

/// <summary>Runs <c>python -m build</c> for one kind of distribution at a time.</summary>
internal sealed class BuildFrontEnd(
    Services services,
    PythonInterpreter python,
    PyBuildSettings settings,
    BuildSurroundings.Found surroundings,
    IReadOnlyDictionary<string, string?> variables
)
{
    /// <summary>
    /// <c>python -m build</c> under the usual umask. File modes go into archives, and with the caller's umask two machines would give two
    /// different wheels; the working directory is taken off the module path, so that nothing in it can pose as a module.
    /// </summary>
    public const string Bootstrap =
        "import os, runpy, sys; os.umask(0o022); sys.path[:] = [p for p in sys.path if p]; runpy.run_module('build', "
        + "run_name='__main__', alter_sys=True)";

    private readonly long _started = services.Time.GetTimestamp();

    public async Task RunAsync(
        string kind,
        DirectoryPath source,
        DirectoryPath output,
        DirectoryPath workingDirectory,
        CancellationToken cancellationToken
    )
    {
        var left = settings.Timeout - services.Time.GetElapsedTime(_started);
        var result = await services
            .Processes.RunAsync(
                new ChildProcessStart
                {
                    Program = python.Path,
                    Arguments = ["-c", Bootstrap, "--outdir", output.FullPath, $"--{kind}", .. Switches(), source.FullPath],
                    WorkingDirectory = workingDirectory,
                    Variables = variables,
                    PassedVariables = [.. settings.PassEnvironmentVariables, .. surroundings.Isolated ? ProxyVariables.Names : []],
                    Timeout = left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1),
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw BackEndFailure.Of(result, kind);
        }
    }

    private IEnumerable<string> Switches()
    {
        if (!surroundings.Isolated)
        {
            yield return "--no-isolation";
        }

        if (surroundings.Isolated && IsolatedEnvironment.InstallerSwitch(settings, python.ModuleVersion) is { } installer)
        {
            yield return installer;
        }

        if (surroundings.SkipDependencyCheck)
        {
            yield return "--skip-dependency-check";
        }

        foreach (var (key, value) in settings.ConfigSettings.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            yield return $"--config-setting={key}{(value.Length > 0 ? "=" + value : "")}";
        }
    }
}
