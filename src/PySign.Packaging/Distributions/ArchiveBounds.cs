using PySign.Packaging.Metadata;

namespace PySign.Packaging.Distributions;

/// <summary>Bounds on archives, enforced while reading, before anything is believed.</summary>
internal static class ArchiveBounds
{
    /// <summary>Entries of one archive. The largest wheels on PyPI hold some ten thousand.</summary>
    public const int MaxEntries = 200_000;

    /// <summary>Bytes of one entry's name.</summary>
    public const int MaxNameLength = 4096;

    /// <summary>Bytes that an archive may unpack to.</summary>
    public const long MaxUnpackedBytes = 8L * 1024 * 1024 * 1024;

    /// <summary>How many times larger than itself an archive may unpack to, once it is over <see cref="RatioFloor"/>. Deflate ends near
    /// 1032.</summary>
    public const long MaxRatio = 250;

    /// <summary>Below this many unpacked bytes the ratio is not looked at: a few kilobytes of blanks are harmless.</summary>
    public const long RatioFloor = 64L * 1024 * 1024;

    /// <summary>Bytes of names, extra fields and comments in a zip file's directory.</summary>
    public const long MaxDirectoryBytes = 64L * 1024 * 1024;

    /// <summary>Bytes that a reader of a tar archive may want at once: it takes an extended header whole, however long that says it
    /// is.</summary>
    public const int MaxReadBytes = 16 * 1024 * 1024;

    /// <summary>Bytes of METADATA or PKG-INFO.</summary>
    public const int MaxMetadataBytes = CoreMetadata.MaxBytes;

    public static void CheckCount(DistributionFileName file, int entries)
    {
        if (entries > MaxEntries)
            throw TooLarge(file, $"at most {MaxEntries} entries");
    }

    public static void CheckUnpacked(DistributionFileName file, long unpacked, long packed)
    {
        if (unpacked > MaxUnpackedBytes)
            throw TooLarge(file, $"at most {MaxUnpackedBytes} unpacked bytes");
        if (unpacked > RatioFloor && unpacked / Math.Max(packed, 1) > MaxRatio)
            throw TooLarge(file, $"a compression ratio of at most {MaxRatio}");
    }

    public static void CheckRead(DistributionFileName file, int wanted)
    {
        if (wanted > MaxReadBytes)
            throw TooLarge(file, $"headers of at most {MaxReadBytes} bytes");
    }

    /// <summary>Refuses names that an unpacking tool would write outside its folder. Returns the name without a leading
    /// <c>./</c>.</summary>
    public static string CheckName(DistributionFileName file, string name)
    {
        if (name.Length > MaxNameLength)
            throw TooLarge(file, $"entry names of at most {MaxNameLength} bytes");
        var plain = name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
        if (
            name.Contains('\\', StringComparison.Ordinal)
            || name.Any(char.IsControl)
            || plain.StartsWith('/')
            || (plain.Length > 1 && plain[1] == ':')
            || !IsInOneForm(plain)
        )
        {
            throw new PackagingException(
                PackagingFailure.UnsafeArchiveEntry,
                $"{file.Value}: {name}",
                "a relative path inside the archive, written in one way",
                "Do not use this file."
            );
        }

        return plain;
    }

    /// <summary>Whether a path has no part that an unpacking tool resolves: <c>a/./b</c> and <c>a//b</c> are the file <c>a/b</c>, and would
    /// be taken for another one. The folder of the archive itself (<c>.</c>), and a folder's last slash, mean nothing else.</summary>
    private static bool IsInOneForm(string path) =>
        path is "" or "."
        || !path.TrimEnd('/').Split('/').Any(static part => part is "" or "." or "..") && !path.EndsWith("//", StringComparison.Ordinal);

    public static PackagingException TooLarge(DistributionFileName file, string expected) =>
        new(PackagingFailure.ArchiveTooLarge, file.Value, expected, "Do not use this file.");

    public static PackagingException Unreadable(DistributionFileName file, string expected, Exception? inner = null) =>
        new(
            PackagingFailure.UnreadableArchive,
            file.Value,
            expected,
            "The file is damaged or not what its name says; build or download it again.",
            inner
        );

    /// <summary>What .NET's readers throw for archives that are none, numbers in their headers that are too large included.</summary>
    public static bool IsUnreadable(Exception error) =>
        error is InvalidDataException or EndOfStreamException or FormatException or OverflowException or ArgumentOutOfRangeException;

    public static PackagingException NotFound(DistributionFileName file, string expected) =>
        new(PackagingFailure.MetadataNotFound, file.Value, expected, "The file is not a distribution; build it again.");
}
