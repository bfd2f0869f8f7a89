using System.Formats.Tar;
using PySign.Packaging.Names;

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
        return BoundedTar.Read(stream, file, tar => Unpack(tar, file, Path.GetFullPath(folder)));
    }

    private static string Unpack(TarReader tar, DistributionFileName file, string folder)
    {
        Directory.CreateDirectory(folder);
        string? root = null;
        var links = new List<TarEntry>();
        foreach (var (entry, parts) in BoundedTar.Members(tar, file))
        {
            root = parts[0];
            if (OperatingSystem.IsWindows() && !parts.All(PortableName.IsPortable))
                throw Unsafe(file, entry.Name, "names that mean a file of their own on this system");
            var target = Path.Combine([folder, .. parts]);
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    MakeFolder(file, entry, target, folder);
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                    Write(file, entry, target, folder);
                    break;
                case TarEntryType.SymbolicLink or TarEntryType.HardLink:
                    links.Add(entry);
                    break;
                default:
                    throw Unsafe(file, entry.Name, "files, folders and links only");
            }
        }

        // Links come last: nothing of the archive can be written through one. Hard ones first, for the same reason.
        foreach (var link in links.Where(link => link.EntryType is TarEntryType.HardLink))
            Copy(file, link, folder, root!);
        var made = new List<string>();
        foreach (var link in links.Where(link => link.EntryType is TarEntryType.SymbolicLink))
            made.Add(Link(file, link, folder, root!));
        foreach (var path in made)
            RequireInside(file, path, Path.Combine(folder, root!));
        return root is null ? throw ArchiveBounds.NotFound(file, "one root folder") : Path.Combine(folder, root);
    }

    private static void MakeFolder(DistributionFileName file, TarEntry entry, string path, string folder)
    {
        for (var at = path; at.Length > folder.Length; at = Path.GetDirectoryName(at)!)
        {
            if (File.Exists(at))
                throw Unsafe(file, entry.Name, "no file in the place of a folder");
        }

        Directory.CreateDirectory(path);
    }

    private static void Write(DistributionFileName file, TarEntry entry, string target, string folder)
    {
        MakeFolder(file, entry, Path.GetDirectoryName(target)!, folder);
        if (Path.Exists(target))
            throw Unsafe(file, entry.Name, "each name once");
        using (var output = new FileStream(target, FileMode.CreateNew, FileAccess.Write))
            entry.DataStream?.CopyTo(output);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(target, (entry.Mode & Permissions) | OwnAccess);
        File.SetLastWriteTimeUtc(target, entry.ModificationTime.UtcDateTime);
    }

    private static void Copy(DistributionFileName file, TarEntry entry, string folder, string root)
    {
        var aim = Aim(file, entry, folder, folder, root);
        if (!File.Exists(aim))
            throw Unsafe(file, entry.Name, "a hard link to a file of the archive");
        var target = Target(file, entry, folder);
        if (Path.Exists(target))
            throw Unsafe(file, entry.Name, "each name once");
        File.Copy(aim, target);
    }

    private static string Link(DistributionFileName file, TarEntry entry, string folder, string root)
    {
        var target = Target(file, entry, folder);
        Aim(file, entry, Path.GetDirectoryName(target)!, folder, root);
        if (Path.Exists(target) || new FileInfo(target).LinkTarget is not null)
            throw Unsafe(file, entry.Name, "each name once");
        File.CreateSymbolicLink(target, entry.LinkName);
        return target;
    }

    /// <summary>Where a link lies; no folder above it may be a link itself.</summary>
    private static string Target(DistributionFileName file, TarEntry entry, string folder)
    {
        var target = Path.GetFullPath(Path.Combine(folder, entry.Name)).TrimEnd(Path.DirectorySeparatorChar);
        for (var above = Path.GetDirectoryName(target)!; above.Length > folder.Length; above = Path.GetDirectoryName(above)!)
        {
            if (new DirectoryInfo(above).LinkTarget is not null)
                throw Unsafe(file, entry.Name, "a link that does not lie behind another");
        }

        MakeFolder(file, entry, Path.GetDirectoryName(target)!, folder);
        return target;
    }

    private static string Aim(DistributionFileName file, TarEntry entry, string from, string folder, string root)
    {
        var aim = Path.IsPathRooted(entry.LinkName)
            ? throw Unsafe(file, entry.Name, "a link that stays inside the archive")
            : Path.GetFullPath(Path.Combine(from, entry.LinkName));
        return aim.StartsWith(Path.Combine(folder, root) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? aim
            : throw Unsafe(file, entry.Name, "a link that stays inside the archive");
    }

    /// <summary>Follows a link as the system does, step by step: <c>here/here/../..</c> is outside where <c>here</c> leads to its own
    /// folder, though its text is not.</summary>
    private static void RequireInside(DistributionFileName file, string link, string root)
    {
        const int MaxSteps = 4096;
        var steps = 0;
        var at = Path.GetDirectoryName(link)!;
        var rest = new Stack<string>(Path.GetFileName(link).Split('/'));
        while (rest.TryPop(out var part))
        {
            if (++steps > MaxSteps)
                throw Unsafe(file, Path.GetFileName(link), "links that end");
            if (part is "" or ".")
                continue;
            at = part == ".." ? Path.GetDirectoryName(at)! : Path.Combine(at, part);
            if (at != root && !at.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                throw Unsafe(file, Path.GetFileName(link), "a link that stays inside the archive");
            if (new FileInfo(at).LinkTarget is not { } next)
                continue;
            at = Path.GetDirectoryName(at)!;
            foreach (var one in next.Split('/').Reverse())
                rest.Push(one);
        }
    }

    private static PackagingException Unsafe(DistributionFileName file, string name, string expected) =>
        new(PackagingFailure.UnsafeArchiveEntry, $"{file.Value}: {name}", expected, "Exclude it from the sdist.");
}
