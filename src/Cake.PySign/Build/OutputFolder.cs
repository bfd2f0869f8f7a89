using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Statements;
using Cake.PySign.Import;
using PySign.Formats;
using PySign.Packaging.Names;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>The folder the distributions go to. A stale file in it would be signed and published, so it starts empty or the build is
/// refused.</summary>
internal static class OutputFolder
{
    private static readonly string[] _signatureSuffixes =
    [
        SignatureNames.Provenance,
        SignatureNames.PublishAttestation,
        SignatureNames.BuildAttestation,
        SignatureNames.Bundle,
        SignatureNames.OldBundle,
        SignatureNames.Signature,
        SignatureNames.Certificate,
    ];

    private const string GitIgnore = ".gitignore";

    private static readonly string[] _ownNames = ["pysign.json", "pysign.json.lock", "pysign-verify.md"];

    /// <summary>Refuses a folder with anything in it that is not an earlier output of ours. Nothing is changed.</summary>
    public static void Check(DirectoryPath folder)
    {
        if (File.Exists(folder.FullPath))
        {
            throw new PySignException(
                PySignFailure.OutputFolderNotEmpty,
                $"The output folder '{folder.FullPath}' is a file.",
                "Name another OutputDirectory."
            );
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
                "Name the folder itself as OutputDirectory."
            );
        }

        var earlier = EarlierOutput.Of(folder);
        var foreign = Directory
            .EnumerateFileSystemEntries(folder.FullPath)
            .Where(entry => !IsOwn(entry, earlier))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (foreign.Count > 0)
        {
            throw new PySignException(
                PySignFailure.OutputFolderNotEmpty,
                $"The output folder '{folder.FullPath}' holds what no earlier build of this project left there:{Environment.NewLine}"
                    + string.Join(Environment.NewLine, foreign.Take(20).Select(entry => "    " + IoPath.GetFileName(entry)))
                    + (foreign.Count > 20 ? $"{Environment.NewLine}    and {foreign.Count - 20} more" : ""),
                "Move these files away, or name another OutputDirectory. Nothing was deleted."
            );
        }
    }

    /// <summary>
    /// Removes earlier outputs (after a new <see cref="Check"/>) and puts the new distributions in. What is there already with the same
    /// bytes, and what is to stay, is not touched: a process that dies in between has lost nothing of it. The ledger goes first, so that no
    /// stage believes a half-made folder.
    /// </summary>
    public static void Replace(
        DirectoryPath folder,
        IReadOnlyList<BuiltDistribution> distributions,
        IReadOnlySet<string> kept,
        Action<string>? changing = null
    )
    {
        Check(folder);
        var project = ProjectName.Parse(distributions[0].Name);
        var earlier = EarlierOutput.Of(folder);
        if (earlier.Project is { } other && other != project.Normalized)
        {
            throw new PySignException(
                PySignFailure.OutputFolderNotEmpty,
                $"The output folder '{folder.FullPath}' holds the distributions of {other}, and {project.Normalized} was built.",
                "Name a folder for each project as OutputDirectory, or empty this one. Nothing was deleted."
            );
        }

        OutputPath.Make(folder);
        EarlierOutput.Write(folder, project, earlier.Names.Concat(distributions.Select(Name)).Distinct(StringComparer.Ordinal));
        var there = distributions.Where(one => IsThere(folder, one)).Select(Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in Stale(folder, name => kept.Contains(name) || there.Contains(name)))
        {
            changing?.Invoke($"remove {name}");
            OutputPath.Remove(folder.CombineWithFilePath(name));
        }

        foreach (var one in distributions.Where(one => !there.Contains(Name(one))))
        {
            changing?.Invoke($"write {Name(one)}");
            AtomicFile.Copy(one.Path, folder.CombineWithFilePath(Name(one)));
        }
    }

    /// <summary>What is removed, in that order: the ledger goes first.</summary>
    private static List<string> Stale(DirectoryPath folder, Func<string, bool> stays) =>
        [
            .. Directory
                .EnumerateFiles(folder.FullPath)
                .Select(entry => IoPath.GetFileName(entry))
                .Where(name => name is not (EarlierOutput.Marker or GitIgnore) && !stays(name))
                .OrderByDescending(name => _ownNames.Contains(name))
                .ThenBy(name => name, StringComparer.Ordinal),
        ];

    private static bool IsThere(DirectoryPath folder, BuiltDistribution one)
    {
        var path = folder.CombineWithFilePath(Name(one));
        return File.Exists(path.FullPath) && FileDigest.Of(path) == one.Sha256;
    }

    private static string Name(BuiltDistribution one) => one.Path.GetFilename().FullPath;

    private static bool IsOwn(string entry, EarlierOutput earlier)
    {
        var name = IoPath.GetFileName(entry);

        // An import that was killed leaves its folder, and the next one removes it.
        if (Directory.Exists(entry))
        {
            return HeldFolder.IsNamed(name, StagedImport.FolderName);
        }

        // uv leaves one that ignores the whole folder; it stays. A probe belongs to nobody.
        if (name == GitIgnore || AtomicFile.IsProbe(name))
        {
            return true;
        }

        // Every file is written under a temporary name and renamed; a process that was killed in between leaves that.
        name = WholeFile.TargetOf(name);
        if (HeldFolder.IsNamed(name, StagedImport.FolderName))
        {
            return true;
        }

        // A file that only has the name of a ledger is not one.
        if (_ownNames.Contains(name))
        {
            return earlier.Project is not null;
        }

        if (name == EarlierOutput.Marker || earlier.Names.Contains(name))
        {
            return true;
        }

        if (ReleaseStatement.IsFileName(name))
        {
            return earlier.Names.Count > 0;
        }

        var suffix = _signatureSuffixes.FirstOrDefault(suffix => name.EndsWith(suffix, StringComparison.Ordinal));
        // A run that was killed may have left a signature's file before the ledger named it.
        return suffix is not null && earlier.Names.Contains(name[..^suffix.Length]);
    }
}
