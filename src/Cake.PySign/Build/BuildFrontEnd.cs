using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;
using PySign.Packaging;
using PySign.Packaging.Distributions;

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

    /// <summary>Makes what the settings ask for; the wheel is made from what the sdist holds.</summary>
    /// <param name="source">The copy of the project.</param>
    /// <param name="built">Where the distributions go.</param>
    /// <param name="workspace">Where the front end runs.</param>
    /// <param name="moment">What the sdist's files are dated with.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task MakeAsync(
        DirectoryPath source,
        DirectoryPath built,
        DirectoryPath workspace,
        DateTimeOffset moment,
        CancellationToken cancellationToken
    )
    {
        if (settings.Sdist)
        {
            await RunAsync("sdist", source, built, workspace, cancellationToken).ConfigureAwait(false);
            source = Unpacked(built, built.Combine("../unpacked").Collapse(), settings.NormalizeSdist ? moment : null) ?? source;
        }

        if (settings.Wheel)
        {
            // From what the sdist holds, which proves that the sdist is complete and that the two are one release.
            await RunAsync("wheel", source, built, workspace, cancellationToken).ConfigureAwait(false);
        }
    }

    // A build that made nothing, or something else, leaves nothing to unpack; reading the result says so.
    private static DirectoryPath? Unpacked(DirectoryPath built, DirectoryPath target, DateTimeOffset? moment)
    {
        if (!Directory.Exists(built.FullPath) || Directory.GetFiles(built.FullPath, "*.tar.gz") is not [var sdist])
        {
            return null;
        }

        try
        {
            if (moment is { } normal)
            {
                SdistNormalizer.Normalize(sdist, normal);
            }

            return SdistUnpacker.Unpack(sdist, target.FullPath);
        }
        catch (PackagingException e)
        {
            throw new PySignException(
                PySignFailure.InvalidMetadata,
                $"The sdist that was built cannot be used: {e.Message}",
                e.Reason == PackagingFailure.UnsafeArchiveEntry ? AboutUnsafeEntry(e) : null,
                innerException: e
            );
        }
    }

    private static string AboutUnsafeEntry(PackagingException e) =>
        e.Expected.Contains("link", StringComparison.Ordinal)
            ? "The back end packs the link itself, and nobody could unpack it. Put a copy of the file in its place, or let the back end "
                + "take it from where it lies (hatchling: [tool.hatch.build.targets.sdist.force-include])."
            : "Rename this file in the project, or exclude it from the sdist (MANIFEST.in, or the back end's own exclude list): "
                + "backslashes, tabs and line ends in names are read differently by every system.";

    private async Task RunAsync(
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
                    PassedVariables = [.. settings.PassVariables, .. surroundings.Isolated ? ProxyVariables.Names : []],
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
