using System.Formats.Tar;
using System.IO.Compression;

namespace PySign.Packaging.Distributions;

/// <summary>
/// Unpacks a sdist to build from it. Files and folders get their modes and times from the archive; a link must lead to something inside
/// the archive's own folder (source distribution format, unpacking without the data filter).
/// </summary>
public static class SdistUnpacker
{
    private const UnixFileMode Permissions = (UnixFileMode)0x1FF;
    private const UnixFileMode OwnAccess = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Unpacks into an empty or missing folder.</summary>
    /// <param name="path">A <c>.tar.gz</c> sdist.</param>
    /// <param name="folder">Where to; the archive's one root folder is made in it.</param>
    /// <returns>The root folder, absolute.</returns>
    /// <exception cref="PackagingException">The archive cannot be read, is too large, has more than one root, or a member that leaves
    /// it.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static string Unpack(string path, string folder)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(folder);
        var file = DistributionFileName.Parse(Path.GetFileName(path));
        using var stream = File.OpenRead(path);
        try
        {
            using var gzip = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
            using var counted = new BoundedStream(
                gzip,
                unpacked => ArchiveBounds.CheckUnpacked(file, unpacked, stream.Length),
                wanted => ArchiveBounds.CheckRead(file, wanted)
            );
            using var tar = new TarReader(counted, leaveOpen: true);
            return Unpack(tar, file, Path.GetFullPath(folder));
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw ArchiveBounds.Unreadable(file, "a readable gzipped tar archive", error);
        }
    }

    private static string Unpack(TarReader tar, DistributionFileName file, string folder)
    {
        Directory.CreateDirectory(folder);
        string? root = null;
        var entries = 0;
        var links = new List<TarEntry>();
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
            var target = Path.Combine([folder, .. parts]);
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    Directory.CreateDirectory(target);
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                    Write(entry, target);
                    break;
                case TarEntryType.SymbolicLink or TarEntryType.HardLink:
                    links.Add(entry);
                    break;
                default:
                    throw Unsafe(file, entry.Name, "files, folders and links only");
            }
        }

        // Links come last: nothing of the archive can be written through one.
        foreach (var link in links)
            Link(file, link, folder, root!);
        return root is null ? throw ArchiveBounds.NotFound(file, "one root folder") : Path.Combine(folder, root);
    }

    private static void Write(TarEntry entry, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        using (var output = new FileStream(target, FileMode.CreateNew, FileAccess.Write))
            entry.DataStream?.CopyTo(output);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(target, (entry.Mode & Permissions) | OwnAccess);
        File.SetLastWriteTimeUtc(target, entry.ModificationTime.UtcDateTime);
    }

    private static void Link(DistributionFileName file, TarEntry entry, string folder, string root)
    {
        var target = Path.GetFullPath(Path.Combine(folder, entry.Name));
        var inside = Path.Combine(folder, root) + Path.DirectorySeparatorChar;
        var hard = entry.EntryType is TarEntryType.HardLink;
        var aim = Path.IsPathRooted(entry.LinkName)
            ? throw Unsafe(file, entry.Name, "a link that stays inside the archive")
            : Path.GetFullPath(Path.Combine(hard ? folder : Path.GetDirectoryName(target)!, entry.LinkName));
        if (!aim.StartsWith(inside, StringComparison.Ordinal))
            throw Unsafe(file, entry.Name, "a link that stays inside the archive");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (hard)
            File.Copy(aim, target);
        else
            File.CreateSymbolicLink(target, entry.LinkName);
    }

    private static PackagingException Unsafe(DistributionFileName file, string name, string expected) =>
        new(PackagingFailure.UnsafeArchiveEntry, $"{file.Value}: {name}", expected, "Exclude it from the sdist.");
}
