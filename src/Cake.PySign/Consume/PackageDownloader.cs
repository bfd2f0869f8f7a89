using System.Collections.Concurrent;
using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Indexes;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using PySign.Packaging;
using PySign.Packaging.Distributions;
using PySign.Packaging.Indexes;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace Cake.PySign.Consume;

/// <summary>
/// Fetches every file of exactly one version, from the registry that was named and from no other, and runs nothing. (pip picks one file,
/// executes an sdist's back end to learn its name, and follows a redirect to another registry without a word.)
/// </summary>
internal sealed class PackageDownloader(ICakeEnvironment environment, SafeLog log, RegistryConnections connections)
{
    public const int MaxFiles = 2000;

    public async Task<DownloadedVersion> DownloadAsync(PyPackageDownloadSettings settings, CancellationToken cancellationToken)
    {
        var index = ServiceAddress.Require(settings.IndexUrl, nameof(settings.IndexUrl));
        var (name, version) = Wanted(settings);
        var folder = EmptyFolder(settings.OutputDirectory);
        RequirePositive(settings.MaxParallel, nameof(settings.MaxParallel));
        RequirePositive(settings.MaxFiles, nameof(settings.MaxFiles));

        using var connection = connections
            .Trusting(settings.CaFile, environment)
            .Basic(index, settings.UserName, settings.Password, settings.AllowStorageRedirects, log, settings.MaxFileBytes);
        var page = await new PackageIndex(connection, index).ReadAsync(name, cancellationToken).ConfigureAwait(false);
        if (page.RedirectedTo is { } elsewhere)
        {
            throw new PySignException(
                PySignFailure.Redirected,
                $"{name.Value} is not in the registry at {index}, which sends its users to {ServiceAddress.Origin(elsewhere)} instead "
                    + "(dependency confusion).",
                "Nothing was downloaded. Check name and registry; on GitLab, switch request forwarding off for the group."
            );
        }

        var files = Select(page, name, version);
        if (files.Count > settings.MaxFiles)
        {
            throw new PySignException(
                PySignFailure.TooLarge,
                $"{page.Url} lists {files.Count} files of {name.Value} {version.Normalized}; at most {settings.MaxFiles} are accepted.",
                "Nothing was downloaded. If the release is that large, set MaxFiles."
            );
        }

        var done = new ConcurrentDictionary<string, DownloadedDistribution>(StringComparer.Ordinal);
        await Parallel
            .ForEachAsync(
                files,
                new ParallelOptions { MaxDegreeOfParallelism = settings.MaxParallel, CancellationToken = cancellationToken },
                async (file, token) => done[file.Entry.FileName] = await FetchAsync(connection, file, folder, token).ConfigureAwait(false)
            )
            .ConfigureAwait(false);
        var beside = page.Index.AlsoInstallable(name, version);
        foreach (var other in beside)
        {
            log.Warning(
                $"{page.Url} also has {other}: no distribution of {name.Value} {version.Normalized}, but pip takes it for one. Not "
                    + "downloaded."
            );
        }

        return new DownloadedVersion([.. files.Select(file => done[file.Entry.FileName])], beside);
    }

    private static void RequirePositive(int value, string setting)
    {
        if (value < 1)
        {
            throw new PySignException(PySignFailure.InvalidSettings, $"{setting} is {value}; it must be 1 or more.");
        }
    }

    private static (ProjectName Name, PythonVersion Version) Wanted(PyPackageDownloadSettings settings)
    {
        if (string.IsNullOrWhiteSpace(settings.PackageName) || string.IsNullOrWhiteSpace(settings.PackageVersion))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"{(string.IsNullOrWhiteSpace(settings.PackageName) ? "PackageName" : "PackageVersion")} is not set."
            );
        }

        try
        {
            return (ProjectName.Parse(settings.PackageName), PythonVersion.Parse(settings.PackageVersion));
        }
        catch (PackagingException e)
        {
            throw new PySignException(PySignFailure.InvalidSettings, e.Message, innerException: e);
        }
    }

    private DirectoryPath EmptyFolder(DirectoryPath? configured)
    {
        var folder =
            configured?.MakeAbsolute(environment)
            ?? throw new PySignException(PySignFailure.InvalidSettings, "OutputDirectory is not set.");
        Directory.CreateDirectory(folder.FullPath);
        return Directory.EnumerateFileSystemEntries(folder.FullPath).FirstOrDefault() is { } found
            ? throw new PySignException(
                PySignFailure.OutputFolderNotEmpty,
                $"'{folder}' is not empty (it holds {System.IO.Path.GetFileName(found)}): what is verified must be what was downloaded "
                    + "now.",
                "Empty it, or name another OutputDirectory."
            )
            : folder;
    }

    private List<IndexedDistribution> Select(IndexPage page, ProjectName name, PythonVersion version)
    {
        var wanted = new List<IndexedDistribution>();
        var others = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var entry in page.Files)
        {
            var fileName = entry.Distribution;
            if (!fileName.Name.Equals(name))
            {
                log.Verbose($"Not of {name.Value}, left alone: {entry.FileName}");
            }
            else if (fileName.Version.Equals(version))
            {
                wanted.Add(new IndexedDistribution(entry, fileName));
            }
            else
            {
                others.Add(fileName.Version.Normalized);
            }
        }

        if (wanted.Count == 0)
        {
            throw new PySignException(
                PySignFailure.NotFound,
                $"{page.Url} has no file of {name.Value} {version.Normalized}"
                    + (others.Count > 0 ? $"; it has {string.Join(", ", others.Take(10))}." : "."),
                "Check name, version and registry; GitLab also answers so where a private project may not be seen."
            );
        }

        return
            wanted.GroupBy(file => file.Entry.FileName, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1)
                is { } twice
            ? throw new PySignException(
                PySignFailure.InvalidMetadata,
                $"{page.Url} lists {twice.Key} more than once.",
                "Ask the registry's administrator."
            )
            : wanted;
    }

    private async Task<DownloadedDistribution> FetchAsync(
        RegistryConnection connection,
        IndexedDistribution file,
        DirectoryPath folder,
        CancellationToken cancellationToken
    )
    {
        var entry = file.Entry;
        using var arriving = new ArrivingFile(folder.CombineWithFilePath(entry.FileName));
        var download =
            await connection
                .DownloadAsync(entry.Url, arriving.Open, $"Downloading {entry.FileName}", cancellationToken)
                .ConfigureAwait(false)
            ?? throw new PySignException(
                PySignFailure.NotFound,
                $"The index lists {entry.FileName}, but {entry.Url.GetLeftPart(UriPartial.Path)} is not there.",
                "Ask the registry's administrator."
            );
        if (entry.Sha256 is { } claimed && !string.Equals(claimed, download.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new PySignException(
                PySignFailure.DigestMismatch,
                $"{entry.FileName}: the index says sha256 {claimed}, the bytes that arrived have {download.Sha256}.",
                "Do not use this file."
            );
        }

        arriving.Keep(download.Sha256);
        log.Information($"Downloaded {entry.FileName}  sha256 {download.Sha256}");
        return new DownloadedDistribution(
            arriving.Target,
            file.Name.Kind,
            file.Name.Name.Value,
            file.Name.Version.Normalized,
            download.Url,
            download.Sha256,
            download.Size
        );
    }

    private sealed record IndexedDistribution(SimpleIndexFile Entry, DistributionFileName Name);
}
