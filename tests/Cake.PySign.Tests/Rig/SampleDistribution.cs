using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using PySign.Formats;

namespace Cake.PySign.Tests.Rig;

/// <summary>Small distributions that are what they say they are.</summary>
internal static class SampleDistribution
{
    public static byte[] Wheel(
        string name = "hello-pysign",
        string version = "1.0.0",
        string body = "print('hello')\n",
        string fields = "",
        string metadataVersion = "2.1",
        params (string Path, string Text)[] unrecorded
    )
    {
        var file = name.Replace('-', '_');
        var info = $"{file}-{version}.dist-info";
        var entries = new List<(string Name, string Text)>
        {
            ($"{file}/__init__.py", body),
            ($"{info}/METADATA", fields + Metadata(name, version, metadataVersion)),
            ($"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        };
        var record = string.Concat(entries.Select(entry => RecordLine.Of(entry.Name, entry.Text) + "\n"));
        entries.Add(($"{info}/RECORD", record + $"{info}/RECORD,,\n"));
        entries.AddRange(unrecorded);
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, text) in entries)
            {
                using var writer = new StreamWriter(zip.CreateEntry(path).Open(), new UTF8Encoding(false));
                writer.Write(text);
            }
        }

        return stream.ToArray();
    }

    public static byte[] Sdist(string name = "hello-pysign", string version = "1.0.0", params (string Path, string Text)[] more)
    {
        var root = $"{name.Replace('-', '_')}-{version}";
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            foreach (
                var (path, text) in new[]
                {
                    ($"{root}/PKG-INFO", Metadata(name, version)),
                    ($"{root}/pyproject.toml", "[project]\n"),
                }.Concat(more.Select(file => ($"{root}/{file.Path}", file.Text)))
            )
            {
                tar.WriteEntry(
                    new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) }
                );
            }
        }

        return stream.ToArray();
    }

    /// <summary>A sdist with metadata of its own.</summary>
    public static byte[] SdistOf(string root, string metadata)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            tar.WriteEntry(
                new PaxTarEntry(TarEntryType.RegularFile, $"{root}/PKG-INFO")
                {
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(metadata)),
                    ModificationTime = DateTimeOffset.UnixEpoch,
                }
            );
        }

        return stream.ToArray();
    }

    public static Sha256Digest Sha256(byte[] bytes) => Sha256Digest.Of(bytes);

    private static string Metadata(string name, string version, string metadataVersion = "2.1") =>
        $"Metadata-Version: {metadataVersion}\nName: {name}\nVersion: {version}\nSummary: a sample\nAuthor-email: Zoë "
        + "<zoe@example.org>\n\nHello.\n";
}
