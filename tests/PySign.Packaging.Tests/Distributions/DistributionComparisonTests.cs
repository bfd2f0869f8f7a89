using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using PySign.Packaging.Distributions;

namespace PySign.Packaging.Tests.Distributions;

public sealed class DistributionComparisonTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pysign-comparison-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_same_bytes_have_no_differences()
    {
        Assert.Empty(DistributionComparison.Compare(Wheel("a", ("x.py", "1")), Wheel("b", ("x.py", "1"))));
    }

    [Fact]
    public void Each_property_of_a_wheels_member_is_told_apart()
    {
        var differences = DistributionComparison.Compare(
            Wheel(
                "a",
                new Zipped("same.py", "1"),
                new Zipped("content.py", "built at 12:00, here"),
                new Zipped("mode.py", "1", 0x81A4),
                new Zipped("gone.py", "1"),
                new Zipped("time.py", "1", Hour: 1)
            ),
            Wheel(
                "b",
                new Zipped("same.py", "1"),
                new Zipped("content.py", "built at 12:01, here"),
                new Zipped("mode.py", "1", 0x8180),
                new Zipped("time.py", "1", Hour: 2),
                new Zipped("new.py", "1")
            )
        );
        Assert.Equal(
            [
                "content.py: content from byte 13 on: \"built at 12:00, here\" | \"built at 12:01, here\"",
                "mode.py: mode: 0100644 | 0100600",
                "gone.py: presence: there | missing",
                "time.py: time: 2020-01-01 01:00:00 | 2020-01-01 02:00:00",
                "new.py: presence: missing | there",
            ],
            differences.Select(difference => difference.ToString())
        );
    }

    [Fact]
    public void Another_order_is_said_once()
    {
        var difference = Assert.Single(
            DistributionComparison.Compare(
                Wheel("a", ("x.py", "1"), ("y.py", "2"), ("z.py", "3")),
                Wheel("b", ("x.py", "1"), ("z.py", "3"), ("y.py", "2"))
            )
        );
        Assert.Equal("y.py: order: at place 2 | at place 3, after z.py", difference.ToString());
    }

    [Fact]
    public void Another_compression_is_a_difference_of_the_archive_itself()
    {
        var text = new string('x', 5000) + Guid.NewGuid();
        var difference = Assert.Single(
            DistributionComparison.Compare(
                Wheel("a", new Zipped("x.py", text, Level: CompressionLevel.NoCompression)),
                Wheel("b", new Zipped("x.py", text, Level: CompressionLevel.SmallestSize))
            )
        );
        Assert.Equal(MemberProperty.Container, difference.Property);
        Assert.NotNull(difference.Offset);
    }

    [Fact]
    public void Owners_links_and_kinds_of_a_sdists_members_are_told_apart()
    {
        var differences = DistributionComparison.Compare(
            Sdist("a", Entry("p/owner", "1", uid: 1), Link("p/link", "here"), Entry("p/kind", "1")),
            Sdist("b", Entry("p/owner", "1", uid: 2), Link("p/link", "there"), Link("p/kind", "1"))
        );
        Assert.Equal(
            [
                ("p/owner", MemberProperty.Owner),
                ("p/link", MemberProperty.Link),
                ("p/kind", MemberProperty.Kind),
                ("p/kind", MemberProperty.Content),
                ("p/kind", MemberProperty.Link),
            ],
            differences.Select(difference => (difference.Member, difference.Property))
        );
    }

    private string Wheel(string build, params (string Name, string Text)[] members) =>
        Wheel(build, [.. members.Select(member => new Zipped(member.Name, member.Text))]);

    private string Wheel(string build, params Zipped[] members)
    {
        var path = PathOf(build, "p-1.0-py3-none-any.whl");
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var member in members)
        {
            var entry = zip.CreateEntry(member.Name, member.Level);
            entry.LastWriteTime = new DateTimeOffset(2020, 1, 1, member.Hour, 0, 0, TimeSpan.Zero);
            entry.ExternalAttributes = member.Mode << 16;
            using var writer = new StreamWriter(entry.Open());
            writer.Write(member.Text);
        }

        return path;
    }

    private string Sdist(string build, params TarEntry[] entries)
    {
        var path = PathOf(build, "p-1.0.tar.gz");
        using var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        using var tar = new TarWriter(gzip, TarEntryFormat.Pax);
        foreach (var entry in entries)
        {
            tar.WriteEntry(entry);
        }

        return path;
    }

    private static PaxTarEntry Entry(string name, string text, int uid = 0) =>
        new(TarEntryType.RegularFile, name)
        {
            DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
            Uid = uid,
            ModificationTime = DateTimeOffset.UnixEpoch,
        };

    private static PaxTarEntry Link(string name, string target) =>
        new(TarEntryType.SymbolicLink, name)
        {
            LinkName = target,
            ModificationTime = DateTimeOffset.UnixEpoch,
            Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        };

    private string PathOf(string build, string name) =>
        Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.FullName, build)).FullName, name);

    private sealed record Zipped(
        string Name,
        string Text,
        int Mode = 0x81A4,
        int Hour = 0,
        CompressionLevel Level = CompressionLevel.Optimal
    );
}
