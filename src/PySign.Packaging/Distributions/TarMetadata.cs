using System.Formats.Tar;

namespace PySign.Packaging.Distributions;

/// <summary>Finds and reads PKG-INFO of a gzipped tar archive: a source distribution (source distribution format).</summary>
internal static class TarMetadata
{
    /// <summary>The one root folder, and PKG-INFO in it. The whole archive is walked: a second root or PKG-INFO is refused.</summary>
    public static (string Folder, byte[] Metadata) ReadSdist(Stream stream, DistributionFileName file)
    {
        return BoundedTar.Read(stream, file, tar => Walk(tar, file));
    }

    private static (string Folder, byte[] Metadata) Walk(TarReader tar, DistributionFileName file)
    {
        string? root = null;
        byte[]? metadata = null;
        foreach (var (entry, parts) in BoundedTar.Members(tar, file))
        {
            root = parts[0];
            if (parts is not [_, "PKG-INFO"])
                continue;
            if (metadata is not null)
                throw ArchiveBounds.NotFound(file, "one PKG-INFO in the root folder, but it appears there twice");
            metadata = ReadEntry(entry, file);
        }

        if (root is null || metadata is null)
            throw ArchiveBounds.NotFound(file, "one root folder with PKG-INFO in it");
        return (root, metadata);
    }

    private static byte[] ReadEntry(TarEntry entry, DistributionFileName file)
    {
        if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || entry.DataStream is not { } content)
            throw ArchiveBounds.NotFound(file, "PKG-INFO as a regular file with content");
        if (entry.Length > ArchiveBounds.MaxMetadataBytes)
            throw ArchiveBounds.TooLarge(file, $"metadata of at most {ArchiveBounds.MaxMetadataBytes} bytes");
        var bytes = new byte[entry.Length];
        content.ReadExactly(bytes);
        return bytes;
    }
}
