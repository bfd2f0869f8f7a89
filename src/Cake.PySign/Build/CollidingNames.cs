using System.Text;
using System.Text.Json;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Build;

/// <summary>Names that file systems of Windows and macOS take for one: they differ in case or in Unicode form alone.</summary>
internal static class CollidingNames
{
    // This process may run without Unicode's tables (slim images, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT); Python brings its own.
    private const string Fold =
        "import json, sys, unicodedata; print(json.dumps([unicodedata.normalize('NFC', n).casefold() for n in json.loads(sys.argv[1])]))";

    /// <summary>Groups of such names.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<string>>> FindAsync(
        IReadOnlyList<string> names,
        FilePath python,
        DirectoryPath workingDirectory,
        IChildProcessRunner processes,
        CancellationToken cancellationToken
    )
    {
        var folded = names
            .Distinct(StringComparer.Ordinal)
            .Where(name => Ascii.IsValid(name))
            .Select(name => (name, Key: name.ToLowerInvariant()))
            .ToList();
        foreach (var part in names.Distinct(StringComparer.Ordinal).Where(name => !Ascii.IsValid(name)).Chunk(500))
        {
            var result = await processes
                .RunAsync(
                    new ChildProcessStart
                    {
                        Program = python,
                        Arguments = ["-I", "-c", Fold, JsonSerializer.Serialize(part)],
                        WorkingDirectory = workingDirectory,
                        Timeout = TimeSpan.FromMinutes(1),
                        OutputVerbosity = Verbosity.Diagnostic,
                        OutputIsSecret = true,
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            var keys = result.ExitCode == 0 ? JsonSerializer.Deserialize<string[]>(string.Concat(result.Output)) ?? [] : [];
            folded.AddRange(part.Zip(keys));
        }

        return
        [
            .. folded
                .GroupBy(one => one.Key, one => one.name, StringComparer.Ordinal)
                .Where(group => group.Skip(1).Any())
                .Select(group => (IReadOnlyList<string>)[.. group]),
        ];
    }
}
