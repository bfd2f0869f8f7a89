using Cake.PySign.Common.Network;
using PySign.Formats;
using PySign.Packaging;
using PySign.Packaging.Distributions;
using PySign.Packaging.Indexes;
using PySign.Packaging.LockFiles;
using PySign.Packaging.Versions;

namespace Cake.PySign.Audit;

/// <summary>A locked package on its way through the audit.</summary>
internal sealed record AuditRow(string LockFile, LockedPackage Package, Uri? Index, bool IndexAssumed);

/// <summary>
/// Judges the rows of one project with one page of the index: which of its files are locked is decided by digest alone, and a file counts
/// only as part of the release that is locked.
/// </summary>
internal sealed class PackageJudge(AuditIndex index, ProvenanceJudge judge, bool downloadUnhashed)
{
    public async Task<AuditedPackage> JudgeAsync(
        AuditRow row,
        IndexAnswer<SimpleIndex> page,
        IReadOnlyList<AuditedPublisher> expected,
        CancellationToken cancellationToken
    )
    {
        var package = row.Package;
        if (page.Value is not { } found)
        {
            return Row(row, page.State, page.Reason, page.Detail) with
            {
                Files = [.. package.Files.Select(file => AuditedFile.Of(file, file.FileName, page.State, page.Reason))],
            };
        }

        if (Ambiguity(package, found) is { } ambiguous)
        {
            return Inconsistent(row, ambiguous);
        }

        var files = new List<AuditedFile>();
        var isServed = IsAskedOfIndex(package);
        foreach (var file in isServed ? await ServedAsync(package, found, cancellationToken).ConfigureAwait(false) : package.Files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var one = await JudgeAsync(package, file, found, expected, cancellationToken).ConfigureAwait(false);
            files.Add(isServed ? NotPinned(one) : one);
        }

        var judged = Together(Row(row, AuditState.Unattested, AuditReason.None, null), files);
        var steady = SteadyRelease.Of(found, package);
        return judged with
        {
            YankedReason = Release(package, found).Select(static file => file.Yanked).FirstOrDefault(static reason => reason is not null),
            PartlyBefore = SteadyRelease.WasPartlyBefore(found, package),
            SteadyVersions = judged.State == AuditState.Attested ? steady.Versions : 0,
            SteadySince = judged.State == AuditState.Attested ? steady.Since : null,
        };
    }

    /// <summary>The row of a package that no index is asked about.</summary>
    public static AuditedPackage Row(AuditRow row, AuditState state, AuditReason reason, string? detail) =>
        new()
        {
            LockFile = row.LockFile,
            Line = row.Package.Line,
            Name = row.Package.Name.Normalized,
            Version = row.Package.Version,
            SourceKind = row.Package.Source.Kind,
            IndexUrl = row.Index is null ? null : ServiceAddress.Shown(row.Index),
            IsIndexAssumed = row.IndexAssumed,
            Groups = row.Package.Groups,
            State = state,
            Reason = reason,
            Explanation = detail,
        };

    /// <summary>The files of the index's page that belong to the locked release.</summary>
    public static IReadOnlyList<SimpleIndexFile> Release(LockedPackage package, SimpleIndex page) =>
        PythonVersion.TryParse(package.Version, out var version) ? page.Of(package.Name, version).Files : [];

    // One name for two files, or a link that installers read differently.
    private static string? Ambiguity(LockedPackage package, SimpleIndex page)
    {
        try
        {
            Release(package, page);
            return null;
        }
        catch (PackagingException e)
        {
            return AuditText.Shown(e.Message);
        }
    }

    // What the lock file does not pin is taken from the index only where that is asked for, and stays what it is: not bound.
    private bool IsAskedOfIndex(LockedPackage package) =>
        downloadUnhashed && !package.Files.Any(static file => file.Sha256 is not null || file.OtherHash);

    private async Task<IReadOnlyList<LockedFile>> ServedAsync(LockedPackage package, SimpleIndex page, CancellationToken cancellationToken)
    {
        var files = new List<LockedFile>();
        foreach (var file in Release(package, page))
        {
            files.Add(
                new LockedFile(file.FileName, await index.DigestAsync(file.Url, cancellationToken).ConfigureAwait(false), package.Line)
            );
        }

        return files;
    }

    private static AuditedFile NotPinned(AuditedFile file) =>
        file.Reason == AuditReason.None
            ? file with
            {
                IsPinned = false,
                Reason = AuditReason.NoHash,
                Explanation = "The lock file pins no hash: this is the file that the index serves now.",
            }
            : file with
            {
                IsPinned = false,
            };

    private async Task<AuditedFile> JudgeAsync(
        LockedPackage package,
        LockedFile locked,
        SimpleIndex page,
        IReadOnlyList<AuditedPublisher> expected,
        CancellationToken cancellationToken
    )
    {
        var row = AuditedFile.Of(locked, Name(locked.FileName), AuditState.Unjudged);
        if (locked.Sha256 is not { } sha256)
        {
            return row with { Reason = locked.OtherHash ? AuditReason.OtherHash : AuditReason.NoHash, IsPinned = locked.OtherHash };
        }

        var served = Release(package, page).Where(file => file.Sha256 == sha256).ToList();
        if (served.Count == 0)
        {
            return NotServed(row, package, locked, page);
        }

        // The same bytes under several names are one file; one name with provenance is enough.
        var file = served.FirstOrDefault(static file => file.Provenance is not null) ?? served[0];
        row = row with { FileName = file.FileName };
        if (file.Provenance is null && file.SaysProvenance)
        {
            return row with { State = AuditState.Unattested };
        }

        return await ProvenAsync(row, file, sha256, expected, cancellationToken).ConfigureAwait(false);
    }

