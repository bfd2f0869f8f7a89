using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Import;
using Cake.PySign.Publish;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;

namespace Cake.PySign.Recipe;

/// <summary>
/// Adds what other jobs built to the release, and holds the whole of it against what it is to consist of. The ledger is written before the
/// files are moved: a run that dies in between is run again, and finds what is its own.
/// </summary>
internal static class ImportStage
{
    public static async Task RunAsync(Release release, CancellationToken cancellationToken)
    {
        var settings = Settings(release);
        var ledger = release.Dist.Store.Exists ? release.Dist.Store.Read() : null;
        if (settings.From.Count == 0)
        {
            RequireExpected(release, ledger, settings);
            return;
        }

        var built = ledger?.Files.Where(file => !Imported(file)).ToList() ?? [];
        foreach (var file in built)
        {
            release.Dist.Require(file.Name, file.Sha256);
        }

        if (settings.ExpectWheels.Count == 0)
        {
            release.Log.Warning(
                "Nobody said which wheels this release has, so that one that is missing is not noticed: name them in "
                    + $"{ProjectSettings.FileName} ([release] wheels) or with --expect-wheels (PYSIGN_EXPECT_WHEELS)."
            );
        }

        using var staged = await new PyImporter(release.Services)
            .StageAsync(settings, [.. built.Select(file => release.Dist.File(file.Name))], cancellationToken)
            .ConfigureAwait(false);
        RequireNoOthers(release, ledger, staged);
        staged.RequireFree(
            (name, sha256) => ledger?.Files.Any(file => Imported(file) && (file.Name, file.Sha256) == (name, sha256)) == true
        );
        var merged = Merge(release, ledger, built, staged.Files);

        // Removed before the ledger forgets them: a run that is killed in between finds them named still.
        RemoveDropped(release, ledger, merged);
        release.Dist.Store.Write(merged);
        staged.Place();
        release.Log.Information(
            $"{merged.Name} {merged.Version}: {merged.Files.Count} distributions, {staged.Files.Count} of them imported."
        );
    }

    private static PyImportDistributionsSettings Settings(Release release)
    {
        var options = release.Options;
        var project = ProjectSettings.Of(options.ProjectDirectory.MakeAbsolute(release.Context.Environment));
        var settings = new PyImportDistributionsSettings
        {
            OutputDirectory = release.Dist.Path,
            ExpectSdist = options.ExpectSdist ?? project.Sdist ?? true,
            AllowLinuxTags = options.RepositoryUrl is { } index && !TwineTarget.IsPyPi(index),
            Commit = options.BuiltFrom?.Commit,
            StrictMetadata = options.StrictMetadata,
            Python = options.Python,
        };
        Add(settings.From, options.ImportFrom);

        // The report's default place is below artifacts/, where many a CI file puts what it downloads.
        Add(settings.OwnFolders, new[] { options.ReportDirectory, options.ConsumerDirectory }.Select(folder => Absolute(release, folder)));
        Add(settings.ExpectWheels, options.ExpectWheels.Count > 0 ? options.ExpectWheels : project.Wheels);
        Add(settings.Digests, options.ImportDigests);
        Add(settings.WaivedChecks, options.WaivedChecks);
        Add(settings.AllowedFiles, options.AllowedFiles);
        return settings;
    }

    private static DirectoryPath Absolute(Release release, DirectoryPath folder) =>
        folder.MakeAbsolute(release.Context.Environment).Collapse();

    private static void Add<T>(ICollection<T> target, IEnumerable<T> source)
    {
        foreach (var one in source)
        {
            target.Add(one);
        }
    }

    /// <summary>Without an import, what was built is the whole release: it is held against what was said of it, if anything was.</summary>
    private static void RequireExpected(Release release, Ledger? ledger, PyImportDistributionsSettings settings)
    {
        if (ledger is null)
        {
            throw Release.Missing("PYSIGN_IMPORT_FROM", "the folders that the artifacts of the build jobs were downloaded into");
        }

        if (settings.ExpectWheels.Count > 0)
        {
            var all = ledger.Files.Select(file => Distribution.Read(release.Dist.File(file.Name).FullPath)).ToList();
            var rules = PyImporter.Rules(settings) with { LinuxTags = true };
            if (PyImporter.Set(all, rules).ToList() is { Count: > 0 } problems)
            {
                throw new PyImportException(problems, all.Count);
            }
        }

        release.Log.Information("Nothing is imported: PYSIGN_IMPORT_FROM names no folder.");
    }

