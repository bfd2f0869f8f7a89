using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using PySign.Packaging.Distributions;

namespace PySign.Packaging.Tests.Distributions;

public sealed class SdistUnpackerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pysign-unpacker-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Files_come_out_with_their_content_mode_and_time()
    {
        var root = SdistUnpacker.Unpack(
            Sdist(File("p-1.0/PKG-INFO", "info"), File("p-1.0/src/run.sh", "#!", executable: true), Link("p-1.0/src/l", "../PKG-INFO")),
            Target
        );
        Assert.Equal(Path.Combine(Target, "p-1.0"), root);
        Assert.Equal("info", System.IO.File.ReadAllText(Path.Combine(root, "PKG-INFO")));
        Assert.Equal("info", System.IO.File.ReadAllText(Path.Combine(root, "src/l")));
        Assert.Equal(DateTime.UnixEpoch.AddDays(20000), System.IO.File.GetLastWriteTimeUtc(Path.Combine(root, "src/run.sh")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.True(System.IO.File.GetUnixFileMode(Path.Combine(root, "src/run.sh")).HasFlag(UnixFileMode.OtherExecute));
            Assert.False(System.IO.File.GetUnixFileMode(Path.Combine(root, "PKG-INFO")).HasFlag(UnixFileMode.UserExecute));
        }
    }

    [Theory]
    [InlineData("p-1.0/../../out", null)]
    [InlineData("/tmp/out", null)]
    [InlineData("p-1.0/l", "../../out")]
    [InlineData("p-1.0/l", "/etc/passwd")]
    public void What_leaves_the_folder_is_refused(string name, string? link)
    {
        var sdist = Sdist(File("p-1.0/PKG-INFO", "info"), link is null ? File(name, "x") : Link(name, link));
        Assert.Equal(
            PackagingFailure.UnsafeArchiveEntry,
            Assert.Throws<PackagingException>(() => SdistUnpacker.Unpack(sdist, Target)).Reason
        );
        Assert.False(Path.Exists(Path.Combine(_folder.FullName, "out")));
    }

    [Theory]
    [InlineData("p-1.0/s=.", "p-1.0/t=s/s/s/../..")]
    [InlineData("p-1.0/s=.", "p-1.0/t=s/s/../../../out")]
    [InlineData("p-1.0/t=s/s/s/../..", "p-1.0/s=.")]
    [InlineData("p-1.0/d/s=..", "p-1.0/t=d/s/../x")]
    [InlineData("p-1.0/a=b", "p-1.0/b=a")]
    [InlineData("p-1.0/s=.", "p-1.0/s/u=PKG-INFO")]
    public void A_chain_of_links_does_not_lead_outside(string first, string second)
    {
        var links = new[] { first, second }.Select(one => one.Split('=')).Select(one => Link(one[0], one[1]));
        var sdist = Sdist([File("p-1.0/PKG-INFO", "info"), .. links]);
        Assert.Equal(
            PackagingFailure.UnsafeArchiveEntry,
            Assert.Throws<PackagingException>(() => SdistUnpacker.Unpack(sdist, Target)).Reason
        );
    }

    [Theory]
    [InlineData("p-1.0/h", "p-1.0/missing")]
    [InlineData("p-1.0/h", "p-1.0")]
    [InlineData("p-1.0/h", "../out")]
    [InlineData("p-1.0/h", "/etc/passwd")]
    [InlineData("p-1.0/PKG-INFO", "p-1.0/PKG-INFO")]
    public void A_hard_link_is_one_more_name_of_a_file_of_the_archive(string name, string target) =>
        AssertUnsafe(File("p-1.0/PKG-INFO", "info"), new PaxTarEntry(TarEntryType.HardLink, name) { LinkName = target });

    [Fact]
    public void A_hard_link_to_a_file_of_the_archive_is_a_copy_of_it()
    {
        var link = new PaxTarEntry(TarEntryType.HardLink, "p-1.0/h") { LinkName = "p-1.0/PKG-INFO" };
        var root = SdistUnpacker.Unpack(Sdist(link, File("p-1.0/PKG-INFO", "info")), Target);
        Assert.Equal("info", System.IO.File.ReadAllText(Path.Combine(root, "h")));
    }

    [Fact]
    public void What_is_there_already_is_not_replaced()
    {
        AssertUnsafe(File("p-1.0/PKG-INFO", "info"), Link("p-1.0/PKG-INFO", "x"));
        AssertUnsafe(File("p-1.0/PKG-INFO", "info"), File("p-1.0/PKG-INFO", "another"));
        AssertUnsafe(File("p-1.0/PKG-INFO", "info"), File("p-1.0/PKG-INFO/x", "below a file"));
        AssertUnsafe(File("p-1.0/PKG-INFO", "info"), new PaxTarEntry(TarEntryType.Directory, "p-1.0/PKG-INFO"));
        AssertUnsafe(File("p-1.0/d/x", "info"), File("p-1.0/d", "a file where a folder is"));
    }

    [Fact]
    public void A_link_does_not_lie_behind_another() =>
        AssertUnsafe(File("p-1.0/d/x", "info"), Link("p-1.0/s", "d"), Link("p-1.0/s/u", "x"));

    [Theory]
    [InlineData(TarEntryType.Fifo)]
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.BlockDevice)]
    public void Devices_and_pipes_are_refused(TarEntryType type) =>
        AssertUnsafe(File("p-1.0/PKG-INFO", "info"), new PaxTarEntry(type, "p-1.0/f"));

    private void AssertUnsafe(params TarEntry[] entries)
    {
        var target = Path.Combine(_folder.FullName, Guid.NewGuid().ToString("N"));
        var refused = Assert.Throws<PackagingException>(() => SdistUnpacker.Unpack(Sdist(entries), target));
        Assert.Equal(PackagingFailure.UnsafeArchiveEntry, refused.Reason);
        Assert.False(Path.Exists(Path.Combine(_folder.FullName, "out")));
    }

    [Fact]
    public void Nothing_is_written_through_a_link_of_the_same_archive()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "outside"));
        var sdist = Sdist(Link("p-1.0/l", "../../outside"), File("p-1.0/l/x", "x"));
        Assert.ThrowsAny<Exception>(() => SdistUnpacker.Unpack(sdist, Target));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_folder.FullName, "outside")));
    }

    [Fact]
    public void Two_roots_are_refused()
    {
        var sdist = Sdist(File("p-1.0/PKG-INFO", "info"), File("q-1.0/PKG-INFO", "info"));
        Assert.Equal(
            PackagingFailure.MetadataNotFound,
            Assert.Throws<PackagingException>(() => SdistUnpacker.Unpack(sdist, Target)).Reason
        );
    }

    private string Target => Path.Combine(_folder.FullName, "target");

    private string Sdist(params TarEntry[] entries)
    {
        var path = Path.Combine(_folder.FullName, "p-1.0.tar.gz");
        using var gzip = new GZipStream(System.IO.File.Create(path), CompressionLevel.Fastest);
        using var tar = new TarWriter(gzip, TarEntryFormat.Pax);
        foreach (var entry in entries)
        {
            tar.WriteEntry(entry);
        }

        return path;
    }

    private static PaxTarEntry File(string name, string text, bool executable = false) =>
        new(TarEntryType.RegularFile, name)
        {
            DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
            ModificationTime = DateTimeOffset.UnixEpoch.AddDays(20000),
            Mode = (UnixFileMode)(executable ? 0x1ED : 0x1A4),
        };

    private static PaxTarEntry Link(string name, string target) => new(TarEntryType.SymbolicLink, name) { LinkName = target };
}
