using System.IO.Compression;

namespace PySign.Packaging.Distributions;

/// <summary>Finds and reads the one metadata file of a zip archive: a wheel, or a source distribution in old form.</summary>
internal static class ZipMetadata
{
    /// <summary>The folder <c>{name}-{version}.dist-info</c> without its suffix, and METADATA in it (binary distribution format).</summary>
    public static (string Folder, byte[] Metadata) ReadWheel(Stream stream, DistributionFileName file) =>
        Read(stream, file, ".dist-info", "METADATA", "exactly one {name}-{version}.dist-info/METADATA");

    /// <summary>The root folder and PKG-INFO in it.</summary>
    public static (string Folder, byte[] Metadata) ReadSdist(Stream stream, DistributionFileName file) =>
        Read(stream, file, string.Empty, "PKG-INFO", "exactly one root folder with PKG-INFO in it");

    private static (string Folder, byte[] Metadata) Read(
        Stream stream,
        DistributionFileName file,
        string folderSuffix,
        string metadataName,
        string expected
    )
    {
        try
        {
            ZipDirectory.Check(stream, file);
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            ArchiveBounds.CheckCount(file, archive.Entries.Count);
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var folders = new HashSet<string>(StringComparer.Ordinal);
            ZipArchiveEntry? found = null;
            var unpacked = 0L;
            foreach (var entry in archive.Entries)
            {
                var name = ArchiveBounds.CheckName(file, entry.FullName);

                // Of two entries with one name, readers disagree about which one counts.
                if (!seen.Add(name))
                    throw ArchiveBounds.Unreadable(file, $"every entry name once, but '{name}' appears twice");
                unpacked += entry.Length;
                ArchiveBounds.CheckUnpacked(file, unpacked, stream.Length);
                var parts = name.Split('/');
                if (parts.Length > 1 && parts[0].EndsWith(folderSuffix, StringComparison.Ordinal))
                    folders.Add(parts[0]);
                if (parts.Length == 2 && parts[1] == metadataName && parts[0].EndsWith(folderSuffix, StringComparison.Ordinal))
                    found = entry;
            }

            if (found is null || folders.Count != 1)
                throw ArchiveBounds.NotFound(file, expected);
            return (folders.Single()[..^folderSuffix.Length], ReadEntry(found, file));
        }
        catch (InvalidDataException error)
        {
            throw ArchiveBounds.Unreadable(file, "a readable zip archive", error);
        }
    }

    // The declared length is the archive's word; what is really unpacked is counted.
    private static byte[] ReadEntry(ZipArchiveEntry entry, DistributionFileName file)
    {
        if (entry.IsEncrypted || entry.Length > ArchiveBounds.MaxMetadataBytes)
            throw ArchiveBounds.TooLarge(file, $"plain metadata of at most {ArchiveBounds.MaxMetadataBytes} bytes");
        using var content = entry.Open();
        var bytes = new byte[entry.Length];
        if (content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) != bytes.Length || content.ReadByte() != -1)
            throw ArchiveBounds.Unreadable(file, "metadata as long as the archive says");
        if (Crc32.Compute(bytes) != entry.Crc32)
            throw ArchiveBounds.Unreadable(file, "metadata with the archive's checksum");
        return bytes;
    }
}