    /// <summary>What lies in the folder and is neither in the ledger nor among what arrives would be signed by nobody, or by
    /// chance.</summary>
    private static void RequireNoOthers(Release release, Ledger? ledger, StagedImport staged)
    {
        var names = (ledger?.Files.Select(file => file.Name) ?? [])
            .Concat(staged.Files.Select(file => file.Path.GetFilename().FullPath))
            .ToHashSet(StringComparer.Ordinal);
        if (release.Dist.Distributions().Where(name => !names.Contains(name)).ToList() is { Count: > 0 } others)
        {
            throw new PySignException(
                PySignFailure.OutputFolderNotEmpty,
                $"'{release.Dist.Path}' holds {string.Join(", ", others.Take(10))}, which neither the ledger nor the import names.",
                "Move it away. Nothing was deleted, and nothing was imported."
            );
        }
    }

    private static Ledger Merge(Release release, Ledger? ledger, List<LedgerFile> built, IReadOnlyList<ImportedDistribution> imported)
    {
        var name = ledger is not null && built.Count > 0 ? ledger.Name : imported[0].Name;
        var version = ledger is not null && built.Count > 0 ? ledger.Version : imported[0].Version;
        List<LedgerFile> files =
        [
            .. built.Concat(imported.Select(one => Describe(one, ledger))).OrderBy(file => file.Name, StringComparer.Ordinal),
        ];
        var same =
            ledger is not null
            && ledger.Files.Select(file => (file.Name, file.Sha256)).ToHashSet().SetEquals(files.Select(file => (file.Name, file.Sha256)));
        return new Ledger
        {
            Schema = Ledger.CurrentSchema,
            Name = name,
            NormalizedName = ProjectName.Parse(name).Normalized,
            Version = version,
            Source = release.Options.BuiltFrom ?? ledger?.Source,
            Tools = ledger?.Tools ?? new SortedDictionary<string, string>(StringComparer.Ordinal) { ["Cake.PySign"] = ToolVersion.Own },
            Checks = BuildStage.ChecksOf(release.Options),
            Files = files,
            Statement = same ? ledger!.Statement : null,
            Tests = same ? ledger!.Tests : null,
            Preflight = same ? ledger!.Preflight : null,
            Verifications = same ? ledger!.Verifications : [],
        };
    }

    /// <summary>A signature of the very same bytes may be public already: it stays.</summary>
    private static LedgerFile Describe(ImportedDistribution one, Ledger? ledger)
    {
        var name = one.Path.GetFilename().FullPath;
        var known = ledger?.Files.FirstOrDefault(file => file.Name == name && file.Sha256 == one.Sha256);
        return new LedgerFile(name, one.Kind, one.Sha256, one.Size, known?.Receipts ?? [], known?.Signature)
        {
            Origin = new LedgerOrigin(one.Origin.Folder)
            {
                Job = one.Origin.Job,
                Runner = one.Origin.Runner,
                Commit = one.Origin.Commit,
                Run = one.Origin.Run,
                HandedOn = one.Origin.IsHandedOn ? true : null,
                Attestation = one.Origin.AttestationFileName is { } attestation
                    ? new LedgerSignatureFile(attestation, one.Origin.AttestationSha256!)
                    : null,
            },
        };
    }

    /// <summary>What an earlier import put there and this one does not, or with other bytes, and its signatures: the old ledger named it as
    /// ours.</summary>
    private static void RemoveDropped(Release release, Ledger? old, Ledger merged)
    {
        var stays = merged
            .Files.Select(file => (file.Name, file.Sha256))
            .Concat(merged.SignatureFiles.Select(part => (part.Name, part.Sha256)))
            .ToHashSet();
        var ours = (old?.Files ?? [])
            .Where(Imported)
            .SelectMany(file => (file.Signature?.Files ?? []).Select(part => (part.Name, part.Sha256)).Prepend((file.Name, file.Sha256)))
            .Concat(old?.Statement is { } statement ? [(statement.File.Name, statement.File.Sha256)] : []);
        foreach (var (name, _) in ours.Where(one => !stays.Contains(one) && File.Exists(release.Dist.File(one.Name).FullPath)))
        {
            release.Log.Information($"Removed {name}, which an earlier import left.");
            OutputPath.Remove(release.Dist.File(name));
        }
    }

    private static bool Imported(LedgerFile file) => file.Origin is not null;
}
