using System.IO.Enumeration;
using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;
using PySign.Packaging;
using PySign.Packaging.Distributions;
using PySign.Packaging.Metadata;

namespace Cake.PySign.Build;

/// <summary>Checks what was built before anybody can sign it. Each check has a reason of its own and can be waived by name.</summary>
internal sealed class BuildChecks(Services services)
{
    private const int MaxShown = 20;

    /// <summary>Runs every check that is not waived; returns twine's version where it was asked.</summary>
    public async Task<string?> RunAsync(CheckedBuild build, PyBuildSettings settings, CancellationToken cancellationToken)
    {
        var waived = settings.WaivedChecks.ToHashSet();
        if (waived.Count == Enum.GetValues<PyBuildCheck>().Length)
        {
            return null;
        }

        if (waived.Count > 0)
        {
            services.Log.Information($"Checks waived: {string.Join(", ", waived.Order())}");
        }

        // twine is another program: it reads the files while we do.
        var asking = build.Twine?.CheckAsync(build.Distributions.Select(one => one.Path));
        await Task.WhenAll(CheckContentsAsync(build, settings, waived, cancellationToken), asking ?? Task.CompletedTask)
            .ConfigureAwait(false);
        if (asking is null)
        {
            return null;
        }

        var verdict = await asking.ConfigureAwait(false);
        CheckMetadata(build, verdict, settings, waived);
        return verdict.Twine;
    }

    /// <summary>Whether any check needs twine's word.</summary>
    public static bool AskTwine(PyBuildSettings settings) =>
        !(settings.WaivedChecks.Contains(PyBuildCheck.Metadata) && settings.WaivedChecks.Contains(PyBuildCheck.MetadataVersion));

