using Cake.Core.IO;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Build;

/// <summary>Decides where the back end comes from: an environment of its own, or what the interpreter has.</summary>
internal sealed class BuildSurroundings(Services services)
{
    private static readonly Dictionary<string, string> _nothing = [];

    public async Task<Found> OfAsync(
        PythonInterpreter python,
        DirectoryPath source,
        DirectoryPath workspace,
        PyBuildSettings settings,
        CancellationToken cancellationToken
    )
    {
        // What is installed already would not be held to the constraints.
        if (settings.Isolation == BuildIsolation.Isolated || settings.Constraints is not null)
        {
            return new Found(true, false, _nothing);
        }

        var requirements =
            BuildRequirements.Read(python.Answer)
            ?? await new BuildRequirements(services.Processes).AskAsync(python, source, workspace, cancellationToken).ConfigureAwait(false);
        var isolated = settings.Isolation == BuildIsolation.Auto && requirements is not { Missing.Count: 0 };
        if (settings.Isolation == BuildIsolation.Auto)
        {
            services.Log.Information(
                requirements is null ? "Build requirements could not be checked; building in isolation"
                : isolated ? $"Build requirements not installed ({string.Join("; ", requirements.Missing)}); building in isolation"
                : "Build requirements are installed; building without isolation"
            );
        }

        if (isolated || requirements is null)
        {
            return new Found(isolated, false, _nothing);
        }

        // Then the front end's own check would stop a build that works. With a requirement of the project missing, it runs and says so.
        var skip = requirements is { Missing.Count: 0, Incomplete.Count: > 0 };
        if (skip)
        {
            services.Log.Information(
                $"Installed without all that they name as required: {string.Join("; ", requirements.Incomplete)}. The build goes on "
                    + "without the front end's own check."
            );
        }

        return new Found(false, skip, requirements.Installed);
    }

    /// <summary>Where the back end comes from, and in which version where that is known before the build.</summary>
    public sealed record Found(bool Isolated, bool SkipDependencyCheck, IReadOnlyDictionary<string, string> Tools);
}
