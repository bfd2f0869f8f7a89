using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;

namespace PySign.Packaging.Distributions;

/// <summary>Visits the members of a wheel or sdist in the archive's order, within the bounds of <see cref="ArchiveBounds"/>. Nothing is
/// unpacked.</summary>
internal static class ArchiveWalk
{
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss.FFFFFFF";

    /// <exception cref="PackagingException">The archive cannot be read, is too large, or has a name that leaves its folder.</exception>
    public static void Members(string path, Action<ArchiveMember, Stream> visit)
    {
        var file = DistributionFileName.Parse(Path.GetFileName(path));
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 65536);
        Members(stream, file, visit);
    }

    /// <summary>The same of an archive that is open; of a zip file only the members that are <paramref name="wanted"/> are read.</summary>
    public static void Members(
        Stream stream,
        DistributionFileName file,
        Action<ArchiveMember, Stream> visit,
        Func<ArchiveMember, bool>? wanted = null
    )
    {
        stream.Position = 0;
        try
        {
            if (file.Value.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase))
                Tar(stream, file, visit);
            else
                Zip(stream, file, visit, wanted);
        }
        catch (Exception error) when (ArchiveBounds.IsUnreadable(error))
        {
            throw ArchiveBounds.Unreadable(file, "a readable archive", error);
        }
    }

    private static void Zip(
        Stream stream,
        DistributionFileName file,
        Action<ArchiveMember, Stream> visit,
        Func<ArchiveMember, bool>? wanted
    )
    {
        ZipDirectory.Check(stream, file);
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        ArchiveBounds.CheckCount(file, archive.Entries.Count);
        var unpacked = 0L;
        foreach (var entry in archive.Entries)
        {
            var name = ArchiveBounds.CheckName(file, entry.FullName);
            var member = new ArchiveMember
            {
                Name = name,
                Kind = name.EndsWith('/') ? ArchiveMember.Folder : ArchiveMember.File,
                Mode = entry.ExternalAttributes >>> 16,
                Time = entry.LastWriteTime.DateTime.ToString(TimeFormat, CultureInfo.InvariantCulture),
                Length = entry.Length,
            };
            if (wanted?.Invoke(member) == false)
                continue;
            var before = unpacked;
            using var content = entry.Open();
            using var counted = new BoundedStream(
                content,
                read => ArchiveBounds.CheckUnpacked(file, unpacked = before + read, stream.Length)
            );
            visit(member, counted);
        }
    }

    private static void Tar(Stream stream, DistributionFileName file, Action<ArchiveMember, Stream> visit)
    {
        using var archive = new BoundedTar.Opened(stream, file);
        var entries = 0;
        while (archive.Tar.GetNextEntry() is { } entry)
        {
            ArchiveBounds.CheckCount(file, ++entries);
            if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
                continue;
            var posix = entry as PosixTarEntry;
            var member = new ArchiveMember
            {
                Name = ArchiveBounds.CheckName(file, entry.Name),
                Kind = Kind(entry.EntryType),
                Mode = (int)entry.Mode,
                Time = entry.ModificationTime.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture),
                Owner = $"{entry.Uid}:{entry.Gid} {posix?.UserName}:{posix?.GroupName}",
                Link = entry.LinkName ?? "",
                Length = entry.Length,
            };
            visit(member, entry.DataStream ?? Stream.Null);
        }
    }

    private static string Kind(TarEntryType type) =>
        type switch
        {
            TarEntryType.RegularFile or TarEntryType.V7RegularFile => ArchiveMember.File,
            TarEntryType.Directory => ArchiveMember.Folder,
            TarEntryType.SymbolicLink => "symbolic link",
            TarEntryType.HardLink => "hard link",
            _ => type.ToString(),
        };
}

/// <summary>What an archive says of one member, in a form that can be compared and shown.</summary>
internal sealed record ArchiveMember
{
    public const string File = "file";

    public const string Folder = "folder";

    /// <summary>The path inside the archive, without a leading <c>./</c>.</summary>
    public required string Name { get; init; }

    /// <summary>File, folder or link.</summary>
    public required string Kind { get; init; }

    /// <summary>Permission bits (and, in a zip, the file type beside them).</summary>
    public required int Mode { get; init; }

    /// <summary>The modification time as the archive carries it.</summary>
    public required string Time { get; init; }

    /// <summary>User and group; empty in a zip.</summary>
    public string Owner { get; init; } = "";

    /// <summary>A link's target, else empty.</summary>
    public string Link { get; init; } = "";

    /// <summary>Bytes of content.</summary>
    public required long Length { get; init; }
}
