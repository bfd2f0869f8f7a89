using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using PySign.Packaging.Distributions;
using PySign.Packaging.Indexes;
using PySign.Packaging.Metadata;

namespace PySign.Packaging.Tests;

/// <summary>Whatever arrives from outside, the only error is the typed one.</summary>
public sealed class PackagingFuzzTests : IDisposable
{
    private static readonly Uri _base = new("https://index.example/simple/x/");

    private readonly string _folder = Directory.CreateTempSubdirectory("pysign-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Mutated_index_pages_are_read_or_refused_and_never_yield_a_path()
    {
        var html =
            "<!DOCTYPE html><base href='/f/'><a href=\"a/x-1.0.tar.gz#sha256=00\" data-yanked='&amp;'>x-1.0.tar.gz</a><!-- c --><a "u8
            + "href=x-1.0.zip>x-1.0.zip</a>"u8;
        var json =
            """{"meta":{"api-version":"1.0"},"name":"x","files":[{"filename":"x-1.0.zip","url":"../x-1.0.zip","hashes":{},"yanked":false}]}"""u8;
        var (read, refused) = (0, 0);
        var random = new Random(11);
        foreach (var round in Enumerable.Range(0, 20_000))
        {
            var bytes = Mutate(round % 2 == 0 ? html : json, random);
            try
            {
                var index =
                    round % 2 == 0 ? SimpleIndex.ParseHtml(Encoding.UTF8.GetString(bytes), _base) : SimpleIndex.ParseJson(bytes, _base);
                Assert.All(index.Files, file => Assert.Equal(Path.GetFileName(file.FileName), file.FileName));
                Assert.All(index.Files, file => Assert.StartsWith("http", file.Url.Scheme, StringComparison.Ordinal));
                read++;
            }
            catch (PackagingException)
            {
                refused++;
            }
        }

        Assert.True(read > 500 && refused > 500, $"{read} read, {refused} refused");
    }

    [Fact]
    public void Mutated_metadata_is_read_or_refused()
    {
        var text = "Metadata-Version: 2.1\nName: x\nVersion: 1.0\nProject-URL: a, b\nDescription: x\n        y\n\nbody\n"u8;
        var (read, refused) = (0, 0);
        var random = new Random(12);
        foreach (var _ in Enumerable.Range(0, 20_000))
        {
            try
            {
                Assert.NotEmpty(CoreMetadata.Parse(Mutate(text, random)).Fields);
                read++;
            }
            catch (PackagingException)
            {
                refused++;
            }
        }

        Assert.True(read > 500 && refused > 500, $"{read} read, {refused} refused");
    }

    [Theory]
    [InlineData("x-1.0-py3-none-any.whl")]
    [InlineData("x-1.0.tar.gz")]
    public void Mutated_archives_are_read_or_refused(string fileName)
    {
        var whole = fileName.EndsWith(".whl", StringComparison.Ordinal) ? Wheel() : Sdist();
        var path = Path.Combine(_folder, fileName);
        var (read, refused) = (0, 0);
        var random = new Random(13);
        foreach (var _ in Enumerable.Range(0, 3_000))
        {
            File.WriteAllBytes(
                path,
                fileName.EndsWith(".whl", StringComparison.Ordinal) ? Mutate(whole, random) : Compress(Mutate(whole, random))
            );
            try
            {
                Assert.Equal("x", Distribution.Read(path).Name, ignoreCase: true);
                read++;
            }
            catch (PackagingException)
            {
                refused++;
            }
        }

        Assert.True(read > 20 && refused > 100, $"{read} read, {refused} refused");
    }

    private static byte[] Wheel()
    {
        using var buffer = new MemoryStream();
        using (var archive = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (var module = archive.CreateEntry("x/__init__.py").Open())
                module.Write("pass"u8);
            using var entry = archive.CreateEntry("x-1.0.dist-info/METADATA").Open();
            entry.Write("Metadata-Version: 2.1\nName: x\nVersion: 1.0\n"u8);
        }

        return buffer.ToArray();
    }

    private static byte[] Sdist()
    {
        using var buffer = new MemoryStream();
        using (var tar = new TarWriter(buffer, TarEntryFormat.Pax, leaveOpen: true))
        {
            tar.WriteEntry(
                new PaxTarEntry(TarEntryType.RegularFile, "x-1.0/setup.py") { DataStream = new MemoryStream("pass"u8.ToArray()) }
            );
            tar.WriteEntry(
                new PaxTarEntry(TarEntryType.RegularFile, "x-1.0/PKG-INFO")
                {
                    DataStream = new MemoryStream("Metadata-Version: 2.1\nName: x\nVersion: 1.0\n"u8.ToArray()),
                }
            );
        }

        return buffer.ToArray();
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return buffer.ToArray();
    }

    private static byte[] Mutate(ReadOnlySpan<byte> source, Random random)
    {
        var bytes = source.ToArray().ToList();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 5), bytes.Count - at));
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes[at] = (byte)random.Next(256);
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)));
                    break;
            }
        }

        return [.. bytes];
    }
}
