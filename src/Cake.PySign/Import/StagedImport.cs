using System.Security.Cryptography;
using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Formats;

namespace Cake.PySign.Import;

/// <summary>
/// Distributions on their way: copied once into a folder of our own inside the output folder, hashed as they are copied, checked there, and
/// then only renamed. What was checked is what arrives, and nobody sees half of it.
/// </summary>
internal sealed class StagedImport : IDisposable
{
    /// <summary>What the folder in the output folder is called, with more behind it.</summary>
    public const string FolderName = "pysign-import";

    private readonly DirectoryPath _output;
    private readonly HeldFolder _folder;

    /// <exception cref="PySignException">Nothing can be written to the output folder.</exception>
    public StagedImport(DirectoryPath output)
    {
        _output = output;
        _folder = new HeldFolder(output, FolderName);
    }

    /// <summary>Where the files are until they are placed.</summary>
    public DirectoryPath Folder => _folder.Path;

    /// <summary>Whether a folder is the private one of an import into <paramref name="output"/>, or in it.</summary>
    public static bool Holds(string output, string folder) =>
        folder.StartsWith(output, StringComparison.Ordinal) && HeldFolder.IsNamed(folder[output.Length..].Split('/')[0], FolderName);

    public IReadOnlyList<ImportedDistribution> Files { get; set; } = [];

    /// <summary>Where a file is copied to.</summary>
    public FilePath Place(string name) => _folder.Path.CombineWithFilePath(name);

    /// <summary>Copies a file, and gives its digest and size.</summary>
    public static (Sha256Digest Sha256, long Size) Take(Stream source, FilePath target, CancellationToken cancellationToken)
    {
        using var copy = new FileStream(target.FullPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 17];
        var size = 0L;
        int read;
        while ((read = source.Read(buffer)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
            copy.Write(buffer, 0, read);
            size += read;
        }

        return (Sha256Digest.FromBytes(hash.GetHashAndReset()), size);
    }

    /// <summary>Stops where the output folder holds another file under a name that arrives.</summary>
    /// <param name="isOurs">Whether such a file, by name and digest, is what an earlier import put there.</param>
    /// <exception cref="PySignException">There is one; nothing was changed.</exception>
    public void RequireFree(Func<string, Sha256Digest, bool>? isOurs = null)
    {
        foreach (var file in Files.Where(file => File.Exists(Target(file).FullPath)))
        {
            var name = Target(file).GetFilename().FullPath;
            var found = FileDigest.Of(Target(file));
            if (found != file.Sha256 && isOurs?.Invoke(name, found) != true)
            {
                throw new PySignException(
                    PySignFailure.OutputFolderNotEmpty,
                    $"'{_output}' holds another '{name}', with other bytes.",
                    "Remove it if it is of an earlier release, or name another output folder. Nothing was overwritten."
                );
            }
        }
    }

    /// <summary>Moves every file to its place. Nothing is overwritten: the same bytes are left as they are.</summary>
    public IReadOnlyList<ImportedDistribution> Place()
    {
        RequireFree();
        List<ImportedDistribution> placed = [];
        foreach (var file in Files)
        {
            PlaceOne(file);
            placed.Add(file with { Path = Target(file) });
        }

        return placed;
    }

    // Another import of the same files may place one in the same moment.
    private void PlaceOne(ImportedDistribution file)
    {
        if (File.Exists(Target(file).FullPath))
        {
            return;
        }

        try
        {
            AtomicFile.Place(file.Path.FullPath, Target(file));
        }
        catch (PySignException) when (File.Exists(Target(file).FullPath) && FileDigest.Of(Target(file)) == file.Sha256)
        {
            // The same bytes are there.
        }
    }

    public void Dispose() => _folder.Dispose();

    private FilePath Target(ImportedDistribution file) => _output.CombineWithFilePath(file.Path.GetFilename());
}
