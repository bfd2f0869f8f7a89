using Cake.Core.IO;
using PySign.Packaging.Distributions;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>The folder the distributions go to. A stale file in it would be signed and published, so it starts empty or the build is refused.</summary>
internal static class OutputFolder
{
    private static readonly string[] _signatureSuffixes = [".sigstore.json", ".sigstore", ".sig", ".crt"];

    private static readonly string[] _ownNames = ["pysign.json"];

    /// <summary>Refuses a folder with anything in it that is not an earlier output of ours. Nothing is changed.</summary>
    public static void Check(DirectoryPath folder)
    {
        if (File.Exists(folder.FullPath))
        {
            throw new PySignException(PySignFailure.OutputFolderNotEmpty, $"The output folder '{folder.FullPath}' is a file.", "Name another OutputDirectory.");
        }

        if (!Directory.Exists(folder.FullPath))
        {
            return;
        }

        if (File.ResolveLinkTarget(folder.FullPath, returnFinalTarget: false) is { } target)
        {
            throw new PySignException(
                PySignFailure.OutputFolderNotEmpty,
                $"The output folder '{folder.FullPath}' is a link to '{target.FullName}'.",
                "Name the folder itself as OutputDirectory.");
        }

        var foreign = Directory.EnumerateFileSystemEntries(folder.FullPath).Where(entry => !IsOwn(entry)).Order(StringComparer.Ordinal).ToList();
        if (foreign.Count > 0)
        {
            throw new PySignException(
                PySignFailure.OutputFolderNotEmpty,
                $"The output folder '{folder.FullPath}' holds what no earlier build of this project left there:{Environment.NewLine}"
                    + string.Join(Environment.NewLine, foreign.Take(20).Select(entry => "    " + IoPath.GetFileName(entry)))
                    + (foreign.Count > 20 ? $"{Environment.NewLine}    and {foreign.Count - 20} more" : ""),
                "Move these files away, or name another OutputDirectory. Nothing was deleted.");
        }
    }

    /// <summary>Removes earlier outputs (after a new <see cref="Check"/>) and moves the new distributions in.</summary>
    public static void Replace(DirectoryPath folder, IEnumerable<FilePath> distributions)
    {
        Check(folder);
        Directory.CreateDirectory(folder.FullPath);
        foreach (var entry in Directory.EnumerateFiles(folder.FullPath))
        {
            File.Delete(entry);
        }

        foreach (var distribution in distributions)
        {
            File.Copy(distribution.FullPath, folder.CombineWithFilePath(distribution.GetFilename()).FullPath, overwrite: false);
        }
    }

    private static bool IsOwn(string entry)
    {
        if (Directory.Exists(entry))
        {
            return false;
        }

        var name = IoPath.GetFileName(entry);
        if (_ownNames.Contains(name))
        {
            return true;
        }

        var suffix = _signatureSuffixes.FirstOrDefault(suffix => name.EndsWith(suffix, StringComparison.Ordinal));
        return DistributionFileName.TryParse(suffix is null ? name : name[..^suffix.Length], out _);
    }
}
