using Cake.Core.IO;
using Cake.PySign.Consumption;

namespace Cake.PySign.Recipe;

/// <summary>
/// What a stranger does: downloads every file of the version from the index and its bundle from the generic registry, verifies each,
/// and compares the set with the release. Nothing that is on disk already is used as proof.
/// </summary>
internal static class ConsumerVerificationStage
{
    private static readonly string[] _downloads = [".whl", ".tar.gz", ".zip", ".sigstore.json", ".sig", ".crt"];

    public static async Task RunAsync(Release release, CancellationToken cancellation)
    {
        if (DryRun.Skips(release, "there is nothing new to verify as a consumer"))
        {
            return;
        }

        var ledger = release.Dist.Store.Read();
        var options = release.Options;
        var folder = options.Consumer.MakeAbsolute(release.Context.Environment);
        Empty(folder);

        var files = await release.Context.PyPackageDownload(
            new PyPackageDownloadSettings
            {
                IndexUrl = options.IndexUrl ?? IndexOf(options),
                PackageName = ledger.Name,
                PackageVersion = ledger.Version,
                OutputDirectory = folder,
                UserName = options.UserName,
                Password = options.Password,
                AllowStorageRedirects = true,
            },
            cancellation).ConfigureAwait(false);
        CompareSets(ledger, files);

        var signatures = GenericPackage.Address(release, ledger, new GenericDownloadSettings { OutputDirectory = folder });
        var names = ledger.Files.SelectMany(file => file.Signature?.Files.Select(part => part.Name) ?? [file.Name + ".sigstore.json"]);
        await release.Context.GenericDownload(names, signatures, cancellation).ConfigureAwait(false);

        await release.VerifyAsync(files.Select(file => file.File), cancellation).ConfigureAwait(false);
        release.Dist.Store.Write(ledger.Verified(nameof(ReleaseStage.ConsumerVerification), release.Identity, release.Issuer, release.Time.GetUtcNow()));
    }

    private static Uri IndexOf(ReleaseOptions options) => options.RepositoryUrl is { } repository
        ? new Uri($"{repository.AbsoluteUri.TrimEnd('/')}/simple/")
        : throw Release.Missing("PYSIGN_INDEX_URL", "the simple index that consumers read");

    private static void CompareSets(Ledger ledger, IReadOnlyList<DownloadedDistribution> files)
    {
        var problems = new List<string>();
        foreach (var file in ledger.Files)
        {
            var found = files.FirstOrDefault(download => download.File.GetFilename().ToString() == file.Name);
            if (found is null)
            {
                problems.Add($"{file.Name}: the index does not have it");
            }
            else if (found.Sha256 != file.Sha256)
            {
                problems.Add($"{file.Name}: expected SHA-256 {file.Sha256}, the index serves {found.Sha256}");
            }
        }

        problems.AddRange(files.Select(file => file.File.GetFilename().ToString()).Where(name => ledger.Files.All(file => file.Name != name))
            .Select(name => $"{name}: the index has it, the release does not"));
        if (problems.Count > 0)
        {
            throw new PySignException(
                PySignFailure.DigestMismatch,
                $"The index does not hold this release of {ledger.Name} {ledger.Version}:{Environment.NewLine}{string.Join(Environment.NewLine, problems.Select(problem => "  " + problem))}",
                "Do not announce this release. Find out who published the other files.");
        }
    }

    /// <summary>Removes what an earlier verification downloaded, and only that.</summary>
    private static void Empty(DirectoryPath folder)
    {
        if (!Directory.Exists(folder.FullPath))
        {
            return;
        }

        var strangers = Directory.EnumerateFileSystemEntries(folder.FullPath).Where(entry => !IsDownload(entry)).Select(entry => System.IO.Path.GetFileName(entry)).Order(StringComparer.Ordinal).ToList();
        if (strangers.Count > 0)
        {
            throw new PySignException(
                PySignFailure.OutputFolderNotEmpty,
                $"'{folder}' holds what no verification put there: {string.Join(", ", strangers.Take(5))}.",
                "Name another folder for the downloads, or empty this one.");
        }

        foreach (var file in Directory.EnumerateFiles(folder.FullPath))
        {
            File.Delete(file);
        }
    }

    private static bool IsDownload(string entry) =>
        File.Exists(entry) && _downloads.Any(suffix => entry.EndsWith(suffix, StringComparison.Ordinal));
}