    private async Task<AuditedFile> ProvenAsync(
        AuditedFile row,
        SimpleIndexFile file,
        Sha256Digest sha256,
        IReadOnlyList<AuditedPublisher> expected,
        CancellationToken cancellationToken
    )
    {
        var answer =
            file.Provenance is null ? await index.IntegrityAsync(file.Distribution, cancellationToken).ConfigureAwait(false)
            : Uri.TryCreate(file.Url, file.Provenance, out var url)
                ? await index.ProvenanceAsync(url, cancellationToken).ConfigureAwait(false)
            : IndexAnswer<global::PySign.Packaging.Attestations.Provenance>.Failed(
                AuditState.Unverifiable,
                AuditReason.ProvenanceLinkUnsafe,
                $"'{AuditText.Shown(file.Provenance)}' is not an address."
            );
        if (answer.Value is not { } provenance)
        {
            return row with { State = answer.State, Reason = answer.Reason, Explanation = answer.Detail };
        }

        var verdict = judge.Judge(file.Distribution, sha256, provenance, expected);
        return row with
        {
            State = verdict.State,
            Reason = verdict.Reason,
            Explanation = verdict.Detail,
            Publisher = verdict.Publisher,
            Attestations = verdict.Attestations,
            ProvenanceUrl =
                file.Provenance is not null && Uri.TryCreate(file.Url, file.Provenance, out var source)
                    ? ServiceAddress.Shown(source)
                    : null,
        };
    }

    private static AuditedPackage Inconsistent(AuditRow row, string ambiguous) =>
        Row(row, AuditState.Unverifiable, AuditReason.IndexInconsistent, ambiguous) with
        {
            Files =
            [
                .. row.Package.Files.Select(file =>
                    AuditedFile.Of(file, Name(file.FileName), AuditState.Unverifiable, AuditReason.IndexInconsistent)
                ),
            ],
        };

    private static AuditedFile NotServed(AuditedFile row, LockedPackage package, LockedFile locked, SimpleIndex page)
    {
        if (page.Status == "quarantined")
        {
            return row with { State = AuditState.Unknown, Reason = AuditReason.Quarantined, Explanation = "The project is in quarantine." };
        }

        var sameName = page.Files.FirstOrDefault(file => file.FileName == locked.FileName);
        var sameBytes = page.Files.FirstOrDefault(file => file.Sha256 == locked.Sha256);
        var detail =
            sameBytes is not null
                ? $"The index has the locked bytes as {sameBytes.FileName}, which is not of {package.Name} {package.Version}."
            : sameName?.Sha256 is { } other ? $"The index serves other bytes as {sameName.FileName}: sha256 {other}."
            : $"The index serves no file of {package.Name} {package.Version} with sha256 {locked.Sha256}.";
        return row with { State = AuditState.Unverifiable, Reason = AuditReason.HashNotServed, Explanation = detail };
    }

    private static string? Name(string? fileName) =>
        fileName is not null && DistributionFileName.TryParse(fileName, out _) ? fileName
        : fileName is null ? null
        : AuditText.Shown(fileName);

    private static AuditReason Same(List<AuditedFile> files) =>
        files.TrueForAll(file => file.Reason == files[0].Reason) ? files[0].Reason : AuditReason.None;

    // What does not verify outweighs what is not known, and that outweighs what is not there.
    private static AuditedPackage Together(AuditedPackage row, List<AuditedFile> files)
    {
        if (files.Count == 0)
        {
            return row with { State = AuditState.Unjudged, Reason = AuditReason.NoHash, Explanation = "The lock file pins no file." };
        }

        var worst =
            files.Find(static file => file.State == AuditState.Unverifiable)
            ?? files.Find(static file => file.State == AuditState.Unknown)
            ?? (files.TrueForAll(static file => file.State == AuditState.IndexWithoutAttestations) ? files[0] : null)
            ?? (files.TrueForAll(static file => file.State == AuditState.Unjudged) ? files[0] : null);
        if (worst is not null)
        {
            return row with { State = worst.State, Reason = worst.Reason, Explanation = worst.Explanation, Files = files };
        }

        var attested = files.Count(static file => file.State == AuditState.Attested);
        var publishers = files.Select(static file => file.Publisher).OfType<AuditedPublisher>().Distinct().ToList();
        return row with
        {
            Files = files,
            State =
                attested == files.Count ? AuditState.Attested
                : attested > 0 ? AuditState.PartlyAttested
                : AuditState.Unattested,
            Publisher = publishers.Count == 1 ? publishers[0] : null,
            Reason = Same(files),
            Explanation =
                attested > 0 && attested < files.Count ? $"{attested} of {files.Count} files are attested."
                : publishers.Count > 1 ? $"Its files come from {publishers.Count} publishers."
                : Same(files) == AuditReason.None ? null
                : files[0].Explanation,
        };
    }
}
