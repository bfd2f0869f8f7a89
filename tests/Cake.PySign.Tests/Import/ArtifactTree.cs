using System.IO.Compression;
using System.Text;
using Cake.PySign.Import;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Import;

/// <summary>A tree of artifacts, and what an import says of it.</summary>
/// <param name="Arrange">Makes the artifacts.</param>
/// <param name="Files">How many distributions arrive; null for an sdist and every wheel.</param>
internal sealed record ArtifactCase(Action<ArtifactTree> Arrange, int? Files = null)
{
    public ArtifactCase(Action<ArtifactTree> arrange, params PyImportFailure[] kinds)
        : this(arrange, Files: null) => Kinds = kinds;

    public PyImportFailure[] Kinds { get; init; } = [];

    public string? Expected { get; init; }

    public Action<PyImportDistributionsSettings>? Settings { get; init; }
}

/// <summary>Artifacts below a folder, each where a job left it.</summary>
internal sealed class ArtifactTree(TemporaryFolder folder, string? below = null)
{
    private readonly string _root = below is null ? "artifacts/" : $"artifacts/{below}/";

    public ArtifactTree Wheel(string place, string tag) => Wheel(place, new PlatformWheel(tag));

    public ArtifactTree Wheel(string place, PlatformWheel wheel)
    {
        folder.Write($"{_root}{place}/{wheel.Name}", wheel.Bytes());
        return this;
    }

    public ArtifactTree Sdist(string place, string fields = "", string version = "1.0.0")
    {
        var root = $"hello_pysign-{version}";
        folder.Write(
            $"{_root}{place}/{root}.tar.gz",
            SampleDistribution.SdistOf(root, PlatformWheel.Metadata("hello-pysign", version, fields))
        );
        return this;
    }

    public ArtifactTree Text(string path, string text)
    {
        folder.Write(_root + path, text);
        return this;
    }

    public ArtifactTree Folder(string path)
    {
        Directory.CreateDirectory(folder.Folder(_root + path).FullPath);
        return this;
    }

    public ArtifactTree Link(string path, string target)
    {
        File.CreateSymbolicLink(folder.File(_root + path).FullPath, target);
        return this;
    }

    public ArtifactTree Zip(string path, params string[] names) => Zip(path, [.. names.Select(name => (name, "x"))]);

    public ArtifactTree Zip(string path, params (string Name, string Text)[] files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        folder.Write(_root + path, stream.ToArray());
        return this;
    }
}
