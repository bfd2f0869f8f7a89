using Cake.Core.IO;
using PySign.Packaging.Distributions;
using IoPath = System.IO.Path;

namespace Cake.PySign.Import;

/// <summary>
/// Finds distributions where artifacts were unpacked: directly in a folder, in one folder for each artifact, or deeper, as the upload kept
/// its paths. Each of the folders right below the one that is searched is an artifact, and none of them may be without a distribution.
/// </summary>
internal sealed class ArtifactFolders
{
    private const int MaxDepth = 12;
    private const int MaxEntries = 200_000;

    private readonly HashSet<string> _own;
    private readonly List<ArtifactFile> _files = [];
    private readonly List<PyImportProblem> _problems = [];
    private int _entries;

    private ArtifactFolders(IEnumerable<DirectoryPath> own) =>
        _own = own.Select(folder => folder.FullPath.TrimEnd('/')).ToHashSet(StringComparer.Ordinal);

    public IReadOnlyList<ArtifactFile> Files => _files;

    public IReadOnlyList<PyImportProblem> Problems => _problems;

    /// <exception cref="PySignException">A folder is not there, or holds too much.</exception>
    public static ArtifactFolders Find(
        IEnumerable<DirectoryPath> roots,
        IEnumerable<DirectoryPath> own,
        CancellationToken cancellationToken
    )
    {
        var found = new ArtifactFolders(own);
        foreach (var root in roots)
        {
            if (!Directory.Exists(root.FullPath))
            {
                throw new PySignException(
                    PySignFailure.MissingFile,
                    $"There is no folder '{root}' to import from.",
                    "Download the artifacts of the build jobs into it before this step, or correct --import-from (PYSIGN_IMPORT_FROM)."
                );
            }

            found.Search(root.FullPath, cancellationToken);
        }

        return found;
    }

    private void Search(string root, CancellationToken cancellationToken)
    {
        var before = _files.Count;
        Walk(root, "", 0, cancellationToken);
        if (_files.Count == before)
        {
            _problems.Add(new PyImportProblem(PyImportProblemKind.EmptyFolder, root, "holds no distribution"));
            return;
        }

        foreach (
            var artifact in Directory
                .EnumerateDirectories(root)
                .Where(folder => !IsLink(folder) && !_own.Contains(folder))
                .Order(StringComparer.Ordinal)
        )
        {
            var name = IoPath.GetFileName(artifact);
            if (!_files.Skip(before).Any(file => file.Folder == name || file.Folder.StartsWith(name + "/", StringComparison.Ordinal)))
            {
                _problems.Add(
                    new PyImportProblem(PyImportProblemKind.EmptyFolder, name, $"holds no distribution, in '{root}': its job built none")
                );
            }
        }
    }

    private void Walk(string folder, string relative, int depth, CancellationToken cancellationToken)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++_entries > MaxEntries || depth > MaxDepth)
            {
                throw new PySignException(
                    PySignFailure.TooLarge,
                    $"'{folder}' is not a folder of artifacts: more than {MaxEntries} files, or folders in more than {MaxDepth} folders.",
                    "Name the folder that the artifacts were downloaded into, and not one around it."
                );
            }

            var name = IoPath.GetFileName(entry);
            if (Directory.Exists(entry))
            {
                if (!IsLink(entry) && !_own.Contains(entry))
                {
                    Walk(entry, relative.Length == 0 ? name : $"{relative}/{name}", depth + 1, cancellationToken);
                }
            }
            else if (IsDistribution(name))
            {
                Take(entry, name, relative);
            }
        }
    }

    private void Take(string path, string name, string folder)
    {
        if (IsLink(path))
        {
            _problems.Add(new PyImportProblem(PyImportProblemKind.Unreadable, name, "is a link, which no artifact holds"));
        }
        else if (!DistributionFileName.TryParse(name, out _))
        {
            _problems.Add(new PyImportProblem(PyImportProblemKind.Unreadable, name, "is not the name of a distribution"));
        }
        else
        {
            _files.Add(new ArtifactFile(path, name, folder));
        }
    }

    private static bool IsLink(string path) => File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint);

    // Archives of anything else may lie beside; an old sdist is one only where its name says so.
    private static bool IsDistribution(string name) =>
        name.EndsWith(".whl", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase)
        || (name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) && DistributionFileName.TryParse(name, out _));
}

/// <summary>A distribution in an artifact.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Name">Its name.</param>
/// <param name="Folder">Its folder, relative to the one that was searched, with forward slashes.</param>
internal sealed record ArtifactFile(string Path, string Name, string Folder);
