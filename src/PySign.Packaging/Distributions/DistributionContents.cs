using System.Text;

namespace PySign.Packaging.Distributions;

/// <summary>What lies in a distribution, by name.</summary>
public static class DistributionContents
{
    private const int MaxWheelFile = 1024 * 1024;

    /// <summary>Its files and links in the archive's order; of a sdist relative to its root folder, as they stood in the project.</summary>
    /// <param name="path">A <c>.whl</c>, <c>.tar.gz</c> or <c>.zip</c> file.</param>
    /// <exception cref="PackagingException">The archive cannot be read, is too large, or holds an unsafe name.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<string> Files(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var files = new List<string>();
        Walk(path, (name, _, _) => files.Add(name));
        return files;
    }

    /// <summary>Files that are hardly meant for the public: caches of tools, and what looks like private keys or credentials.</summary>
    /// <param name="path">A <c>.whl</c>, <c>.tar.gz</c> or <c>.zip</c> file.</param>
    /// <exception cref="PackagingException">The archive cannot be read, is too large, or holds an unsafe name.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<SuspectFile> Suspects(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var suspects = new List<SuspectFile>();
        Walk(
            path,
            (name, member, content) =>
            {
                if (SuspectRules.Judge(name, member.Length, content) is { } suspect)
                    suspects.Add(suspect);
            }
        );
        return suspects;
    }

    /// <summary>The tool that made a wheel, as its WHEEL file says, for example <c>bdist_wheel (0.38.4)</c>; null when it does not
    /// say.</summary>
    /// <param name="path">A <c>.whl</c> file.</param>
    /// <exception cref="PackagingException">The archive cannot be read, is too large, or holds an unsafe name.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string? Generator(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        const string Field = "Generator:";
        string? generator = null;
        ArchiveWalk.Members(
            path,
            (member, content) =>
            {
                if (member.Name.EndsWith(".dist-info/WHEEL", StringComparison.Ordinal) && member.Length <= MaxWheelFile)
                {
                    generator = new StreamReader(content, Encoding.UTF8)
                        .ReadToEnd()
                        .Split('\n')
                        .FirstOrDefault(line => line.StartsWith(Field, StringComparison.OrdinalIgnoreCase))
                        ?[Field.Length..].Trim();
                }
            }
        );
        return generator is { Length: > 0 and < 200 } && !generator.Any(char.IsControl) ? generator : null;
    }

    private static void Walk(string path, Action<string, ArchiveMember, Stream> visit)
    {
        var inRoot = DistributionFileName.Parse(Path.GetFileName(path)).Kind == DistributionKind.Sdist;
        ArchiveWalk.Members(
            path,
            (member, content) =>
            {
                if (member.Kind != ArchiveMember.Folder)
                    visit(inRoot ? member.Name[(member.Name.IndexOf('/', StringComparison.Ordinal) + 1)..] : member.Name, member, content);
            }
        );
    }
}
