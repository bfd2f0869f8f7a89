using System.Formats.Tar;
using System.IO.Compression;

namespace PySign.Packaging.Distributions;

/// <summary>Opens a gzipped tar archive so that nothing is read beyond <see cref="ArchiveBounds"/>.</summary>
internal static class BoundedTar
{
    /// <exception cref="PackagingException">The archive cannot be read, or is too large.</exception>
    public static T Read<T>(Stream stream, DistributionFileName file, Func<TarReader, T> read)
    {
        try
        {
            using var archive = new Opened(stream, file);
            return read(archive.Tar);
        }
        catch (Exception error) when (ArchiveBounds.IsUnreadable(error))
        {
            throw ArchiveBounds.Unreadable(file, "a readable gzipped tar archive", error);
        }
    }

    /// <summary>The entries of a sdist, each with the parts of its name: they have one root folder.</summary>
    /// <exception cref="PackagingException">There are more than one, too many entries, or a name that leaves its folder.</exception>
    public static IEnumerable<(TarEntry Entry, string[] Parts)> Members(TarReader tar, DistributionFileName file)
    {
        string? root = null;
        var entries = 0;
        while (tar.GetNextEntry() is { } entry)
        {
            ArchiveBounds.CheckCount(file, ++entries);
            if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
                continue;
            var parts = ArchiveBounds.CheckName(file, entry.Name).Split('/', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0 || parts[0] == ".")
                continue;
            if ((root ??= parts[0]) != parts[0])
                throw ArchiveBounds.NotFound(file, $"one root folder, but there are '{root}' and '{parts[0]}'");
            yield return (entry, parts);
        }
    }

    /// <summary>An archive whose reader says itself what cannot be read.</summary>
    public sealed class Opened : IDisposable
    {
        private readonly GZipStream _gzip;
        private readonly BoundedStream _counted;

        public Opened(Stream stream, DistributionFileName file)
        {
            _gzip = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
            _counted = new BoundedStream(
                _gzip,
                unpacked => ArchiveBounds.CheckUnpacked(file, unpacked, stream.Length),
                wanted => ArchiveBounds.CheckRead(file, wanted)
            );
            Tar = new TarReader(_counted, leaveOpen: true);
        }

        public TarReader Tar { get; }

        public void Dispose()
        {
            Tar.Dispose();
            _counted.Dispose();
            _gzip.Dispose();
        }
    }
}
