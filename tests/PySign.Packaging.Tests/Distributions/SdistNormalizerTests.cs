using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using PySign.Packaging.Distributions;

namespace PySign.Packaging.Tests.Distributions;

public sealed class SdistNormalizerTests : IDisposable
{
    private static readonly DateTimeOffset _moment = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sdist-");

    [Fact]
    public void Global_headers_go_and_of_two_members_with_one_name_the_last_stays()
    {
        var path = Path.Combine(_folder.FullName, "hello-1.0.tar.gz");
        using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            tar.WriteEntry(new PaxGlobalExtendedAttributesTarEntry(new Dictionary<string, string> { ["comment"] = "0123456789abcdef" }));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "hello-1.0/PKG-INFO") { DataStream = Bytes("Name: old\n") });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "hello-1.0/a.py") { DataStream = Bytes("a = 1\n") });
            tar.WriteEntry(
                new PaxTarEntry(TarEntryType.RegularFile, "hello-1.0/PKG-INFO")
                {
                    DataStream = Bytes("Metadata-Version: 2.1\nName: hello\nVersion: 1.0\n"),
                }
            );
        }

        SdistNormalizer.Normalize(path, _moment);
        Assert.Equal(["PKG-INFO", "a.py"], DistributionContents.Files(path));
        Assert.Equal("hello", Distribution.Read(path).Name);
        Assert.True(File.Exists(Path.Combine(SdistUnpacker.Unpack(path, Path.Combine(_folder.FullName, "out")), "a.py")));

        static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));
    }

    [Fact]
    public void The_same_files_give_the_same_bytes_whoever_packed_them_in_whatever_order_and_when()
    {
        var one = Pack("one", _moment.AddYears(-1), UnixFileMode.UserRead | UnixFileMode.UserWrite, "alice", Files);
        var two = Pack("two", _moment.AddDays(3), (UnixFileMode)0x1B6, "bob", Files.Reverse());
        Assert.NotEqual(File.ReadAllBytes(one), File.ReadAllBytes(two));

        SdistNormalizer.Normalize(one, _moment);
        SdistNormalizer.Normalize(two, _moment);

        Assert.Equal(File.ReadAllBytes(one), File.ReadAllBytes(two));
    }

    [Fact]
    public void Every_name_and_content_survives_and_nothing_else_does()
    {
        var path = Pack(
            "one",
            _moment.AddYears(-1),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            "alice",
            Files
        );
        SdistNormalizer.Normalize(path, _moment);

        var read = Read(path);
        Assert.Equal(
            Files.OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => (f.Name, f.Content)),
            read.Select(e => (e.Name, e.Content))
        );
        Assert.All(
            read,
            entry =>
            {
                Assert.Equal(_moment, entry.Time);
                Assert.Equal((0, 0), entry.Owner);
                Assert.Equal("755", Convert.ToString((int)entry.Mode, 8));
            }
        );
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Normalizing_twice_changes_nothing()
    {
        var path = Pack("one", _moment, UnixFileMode.UserRead, "alice", Files);
        SdistNormalizer.Normalize(path, _moment);
        var once = File.ReadAllBytes(path);
        SdistNormalizer.Normalize(path, _moment);
        Assert.Equal(once, File.ReadAllBytes(path));
    }

    [Fact]
    public void Links_come_after_what_they_name()
    {
        var path = NewFile("links");
        using (var tar = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest)))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "demo-1.0/z") { DataStream = new MemoryStream("z"u8.ToArray()) });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "demo-1.0/a") { LinkName = "demo-1.0/z" });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "demo-1.0/b") { LinkName = "z" });
        }

        SdistNormalizer.Normalize(path, _moment);
        using var read = new TarReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var entries = new List<(string, TarEntryType, string)>();
        while (read.GetNextEntry() is { } entry)
        {
            entries.Add((entry.Name, entry.EntryType, entry.LinkName));
        }

        Assert.Equal(
            [
                ("demo-1.0/b", TarEntryType.SymbolicLink, "z"),
                ("demo-1.0/z", TarEntryType.RegularFile, ""),
                ("demo-1.0/a", TarEntryType.HardLink, "demo-1.0/z"),
            ],
            entries
        );
    }

    [Fact]
    public void A_device_in_a_sdist_is_refused_and_the_file_stays_as_it_was()
    {
        var path = NewFile("device");
        using (var tar = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest)))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Fifo, "demo-1.0/pipe"));
        }

        var before = File.ReadAllBytes(path);
        Assert.Equal(
            PackagingFailure.UnsafeArchiveEntry,
            Assert.Throws<PackagingException>(() => SdistNormalizer.Normalize(path, _moment)).Reason
        );
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Theory]
    [InlineData("not an archive")]
    [InlineData("")]
    public void What_is_not_a_gzipped_tar_is_refused_and_stays_as_it_was(string content)
    {
        var path = NewFile("broken");
        File.WriteAllText(path, content);
        Assert.Equal(
            PackagingFailure.UnreadableArchive,
            Assert.Throws<PackagingException>(() => SdistNormalizer.Normalize(path, _moment)).Reason
        );
        Assert.Equal(content, File.ReadAllText(path));
    }

    private static IEnumerable<(string Name, string Content)> Files =>
        [
            ("demo-1.0/PKG-INFO", "Metadata-Version: 2.1\n"),
            ("demo-1.0/empty", ""),
            ("demo-1.0/src/größe.py", "x = 1\n"),
            ("demo-1.0/" + new string('n', 180) + ".py", new string('y', 2000)),
        ];

    private string NewFile(string folder) => Path.Combine(_folder.CreateSubdirectory(folder).FullName, "demo-1.0.tar.gz");

    private string Pack(
        string folder,
        DateTimeOffset time,
        UnixFileMode mode,
        string owner,
        IEnumerable<(string Name, string Content)> files
    )
    {
        var path = NewFile(folder);
        using var tar = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest));
        foreach (var (name, content) in files)
        {
            tar.WriteEntry(
                new PaxTarEntry(TarEntryType.RegularFile, name)
                {
                    ModificationTime = time,
                    Mode = mode,
                    UserName = owner,
                    GroupName = owner,
                    Uid = 1000,
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
                }
            );
        }

        return path;
    }

    private static List<(string Name, string Content, DateTimeOffset Time, (int, int) Owner, UnixFileMode Mode)> Read(string path)
    {
        var entries = new List<(string, string, DateTimeOffset, (int, int), UnixFileMode)>();
        using var tar = new TarReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            using var reader = new StreamReader(entry.DataStream ?? Stream.Null);
            entries.Add((entry.Name, reader.ReadToEnd(), entry.ModificationTime, (entry.Uid, entry.Gid), entry.Mode));
        }

        return entries;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
