using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using PySign.Packaging.Acceptance;
using PySign.Packaging.Distributions;

namespace PySign.Packaging.Tests.Distributions;

/// <summary>Archives that are made to exhaust whoever looks at them, whichever way they are looked at.</summary>
public sealed class ArchiveBoundsTests : IDisposable
{
    private const string Wheel = "demo_pkg-1.0.0-py3-none-any.whl";
    private const string Sdist = "demo_pkg-1.0.0.tar.gz";
    private const string OldSdist = "demo_pkg-1.0.0.zip";
    private const int Block = 512;

    private readonly string _folder = Directory.CreateTempSubdirectory("packaging").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, string, string> Attacks =>
        new()
        {
            { Wheel, "entries", "at most 200000 entries" },
            { OldSdist, "entries", "at most 200000 entries" },
            { Wheel, "names", "names and comments of at most 67108864 bytes" },
            { Sdist, "links", "at most 200000 entries" },
            { Sdist, "bomb", "a compression ratio of at most 250" },
            { Sdist, "extended header", "headers of at most 16777216 bytes" },
            { Sdist, "long name", "headers of at most 16777216 bytes" },
            { Sdist, "long link", "headers of at most 16777216 bytes" },
        };

    [Theory]
    [MemberData(nameof(Attacks))]
    public void An_archive_that_is_made_to_exhaust_is_refused_when_read_and_when_walked(string file, string attack, string words)
    {
        var path = Path.Combine(_folder, file);
        File.WriteAllBytes(path, Make(attack));
        foreach (var look in new Action[] { () => Distribution.Read(path), () => ArchiveWalk.Members(path, (_, _) => { }) })
        {
            var e = Assert.Throws<PackagingException>(look);
            Assert.True(e.Reason == PackagingFailure.ArchiveTooLarge && e.Message.Contains(words, StringComparison.Ordinal), e.Message);
        }
    }

    [Fact]
    public void A_directory_that_is_cut_anywhere_by_the_buffer_is_counted_all_the_same()
    {
        // Entries of 46 + 3 bytes: the buffer's end falls on every place within a header.
        var path = Path.Combine(_folder, Wheel);
        File.WriteAllBytes(path, ZipOf(200_000, 3));
        using (var fits = File.OpenRead(path))
        {
            ZipDirectory.Check(fits, DistributionFileName.Parse(Wheel));
            Assert.Equal(0, fits.Position);
        }

        File.WriteAllBytes(path, ZipOf(200_001, 3));
        using var tooMany = File.OpenRead(path);
        Assert.Throws<PackagingException>(() => ZipDirectory.Check(tooMany, DistributionFileName.Parse(Wheel)));
    }

