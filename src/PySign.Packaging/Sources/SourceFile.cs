using System.Text;

namespace PySign.Packaging.Sources;

/// <summary>
/// A file of a project's tree, its bytes read as Latin-1: whatever its encoding is, ASCII stays ASCII and every other byte comes back as it
/// was.
/// </summary>
internal sealed class SourceFile
{
    // Files that hold a version are small; a generated monster is not read.
    private const long MaxBytes = 4 * 1024 * 1024;

    private SourceFile(string path, string text)
    {
        Path = path;
        Text = text;
    }

    /// <summary>The path below the project folder, with forward slashes.</summary>
    public string Path { get; }

    public string Text { get; }

    /// <summary>Reads a file below a folder; null when it is not there, is too large, or is reached through something outside of the
    /// folder.</summary>
    public static SourceFile? Find(string folder, string path)
    {
        if (Normalize(path) is not { } relative)
            return null;
        var parts = relative.Split('/');
        var current = folder;

        // A linked folder may lie anywhere: an edit would change what is not this tree's. A linked file is replaced, not written through.
        foreach (var part in parts[..^1])
        {
            current = System.IO.Path.Combine(current, part);
            if (!Directory.Exists(current) || new DirectoryInfo(current).LinkTarget is not null)
                return null;
        }

        var file = new FileInfo(System.IO.Path.Combine(current, parts[^1]));
        // A pipe has no length, and reading one may never end.
        return file.Exists && file.Length <= MaxBytes
            ? new SourceFile(relative, file.Length == 0 ? "" : Encoding.Latin1.GetString(File.ReadAllBytes(file.FullName)))
            : null;
    }

    /// <summary>The path without <c>.</c> and empty parts; null when it is not plainly below its folder.</summary>
    public static string? Normalize(string path)
    {
        var parts = path.Replace('\\', '/').Split('/').Where(part => part.Length > 0 && part != ".").ToList();
        return
            parts.Count == 0
            || path.StartsWith('/')
            || System.IO.Path.IsPathRooted(path)
            || parts.Contains("..")
            || path.Contains('\0', StringComparison.Ordinal)
            ? null
            : string.Join('/', parts);
    }

    /// <summary>The file's bytes with one value in place of another.</summary>
    public byte[] With(SourceSpan old, string value) =>
        Encoding.Latin1.GetBytes(string.Concat(Text.AsSpan(0, old.Start), value, Text.AsSpan(old.End)));
}

/// <summary>A value that stands in a file: where its characters are and what they say.</summary>
internal readonly record struct SourceSpan(int Start, int End, string Value);
