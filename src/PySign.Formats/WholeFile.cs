using System.Text;

namespace PySign.Formats;

/// <summary>
/// The one way to write a file that somebody else reads: under another name beside it, onto the disk, then renamed. A reader sees the old
/// file or the new one, even after a power failure. A link is replaced; what it leads to stays as it is.
/// </summary>
public static class WholeFile
{
    private const string Suffix = ".part";

    // In bytes, as Linux counts; Windows and macOS allow no less.
    private const int MostInName = 255;

    /// <summary>Writes a file, in a folder that is made where it is missing.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="content">All of it.</param>
    /// <exception cref="IOException">It cannot be written. What was there before is there still.</exception>
    /// <exception cref="UnauthorizedAccessException">The permissions do not allow it.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content) =>
        Replace(path, content, static (stream, bytes) => stream.Write(bytes));

    /// <summary>As <see cref="Write(string, ReadOnlySpan{byte})"/>, for what is not held in memory.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="write">Writes all of it. Where it fails, nothing is replaced.</param>
    /// <exception cref="IOException">It cannot be written. What was there before is there still.</exception>
    /// <exception cref="UnauthorizedAccessException">The permissions do not allow it.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Replace(path, write, static (stream, write) => write(stream));
    }

    /// <summary>Gives a file that is whole its name, where nothing has it: the bytes are on the disk before the name is. One that only may
    /// be read stays so.</summary>
    /// <param name="whole">The file under another name, on the same disk.</param>
    /// <param name="path">Its name from now on.</param>
    /// <exception cref="IOException">Something has the name already, or it cannot be given.</exception>
    /// <exception cref="UnauthorizedAccessException">The permissions do not allow it.</exception>
    public static void Place(string whole, string path)
    {
        var attributes = File.GetAttributes(whole);
        var isReadOnly = attributes.HasFlag(FileAttributes.ReadOnly);
        if (isReadOnly)
        {
            // Only what may be written can be flushed, and on Windows be deleted.
            File.SetAttributes(whole, FileAttributes.Normal);
        }

        using (var stream = new FileStream(whole, FileMode.Open, FileAccess.ReadWrite))
        {
            stream.Flush(flushToDisk: true);
        }

        File.Move(whole, path, overwrite: false);
        if (isReadOnly)
        {
            File.SetAttributes(path, attributes);
        }
    }

    /// <summary>A path of its own, beside a file, for what is to become it. It says so, unless the name is too long for that.</summary>
    /// <param name="path">The file.</param>
    public static string TemporaryFor(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var end = $".{Guid.NewGuid():N}{Suffix}";
        return Encoding.UTF8.GetByteCount(Path.GetFileName(path)) + end.Length <= MostInName
            ? path + end
            : Path.Combine(Path.GetDirectoryName(path) ?? "", end);
    }

    /// <summary>The name of the file that a temporary one was to become, and one that was to become a temporary one; any other name as it
    /// is.</summary>
    /// <param name="name">A file's name or path.</param>
    public static string TargetOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        while (name.EndsWith(Suffix, StringComparison.Ordinal))
        {
            var dot = name.AsSpan(0, name.Length - Suffix.Length).LastIndexOf('.');
            if (dot <= 0 || !Guid.TryParseExact(name.AsSpan((dot + 1)..^Suffix.Length), "N", out _))
            {
                break;
            }

            name = name[..dot];
        }

        return name;
    }

    private static void Replace<T>(string path, T content, Action<Stream, T> write)
        where T : allows ref struct
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var temporary = TemporaryFor(path);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream, content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
