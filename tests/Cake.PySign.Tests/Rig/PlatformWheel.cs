using System.IO.Compression;
using System.Text;

namespace Cake.PySign.Tests.Rig;

/// <summary>Wheels for platforms that this machine is not: whole and true in everything but that no compiler made what they hold.</summary>
internal sealed record PlatformWheel(string Tag)
{
    public string Version { get; init; } = "1.0.0";

    public string Project { get; init; } = "hello-pysign";

    /// <summary>The tags in the WHEEL file, if others than in the name.</summary>
    public string? TagInside { get; init; }

    /// <summary>The extension module; null for the one that fits the tag, empty for none.</summary>
    public string? Module { get; init; }

    public string Fields { get; init; } = "";

    public int Padding { get; init; }

    public string? Build { get; init; }

    /// <summary>The name and version in METADATA, if others than in the file's name.</summary>
    public string? ProjectInside { get; init; }

    public string? VersionInside { get; init; }

    /// <summary>The lines of WHEEL before its tags, if others than the usual.</summary>
    public string? Head { get; init; }

    /// <summary>Further files, which RECORD lists.</summary>
    public IReadOnlyList<(string Name, string Text)> More { get; init; } = [];

    /// <summary>Whether RECORD has another hash of a file than it has.</summary>
    public bool LiesInRecord { get; init; }

    public string Name => $"{Project.Replace('-', '_')}-{Version}-{(Build is null ? "" : Build + "-")}{Tag}.whl";

    public byte[] Bytes()
    {
        var package = Project.Replace('-', '_');
        var info = $"{package}-{Version}.dist-info";
        List<(string Name, byte[] Content)> entries = [($"{package}/__init__.py", Utf8("print('hello')\n"))];
        var module = Module ?? Fitting();
        if (module.Length > 0)
        {
            // The same bytes for one tag always, other bytes for another one; random, so that they stay as large in the archive.
            var content = new byte[64 + Padding];
            new Random(Tag.Sum(c => c) + Tag.Length).NextBytes(content);
            entries.Add(($"{package}/{module}", content));
        }

        entries.AddRange(More.Select(file => (file.Name, Utf8(file.Text))));
        entries.Add(($"{info}/METADATA", Utf8(Metadata(ProjectInside ?? Project, VersionInside ?? Version, Fields))));
        var head = Head ?? $"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: {(module.Length > 0 ? "false" : "true")}\n";
        entries.Add(($"{info}/WHEEL", Utf8(head + TagLines())));
        var record = string.Concat(entries.Select(entry => RecordLine.Of(entry.Name, entry.Content) + "\n"));
        record = LiesInRecord ? record.Replace("sha256=", "sha256=A", StringComparison.Ordinal) : record;
        entries.Add(($"{info}/RECORD", Utf8(record + $"{info}/RECORD,,\n")));
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                var entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
                entry.LastWriteTime = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var writer = entry.Open();
                writer.Write(content);
            }
        }

        return stream.ToArray();
    }

    public static string Metadata(string project, string version, string fields = "") =>
        $"Metadata-Version: 2.2\nName: {project}\nVersion: {version}\nSummary: a sample\n{fields}Description-Content-Type: "
        + "text/plain\n\nHello.\n";

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private string TagLines() =>
        TagInside is { } other
            ? $"Tag: {other}\n"
            : string.Concat(
                from python in Tag.Split('-')[0].Split('.')
                from platform in Tag.Split('-')[2].Split('.')
                select $"Tag: {python}-{Tag.Split('-')[1]}-{platform}\n"
            );

    private string Fitting() =>
        Tag.Split('-') switch
        {
            [_, _, "any"] => "",
            [_, "abi3", var platform] => platform.StartsWith("win", StringComparison.Ordinal) ? "_speed.pyd" : "_speed.abi3.so",
            [_, var abi, var platform] when platform.StartsWith("win", StringComparison.Ordinal) => $"_speed.{abi}-{platform}.pyd",
            [_, var abi, var platform] => $"_speed.cpython-{abi.Replace("cp", "", StringComparison.Ordinal)}-{Suffix(platform)}.so",
            _ => "",
        };

    // As Python's own configure writes it into the names of extension modules.
    private static string Suffix(string platform) =>
        platform.StartsWith("macosx", StringComparison.Ordinal) ? "darwin"
        : platform.EndsWith("_i686", StringComparison.Ordinal) ? "i386-linux-gnu"
        : platform.EndsWith("_ppc64le", StringComparison.Ordinal) ? "powerpc64le-linux-gnu"
        : platform.EndsWith("_armv7l", StringComparison.Ordinal) ? "arm-linux-gnueabihf"
        : $"{(platform.EndsWith("x86_64", StringComparison.Ordinal) ? "x86_64" : platform.Split('_')[^1])}-linux-gnu";
}
