using System.Text;
using Cake.Core.IO;
using PySign.Formats;

namespace Cake.PySign.Common;

/// <summary>Writes files as <see cref="WholeFile"/> does, and says what it means that one cannot be written.</summary>
internal static class AtomicFile
{
    public static void Write(FilePath path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <exception cref="PySignException"><see cref="PySignFailure.OutputUnwritable"/>: the disk is full, or the permissions do not allow
    /// it. What was there before is there still.</exception>
    public static void Write(FilePath path, ReadOnlySpan<byte> content)
    {
        try
        {
            WholeFile.Write(path.FullPath, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path.FullPath, e);
        }
    }

    /// <summary>Copies a file to where nothing is: it appears under its name when it is whole.</summary>
    /// <exception cref="PySignException"><see cref="PySignFailure.OutputUnwritable"/>: something has the name already, or it cannot be
    /// written.</exception>
    public static void Copy(FilePath from, FilePath path)
    {
        var temporary = WholeFile.TemporaryFor(path.FullPath);
        try
        {
            File.Copy(from.FullPath, temporary);
            WholeFile.Place(temporary, path.FullPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw Unwritable(path.FullPath, e);
        }
    }

    /// <summary>Gives a whole file its name, where nothing has it: the bytes are on the disk before the name is.</summary>
    /// <exception cref="PySignException"><see cref="PySignFailure.OutputUnwritable"/>: something has the name already, or it cannot be
    /// given.</exception>
    public static void Place(string whole, FilePath path)
    {
        try
        {
            WholeFile.Place(whole, path.FullPath);
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
}
