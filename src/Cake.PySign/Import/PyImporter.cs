using Cake.Core.IO;
using Cake.PySign.Build;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using PySign.Packaging;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Import;

/// <summary>
/// Takes what other jobs built: finds it, copies it, checks each file as one that was built here, and all of them together. All problems
/// are one list, because each of them costs a run of twenty jobs.
/// </summary>
internal sealed class PyImporter(Services services)
{
    public async Task<IReadOnlyList<ImportedDistribution>> ImportAsync(
        PyImportDistributionsSettings settings,
        CancellationToken cancellationToken
    )
    {
        using var staged = await StageAsync(settings, [], cancellationToken).ConfigureAwait(false);
        return staged.Place();
    }

    /// <summary>Copies and checks; nothing is in its place yet.</summary>
    /// <param name="settings">What to take.</param>
    /// <param name="built">Distributions that the release has already, from this very job.</param>
    /// <param name="cancellationToken">Ends the import.</param>
    /// <exception cref="PyImportException">Something is wrong; all of it is in the exception.</exception>
    public async Task<StagedImport> StageAsync(
        PyImportDistributionsSettings settings,
        IReadOnlyList<FilePath> built,
        CancellationToken cancellationToken
    )
    {
        var output = settings.OutputDirectory.MakeAbsolute(services.Environment).Collapse();
        var folders = Folders(settings, output);
        var rules = Rules(settings);
        var handed = HandedDigests.Read(settings.Digests);
        var found = ArtifactFolders.Find(folders, settings.OwnFolders, cancellationToken);
        var problems = new List<PyImportProblem>(found.Problems);
        problems.AddRange(Doubles(found.Files, built));
        var files = found.Files.DistinctBy(file => file.Name, StringComparer.OrdinalIgnoreCase).ToList();
        OutputPath.Make(output);
        var staged = new StagedImport(output);
        try
        {
            var taken = await TakeAsync(staged, files, settings, cancellationToken).ConfigureAwait(false);
            problems.AddRange(taken.SelectMany(file => file.Problems));
            problems.AddRange(Together(taken, built, handed, settings.Commit, Without(problems, taken, built, rules)));
            problems = OneEach(problems);
            var whole = taken.Where(file => file.Distribution is not null).ToList();
            problems.AddRange(await TwineAsync(whole, settings, staged.Folder, cancellationToken).ConfigureAwait(false));
            if (problems.Count > 0)
            {
                throw new PyImportException(problems, files.Count);
            }

            staged.Files = [.. whole.Select(file => file.Import(handed))];
            foreach (var file in staged.Files)
            {
                services.Log.Information($"Imported {file.Path.GetFilename()}  sha256 {file.Sha256}{From(file.Origin)}");
            }

            return staged;
        }
        catch
        {
            staged.Dispose();
            throw;
        }
    }

    private static string From(PyImportOrigin origin) =>
        (origin.Job ?? (origin.Folder.Length > 0 ? origin.Folder : null)) is { } from ? $"  from {from}" : "";