    private async Task CheckContentsAsync(
        CheckedBuild build,
        PyBuildSettings settings,
        HashSet<PyBuildCheck> waived,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await CheckFilesAsync(build, settings, waived, cancellationToken).ConfigureAwait(false);
            if (!waived.Contains(PyBuildCheck.Content))
            {
                await SayCollisionsAsync(build, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (PackagingException e)
        {
            throw new PySignException(PySignFailure.BuildMismatch, $"What was built cannot be checked: {e.Message}", innerException: e);
        }
    }

    private async Task CheckFilesAsync(
        CheckedBuild build,
        PyBuildSettings settings,
        HashSet<PyBuildCheck> waived,
        CancellationToken cancellationToken
    )
    {
        foreach (var one in build.Distributions)
        {
            var suspects = DistributionContents
                .Suspects(one.Path.FullPath)
                .Where(suspect => !AllowedFiles.Match(settings.AllowedFiles, suspect.Name))
                .ToList();
            if (!waived.Contains(PyBuildCheck.Content))
            {
                var untracked = await UntrackedAsync(build, one, cancellationToken).ConfigureAwait(false);
                CheckContent(one, suspects, [.. untracked.Where(file => !AllowedFiles.Match(settings.AllowedFiles, file.Name))]);
            }

            CheckSecrets(one, suspects, waived);
            CheckPointers(one, suspects, waived);
            CheckRecord(one, waived);
            CheckPython(build, one, waived);
        }

        if (build.Tracked.Count > 0)
        {
            CheckCompleteness(build, settings, waived);
        }
        else if (!waived.Contains(PyBuildCheck.Content))
        {
            services.Log.Information("The project is not in version control: the sdist was checked for caches only");
        }
    }

    private static async Task<IReadOnlyList<UntrackedFile>> UntrackedAsync(
        CheckedBuild build,
        BuiltDistribution one,
        CancellationToken cancellationToken
    )
    {
        // A wheel of an sdist holds what that holds.
        var isAlone = build.Distributions.All(other => other.Kind == DistributionKind.Wheel);
        if (build.Tracked.Count == 0 || (one.Kind == DistributionKind.Wheel && !isAlone))
        {
            return [];
        }

        var names = DistributionContents.Files(one.Path.FullPath).Distinct(StringComparer.Ordinal).ToList();
        var untracked = new UntrackedFiles(build);
        return one.Kind == DistributionKind.Sdist
            ? await untracked.InSdistAsync(names, cancellationToken).ConfigureAwait(false)
            : await untracked.InWheelAsync(names, cancellationToken).ConfigureAwait(false);
    }

    private static void CheckContent(BuiltDistribution one, IReadOnlyList<SuspectFile> suspects, IReadOnlyList<UntrackedFile> untracked)
    {
        var file = one.Path.GetFilename().FullPath;
        var foreign = suspects
            .Where(suspect => suspect.Kind == SuspectKind.Cache)
            .Select(suspect => $"{suspect.Name} ({suspect.Why})")
            .Concat(untracked.Select(one => $"{one.Name} ({one.Why})"))
            .ToList();
        if (foreign.Count > 0)
        {
            throw Refused(
                PySignFailure.ForeignContent,
                PyBuildCheck.Content,
                $"{file} holds what is not part of the sources",
                foreign,
                "Remove these files, commit them, or exclude them from the distribution"
                    + (
                        untracked.Count == 0
                            ? ""
                            : ". Where they belong there all the same, say so: --allowed-files=\""
                                + $"{string.Join(',', untracked.Take(5).Select(file => file.Name))}\" (or PYSIGN_ALLOWED_FILES, "
                                + "AllowedFiles)"
                    )
            );
        }
    }

    private async Task SayCollisionsAsync(CheckedBuild build, CancellationToken cancellationToken)
    {
        foreach (var one in build.Distributions)
        {
            var groups = await CollidingNames
                .FindAsync(
                    DistributionContents.Files(one.Path.FullPath),
                    build.Python.Path,
                    build.WorkingDirectory,
                    services.Processes,
                    cancellationToken
                )
                .ConfigureAwait(false);
            foreach (var group in groups)
            {
                services.Log.Warning(
                    $"{one.Path.GetFilename()}: {string.Join(" and ", group)} differ only in case or in Unicode form; on Windows and macOS "
                        + "one replaces the other. Rename one, or exclude it."
                );
            }
        }
    }

    private void CheckSecrets(BuiltDistribution one, IReadOnlyList<SuspectFile> suspects, HashSet<PyBuildCheck> waived)
    {
        var file = one.Path.GetFilename().FullPath;
        foreach (var key in suspects.Where(suspect => suspect is { Kind: SuspectKind.Secret, ForTests: true }))
        {
            services.Log.Warning($"{file} publishes {key.Name}: {key.Why}. It lies among tests and is taken for a test's own.");
        }

        var secrets = suspects
            .Where(suspect => suspect is { Kind: SuspectKind.Secret, ForTests: false })
            .Select(suspect => $"{suspect.Name} ({suspect.Why})")
            .ToList();
        if (secrets.Count > 0 && !waived.Contains(PyBuildCheck.Secrets))
        {
            throw Refused(
                PySignFailure.SecretContent,
                PyBuildCheck.Secrets,
                $"{file} would publish a secret",
                secrets,
                "Exclude these files, and replace a secret that was ever committed; name those that may be public in AllowedFiles"
            );
        }
    }

    private static void CheckPointers(BuiltDistribution one, IReadOnlyList<SuspectFile> suspects, HashSet<PyBuildCheck> waived)
    {
        var pointers = suspects.Where(suspect => suspect.Kind == SuspectKind.LargeFilePointer).Select(suspect => suspect.Name).ToList();
        if (pointers.Count > 0 && !waived.Contains(PyBuildCheck.LargeFiles))
        {
            throw Refused(
                PySignFailure.MissingContent,
                PyBuildCheck.LargeFiles,
                $"{one.Path.GetFilename()} would publish pointers of Git LFS in place of these files",
                pointers,
                "Fetch the files first: git lfs pull (install git-lfs; GitHub: at actions/checkout, with: lfs: true). Name in AllowedFiles "
                    + "what is meant to be a pointer"
            );
        }
    }

    private static void CheckRecord(BuiltDistribution one, HashSet<PyBuildCheck> waived)
    {
        if (
            one.Kind == DistributionKind.Wheel
            && !waived.Contains(PyBuildCheck.Record)
            && WheelRecord.Problems(one.Path.FullPath) is { Count: > 0 } problems
        )
        {
            throw Refused(
                PySignFailure.RecordMismatch,
                PyBuildCheck.Record,
                $"{one.Path.GetFilename()} is not what its RECORD says",
                problems,
                "Something changed the wheel after its back end wrote it, or the back end is broken; build with another version of it"
            );
        }
    }

    private static void CheckPython(CheckedBuild build, BuiltDistribution one, HashSet<PyBuildCheck> waived)
    {
        if (
            !waived.Contains(PyBuildCheck.RequiresPython)
            && build.MetadataOf(one).RequiresPython is { Length: > 0 } required
            && !RequiresPython.Allows(required, build.Python.Version)
        )
        {
            throw new PySignException(
                PySignFailure.UnsupportedPython,
                $"{one.Path.GetFilename()} says Requires-Python {required}, and was built with Python {build.Python.Version}.",
                "Build with a Python that the project supports (Python, PYSIGN_PYTHON), correct requires-python, or waive the "
                    + $"check {nameof(PyBuildCheck.RequiresPython)}."
            );
        }
    }

    private void CheckCompleteness(CheckedBuild build, PyBuildSettings settings, HashSet<PyBuildCheck> waived)
    {
        if (waived.Contains(PyBuildCheck.Completeness))
        {
            return;
        }

        var completeness = new Completeness(build);
        foreach (var package in completeness.PackagesInNoWheel())
        {
            services.Log.Warning($"The package {package} of the tree is in no wheel.");
        }

        var missing = completeness.Missing().Where(name => !AllowedFiles.Match(settings.AllowedFiles, name)).ToList();
        if (missing.Count > 0 && completeness.Excludes)
        {
            services.Log.Information(
                $"Excluded from the sdist by the project's configuration: {string.Join(", ", missing.Take(MaxShown))}"
            );
        }
        else if (missing.Count > 0)
        {
            throw Refused(
                PySignFailure.MissingContent,
                PyBuildCheck.Completeness,
                "The sdist lacks what version control has and what back ends take by themselves",
                missing,
                "Find out why the back end leaves them out (a list of packages or files in its configuration), or name those that are not "
                    + "to be published in AllowedFiles"
            );
        }
    }

    /// <summary>A twine that does not know the metadata's version checks nothing, and would upload nothing.</summary>
    private void HandleUnknownVersion(CheckedBuild build, TwineVerdict verdict, HashSet<PyBuildCheck> waived)
    {
        var versions = string.Join(
            ", ",
            build.Distributions.Select(one => build.MetadataOf(one).MetadataVersion).Distinct(StringComparer.Ordinal)
        );
        if (!waived.Contains(PyBuildCheck.MetadataVersion))
        {
            throw new PySignException(
                PySignFailure.ToolTooOld,
                $"twine {verdict.Twine} does not know Metadata-Version {versions}, which the back end wrote, and would not upload "
                    + "these files.",
                "Install a newer twine, or build with a back end of the same age as this twine; waive "
                    + $"{nameof(PyBuildCheck.MetadataVersion)} if another twine uploads."
            );
        }

        services.Log.Warning($"twine {verdict.Twine} does not know Metadata-Version {versions}: the metadata was not checked");
    }

    private void CheckMetadata(CheckedBuild build, TwineVerdict verdict, PyBuildSettings settings, HashSet<PyBuildCheck> waived)
    {
        if (verdict.RefusesMetadataVersion)
        {
            HandleUnknownVersion(build, verdict, waived);
            return;
        }

        if (waived.Contains(PyBuildCheck.Metadata))
        {
            return;
        }

        foreach (var one in build.Distributions.Where(one => !verdict.Passed(one.Path)))
        {
            var said = verdict.About(one.Path).ToList();
            var only = verdict.OnlyWarns(one.Path, build.MetadataOf(one).Description);
            if (only && !settings.StrictMetadata)
            {
                services.Log.Warning(
                    $"twine {verdict.Twine} on {one.Path.GetFilename()}: {string.Join(' ', said.Skip(1).Select(line => line.Trim()))}"
                );
                continue;
            }

            throw Refused(
                PySignFailure.InvalidMetadata,
                PyBuildCheck.Metadata,
                $"twine {verdict.Twine} (check --strict) does not accept {one.Path.GetFilename()}",
                said.Count > 0 ? said : [.. verdict.Lines.Append($"exit code {verdict.ExitCode}, and not a word of this file")],
                "Correct the metadata; a long description needs readme = \"README.md\" in [project], which also says its content type"
            );
        }
    }

    private static PySignException Refused(
        PySignFailure reason,
        PyBuildCheck check,
        string what,
        IReadOnlyList<string> lines,
        string advice
    ) =>
        new(
            reason,
            $"{what}:{Environment.NewLine}{string.Join(Environment.NewLine, lines.Take(MaxShown).Select(line => "    " + line))}"
                + (lines.Count > MaxShown ? $"{Environment.NewLine}    and {lines.Count - MaxShown} more" : ""),
            $"{advice}. To build all the same, waive the check {check} (WaivedChecks, or PYSIGN_WAIVE_CHECKS in the recipe)."
        );
}

/// <summary>A build as its checks see it.</summary>
/// <param name="Sources">The project's own folder, and what version control has of it.</param>
/// <param name="Distributions">What was built.</param>
/// <param name="Python">What it was built with.</param>
/// <param name="WorkingDirectory">An own folder for processes.</param>
internal sealed record CheckedBuild(
    ProjectSources Sources,
    IReadOnlyList<BuiltDistribution> Distributions,
    PythonInterpreter Python,
    DirectoryPath WorkingDirectory
)
{
    private readonly Dictionary<string, CoreMetadata> _metadata = [];

    public DirectoryPath Project => Sources.Project;

    public IReadOnlySet<string> Tracked => Sources.Tracked;

    /// <summary>The twine that was started beside the build; <see langword="null"/> when no check asks it.</summary>
    public TwineBesideBuild? Twine { get; init; }

    /// <summary>What the back end was given of the project.</summary>
    public CopiedFiles Copied { get; init; } = new();

    /// <summary>What the repository has outside of the project, relative to its work tree.</summary>
    public IReadOnlySet<string> Outside { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    public CoreMetadata MetadataOf(BuiltDistribution one) =>
        _metadata.TryGetValue(one.Path.FullPath, out var known)
            ? known
            : _metadata[one.Path.FullPath] = Distribution.Read(one.Path.FullPath).Metadata;
}

/// <summary>Files that a person has declared to belong in a distribution.</summary>
internal static class AllowedFiles
{
    /// <summary><c>*</c> stands for anything, slashes included, <c>?</c> for one character.</summary>
    public static bool Match(IEnumerable<string> patterns, string name) =>
        patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false));
}
