using Cake.PySign.Common.Logging;
using PySign.Packaging.Versions;

namespace Cake.PySign.Build;

/// <summary>What a version must be that a back end computes from version control.</summary>
internal static class ComputedVersion
{
    private const string Waiver =
        $"To build all the same, waive the check {nameof(PyBuildCheck.Version)} (WaivedChecks, or PYSIGN_WAIVE_CHECKS in the recipe).";

    /// <summary>A shallow clone that no tag came with gives 0.1.dev1 or worse; nobody means that.</summary>
    public static async Task RequireTagsAsync(
        ProjectSources sources,
        Injected injected,
        WantedMetadata wanted,
        PyBuildSettings settings,
        CancellationToken cancellationToken
    )
    {
        var given = settings.EnvironmentVariables.Keys.Any(name => name.Contains("VERSION", StringComparison.Ordinal));
        if (
            !injected.ReadsVersionControl
            || given
            || sources.Repository is not { IsShallow: true } repository
            || settings.WaivedChecks.Contains(PyBuildCheck.Version)
            || await repository.NearestTagAsync(cancellationToken).ConfigureAwait(false) is not null
        )
        {
            return;
        }

        throw new PySignException(
            PySignFailure.BuildMismatch,
            $"The version of '{sources.Project}' is computed from git's tags, and this clone is shallow and has no tag that leads to its "
                + $"commit{(wanted.Version is null ? "" : $" ({wanted.Version} cannot be given to this back end)")}.",
            "Let the CI job fetch the history and its tags. GitLab: in the job, variables: GIT_DEPTH: \"0\". GitHub: at actions/checkout, "
                + $"with: fetch-depth: 0. By hand: git fetch --unshallow --tags. {Waiver}"
        );
    }

    /// <summary>Stops a release under a development version that nobody asked for; elsewhere it is only said.</summary>
    public static void Check(
        IReadOnlyList<BuiltDistribution> built,
        Injected injected,
        WantedMetadata wanted,
        PyBuildSettings settings,
        SafeLog log
    )
    {
        var version = PythonVersion.Parse(built[0].Version);
        var isAsked = wanted.Version is not null || (PythonVersion.TryParse(injected.Stated, out var stated) && stated == version);
        if (isAsked || !(version.IsDevelopment || version.Local is not null))
        {
            return;
        }

        var text =
            $"The project builds the version {version}, a development version that nobody asked for: the commit has no tag of its own, its "
            + "files are changed, or the tags were not fetched.";
        if (!settings.IsRelease || settings.WaivedChecks.Contains(PyBuildCheck.Version))
        {
            log.Warning(text + (settings.IsRelease ? "" : " A release stops here."));
            return;
        }

        throw new PySignException(
            PySignFailure.BuildMismatch,
            text,
            $"Release from a tag, or ask for this very version: --package-version={version} (PYSIGN_PACKAGE_VERSION). {Waiver}"
        );
    }
}
