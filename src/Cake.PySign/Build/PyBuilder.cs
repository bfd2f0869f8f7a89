using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;

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
        // 1. Whatever can be refused before anything is started.
        var asked = projectDirectory.MakeAbsolute(services.Environment);
        var output = (settings.OutputDirectory ?? asked.Combine("dist")).MakeAbsolute(services.Environment).Collapse();
        var wanted = WantedMetadata.From(settings);
        IsolatedEnvironment.Check(settings, services.Environment);
        ProjectFolder.Check(asked);
        ProjectDescription.CheckFilledIn(asked, ProjectDescription.Check(asked), wanted);
        OutputFolder.Check(output);

        // 2. What is built, and with which Python.
        var (sources, python) = await FindAsync(asked, settings, cancellationToken).ConfigureAwait(false);
        ProjectFolder.CheckOutput(sources.Project, output);

        // 3. The build and its checks, in a folder of their own.
        using var workspace = new NeutralFolder();
        var build = new ProjectBuild(services, settings, new BuildPlan(wanted, sources, python, workspace.Path, output));
        var (distributions, tools) = await build.RunAsync(cancellationToken).ConfigureAwait(false);

        // 4. Only now the output folder.
        OutputFolder.Replace(output, distributions, keep?.Invoke(distributions) ?? new HashSet<string>(StringComparer.Ordinal), Changing);
        return new BuildResult([.. distributions.Select(distribution => Delivered(distribution, output))], tools);
    }

    /// <summary>Git and Python answer at the same time.</summary>
    private async Task<(ProjectSources Sources, PythonInterpreter Python)> FindAsync(
        DirectoryPath asked,
        PyBuildSettings settings,
        CancellationToken cancellationToken
    )
    {
        var finding = ProjectSources.FindAsync(
            asked,
            settings.WaivedChecks.Contains(PyBuildCheck.Content),
            services.Processes,
            services.Environment,
            cancellationToken
        );
        var locating = services.FindPythonAsync(
            settings.Python,
            "build",
            settings.Isolation == BuildIsolation.Isolated ? null : BuildRequirements.About(asked),
            cancellationToken
        );
        await Task.WhenAll(finding, locating).ConfigureAwait(false);
        return (await finding.ConfigureAwait(false), await locating.ConfigureAwait(false));
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
