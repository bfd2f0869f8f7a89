using System.Text;
using Cake.Core.IO;

namespace Cake.PySign.Common;

/// <summary>
/// The one way to write a file that somebody else reads: under another name beside it, on the disk, then renamed. A reader sees the old
/// file or the new one, also after the power went.
/// </summary>
internal static class AtomicFile
{
    private const string Suffix = ".part";

    public static void Write(FilePath path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <exception cref="PySignException"><see cref="PySignFailure.OutputUnwritable"/>: the disk is full, or the permissions do not allow
    /// it. What was there before is there still.</exception>
    public static void Write(FilePath path, ReadOnlySpan<byte> content)
    {
        try
        {
            WriteNew(path, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path.FullPath, e);
        }
    }

    /// <summary>A path of its own, beside a file, for what is to become it.</summary>
    public static string TemporaryFor(FilePath path) => $"{path.FullPath}.{Guid.NewGuid():N}{Suffix}";

    /// <summary>The name of the file that a temporary one was to become; any other name as it is.</summary>
    public static string NameOf(string name)
    {
        var dot = name.EndsWith(Suffix, StringComparison.Ordinal) ? name.LastIndexOf('.', name.Length - Suffix.Length - 1) : -1;
        return dot > 0 && Guid.TryParseExact(name[(dot + 1)..^Suffix.Length], "N", out _) ? name[..dot] : name;
    }

    /// <summary>Gives a whole file its name, where nothing has it: the bytes are on the disk before the name is.</summary>
    /// <exception cref="PySignException"><see cref="PySignFailure.OutputUnwritable"/>: something has the name already, or it cannot be
    /// given.</exception>
    public static void Place(string whole, FilePath path)
    {
        try
        {
            using (var stream = new FileStream(whole, FileMode.Open, FileAccess.ReadWrite))
            {
                stream.Flush(flushToDisk: true);
            }

            File.Move(whole, path.FullPath, overwrite: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path.FullPath, e);
        }
    }

    /// <summary>What it means that a file cannot be written.</summary>
    public static PySignException Unwritable(string path, Exception cause) =>
        new(
            PySignFailure.OutputUnwritable,
            $"'{path}' cannot be written: {cause.Message}",
            "Make room, or correct the permissions; then run again.",
            cause
        );

    private static void WriteNew(FilePath path, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(path.GetDirectory().FullPath);
        var temporary = TemporaryFor(path);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path.FullPath, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
