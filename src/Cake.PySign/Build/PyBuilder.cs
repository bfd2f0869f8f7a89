using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Build;

/// <summary>
/// Builds a copy of the project with <c>python -m build</c>: the sdist from the copy, the sdist normalized, the wheel from what that sdist
/// holds. What came out is read back and checked, and only then put into the output folder.
/// </summary>
internal sealed class PyBuilder(Services services)
{
    /// <summary>Called before each change to the output folder. Tests stop here, as a killed process would.</summary>
    internal Action<string>? Changing { get; init; }

    /// <param name="projectDirectory">The project.</param>
    /// <param name="settings">How it is built.</param>
    /// <param name="keep">Given what was built, names the files in the output folder that stay as they are.</param>
    /// <param name="cancellationToken">Ends the build.</param>
    public async Task<BuildResult> BuildAsync(
        DirectoryPath projectDirectory,
        PyBuildSettings settings,
        Func<IReadOnlyList<BuiltDistribution>, IReadOnlySet<string>>? keep,
        CancellationToken cancellationToken
    )
    {
        var asked = projectDirectory.MakeAbsolute(services.Environment);
        var output = (settings.OutputDirectory ?? asked.Combine("dist")).MakeAbsolute(services.Environment).Collapse();
        var wanted = WantedMetadata.From(settings);
        IsolatedEnvironment.Check(settings, services.Environment);
        ProjectFolder.Check(asked);
        ProjectDescription.CheckFilledIn(asked, ProjectDescription.Check(asked), wanted);
        OutputFolder.Check(output);
        using var workspace = new NeutralFolder();

        // Git and Python answer at the same time.
        var finding = ProjectSources.FindAsync(
            asked,
            settings.WaivedChecks.Contains(PyBuildCheck.Content),
            services.Processes,
            services.Environment,
            cancellationToken
        );
        var locating = new PythonLocator(services.Processes, services.Environment, services.Log).FindAsync(
            settings.Python,
            "build",
            settings.Isolation == BuildIsolation.Isolated ? null : BuildRequirements.About(asked),
            cancellationToken
        );
        await Task.WhenAll(finding, locating).ConfigureAwait(false);
        var (sources, python) = (await finding.ConfigureAwait(false), await locating.ConfigureAwait(false));
        ProjectFolder.CheckOutput(sources.Project, output);
        if (!BuildChecks.AskTwine(settings))
        {
            return await MakeAsync(null).ConfigureAwait(false);
        }

        var beside = new TwineBesideBuild(services, python.Path, settings.Timeout, workspace.Path, cancellationToken);
        await using (beside.ConfigureAwait(false))
        {
            return await MakeAsync(beside).ConfigureAwait(false);
        }

        async Task<BuildResult> MakeAsync(TwineBesideBuild? twine)
        {
            var tools = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["python"] = python.Version,
                [python.Module] = python.ModuleVersion,
            };
            var moment = await SourceDate
                .OfAsync(sources.Project, settings.SourceDate, services.Environment, sources.Repository, cancellationToken)
                .ConfigureAwait(false);
            var leftOut = LeftOutFolders.Of(
                sources.Project,
                settings.ExcludedDirectories.Append(output).Select(folder => folder.MakeAbsolute(services.Environment)),
                settings.OwnFolders.Select(folder => folder.MakeAbsolute(services.Environment))
            );
            var variables = BuildVariables.Of(moment, workspace.Path);
            var copying = CopyAsync("source", leftOut);
            var asking = new BuildSurroundings(services).OfAsync(python, sources.Project, workspace.Path, settings, cancellationToken);
            await Task.WhenAll(copying, asking).ConfigureAwait(false);
            var (copy, injection) = await copying.ConfigureAwait(false);
            var surroundings = await asking.ConfigureAwait(false);
            foreach (var (key, value) in settings.EnvironmentVariables)
            {
                variables[key] = value;
            }

            BuildVariables.LeaveOutThePlace(variables, services.Environment, copy.Project, workspace.Path);
            var isolated = surroundings.Isolated ? new IsolatedEnvironment(workspace.Path) : null;
            isolated?.Prepare(settings, services.Environment, variables);
            var frontEnd = new BuildFrontEnd(services, python, settings, surroundings, variables);
            var built = workspace.Path.Combine("built");
            try
            {
                await frontEnd.MakeAsync(copy.Project, built, workspace.Path, moment, cancellationToken).ConfigureAwait(false);
            }
            catch (PySignException e) when (e.Reason == PySignFailure.ToolFailed && copy.LacksFiles)
            {
                services.Log.Information(
                    $"{e.Message.Split('\n')[0].Trim()} A file outside of the project may be missing: building once more with the "
                        + "whole repository."
                );
                (copy, injection) = await CopyAsync("whole", leftOut with { WholeRepository = true }).ConfigureAwait(false);
                built = workspace.Path.Combine("again/built");
                await frontEnd.MakeAsync(copy.Project, built, workspace.Path, moment, cancellationToken).ConfigureAwait(false);
            }

            var stated = StatedMetadata.Of(copy.Project, surroundings.Tools);
            var distributions = BuiltDistributions.Read(built, wanted, stated, settings, injection.Advice);
            ComputedVersion.Check(distributions, injection, wanted, settings, services.Log);
            var twineVersion = await new BuildChecks(services)
                .RunAsync(
                    new CheckedBuild(sources, distributions, python, workspace.Path)
                    {
                        Twine = twine,
                        Copied = copy.Copied,
                        Outside = await sources.OutsideAsync(cancellationToken).ConfigureAwait(false),
                    },
                    settings,
                    cancellationToken
                )
                .ConfigureAwait(false);
            Name(
                tools,
                surroundings
                    .Tools.Select(tool => (tool.Key, tool.Value))
                    .Concat(isolated?.Installed() ?? [])
                    .Concat(Described(distributions, twineVersion))
            );
            OutputFolder.Replace(
                output,
                distributions,
                keep?.Invoke(distributions) ?? new HashSet<string>(StringComparer.Ordinal),
                Changing
            );
            return new BuildResult([.. distributions.Select(distribution => Delivered(distribution, output))], tools);

            async Task<(WorkingCopy Copy, Injected Injection)> CopyAsync(string folder, LeftOutFolders without)
            {
                var made = await WorkingCopy
                    .MakeAsync(sources, workspace.Path.Combine(folder), without, moment, services.Log, cancellationToken)
                    .ConfigureAwait(false);
                var injected = new MetadataInjection(services.Log).Into(made.Project, wanted, variables);
                await ComputedVersion.RequireTagsAsync(sources, injected, wanted, settings, cancellationToken).ConfigureAwait(false);
                await made.AlignAsync(cancellationToken).ConfigureAwait(false);
                return (made, injected);
            }
        }
    }

    private static void Name(SortedDictionary<string, string> tools, IEnumerable<(string Name, string Version)> more)
    {
        foreach (var (name, version) in more)
        {
            tools[name] = version;
        }
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

    private BuiltDistribution Delivered(BuiltDistribution built, DirectoryPath output)
    {
        var path = output.CombineWithFilePath(built.Path.GetFilename());
        if (FileDigest.Of(path) != built.Sha256)
        {
            throw new PySignException(
                PySignFailure.DigestMismatch,
                $"'{path}' changed while it was put into the output folder.",
                "Build again; find out who else writes there."
            );
        }

        services.Log.Information($"Built {path.GetFilename()}  sha256 {built.Sha256}");
        return built with { Path = path };
    }
}
