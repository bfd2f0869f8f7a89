using System.Collections.Concurrent;
using Cake.PySign.Common.Indexes;
using Cake.PySign.Common.Network;
using PySign.Packaging.Indexes;

namespace Cake.PySign.Publish;

/// <summary>What a registry serves of the distributions at hand. Its digests are claims (GitLab stores what the uploader said): bytes are
/// fetched and hashed, once: a file that was read is read again only when the index says something else of it.</summary>
internal sealed class PublishedFiles(RegistryConnection connection, Uri index, TimeProvider time)
{
    private const int Parallel = 4;

    private readonly ConcurrentDictionary<(Uri Url, string Sha256), RegistryDownload> _read = new();

    public Uri Index => index;

    public async Task<IReadOnlyDictionary<LocalDistribution, RegistryDownload>> FindAsync(
        IEnumerable<LocalDistribution> files,
        CancellationToken cancellationToken
    ) => (await ReadAsync(files, cancellationToken).ConfigureAwait(false)).Served;

    /// <summary>Also what else the index has of these versions.</summary>
    public async Task<IndexedRelease> ReadAsync(IEnumerable<LocalDistribution> files, CancellationToken cancellationToken)
    {
        var foreign = new SortedSet<string>(StringComparer.Ordinal);
        var installable = new SortedSet<string>(StringComparer.Ordinal);
        var found = new ConcurrentDictionary<LocalDistribution, RegistryDownload>();
        var reader = new PackageIndex(connection, index);
        var listing = TimeSpan.Zero;
        foreach (var project in files.GroupBy(file => file.Project.Normalized, StringComparer.Ordinal))
        {
            // A redirect to another host is how GitLab says "not here, ask PyPI": nothing of ours is there yet.
            var begun = time.GetTimestamp();
            var page = await reader.ReadAsync(project.First().Project, cancellationToken).ConfigureAwait(false);
            listing += time.GetElapsedTime(begun);
            var listed = new Dictionary<string, SimpleIndexFile>(StringComparer.Ordinal);
            var ours = project.Select(file => file.FileName).ToHashSet(StringComparer.Ordinal);
            foreach (var version in project.Select(file => file.Version).Distinct())
            {
                var name = project.First().Project;
                var there = page.Of(name, version);
                foreach (var file in there.Files)
                {
                    listed[file.FileName] = file;
                }

                foreign.UnionWith(there.Files.Select(file => file.FileName).Except(ours, StringComparer.Ordinal));
                installable.UnionWith(there.AlsoInstallable.Except(ours, StringComparer.Ordinal));
            }

            await System
                .Threading.Tasks.Parallel.ForEachAsync(
                    project.Where(file => listed.ContainsKey(file.FileName)),
                    new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
                    async (file, token) => found[file] = await ReadOnceAsync(listed[file.FileName], file, token).ConfigureAwait(false)
                )
                .ConfigureAwait(false);
        }

        return new IndexedRelease(found, [.. foreign], [.. installable], listing);
    }

    // Sixty wheels are a gigabyte, and the end of an upload looks at each of them again.
    private async Task<RegistryDownload> ReadOnceAsync(SimpleIndexFile entry, LocalDistribution file, CancellationToken cancellationToken)
    {
        var key = (entry.Url, entry.Sha256 ?? "");
        if (_read.TryGetValue(key, out var known))
        {
            return known;
        }

        var download = await FetchAsync(entry, cancellationToken).ConfigureAwait(false);
        if (entry.Sha256 is not null && download.Sha256 == file.Sha256)
        {
            _read[key] = download;
        }

        return download;
    }

    private async Task<RegistryDownload> FetchAsync(SimpleIndexFile entry, CancellationToken cancellationToken)
    {
        var download =
            await connection
                .DownloadAsync(entry.Url, () => Stream.Null, $"Reading back {entry.FileName}", cancellationToken)
                .ConfigureAwait(false)
            ?? throw new PySignException(
                PySignFailure.NotFound,
                $"The index lists {entry.FileName}, but {entry.Url.GetLeftPart(UriPartial.Path)} is not there."
            );
        return entry.Sha256 is null || entry.Sha256 == download.Sha256
            ? download
            : throw new PySignException(
                PySignFailure.DigestMismatch,
                $"The index says {entry.FileName} has sha256 {entry.Sha256}, but the bytes served have {download.Sha256}.",
                "Do not use this release; ask the registry's administrator."
            );
    }
}

/// <summary>What an index has under name and version of the distributions at hand.</summary>
/// <param name="Served">What it serves under the name of each; those that it does not list are missing.</param>
/// <param name="Foreign">Files of the same version that are not among them.</param>
/// <param name="AlsoInstallable">Files of no such version that an installer takes for it all the same.</param>
/// <param name="Listing">How long the index took to list them.</param>
internal sealed record IndexedRelease(
    IReadOnlyDictionary<LocalDistribution, RegistryDownload> Served,
    IReadOnlyList<string> Foreign,
    IReadOnlyList<string> AlsoInstallable,
    TimeSpan Listing
);
