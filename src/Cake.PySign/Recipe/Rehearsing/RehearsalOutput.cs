using System.IO.Enumeration;
using Cake.Core.IO;
using Cake.PySign.Common;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>
/// What a rehearsal leaves for the person who rehearses. A marker names each file with its digest: what has another one, or was put there
/// since, is a person's.
/// </summary>
internal static class RehearsalOutput
{
    public const string Preflight = "preflight.json";

    /// <summary>The folder with the preflight's reports of several projects.</summary>
    public const string Preflights = "preflight/";

    private const string Marker = ".pysign-rehearsal";
    private const string Header = "A rehearsal of Cake.PySign made what is here; the next one replaces it.\n";

    private static readonly EnumerationOptions _all = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.None,
        ReturnSpecialDirectories = false,
    };

    private static readonly string[] _names =
    [
        "dist",
        "consumer",
        "test-results",
        "report",
        "logs",
        Preflight,
        "preflight",
        "trusted_root.json",
        "signing_config.json",
        LedgerStore.FileName,
    ];

    /// <summary>Names what the rehearsal has left until now: a rehearsal that is killed has listed all but its last job's.</summary>
    /// <param name="output">The folder.</param>
    /// <param name="growing">What the next job writes there itself: no digest is known of it until the job has ended.</param>
    public static void List(DirectoryPath output, params string[] growing)
    {
        var lines = Files(output)
            .Where(file => file.Name != Marker && file.LinkTarget is null && SpecialFile.KindOf(file.FullName) is null)
            .Select(file => $"{FileDigest.Of(file.FullName)}  {Relative(output, file)}")
            .Concat(growing.Select(Growing))
            .Order(StringComparer.Ordinal);
        AtomicFile.Write(output.CombineWithFilePath(Marker), Header + string.Join('\n', lines) + "\n");
    }

    /// <summary>Empties what an earlier rehearsal left, which its marker says; a real release has the same names.</summary>
    public static void Prepare(DirectoryPath output)
    {
        var marker = output.CombineWithFilePath(Marker).FullPath;
        if (Directory.Exists(output.FullPath))
        {
            var isOurs = File.Exists(marker);
            var foreign = Directory
                .EnumerateFileSystemEntries(output.FullPath)
                .Select(entry => System.IO.Path.GetFileName(entry))
                .Where(name => !isOurs || (name != Marker && !_names.Contains(name, StringComparer.Ordinal)))
                .Concat(isOurs ? Changed(output, marker) : [])
                .Order(StringComparer.Ordinal)
                .ToList();
            if (foreign.Count > 0)
            {
                throw new PySignException(
                    PySignFailure.OutputFolderNotEmpty,
                    $"'{output}' holds what no rehearsal put there: {string.Join(", ", foreign.Take(5))}.",
                    "Name another folder with --output, or empty this one."
                );
            }

            foreach (var name in _names)
            {
                var path = output.Combine(name).FullPath;
                OutputPath.Try(path, Remove);
            }
        }

        OutputPath.Make(output.Combine("logs"));
        AtomicFile.Write(marker, Header);
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }

    private static IEnumerable<string> Changed(DirectoryPath output, string marker)
    {
        var listed = File.ReadAllLines(marker).Skip(1).Where(line => line.Length > 0).ToHashSet(StringComparer.Ordinal);
        return Files(output).Where(file => file.Name != Marker && !IsListed(output, file, listed)).Select(file => Relative(output, file));
    }

    private static bool IsListed(DirectoryPath output, FileInfo file, HashSet<string> listed) =>
        file.LinkTarget is null
        && SpecialFile.KindOf(file.FullName) is null
        && (
            listed.Contains(Growing(Relative(output, file))) || listed.Contains($"{FileDigest.Of(file.FullName)}  {Relative(output, file)}")
        );

    private static string Growing(string name) => $"growing  {name}";

    // What a link leads to is not in this folder, and is not removed with it.
    private static IEnumerable<FileInfo> Files(DirectoryPath output) =>
        new FileSystemEnumerable<FileInfo>(output.FullPath, static (ref entry) => new FileInfo(entry.ToFullPath()), _all)
        {
            ShouldIncludePredicate = static (ref entry) => !entry.IsDirectory || entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
            ShouldRecursePredicate = static (ref entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };

    private static string Relative(DirectoryPath output, FileInfo file) =>
        System.IO.Path.GetRelativePath(output.FullPath, file.FullName).Replace('\\', '/');
}
