using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Processes;
using PySign.Packaging;
using PySign.Packaging.Distributions;
using PySign.Packaging.Metadata;

namespace Cake.PySign.Build;

/// <summary>Checks what was built before anybody can sign it. Each check has a reason of its own and can be waived by name.</summary>
internal sealed class BuildChecks(IChildProcessRunner processes, ICakeEnvironment environment, SafeLog log)
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
            log.Information($"Checks waived: {string.Join(", ", waived.Order())}");
        }

        try
        {
            CheckFiles(build, settings, waived);
        }
        catch (PackagingException e)
        {
            throw new PySignException(PySignFailure.BuildMismatch, $"What was built cannot be checked: {e.Message}", innerException: e);
        }

        if (waived.Contains(PyBuildCheck.Metadata) && waived.Contains(PyBuildCheck.MetadataVersion))
        {
            return null;
        }

        var verdict = await new TwineCheck(processes, environment, log)
            .RunAsync(build.Python.Path, [.. build.Distributions.Select(one => one.Path)], build.WorkingDirectory, cancellationToken)
            .ConfigureAwait(false);
        CheckMetadata(build, verdict, settings, waived);
        return verdict.Twine;
    }

    private void CheckFiles(CheckedBuild build, PyBuildSettings settings, HashSet<PyBuildCheck> waived)
    {
        foreach (var one in build.Distributions)
        {
            var file = one.Path.GetFilename().FullPath;
            var suspects = DistributionContents
                .Suspects(one.Path.FullPath)
                .Where(suspect => !AllowedFiles.Match(settings.AllowedFiles, suspect.Name))
                .ToList();
            var foreign = suspects
                .Where(suspect => suspect.Kind == SuspectKind.Cache)
                .Select(suspect => $"{suspect.Name} ({suspect.Why})")
                .ToList();
            if (one.Kind == DistributionKind.Sdist && build.Tracked.Count > 0)
            {
                foreign.AddRange(
                    UntrackedFiles
                        .In(DistributionContents.Files(one.Path.FullPath), build)
                        .Where(name => !AllowedFiles.Match(settings.AllowedFiles, name))
                        .Select(name => $"{name} (not in version control)")
                );
            }

            if (foreign.Count > 0 && !waived.Contains(PyBuildCheck.Content))
            {
                throw Refused(
                    PySignFailure.ForeignContent,
                    PyBuildCheck.Content,
                    $"{file} holds what is no part of the sources",
                    foreign,
                    "Remove these files, exclude them from the sdist, or name those that belong there in AllowedFiles"
                );
            }

            foreach (var key in suspects.Where(suspect => suspect is { Kind: SuspectKind.Secret, ForTests: true }))
            {
                log.Warning($"{file} publishes {key.Name}: {key.Why}. It lies among tests and is taken for a test's own.");
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

            if (
                one.Kind == DistributionKind.Wheel
                && !waived.Contains(PyBuildCheck.Record)
                && WheelRecord.Problems(one.Path.FullPath) is { Count: > 0 } problems
            )
            {
                throw Refused(
                    PySignFailure.RecordMismatch,
                    PyBuildCheck.Record,
                    $"{file} is not what its RECORD says",
                    problems,
                    "Something changed the wheel after its back end wrote it, or the back end is broken; build with another version of it"
                );
            }

            if (
                !waived.Contains(PyBuildCheck.RequiresPython)
                && build.MetadataOf(one).RequiresPython is { Length: > 0 } required
                && !RequiresPython.Allows(required, build.Python.Version)
            )
            {
                throw new PySignException(
                    PySignFailure.UnsupportedPython,
                    $"{file} says Requires-Python {required}, and was built with Python {build.Python.Version}.",
                    "Build with a Python that the project supports (PythonPath, PYSIGN_PYTHON), correct requires-python, or waive the "
                        + $"check {nameof(PyBuildCheck.RequiresPython)}."
                );
            }
        }

        if (build.Tracked.Count == 0 && !waived.Contains(PyBuildCheck.Content))
        {
            log.Information("The project is not in version control: the sdist was checked for caches only");
        }
    }

    private void CheckMetadata(CheckedBuild build, TwineVerdict verdict, PyBuildSettings settings, HashSet<PyBuildCheck> waived)
    {
        if (verdict.RefusesMetadataVersion)
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

            log.Warning($"twine {verdict.Twine} does not know Metadata-Version {versions}: the metadata was not checked");
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
                log.Warning(
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
/// <param name="Project">The project's own folder.</param>
/// <param name="Tracked">What version control has of it, with forward slashes; empty when it is not under version control.</param>
/// <param name="Distributions">What was built.</param>
/// <param name="Python">What it was built with.</param>
/// <param name="WorkingDirectory">An own folder for processes.</param>
internal sealed record CheckedBuild(
    DirectoryPath Project,
    IReadOnlyCollection<string> Tracked,
    IReadOnlyList<PyDistribution> Distributions,
    PythonInterpreter Python,
    DirectoryPath WorkingDirectory
)
{
    private readonly Dictionary<string, CoreMetadata> _metadata = [];

    public CoreMetadata MetadataOf(PyDistribution one) =>
        _metadata.TryGetValue(one.Path.FullPath, out var known)
            ? known
            : _metadata[one.Path.FullPath] = Distribution.Read(one.Path.FullPath).Metadata;
}
