using Cake.Core.IO;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>What a rehearsal leaves for the person who rehearses. A marker says that it is ours.</summary>
internal static class RehearsalOutput
{
    public const string Preflight = "preflight.json";

    private const string Marker = ".pysign-rehearsal";

    private static readonly string[] _names =
    [
        "dist",
        "consumer",
        "test-results",
        "report",
        "logs",
        Preflight,
        "trusted_root.json",
        "signing_config.json",
        LedgerStore.FileName,
    ];

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
                if (Directory.Exists(path))
                {
                    Directory.Delete(path, recursive: true);
                }
                else
                {
                    File.Delete(path);
                }
            }
        }

        Directory.CreateDirectory(output.Combine("logs").FullPath);
        File.WriteAllText(marker, "A rehearsal of Cake.PySign made what is here; the next one replaces it.\n");
    }
}
