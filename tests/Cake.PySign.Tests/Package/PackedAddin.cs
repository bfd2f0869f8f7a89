using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;

namespace Cake.PySign.Tests.Package;

/// <summary>The package as <c>dotnet pack</c> makes it from what is already built.</summary>
public sealed class PackedAddin(string version) : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pysign-pack-");
    private ZipArchive? _archive;

    public ZipArchive Archive => _archive ?? throw new InvalidOperationException("Not packed yet.");

    public string Feed => _folder.FullName;

    public PackedAddin()
        : this($"0.1.0-test.{DateTime.UtcNow:yyyyMMddHHmmssfff}") { }

    public string Version { get; } = version;

    public IReadOnlyList<string> Files =>
        [
            .. Archive
                .Entries.Select(e => e.FullName)
                .Where(n =>
                    !n.StartsWith("_rels/", StringComparison.Ordinal)
                    && !n.StartsWith("package/", StringComparison.Ordinal)
                    && n != "[Content_Types].xml"
                )
                .Order(StringComparer.Ordinal),
        ];

    public XElement Metadata
    {
        get
        {
            using var nuspec = Archive.GetEntry("Cake.PySign.nuspec")!.Open();
            return XDocument.Load(nuspec).Root!.Elements().Single();
        }
    }

    public string? MetadataValue(string name) => Metadata.Elements().SingleOrDefault(e => e.Name.LocalName == name)?.Value;

    public async ValueTask InitializeAsync()
    {
        var configuration = AppContext.BaseDirectory.Contains(
            $"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}",
            StringComparison.Ordinal
        )
            ? "Release"
            : "Debug";
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = RepositoryRoot.Path,
        };
        foreach (
            var argument in new[]
            {
                "pack",
                "src/Cake.PySign/Cake.PySign.csproj",
                "--no-build",
                "--nologo",
                "-c",
                configuration,
                "-o",
                Feed,
                $"-p:PackageVersion={Version}",
                // A folder of its own: another test project may pack at the same time.
                $"-p:SandboxOutput={_folder.FullName}/sandbox/",
            }
        )
        {
            start.ArgumentList.Add(argument);
        }

        var run = await ProgramRun.OfAsync(start, CancellationToken.None);
        Assert.True(run.ExitCode == 0, run.Said);
        _archive = ZipFile.OpenRead(Path.Combine(Feed, $"Cake.PySign.{Version}.nupkg"));
    }

    public ValueTask DisposeAsync()
    {
        _archive?.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
