using System.Text.Json;
using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Packaging.Names;

namespace Cake.PySign.Build;

/// <summary>
/// What earlier builds left in an output folder, as their marker or the release's ledger says. Nothing else is ever removed from it: the
/// form of a name says nothing of whose file it is.
/// </summary>
internal sealed record EarlierOutput(string? Project, IReadOnlySet<string> Names)
{
    /// <summary>The build's own list, written before the first file of a build is.</summary>
    public const string Marker = ".pysign-build.json";

    private const int MaxBytes = 16 << 20;

    /// <summary>Reads both lists; what cannot be read names nothing.</summary>
    public static EarlierOutput Of(DirectoryPath folder)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        string? project = null;
        foreach (var list in new[] { "pysign.json", Marker })
        {
            if (Read(folder.CombineWithFilePath(list).FullPath) is { } json)
            {
                using (json)
                {
                    project = Text(json.RootElement, "normalizedName") ?? project;
                    Collect(json.RootElement, names);
                }
            }
        }

        return new EarlierOutput(project, names);
    }

    /// <summary>Writes the marker, whole or not at all.</summary>
    public static void Write(DirectoryPath folder, ProjectName project, IEnumerable<string> names)
    {
        var list = new { normalizedName = project.Normalized, files = names.Order(StringComparer.Ordinal).Select(name => new { name }) };
        AtomicFile.Write(folder.CombineWithFilePath(Marker), JsonSerializer.Serialize(list));
    }

    private static JsonDocument? Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file is { Exists: true, Length: > 0 and <= MaxBytes, LinkTarget: null }
                ? JsonDocument.Parse(File.ReadAllBytes(path))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The ledger's files, those of their signatures, and the statement: every "name" in a list of files.
    private static void Collect(JsonElement element, HashSet<string> names)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var one in element.EnumerateArray())
            {
                Collect(one, names);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            if (Text(element, "name") is { } name && name == System.IO.Path.GetFileName(name))
            {
                names.Add(name);
            }

            foreach (var key in new[] { "files", "signature", "statement", "file" })
            {
                if (element.TryGetProperty(key, out var inner))
                {
                    Collect(inner, names);
                }
            }
        }
    }

    private static string? Text(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
