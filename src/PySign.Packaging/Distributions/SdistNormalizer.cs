using System.Formats.Tar;
using System.IO.Compression;
using PySign.Formats;

namespace PySign.Packaging.Distributions;

/// <summary>
/// Rewrites a sdist so that the same files give the same bytes: entries in one order, one time, no owner, plain modes, no time in the
/// gzip header. Back ends differ here, and setuptools writes the moment of the build even when SOURCE_DATE_EPOCH is set.
/// </summary>
public static class SdistNormalizer
{
    private const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode ExecutableByAll = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Replaces the archive by its normalized form; a reader never sees half of it.</summary>
    /// <param name="path">A <c>.tar.gz</c> sdist.</param>
    /// <param name="moment">The modification time of every entry; whole seconds count.</param>
    /// <exception cref="PackagingException">The archive cannot be read, unpacks to too much, or holds an entry that a sdist may not
    /// hold.</exception>
    /// <exception cref="IOException">The file cannot be read or replaced.</exception>
    public static void Normalize(string path, DateTimeOffset moment)
    {
        ArgumentNullException.ThrowIfNull(path);
        var file = DistributionFileName.Parse(Path.GetFileName(path));
        try
        {
            using var contents = new FileStream(
                WholeFile.TemporaryFor(path),
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.None,
                81920,
                FileOptions.DeleteOnClose
            );
            var entries = ReadAll(file, path, contents);
            WholeFile.Write(path, output => Write(entries, contents, output, moment));
        }
        catch (Exception e) when (ArchiveBounds.IsUnreadable(e))
        {
            throw new PackagingException(
                PackagingFailure.UnreadableArchive,
                file.Value,
                "a gzip-compressed tar archive",
                "Build it again.",
                e
            );
        }
    }

    private static void Write(List<PlainTarEntry> entries, FileStream contents, Stream output, DateTimeOffset moment)
    {
        using var gzip = new GZipStream(output, CompressionLevel.SmallestSize, leaveOpen: true);
        var tar = new PlainTarWriter(gzip, moment.ToUnixTimeSeconds());
        foreach (var entry in entries)
        {
            contents.Position = entry.Offset;
            tar.Write(entry, contents);
        }

        tar.Finish();
    }

    private static List<PlainTarEntry> ReadAll(DistributionFileName file, string path, FileStream contents)
    {
        var entries = new List<PlainTarEntry>();
        var packed = new FileInfo(path).Length;
        using var input = File.OpenRead(path);
        using var gzip = new GZipStream(input, CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry() is { } entry)
        {
            // git archive and meson begin with one that names the commit: no file, and nothing that a rebuild would give again elsewhere.
            if (entry.EntryType == TarEntryType.GlobalExtendedAttributes)
                continue;
            ArchiveBounds.CheckCount(file, entries.Count + 1);
            var offset = contents.Position;
            if (entry.DataStream is { } data)
            {
                ArchiveBounds.CheckUnpacked(file, offset + data.Length, packed);
                data.CopyTo(contents);
            }

            entries.Add(Plain(file, entry, offset, contents.Position - offset));
        }

        // A tree that was itself unpacked from a sdist has a PKG-INFO, and some back ends add theirs without taking that one out. Whoever
        // unpacks it gets the last.
        var last = entries
            .ToLookup(entry => entry.Name, StringComparer.Ordinal)
            .Where(same => same.Skip(1).Any())
            .ToDictionary(same => same.Key, same => same.Last(), StringComparer.Ordinal);
        entries.RemoveAll(entry => last.TryGetValue(entry.Name, out var kept) && !ReferenceEquals(kept, entry));

        // A hard link must come after the file it names; among their own kind the entries stand in one order everywhere.
        entries.Sort(
            (a, b) =>
                (a.Kind == TarEntryType.HardLink).CompareTo(b.Kind == TarEntryType.HardLink) is not 0 and var links
                    ? links
                    : string.CompareOrdinal(a.Name, b.Name)
        );
        return entries;
    }

    private static PlainTarEntry Plain(DistributionFileName file, TarEntry entry, long offset, long size)
    {
        var executable = (entry.Mode & UnixFileMode.UserExecute) != UnixFileMode.None;
        return entry.EntryType switch
        {
            TarEntryType.RegularFile or TarEntryType.V7RegularFile => new PlainTarEntry(
                entry.Name,
                TarEntryType.RegularFile,
                ReadableByAll | UnixFileMode.UserWrite | (executable ? ExecutableByAll : UnixFileMode.None),
                "",
                offset,
                size
            ),
            TarEntryType.Directory => new PlainTarEntry(
                entry.Name.TrimEnd('/') + "/",
                TarEntryType.Directory,
                ReadableByAll | UnixFileMode.UserWrite | ExecutableByAll,
                "",
                offset,
                0
            ),
            TarEntryType.SymbolicLink or TarEntryType.HardLink => new PlainTarEntry(
                entry.Name,
                entry.EntryType,
                ReadableByAll | UnixFileMode.UserWrite | ExecutableByAll,
                entry.LinkName,
                offset,
                0
            ),
            _ => throw new PackagingException(
                PackagingFailure.UnsafeArchiveEntry,
                $"{file.Value}: {entry.Name}",
                "files, folders and links only",
                $"The build put a {entry.EntryType} into the sdist; exclude it."
            ),
        };
    }
}
