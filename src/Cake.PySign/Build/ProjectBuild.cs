using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Build;

/// <summary>What one build is made of.</summary>
/// <param name="Wanted">What the distributions must say.</param>
/// <param name="Sources">The project, and what version control has of it.</param>
/// <param name="Python">What builds it.</param>
/// <param name="Workspace">A folder of the build's own.</param>
/// <param name="Output">Where the distributions go afterwards: no part of the project.</param>
internal sealed record BuildPlan(
    WantedMetadata Wanted,
    ProjectSources Sources,
    PythonInterpreter Python,
    DirectoryPath Workspace,
    DirectoryPath Output
);

/// <summary>One build, from the copy of the project to distributions that passed every check. It changes nothing outside of its
/// workspace.</summary>
internal sealed class ProjectBuild(Services services, PyBuildSettings settings, BuildPlan plan)
{
    /// <returns>The distributions in the workspace, and the versions of all that made them.</returns>
    public async Task<BuildResult> RunAsync(CancellationToken cancellationToken)
    {
        if (!BuildChecks.AskTwine(settings))
        {
            return await RunAsync(null, cancellationToken).ConfigureAwait(false);
        }

        var beside = new TwineBesideBuild(services, plan.Python.Path, settings.Timeout, plan.Workspace, cancellationToken);
        await using (beside.ConfigureAwait(false))
        {
            return await RunAsync(beside, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<BuildResult> RunAsync(TwineBesideBuild? twine, CancellationToken cancellationToken)
    {
        // 1. The moment that everything is dated with, and what the copy does without.
        var moment = await SourceDate
            .OfAsync(plan.Sources.Project, settings.SourceDate, services.Environment, plan.Sources.Repository, cancellationToken)
            .ConfigureAwait(false);
        var surroundings = new Surroundings(moment, LeftOut(), BuildVariables.Of(moment, plan.Workspace));

        // 2. The copy with what is injected into it; at the same time, where the back end comes from.
        var copying = CopyAsync("source", surroundings, cancellationToken);
        var asking = new BuildSurroundings(services).OfAsync(
            plan.Python,
            plan.Sources.Project,
            plan.Workspace,
            settings,
            cancellationToken
        );
        await Task.WhenAll(copying, asking).ConfigureAwait(false);
        var copy = await copying.ConfigureAwait(false);
        var backEnd = await asking.ConfigureAwait(false);

        // 3. The environment of the back end.
        var isolated = Prepare(surroundings.Variables, copy, backEnd);

        // 4. The distributions, read back and held to what was asked for.
        var frontEnd = new BuildFrontEnd(services, plan.Python, settings, backEnd, surroundings.Variables);
        var made = await MakeAsync(frontEnd, copy, surroundings, cancellationToken).ConfigureAwait(false);
        var distributions = Read(made, backEnd);

        // 5. Every check that was not waived.
        var twineVersion = await CheckAsync(made.From, distributions, twine, cancellationToken).ConfigureAwait(false);
        return new BuildResult(
            distributions,
            Tools([
                .. backEnd.Tools.Select(tool => (tool.Key, tool.Value)),
                .. isolated?.Installed() ?? [],
                .. Described(distributions, twineVersion),
            ])
        );
    }

    private LeftOutFolders LeftOut() =>
        LeftOutFolders.Of(
            plan.Sources.Project,
            settings.ExcludedDirectories.Append(plan.Output).Select(folder => folder.MakeAbsolute(services.Environment)),
            settings.OwnFolders.Select(folder => folder.MakeAbsolute(services.Environment))
        );

    private async Task<Copy> CopyAsync(string folder, Surroundings surroundings, CancellationToken cancellationToken)
    {
        var (moment, leftOut, variables) = surroundings;
        var copy = await WorkingCopy
            .MakeAsync(plan.Sources, plan.Workspace.Combine(folder), leftOut, moment, services.Log, cancellationToken)
            .ConfigureAwait(false);
        var injected = new MetadataInjection(services.Log).Into(copy.Project, plan.Wanted, variables);
        await ComputedVersion.RequireTagsAsync(plan.Sources, injected, plan.Wanted, settings, cancellationToken).ConfigureAwait(false);
        await copy.AlignAsync(cancellationToken).ConfigureAwait(false);
        return new Copy(copy, injected);
    }

    /// <summary>Completes the variables: those of the settings have the last word.</summary>
    /// <returns>The environment that the front end makes for the back end; <see langword="null"/> where it has the
    /// interpreter's.</returns>
    private IsolatedEnvironment? Prepare(Dictionary<string, string?> variables, Copy copy, BuildSurroundings.Found backEnd)
    {
        foreach (var (key, value) in settings.EnvironmentVariables)
        {
            variables[key] = value;
        }

        BuildVariables.LeaveOutThePlace(variables, services.Environment, copy.Of.Project, plan.Workspace);
        var isolated = backEnd.Isolated ? new IsolatedEnvironment(plan.Workspace) : null;
        isolated?.Prepare(settings, services.Environment, variables);
        return isolated;
    }

    /// <summary>Builds the copy; where that fails for want of a file outside of the project, a copy of the whole repository.</summary>
    private async Task<Made> MakeAsync(BuildFrontEnd frontEnd, Copy copy, Surroundings surroundings, CancellationToken cancellationToken)
    {
        var built = plan.Workspace.Combine("built");
        try
        {
            await RunAsync(copy, built).ConfigureAwait(false);
            return new Made(copy, built);
        }
        catch (PySignException e) when (e.Reason == PySignFailure.ToolFailed && copy.Of.LacksFiles)
        {
            services.Log.Information(
                $"{e.Message.Split('\n')[0].Trim()} A file outside of the project may be missing: building once more with the "
                    + "whole repository."
            );
        }

        var whole = surroundings with { LeftOut = surroundings.LeftOut with { WholeRepository = true } };
        copy = await CopyAsync("whole", whole, cancellationToken).ConfigureAwait(false);
        built = plan.Workspace.Combine("again/built");
        await RunAsync(copy, built).ConfigureAwait(false);
        return new Made(copy, built);

        Task RunAsync(Copy from, DirectoryPath into) =>
            frontEnd.MakeAsync(from.Of.Project, into, plan.Workspace, surroundings.Moment, cancellationToken);
    }

    private IReadOnlyList<BuiltDistribution> Read(Made made, BuildSurroundings.Found backEnd)
    {
        var injected = made.From.Injected;
        var stated = StatedMetadata.Of(made.From.Of.Project, backEnd.Tools);
        var distributions = BuiltDistributions.Read(made.Built, plan.Wanted, stated, settings, injected.Advice);
        ComputedVersion.Check(distributions, injected, plan.Wanted, settings, services.Log);
        return distributions;
    }

    /// <returns>The version of the twine that was asked, if one was.</returns>
    private async Task<string?> CheckAsync(
        Copy copy,
        IReadOnlyList<BuiltDistribution> distributions,
        TwineBesideBuild? twine,
        CancellationToken cancellationToken
    )
    {
        var build = new CheckedBuild(plan.Sources, distributions, plan.Python, plan.Workspace)
        {
            Twine = twine,
            Copied = copy.Of.Copied,
            Outside = await plan.Sources.OutsideAsync(cancellationToken).ConfigureAwait(false),
        };
        return await new BuildChecks(services).RunAsync(build, settings, cancellationToken).ConfigureAwait(false);
    }

    private SortedDictionary<string, string> Tools(IReadOnlyList<(string Name, string Version)> found)
    {
        var tools = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["python"] = plan.Python.Version,
            [plan.Python.Module] = plan.Python.ModuleVersion,
        };
        foreach (var (name, version) in found)
        {
            tools[name] = version;
        }

        return tools;
    }

    private static IEnumerable<(string Name, string Version)> Described(IReadOnlyList<BuiltDistribution> distributions, string? twine)
    {
        yield return ("Cake.PySign", ToolVersion.Own);
        if (twine is not null)
        {
            yield return ("twine", twine);
        }

        if (
            distributions.FirstOrDefault(one => one.Kind == DistributionKind.Wheel) is { } wheel
            && DistributionContents.Generator(wheel.Path.FullPath) is { } generator
        )
        {
            yield return ("wheel generator", generator);
        }
    }

    /// <summary>What every copy of the project and every start of the front end is given.</summary>
    private sealed record Surroundings(DateTimeOffset Moment, LeftOutFolders LeftOut, Dictionary<string, string?> Variables);

    /// <summary>A copy of the project, and what was put into it.</summary>
    private sealed record Copy(WorkingCopy Of, Injected Injected);

    /// <summary>Where the distributions are, and what they were built from.</summary>
    private sealed record Made(Copy From, DirectoryPath Built);
}