    public static TheoryData<string, string> Numbers =>
        [
            .. new[] { "size", "mtime", "uid", "gid" }.SelectMany(name =>
                new[]
                {
                    "2147483648",
                    "4294967296",
                    "4294967297",
                    "9223372036854775807",
                    "9223372036854775808",
                    "-1",
                    "-9223372036854775808",
                    "253402300800",
                    "1e300",
                    "0.5",
                    "NaN",
                    "",
                    "base 256",
                    "base 256, below nothing",
                }.Select(number => (name, number))
            ),
        ];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_number_in_a_header_of_tar_that_is_too_large_or_none_is_refused_or_does_no_harm(string field, string number)
    {
        var path = Path.Combine(_folder, Sdist);
        File.WriteAllBytes(path, Numbered(field, number));
        foreach (
            var look in new Action[]
            {
                () => Distribution.Read(path),
                () => ArchiveWalk.Members(path, static (member, content) => Assert.True(member.Length >= 0 && content.ReadByte() >= -1)),
                () => SdistUnpacker.Unpack(path, Path.Combine(_folder, "unpacked")),
                () => IndexRules.Check(IndexKind.PyPi, [path]),
            }
        )
        {
            if (Record.Exception(look) is { } e)
            {
                Assert.IsType<PackagingException>(e);
            }
        }
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.Directory)]
    [InlineData(TarEntryType.Fifo)]
    [InlineData(TarEntryType.CharacterDevice)]
    public void PKG_INFO_that_is_no_file_is_not_followed(TarEntryType type)
    {
        var path = Path.Combine(_folder, Sdist);
        using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            var entry = new PaxTarEntry(type, "demo_pkg-1.0.0/PKG-INFO");
            if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink)
            {
                entry.LinkName = "/etc/passwd";
            }

            tar.WriteEntry(entry);
        }

        Assert.Equal(PackagingFailure.MetadataNotFound, Assert.Throws<PackagingException>(() => Distribution.Read(path)).Reason);
    }

    private static byte[] Make(string attack) =>
        attack switch
        {
            "entries" => ZipOf(200_001, 1),
            "names" => ZipOf(1_100, ushort.MaxValue),
            "links" => Tar(200_001, (byte)'2', 0),
            "bomb" => Tar(1, (byte)'0', 80 << 20, 80 << 20),
            "extended header" => Tar(1, (byte)'x', 1_900_000_000),
            "long name" => Tar(1, (byte)'L', 1_900_000_000),
            _ => Tar(1, (byte)'K', 1_900_000_000),
        };

    /// <summary>PKG-INFO with a number of its header said in an extended one, or in the binary form of GNU.</summary>
    private static byte[] Numbered(string field, string number)
    {
        var content = Encoding.UTF8.GetBytes("Metadata-Version: 2.1\nName: demo-pkg\nVersion: 1.0.0\n");
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            byte[] binary = [];
            if (number.StartsWith("base", StringComparison.Ordinal))
            {
                binary =
                [
                    number.Contains("below", StringComparison.Ordinal) ? (byte)0xff : (byte)0x80,
                    .. Enumerable.Repeat((byte)0xff, 11),
                ];
            }
            else
            {
                var rest = $" {field}={number}\n";
                var length = rest.Length + (rest.Length < 9 ? 1 : 2);
                var record = Encoding.ASCII.GetBytes($"{length}{rest}");
                gzip.Write(Header("PaxHeaders/entry", (byte)'x', record.Length, "", []));
                gzip.Write(Padded(record));
            }

            gzip.Write(Header("demo_pkg-1.0.0/PKG-INFO", (byte)'0', content.Length, field, binary));
            gzip.Write(Padded(content));
            gzip.Write(new byte[2 * Block]);
        }

        return packed.ToArray();
    }

    private static byte[] Padded(byte[] content) => [.. content, .. new byte[(Block - (content.Length % Block)) % Block]];

    private static byte[] Header(string name, byte type, long size, string field, byte[] binary)
    {
        var header = new byte[Block];
        Encoding.ASCII.GetBytes(name).CopyTo(header, 0);
        "0000644"u8.CopyTo(header.AsSpan(100));
        "0000000"u8.CopyTo(header.AsSpan(108));
        "0000000"u8.CopyTo(header.AsSpan(116));
        Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(11, '0')).CopyTo(header, 124);
        "00000000000"u8.CopyTo(header.AsSpan(136));
        header[156] = type;
        "ustar\000"u8.CopyTo(header.AsSpan(257));
        var (at, length) = field switch
        {
            "uid" => (108, 8),
            "gid" => (116, 8),
            "mtime" => (136, 12),
            _ => (124, 12),
        };
        binary.AsSpan(0, Math.Min(binary.Length, length)).CopyTo(header.AsSpan(at));
        header.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        return header;
    }

    /// <summary>A zip file that has a directory and nothing else.</summary>
    private static byte[] ZipOf(int entries, int nameLength)
    {
        var header = new byte[46 + nameLength];
        "PK"u8.CopyTo(header);
        (header[2], header[3]) = (1, 2);
        (header[28], header[29]) = ((byte)nameLength, (byte)(nameLength >> 8));
        header.AsSpan(46).Fill((byte)'a');
        using var zip = new MemoryStream();
        for (var i = 0; i < entries; i++)
        {
            zip.Write(header);
        }

        var size = (uint)zip.Length;
        zip.Write([(byte)'P', (byte)'K', 5, 6, 0, 0, 0, 0, 255, 255, 255, 255]);
        zip.Write(BitConverter.GetBytes(size));
        zip.Write([0, 0, 0, 0, 0, 0]);
        return zip.ToArray();
    }

    /// <summary>So many tar headers, each saying that so many bytes follow; different enough for the ratio's bound.</summary>
    private static byte[] Tar(int entries, byte type, long size, int content = 0)
    {
        const int Numbered = 15;
        var header = new byte[Block];
        Encoding.ASCII.GetBytes("demo_pkg-1.0.0/00000000").CopyTo(header, 0);
        "0000644"u8.CopyTo(header.AsSpan(100));
        "0000000"u8.CopyTo(header.AsSpan(108));
        "0000000"u8.CopyTo(header.AsSpan(116));
        Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(11, '0')).CopyTo(header, 124);
        "00000000000"u8.CopyTo(header.AsSpan(136));
        header[156] = type;
        if (type == (byte)'2')
        {
            "/etc/passwd"u8.CopyTo(header.AsSpan(157));
        }

        "ustar\000"u8.CopyTo(header.AsSpan(257));
        header.AsSpan(148, 8).Fill((byte)' ');
        var sum = header.Sum(b => b) - header.AsSpan(Numbered, 8).ToArray().Sum(b => b);
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, content > 0 ? CompressionLevel.Optimal : CompressionLevel.Fastest))
        {
            for (var i = 0; i < entries; i++)
            {
                var number = header.AsSpan(Numbered, 8);
                ((uint)i * 2654435761).TryFormat(number, out _, "x8", CultureInfo.InvariantCulture);
                var own = sum;
                foreach (var digit in number)
                {
                    own += digit;
                }

                Encoding.ASCII.GetBytes(Convert.ToString(own, 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
                gzip.Write(header);
            }

            gzip.Write(new byte[content + (2 * Block)]);
        }

        return packed.ToArray();
    }
}
