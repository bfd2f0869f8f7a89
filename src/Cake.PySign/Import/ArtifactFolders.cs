using Cake.Core.IO;
using Cake.PySign.Build;
using Cake.PySign.Common;
using PySign.Packaging.Distributions;
using IoPath = System.IO.Path;

namespace Cake.PySign.Import;

/// <summary>
/// Finds distributions where artifacts were unpacked: directly in a folder, in one folder for each artifact, or deeper, as the upload kept
/// its paths. Each of the folders right below the one that is searched is an artifact, and none of them may be without a distribution. What
/// could hold one and is not looked into (a link, an archive that nobody unpacked) is named: a release never loses a file in silence.
/// </summary>
internal sealed class ArtifactFolders
{
    private const int MaxDepth = 12;
    private const int MaxEntries = 200_000;

    private readonly HashSet<string> _own;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<ArtifactFile> _files = [];
    private readonly List<PyImportProblem> _problems = [];
    private int _entries;

    private ArtifactFolders(IEnumerable<DirectoryPath> own) =>
        _own = own.Select(folder => RealPath.Of(folder.FullPath)).ToHashSet(StringComparer.Ordinal);

    public IReadOnlyList<ArtifactFile> Files => _files;

    public IReadOnlyList<PyImportProblem> Problems => _problems;

    /// <exception cref="PySignException">A folder holds too much.</exception>
    public static ArtifactFolders Find(
        IEnumerable<DirectoryPath> roots,
        IEnumerable<DirectoryPath> own,
        CancellationToken cancellationToken
    )
    {
        var found = new ArtifactFolders(own);
        foreach (var root in roots)
        {
            found.Search(root.FullPath, cancellationToken);
        }

        return found;
    }

    private void Search(string root, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(root))
        {
            var what = System.IO.File.Exists(root)
                ? "is a file: name the folder that it lies in"
                : "is not there: its artifacts were not downloaded";
            _problems.Add(new PyImportProblem(PyImportFailure.EmptyFolder, root, what));
            return;
        }

        // A folder that is named may be a link, as a cache or a mount is; what lies below it may not.
        var below = Walk(RealPath.Of(root), "", 0, cancellationToken);
        if (below is { Distributions: 0 })
        {
            _problems.Add(new PyImportProblem(PyImportFailure.EmptyFolder, root, Without(below)));
        }
    }

    private Found Walk(string folder, string relative, int depth, CancellationToken cancellationToken)
    {
        var all = new Found();
        List<(string Name, Found Below)> artifacts = [];
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            RequireBounds(folder, depth);
            var name = IoPath.GetFileName(entry);
            if (!Directory.Exists(entry))
            {
                all.Add(File(entry, name, relative));
            }
            else if (IsLink(entry))
            {
                Refuse(Below(relative, name), "is a link to a folder, which no artifact holds and which is not followed");
            }
            else if (!_own.Contains(entry) && name != "__MACOSX")
            {
                var below = Walk(entry, Below(relative, name), depth + 1, cancellationToken);
                artifacts.Add((name, below));
                all.Add(below);
            }
        }

        if (all.Distributions > 0)
        {
            _problems.AddRange(artifacts.Where(artifact => IsLost(artifact, depth)).Select(artifact => Empty(relative, artifact)));
        }

        return all;
    }

    // A folder of an artifact may be one of logs. One without any file is what a build left that made nothing.
    private static bool IsLost((string Name, Found Below) artifact, int depth) =>
        !artifact.Name.StartsWith('.') && artifact.Below.Distributions == 0 && (depth == 0 || artifact.Below.Files == 0);

    private static PyImportProblem Empty(string relative, (string Name, Found Below) artifact) =>
        new(PyImportFailure.EmptyFolder, Below(relative, artifact.Name), Without(artifact.Below));

    private static string Without(Found below) =>
        below.Files == 0
            ? "holds nothing: its job built nothing"
            : $"holds no distribution ({below.Files} other files, such as {below.Example}): its job built none, or it is not a build's, "
                + "and should not be downloaded with them";

    private Found File(string path, string name, string folder)
    {
        // What macOS writes beside a file into an archive for other systems is not a file of anybody's.
        if (name.StartsWith("._", StringComparison.Ordinal))
        {
            return new Found();
        }

        // Opening one would wait for somebody else.
        if (SpecialFile.KindOf(path) is { } kind)
        {
            Refuse(Below(folder, name), $"is {kind}, which no artifact holds");
            return new Found
            {
                Files = 1,
                Distributions = DistributionFileName.TryParse(name, out _) ? 1 : 0,
                Example = name,
            };
        }

        var isZip = name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);
        if (isZip && !IsLink(path) && PackedArtifact.Held(path) is { } held)
        {
            Refuse(Below(folder, name), $"is an archive that nobody unpacked; it holds {held}");
            return new Found { Files = 1, Example = name };
        }

        var isDistribution = isZip
            ? DistributionFileName.TryParse(name, out _)
            : name.EndsWith(".whl", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase);
        if (isDistribution)
        {
            Take(path, name, folder);
        }

        return new Found
        {
            Files = 1,
            Distributions = isDistribution ? 1 : 0,
            Example = name,
        };
    }

    private void Take(string path, string name, string folder)
    {
        if (IsLink(path))
        {
            Refuse(name, "is a link, which no artifact holds");
        }
        else if (!DistributionFileName.TryParse(name, out _))
        {
            Refuse(name, "is not the name of a distribution");
        }
        else if (name.Any(char.IsAsciiLetterUpper) && !(name.EndsWith(".whl", StringComparison.Ordinal) || IsSdist(name)))
        {
            Refuse(name, "ends in capital letters, which no installer reads");
        }
        else if (_seen.Add(path))
        {
            _files.Add(new ArtifactFile(path, name, folder));
        }
    }

    private static bool IsSdist(string name) =>
        name.EndsWith(".tar.gz", StringComparison.Ordinal) || name.EndsWith(".zip", StringComparison.Ordinal);

    private void Refuse(string subject, string text) => _problems.Add(new PyImportProblem(PyImportFailure.Unreadable, subject, text));

    private void RequireBounds(string folder, int depth)
    {
        if (++_entries > MaxEntries || depth > MaxDepth)
        {
            throw new PySignException(
                PySignFailure.TooLarge,
                $"'{folder}' is not a folder of artifacts: more than {MaxEntries} files, or folders in more than {MaxDepth} folders.",
                "Name the folder that the artifacts were downloaded into, and not one around it."
            );
        }
    }

    private static string Below(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";

    private static bool IsLink(string path) => System.IO.File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint);

    /// <summary>What lies in a folder and in all below it.</summary>
    private sealed class Found
    {
        public int Files { get; set; }

        public int Distributions { get; set; }

        public string? Example { get; set; }

        public void Add(Found other)
        {
            Files += other.Files;
            Distributions += other.Distributions;
            Example ??= other.Example;
        }
    }
}

/// <summary>A distribution in an artifact.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Name">Its name.</param>
/// <param name="Folder">Its folder, relative to the one that was searched, with forward slashes.</param>
internal sealed record ArtifactFile(string Path, string Name, string Folder)
{
    /// <summary>The folder as a person names it.</summary>
    public string Place => Folder.Length > 0 ? Folder : "the folder itself";
}
