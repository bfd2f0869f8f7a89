using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using PySign.Packaging.Distributions;

namespace PySign.Packaging.Tests.Distributions;

public sealed class DistributionTests : IDisposable
{
    private const string Metadata =
        "Metadata-Version: 2.1\nName: Demo.Pkg\nVersion: 1.0.0\nAuthor-email: Zoë <zoe@example.org>\n\n# Demo\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("pysign-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("demo_pkg-1.0.0-py3-none-any.whl", "demo_pkg-1.0.0.dist-info")]
    [InlineData("Demo.Pkg-1.0.0-py3-none-any.whl", "Demo.Pkg-1.0.0.dist-info")]
    [InlineData("demo_pkg-1.0-1-py3-none-any.whl", "demo_pkg-1.0.dist-info")]
    public void A_wheel_is_read(string fileName, string folder)
    {
        var wheel = Distribution.Read(
            Zip(fileName, ("demo/__init__.py", "x = 1"), ($"{folder}/METADATA", Metadata), ($"{folder}/RECORD", ""))
        );
        Assert.Equal((DistributionKind.Wheel, "Demo.Pkg", "1.0.0"), (wheel.Kind, wheel.Name, wheel.Version));
        Assert.Equal("Zoë <zoe@example.org>", wheel.Metadata.AuthorEmail);
    }

    [Theory]
    [InlineData("demo_pkg-1.0.0.tar.gz", "demo_pkg-1.0.0")]
    [InlineData("Demo-Pkg-1.0.0.tar.gz", "Demo-Pkg-1.0.0")]
    public void A_source_distribution_is_read(string fileName, string root)
    {
        var sdist = Distribution.Read(
            Tar(fileName, ($"{root}/setup.py", ""), ($"{root}/PKG-INFO", Metadata), ($"{root}/x.egg-info/PKG-INFO", ""))
        );
        Assert.Equal((DistributionKind.Sdist, "Demo.Pkg", "1.0.0"), (sdist.Kind, sdist.Name, sdist.Version));
    }

    [Fact]
    public void A_zipped_source_distribution_is_read() =>
        Assert.Equal("Demo.Pkg", Distribution.Read(Zip("Demo-Pkg-1.0.0.zip", ("Demo-Pkg-1.0.0/PKG-INFO", Metadata))).Name);

    [Theory]
    [InlineData("rfc8785-0.1.2-py3-none-any.whl", "rfc8785", "0.1.2")]
    [InlineData("gitlab_oidc_project-0.0.3.tar.gz", "gitlab-oidc-project", "0.0.3")]
    [InlineData("pypi_attestation_models-0.0.4a2.tar.gz", "pypi-attestation-models", "0.0.4a2")]
    public void Published_distributions_are_read(string fileName, string name, string version)
    {
        var distribution = Distribution.Read(Path.Combine(Corpora.Require("pypi-attestations"), fileName));
        Assert.Equal((name, version), (distribution.Metadata.Name.Normalized, distribution.Version));
    }

    [Theory]
    [InlineData("demo_pkg-1.0.1-py3-none-any.whl", "demo_pkg-1.0.0.dist-info/METADATA", PackagingFailure.InconsistentDistribution)]
    [InlineData("other-1.0.0-py3-none-any.whl", "demo_pkg-1.0.0.dist-info/METADATA", PackagingFailure.InconsistentDistribution)]
    [InlineData("demo_pkg-1.0.0-py3-none-any.whl", "other-1.0.0.dist-info/METADATA", PackagingFailure.InconsistentDistribution)]
    [InlineData("demo_pkg-1.0.0-py3-none-any.whl", "demo_pkg-2.0.0.dist-info/METADATA", PackagingFailure.InconsistentDistribution)]
    [InlineData("demo_pkg-1.0.0-py3-none-any.whl", "sub/demo_pkg-1.0.0.dist-info/METADATA", PackagingFailure.MetadataNotFound)]
    [InlineData("demo_pkg-1.0.0-py3-none-any.whl", "demo_pkg-1.0.0.dist-info/PKG-INFO", PackagingFailure.MetadataNotFound)]
    [InlineData("demo_pkg-1.0.0.zip", "other-1.0.0/PKG-INFO", PackagingFailure.InconsistentDistribution)]
    public void A_file_whose_names_do_not_agree_is_refused(string fileName, string entry, PackagingFailure reason) =>
        Refused(Zip(fileName, (entry, Metadata)), reason);

    [Theory]
    [InlineData("demo_pkg-1.0.0.dist-info/METADATA", PackagingFailure.UnreadableArchive)]
    [InlineData("other-1.0.0.dist-info/METADATA", PackagingFailure.MetadataNotFound)]
    [InlineData("../evil.py", PackagingFailure.UnsafeArchiveEntry)]
    [InlineData("demo/../../evil.py", PackagingFailure.UnsafeArchiveEntry)]
    [InlineData("/etc/evil", PackagingFailure.UnsafeArchiveEntry)]
    [InlineData("demo\\evil.py", PackagingFailure.UnsafeArchiveEntry)]
    [InlineData("demo/./evil.py", PackagingFailure.UnsafeArchiveEntry)]
    [InlineData("demo//evil.py", PackagingFailure.UnsafeArchiveEntry)]
    [InlineData("././evil.py", PackagingFailure.UnsafeArchiveEntry)]
    [InlineData("demo/.", PackagingFailure.UnsafeArchiveEntry)]
    [InlineData("demo//", PackagingFailure.UnsafeArchiveEntry)]
    [InlineData("C:/evil.py", PackagingFailure.UnsafeArchiveEntry)]
    [InlineData("demo/\u0007.py", PackagingFailure.UnsafeArchiveEntry)]
    public void A_wheel_with_a_dangerous_second_entry_is_refused(string entry, PackagingFailure reason) =>
        Refused(Zip("demo_pkg-1.0.0-py3-none-any.whl", ("demo_pkg-1.0.0.dist-info/METADATA", Metadata), (entry, "x")), reason);

    [Theory]
    [InlineData("other-1.0.0/PKG-INFO", PackagingFailure.MetadataNotFound)]
    [InlineData("demo_pkg-1.0.0/PKG-INFO", PackagingFailure.MetadataNotFound)]
    [InlineData("demo_pkg-1.0.0/../../evil", PackagingFailure.UnsafeArchiveEntry)]
    [InlineData("demo_pkg-1.0.0/./PKG-INFO", PackagingFailure.UnsafeArchiveEntry)]
    [InlineData("demo_pkg-1.0.0//PKG-INFO", PackagingFailure.UnsafeArchiveEntry)]
    [InlineData("././demo_pkg-1.0.0/PKG-INFO", PackagingFailure.UnsafeArchiveEntry)]
    public void A_source_distribution_with_a_dangerous_second_entry_is_refused(string entry, PackagingFailure reason) =>
        Refused(Tar("demo_pkg-1.0.0.tar.gz", ("demo_pkg-1.0.0/PKG-INFO", Metadata), (entry, "x")), reason);

    [Fact]
    public void A_bomb_is_refused_before_it_is_unpacked()
    {
        var zeros = new string('\0', 80 * 1024 * 1024);
        Refused(
            Zip("demo_pkg-1.0.0-py3-none-any.whl", ("demo_pkg-1.0.0.dist-info/METADATA", Metadata), ("zeros", zeros)),
            PackagingFailure.ArchiveTooLarge
        );
        Refused(
            Tar("demo_pkg-1.0.0.tar.gz", ("demo_pkg-1.0.0/zeros", zeros), ("demo_pkg-1.0.0/PKG-INFO", Metadata)),
            PackagingFailure.ArchiveTooLarge
        );
    }

    [Fact]
    public void Metadata_beyond_its_bound_is_refused()
    {
        var large = Metadata + new string('x', 9 * 1024 * 1024);
        Refused(Zip("demo_pkg-1.0.0-py3-none-any.whl", ("demo_pkg-1.0.0.dist-info/METADATA", large)), PackagingFailure.ArchiveTooLarge);
        Refused(Tar("demo_pkg-1.0.0.tar.gz", ("demo_pkg-1.0.0/PKG-INFO", large)), PackagingFailure.ArchiveTooLarge);
    }

    [Theory]
    [InlineData("demo_pkg-1.0.0-py3-none-any.whl")]
    [InlineData("demo_pkg-1.0.0.tar.gz")]
    [InlineData("demo_pkg-1.0.0.zip")]
    public void What_is_not_an_archive_or_is_cut_off_is_refused(string fileName)
    {
        var path = Path.Combine(_folder, fileName);
        File.WriteAllText(path, "<html>404</html>");
        Refused(path, PackagingFailure.UnreadableArchive);

        var whole = fileName.EndsWith(".gz", StringComparison.Ordinal)
            ? Tar(fileName, ("demo_pkg-1.0.0/PKG-INFO", Metadata))
            : Zip(fileName, ("demo_pkg-1.0.0/PKG-INFO", Metadata));
        var bytes = File.ReadAllBytes(whole);
        File.WriteAllBytes(whole, bytes[..(bytes.Length / 2)]);
        Refused(whole, PackagingFailure.UnreadableArchive);
    }

    [Fact]
    public void Metadata_with_a_flipped_bit_does_not_pass_the_checksum()
    {
        var path = Zip("demo_pkg-1.0.0-py3-none-any.whl", CompressionLevel.NoCompression, ("demo_pkg-1.0.0.dist-info/METADATA", Metadata));
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().IndexOf("# Demo"u8)] ^= 1;
        File.WriteAllBytes(path, bytes);
        Refused(path, PackagingFailure.UnreadableArchive);
    }

    [Fact]
    public void A_missing_file_is_refused() => Refused(Path.Combine(_folder, "demo-1.0.tar.gz"), PackagingFailure.FileNotFound);

    private static void Refused(string path, PackagingFailure reason)
    {
        var refused = Assert.Throws<PackagingException>(() => Distribution.Read(path));
        Assert.True(refused.Reason == reason, refused.Message);
    }

    private string Zip(string fileName, params (string Name, string Content)[] entries) =>
        Zip(fileName, CompressionLevel.SmallestSize, entries);

    private string Zip(string fileName, CompressionLevel level, params (string Name, string Content)[] entries)
    {
        var path = Path.Combine(_folder, fileName);
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, content) in entries)
        {
            using var entry = archive.CreateEntry(name, level).Open();
            entry.Write(Encoding.UTF8.GetBytes(content));
        }

        return path;
    }

    private string Tar(string fileName, params (string Name, string Content)[] entries)
    {
        var path = Path.Combine(_folder, fileName);
        using var gzip = new GZipStream(File.Create(path), CompressionLevel.SmallestSize);
        using var tar = new TarWriter(gzip, TarEntryFormat.Pax);
        foreach (var (name, content) in entries)
            tar.WriteEntry(
                new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) }
            );
        return path;
    }
}