    private List<DirectoryPath> Folders(PyImportDistributionsSettings settings, DirectoryPath output)
    {
        var folders = settings.From.Select(folder => folder.MakeAbsolute(services.Environment).Collapse()).ToList();
        if (folders.Count == 0)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "There is no folder to import from.",
                "Name it with --import-from (PYSIGN_IMPORT_FROM)."
            );
        }

        var place = RealPath.Of(output.FullPath) + "/";
        foreach (var folder in folders)
        {
            // A link of another name may lead there too.
            var real = RealPath.Of(folder.FullPath) + "/";
            if (place.StartsWith(real, StringComparison.Ordinal) || StagedImport.Holds(place, real))
            {
                throw new PySignException(
                    PySignFailure.InvalidSettings,
                    $"'{folder}' is, or holds, the output folder '{output}': what is imported and what is there already could not be told "
                        + "apart.",
                    "Let the build jobs put their files elsewhere, such as wheelhouse/."
                );
            }
        }

        return folders;
    }

    internal static DistributionSetRules Rules(PyImportDistributionsSettings settings)
    {
        try
        {
            var wheels = settings.ExpectWheels.Select(WheelPattern.ParseList).ToList();
            return wheels.All(patterns => patterns.Count > 0)
                ? new DistributionSetRules
                {
                    Wheels = [.. wheels.SelectMany(patterns => patterns)],
                    Sdist = settings.ExpectSdist,
                    LinuxTags = settings.AllowLinuxTags,
                }
                : throw new PySignException(
                    PySignFailure.InvalidSettings,
                    "One of the expected wheels is an empty text, which asks for nothing.",
                    "Remove it, or write a pattern such as cp312-manylinux_x86_64."
                );
        }
        catch (PackagingException e)
        {
            throw new PySignException(PySignFailure.InvalidSettings, $"The expected wheels cannot be read: {e.Message}", null, e);
        }
    }

    private static IEnumerable<PyImportProblem> Doubles(IReadOnlyList<ArtifactFile> files, IReadOnlyList<FilePath> built)
    {
        foreach (var group in Duplicates.All(files, file => file.Name))
        {
            var same = group.Select(file => FileDigest.Of(file.Path)).Distinct().Count() == 1;
            yield return new PyImportProblem(
                PyImportFailure.Twice,
                string.Join(" and ", group.Select(file => file.Name).Distinct(StringComparer.Ordinal)),
                $"lies in {string.Join(" and in ", group.Select(file => file.Place))}, with {(same ? "the same" : "other")} bytes: build "
                    + "each file in one job"
            );
        }

        foreach (var file in files.Where(file => built.Any(one => one.GetFilename().FullPath == file.Name)))
        {
            yield return new PyImportProblem(
                PyImportFailure.Twice,
                file.Name,
                $"was built here and lies in {file.Place} too: build it in one place (PYSIGN_BUILD says what is built here)"
            );
        }
    }

    private static async Task<List<TakenFile>> TakeAsync(
        StagedImport staged,
        List<ArtifactFile> files,
        PyImportDistributionsSettings settings,
        CancellationToken cancellationToken
    )
    {
        // Copying waits for the disk and checking for a processor: a few side by side keep both busy.
        var taken = new TakenFile[files.Count];
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = Math.Clamp(Environment.ProcessorCount, 2, 4),
            CancellationToken = cancellationToken,
        };
        await Parallel
            .ForAsync(
                0,
                files.Count,
                parallel,
                (i, token) =>
                {
                    taken[i] = TakenFile.Of(staged, files[i], settings, token);
                    return ValueTask.CompletedTask;
                }
            )
            .ConfigureAwait(false);
        return [.. taken];
    }

    /// <summary>What there must be beyond files that are there and cannot be read: those are not missing too.</summary>
    private static DistributionSetRules Without(
        List<PyImportProblem> problems,
        List<TakenFile> taken,
        IReadOnlyList<FilePath> built,
        DistributionSetRules rules
    )
    {
        static List<DistributionFileName> Names(IEnumerable<string> files) =>
            [
                .. files
                    .Select(file => DistributionFileName.TryParse(System.IO.Path.GetFileName(file), out var name) ? name : null)
                    .OfType<DistributionFileName>(),
            ];
        var whole = Names(
            taken.Where(file => file.Distribution is not null).Select(file => file.Source.Name).Concat(built.Select(file => file.FullPath))
        );
        var broken = Names(problems.Where(problem => problem.Reason == PyImportFailure.Unreadable).Select(problem => problem.FileName));
        var onlyBroken =
            broken.Exists(name => name.Kind == DistributionKind.Sdist) && whole.TrueForAll(name => name.Kind != DistributionKind.Sdist);
        return rules with
        {
            Sdist = rules.Sdist && !onlyBroken,
            Wheels = [.. rules.Wheels.Where(pattern => whole.Exists(pattern.Covers) || !broken.Exists(pattern.Covers))],
        };
    }

    /// <summary>Of one file, the cause and not what follows from it: bytes that are not those that its job built are why it cannot be read,
    /// and what is refused where it lies is not lost.</summary>
    private static List<PyImportProblem> OneEach(List<PyImportProblem> problems)
    {
        HashSet<string> Names(PyImportFailure reason) =>
            problems
                .Where(one => one.Reason == reason)
                .Select(one => System.IO.Path.GetFileName(one.FileName))
                .ToHashSet(StringComparer.Ordinal);
        var (altered, unreadable) = (Names(PyImportFailure.Altered), Names(PyImportFailure.Unreadable));
        return
        [
            .. problems.Where(one =>
                !(one.Reason == PyImportFailure.Unreadable && altered.Contains(one.FileName))
                && !(one.Reason == PyImportFailure.Lost && unreadable.Contains(one.FileName))
            ),
        ];
    }

    private static IEnumerable<PyImportProblem> Together(
        List<TakenFile> taken,
        IReadOnlyList<FilePath> built,
        HandedDigests handed,
        string? commit,
        DistributionSetRules rules
    )
    {
        foreach (var same in taken.GroupBy(file => file.Sha256).Where(group => group.Key is not null && group.Count() > 1))
        {
            var names = same.Select(file => file.Source.Name).ToList();
            yield return new PyImportProblem(PyImportFailure.Twice, names[1], $"has the very bytes of {names[0]}");
        }

        foreach (var said in handed.Contradictions)
        {
            yield return new PyImportProblem(
                PyImportFailure.Twice,
                said.Name,
                $"was made by two build jobs, each with other bytes: {said.Sha256} and {said.Other}; build each file in one job"
            );
        }

        foreach (var problem in handed.Any ? Compared(taken, handed, commit) : [])
        {
            yield return problem;
        }

        var all = taken
            .Select(file => file.Distribution)
            .OfType<Distribution>()
            .Concat(built.Select(file => Distribution.Read(file.FullPath)));
        foreach (var problem in Set([.. all], rules))
        {
            yield return problem;
        }
    }

    internal static IEnumerable<PyImportProblem> Set(IReadOnlyList<Distribution> all, DistributionSetRules rules) =>
        DistributionSet
            .Problems(all, rules)
            .Select(problem => new PyImportProblem(Enum.Parse<PyImportFailure>(problem.Kind.ToString()), problem.File, problem.Text));

    private static IEnumerable<PyImportProblem> Compared(List<TakenFile> taken, HandedDigests handed, string? commit)
    {
        foreach (var file in taken)
        {
            if (handed.Of(file.Source.Name) is not { } said)
            {
                yield return new PyImportProblem(
                    PyImportFailure.NotHandedOn,
                    file.Source.Name,
                    $"lies in {file.Source.Place}, and no build job named it"
                );
            }
            else if (said.Sha256 != file.Sha256)
            {
                yield return new PyImportProblem(
                    PyImportFailure.Altered,
                    file.Source.Name,
                    $"was changed after it was built: {said.Job ?? "its job"} built SHA-256 {said.Sha256}, found "
                        + $"{file.Sha256?.Hex ?? "a file that cannot be read"}"
                );
            }
        }

        foreach (var said in handed.Files.Where(said => taken.All(file => file.Source.Name != said.Name)))
        {
            yield return new PyImportProblem(
                PyImportFailure.Lost,
                said.Name,
                $"was built{(said.Job is null ? "" : $" by {said.Job}")} and is in no folder"
            );
        }

        var expected = commit ?? handed.Files.Select(said => said.Commit).FirstOrDefault(one => one is not null);
        foreach (var said in handed.Files.Where(said => said.Commit is not null && said.Commit != expected))
        {
            yield return new PyImportProblem(
                PyImportFailure.OtherCommit,
                said.Name,
                $"was built from commit {said.Commit}, the release is {expected}"
            );
        }
    }

    private async Task<IReadOnlyList<PyImportProblem>> TwineAsync(
        List<TakenFile> files,
        PyImportDistributionsSettings settings,
        DirectoryPath folder,
        CancellationToken cancellationToken
    )
    {
        var waived = settings.WaivedChecks.Contains(PyBuildCheck.Metadata) && settings.WaivedChecks.Contains(PyBuildCheck.MetadataVersion);
        if (waived || files.Count == 0)
        {
            return [];
        }

        var python = await services.FindPythonAsync(settings.Python, "twine", cancellationToken).ConfigureAwait(false);
        var verdict = await new TwineCheck(services)
            .RunAsync(python.Path, [.. files.Select(file => file.Path)], folder, cancellationToken)
            .ConfigureAwait(false);
        if (verdict.RefusesMetadataVersion)
        {
            var versions = string.Join(
                ", ",
                files.Select(file => file.Distribution!.Metadata.MetadataVersion).Distinct(StringComparer.Ordinal)
            );
            var text = $"twine {verdict.Twine} does not know Metadata-Version {versions}: install a newer twine";
            if (!settings.WaivedChecks.Contains(PyBuildCheck.MetadataVersion))
            {
                return [new PyImportProblem(PyImportFailure.Metadata, "", text)];
            }

            services.Log.Warning(text);
            return [];
        }

        return settings.WaivedChecks.Contains(PyBuildCheck.Metadata)
            ? []
            : [.. files.Where(file => !verdict.Passed(file.Path)).SelectMany(file => Said(file, verdict, settings.StrictMetadata))];
    }

    private IEnumerable<PyImportProblem> Said(TakenFile file, TwineVerdict verdict, bool strict)
    {
        var said = string.Join(' ', verdict.About(file.Path).Select(line => line.Trim()));
        if (!strict && verdict.OnlyWarns(file.Path, file.Distribution!.Metadata.Description))
        {
            services.Log.Warning($"twine {verdict.Twine} on {file.Source.Name}: {said}");
            return [];
        }

        return [new PyImportProblem(PyImportFailure.Metadata, file.Source.Name, $"twine {verdict.Twine}: {said}")];
    }
}
