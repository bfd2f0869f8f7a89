using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace PySign.Packaging.Tests.Acceptance;

/// <summary>Small distributions of the project <c>demo-pkg</c> 1.0, with what a test wants to be wrong with them.</summary>
internal sealed class MadeDistribution : IDisposable
{
    public const string Wheel = "demo_pkg-1.0-py3-none-any.whl";

    public const string Sdist = "demo_pkg-1.0.tar.gz";

    private readonly string _folder = Directory.CreateTempSubdirectory("pysign-").FullName;

    public static string Metadata(string fields = "", string version = "2.4", string release = "1.0") =>
        $"Metadata-Version: {version}\nName: demo-pkg\nVersion: {release}\n{(fields.Length > 0 ? fields + "\n" : "")}\nLong text.\n";

    public string Zip(string name = Wheel, string? metadata = null, params (string Name, string Text)[] more)
    {
        var bytes = ZipBytes(name, metadata, more);
        return Write(name, bytes);
    }

    public static byte[] ZipBytes(string name = Wheel, string? metadata = null, params (string Name, string Text)[] more)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, text) in Entries(name, metadata, more))
            {
                using var writer = new StreamWriter(zip.CreateEntry(path).Open(), new UTF8Encoding(false));
                writer.Write(text);
            }
        }

        return stream.ToArray();
    }

    public string Tar(string name = Sdist, string? metadata = null, params (string Name, string Text)[] more)
    {
        var root = name.Replace(".tar.gz", "", StringComparison.Ordinal);
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            foreach (var (path, text) in more.Prepend(("PKG-INFO", metadata ?? Metadata())))
                tar.WriteEntry(
                    new PaxTarEntry(TarEntryType.RegularFile, $"{root}/{path}")
                    {
                        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
                    }
                );
        }

        return Write(name, stream.ToArray());
    }

    /// <summary>A source distribution with a member of which GNU tar has left out what is empty.</summary>
    public string Sparse()
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            var attributes = new Dictionary<string, string> { ["GNU.sparse.major"] = "1", ["GNU.sparse.minor"] = "0" };
            foreach (var (path, text, more) in new[] { ("PKG-INFO", Metadata(), []), ("data.bin", "x", attributes) })
            {
                tar.WriteEntry(
                    new PaxTarEntry(TarEntryType.RegularFile, $"demo_pkg-1.0/{path}", more)
                    {
                        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
                    }
                );
            }
        }

        return Write(Sdist, stream.ToArray());
    }

    public string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<(string, string)> Entries(string name, string? metadata, (string Name, string Text)[] more)
    {
        var parts = name.Split('-');
        var info = $"{parts[0]}-{parts[1]}.dist-info";
        var without = more.Where(file => file.Text == "(none)").Select(file => file.Name).ToList();
        return new[]
        {
            ("demo_pkg/__init__.py", ""),
            ($"{info}/METADATA", metadata ?? Metadata()),
            ($"{info}/WHEEL", "Wheel-Version: 1.0\n"),
            ($"{info}/RECORD", ""),
        }
            .Where(file => !without.Contains(file.Item1))
            .Concat(more.Where(file => file.Text != "(none)"));
    }
}
