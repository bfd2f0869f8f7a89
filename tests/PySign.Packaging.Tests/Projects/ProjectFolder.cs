using System.Text;

namespace PySign.Packaging.Tests.Projects;

/// <summary>A project's tree of a few files, gone at the end.</summary>
internal sealed class ProjectFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("pysign-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Writes files given as <c>path|content</c>; <c>~</c> in front writes the rest as Latin-1 bytes.</summary>
    public void Write(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            var bar = file.IndexOf('|', StringComparison.Ordinal);
            var path = System.IO.Path.Combine(Path, file[..bar].TrimStart('~'));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, (file.StartsWith('~') ? Encoding.Latin1 : Encoding.UTF8).GetBytes(file[(bar + 1)..]));
        }
    }

    public string Read(string path) => File.ReadAllText(System.IO.Path.Combine(Path, path), Encoding.Latin1);

    /// <summary>Every file and its bytes, as text that can be compared.</summary>
    public Dictionary<string, string> Snapshot() =>
        Directory
            .EnumerateFiles(Path, "*", SearchOption.AllDirectories)
            .ToDictionary(
                file => System.IO.Path.GetRelativePath(Path, file).Replace('\\', '/'),
                file => Encoding.Latin1.GetString(File.ReadAllBytes(file))
            );
}
