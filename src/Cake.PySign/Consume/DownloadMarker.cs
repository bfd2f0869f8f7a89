using System.Text.Json;
using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Formats;
using PySign.Packaging.Names;
using IoPath = System.IO.Path;

namespace Cake.PySign.Consume;

/// <summary>
/// The list, in a folder of downloads, of what a verification put there: name and SHA-256. Only what it names is ever removed again; the
/// suffix of a file says nothing of whose it is.
/// </summary>
internal static class DownloadMarker
{
    public const string Name = ".pysign-downloads.json";

    private const int MaxBytes = 16 << 20;

    /// <summary>Lists everything that is in the folder.</summary>
    public static void Write(DirectoryPath folder)
    {
        var files = Directory
            .EnumerateFiles(folder.FullPath)
            .ToDictionary(path => IoPath.GetFileName(path), path => FileDigest.Of(path), StringComparer.Ordinal);
        AtomicFile.Write(folder.CombineWithFilePath(Name), JsonSerializer.Serialize(files));
    }

    /// <summary>Removes what an earlier verification listed, if there is nothing else.</summary>
    /// <exception cref="PySignException">The folder holds something else, or what is listed has changed. Nothing was removed.</exception>
    public static void Empty(DirectoryPath folder)
    {
        if (!Directory.Exists(folder.FullPath))
        {
            return;
        }

        var listed = Read(folder);
        var probes = Directory.EnumerateFiles(folder.FullPath).Select(path => IoPath.GetFileName(path)).Where(AtomicFile.IsProbe).ToList();
        var others = new DirectoryInfo(folder.FullPath)
            .EnumerateFileSystemInfos()
            .Where(entry => entry.Name != Name && !IsListed(entry, listed) && !probes.Contains(entry.Name))
            .Select(entry => entry.Name)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (others.Count > 0 || new DirectoryInfo(folder.FullPath).LinkTarget is not null)
        {
            throw new PySignException(
                PySignFailure.OutputFolderNotEmpty,
                $"'{folder}' holds what no verification put there: {string.Join(", ", others.Take(10).DefaultIfEmpty("it is a link"))}. "
                    + "Nothing was removed.",
                "Name another folder for the downloads, or empty this one."
            );
        }

        foreach (var name in listed.Keys.Append(Name).Concat(probes))
        {
            OutputPath.Remove(folder.CombineWithFilePath(name));
        }
    }

    private static bool IsListed(FileSystemInfo entry, Dictionary<string, Sha256Digest?> listed) =>
        entry is FileInfo { LinkTarget: null } && listed.TryGetValue(entry.Name, out var sha256) && FileDigest.Of(entry.FullName) == sha256;

    private static Dictionary<string, Sha256Digest?> Read(DirectoryPath folder)
    {
        var marker = new FileInfo(folder.CombineWithFilePath(Name).FullPath);
        try
        {
            return
                marker is { Exists: true, Length: > 0 and <= MaxBytes, LinkTarget: null }
                && JsonSerializer.Deserialize<Dictionary<string, Sha256Digest?>>(File.ReadAllText(marker.FullName)) is { } files
                && files.Keys.All(name => name == IoPath.GetFileName(name) && PortableName.IsPortable(name))
                ? files
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
