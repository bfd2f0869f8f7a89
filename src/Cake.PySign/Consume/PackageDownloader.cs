using System.Collections.Concurrent;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Indexes;
using Cake.PySign.Common.Network;
using PySign.Formats;
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
internal sealed class PackageDownloader(Services services, bool brief = false)
{
    private const int TransfersInAll = 8;

    /// <param name="settings">Which version, and from where.</param>
    /// <param name="allowStorage">Whether files may come from another host where the settings leave it open.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<DownloadedVersion> DownloadAsync(
        PyPackageDownloadSettings settings,
        bool allowStorage,
        CancellationToken cancellationToken
    )
    {
        var index = ServiceAddress.Require(settings.Index.Url, "Index.Url");
        var (name, version) = Wanted(settings);
        var folder = EmptyFolder(settings.OutputDirectory);
        RequirePositive(settings.Limits.MaxFiles, "Limits.MaxFiles");

        using var connection = Connect(index, settings, allowStorage);
        var page = await new PackageIndex(connection, index).ReadAsync(name, cancellationToken).ConfigureAwait(false);
        RefuseRedirected(page, name, index);
        var (files, beside) = Select(page, name, version);
        var what = $"{name.Value} {version.Normalized}";
        if (files.Count > settings.Limits.MaxFiles)
        {
            throw new PySignException(
                PySignFailure.TooLarge,
                $"{page.Url} lists {files.Count} files of {what}; at most {settings.Limits.MaxFiles} are accepted.",
                "Nothing was downloaded. If the release is that large, set Limits.MaxFiles."
            );
        }

        var total = new TotalBound(settings.Limits.MaxTotalBytes, what);
        var fetched = await FetchAllAsync(connection, settings.Network, files, folder, total, cancellationToken).ConfigureAwait(false);
        foreach (var other in beside)
        {
            services.Log.Warning($"{page.Url} also has {other}: not a distribution of {what}, but pip takes it for one. Not downloaded.");
        }

        return new DownloadedVersion(fetched, beside);
    }

    private RegistryConnection Connect(Uri index, PyPackageDownloadSettings settings, bool allowStorage) =>
        services
            .Connections.For(settings.Network, services.Environment)
            .Basic(
                index,
                settings.Index.UserName,
                settings.Index.Password,
                settings.Network.StorageRedirects.Decide(allowStorage),
                services.Log,
                settings.Limits.MaxFileBytes
            );

    private static void RefuseRedirected(IndexPage page, ProjectName name, Uri index)
    {
        if (page.RedirectedTo is { } elsewhere)
        {
            throw new PySignException(
                PySignFailure.Redirected,
                $"{name.Value} is not in the registry at {index}, which sends its users to {ServiceAddress.Origin(elsewhere)} instead "
                    + "(dependency confusion).",
                "Nothing was downloaded. Check name and registry; on GitLab, switch request forwarding off for the group."
            );
        }
    }

    /// <summary>Fetches the files several at a time, all of them within the time that a few would take one after the other.</summary>
    private async Task<IReadOnlyList<DownloadedDistribution>> FetchAllAsync(
        RegistryConnection connection,
        NetworkSettings network,
        IReadOnlyList<SimpleIndexFile> files,
        DirectoryPath folder,
        TotalBound total,
        CancellationToken cancellationToken
    )
    {
        var parallel = network.Parallel(RegistryConnections.DefaultParallel);
        var done = new ConcurrentDictionary<string, DownloadedDistribution>(StringComparer.Ordinal);
        var time = TransfersInAll * network.TransferTimeout;
        using var limit = new CancellationTokenSource(time, services.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await Parallel
                .ForEachAsync(
                    files,
                    new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = both.Token },
                    async (file, token) =>
                        done[file.FileName] = await FetchAsync(connection, file, folder, total, token).ConfigureAwait(false)
                )
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new PySignException(
                PySignFailure.TimedOut,
                $"The {files.Count} files of {total.What} did not arrive within {time:c}.",
                "If the network is that slow, set Network.TransferTimeout."
            );
        }

        return [.. files.Select(file => done[file.FileName])];
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
        if (string.IsNullOrWhiteSpace(settings.Name) || string.IsNullOrWhiteSpace(settings.Version))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"{(string.IsNullOrWhiteSpace(settings.Name) ? "Name" : "Version")} is not set."
            );
        }

        try
        {
            return (ProjectName.Parse(settings.Name), PythonVersion.Parse(settings.Version));
        }
        catch (PackagingException e)
        {
            throw new PySignException(PySignFailure.InvalidSettings, e.Message, innerException: e);
        }
    }

    private DirectoryPath EmptyFolder(DirectoryPath? configured)
    {
        var folder =
            configured?.MakeAbsolute(services.Environment)
            ?? throw new PySignException(PySignFailure.InvalidSettings, "OutputDirectory is not set.");
        OutputPath.Make(folder);
        return Directory.EnumerateFileSystemEntries(folder.FullPath).FirstOrDefault() is { } found
            ? throw new PySignException(
                PySignFailure.OutputFolderNotEmpty,
                $"'{folder}' is not empty (it holds {System.IO.Path.GetFileName(found)}): what is verified must be what was downloaded "
                    + "now.",
                "Empty it, or name another OutputDirectory."
            )
            : folder;
    }

    private IndexedVersion Select(IndexPage page, ProjectName name, PythonVersion version)
    {
        var found = page.Of(name, version);
        if (page.Index.UnclearLinks is { Count: > 0 } unclear)
        {
            services.Log.Warning(
                $"{page.Url} has {unclear.Count} link(s) that no installer takes for {name.Value} {version.Normalized} and that are not "
                    + $"plainly files of it, left alone: {string.Join(", ", unclear.Take(5))}"
            );
        }

        if (found.Files.Count > 0)
        {
            return found;
        }

        var others = page
            .Index.Files.Where(file => file.Distribution.Name.Equals(name))
            .Select(file => file.Distribution.Version.Normalized)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        throw new PySignException(
            PySignFailure.NotFound,
            $"{page.Url} has no file of {name.Value} {version.Normalized}"
                + (others.Count > 0 ? $"; it has {string.Join(", ", others.Take(10))}." : "."),
            "Check name, version and registry; GitLab also answers so where a private project may not be seen."
        );
    }

    private async Task<DownloadedDistribution> FetchAsync(
        RegistryConnection connection,
        SimpleIndexFile entry,
        DirectoryPath folder,
        TotalBound total,
        CancellationToken cancellationToken
    )
    {
        using var arriving = new ArrivingFile(folder.CombineWithFilePath(entry.FileName));
        var download =
            await connection
                .DownloadAsync(entry.Url, () => total.Counted(arriving.Open()), $"Downloading {entry.FileName}", cancellationToken)
                .ConfigureAwait(false)
            ?? throw new PySignException(
                PySignFailure.NotFound,
                $"The index lists {entry.FileName}, but {entry.Url.GetLeftPart(UriPartial.Path)} is not there.",
                "Ask the registry's administrator."
            );
        RequireListed(entry, download);
        arriving.Keep(download.Sha256);
        if (entry.HasMetadata)
        {
            await CheckMetadataAsync(connection, entry, arriving.Target, cancellationToken).ConfigureAwait(false);
        }

        services.Log.Write(
            brief ? Verbosity.Verbose : Verbosity.Normal,
            brief ? LogLevel.Verbose : LogLevel.Information,
            $"Downloaded {entry.FileName}  sha256 {download.Sha256}"
        );
        return new DownloadedDistribution
        {
            Path = arriving.Target,
            Sha256 = download.Sha256,
            Kind = entry.Distribution.Kind,
            Name = entry.Distribution.Name.Value,
            Version = entry.Distribution.Version.Normalized,
            Url = download.Url,
            Size = download.Size,
        };
    }

    private static void RequireListed(SimpleIndexFile entry, RegistryDownload download)
    {
        if (entry.Sha256 is { } claimed && claimed != download.Sha256)
        {
            throw new PySignException(
                PySignFailure.DigestMismatch,
                $"{entry.FileName}: the index says sha256 {claimed}, the bytes that arrived have {download.Sha256}.",
                "Do not use this file."
            );
        }
    }

    /// <summary>Installers take dependencies from the metadata file that an index serves, without looking into the distribution: it must be
    /// the distribution's own (PEP 658), byte for byte.</summary>
    private async Task CheckMetadataAsync(
        RegistryConnection connection,
        SimpleIndexFile entry,
        FilePath file,
        CancellationToken cancellationToken
    )
    {
        var served = await connection
            .GetAsync(entry.MetadataUrl, "*/*", $"Downloading the metadata of {entry.FileName}", cancellationToken)
            .ConfigureAwait(false);
        if (!served.Found)
        {
            services.Log.Warning($"The index announces the metadata of {entry.FileName} as a file of its own, and does not serve it.");
            return;
        }

        byte[] own;
        try
        {
            own = Distribution.Read(file.FullPath).MetadataFile.ToArray();
        }
        catch (PackagingException)
        {
            // Whoever verifies the distribution says so.
            return;
        }

        if (!own.AsSpan().SequenceEqual(served.Body))
        {
            throw new PySignException(
                PySignFailure.DigestMismatch,
                $"The metadata that the index serves for {entry.FileName} is not the file's own: SHA-256 "
                    + $"{Sha256Digest.Of(served.Body)}, inside "
                    + $"{Sha256Digest.Of(own)}. Installers take dependencies from it.",
                "Do not use this release; ask the registry's administrator."
            );
        }
    }
}
