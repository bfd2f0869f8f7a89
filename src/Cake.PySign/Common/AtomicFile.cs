using System.Text;
using Cake.Core.IO;
using PySign.Formats;

namespace Cake.PySign.Common;

/// <summary>Writes files as <see cref="WholeFile"/> does, and says what it means that one cannot be written.</summary>
internal static class AtomicFile
{
    private const string Probe = ".pysign-probe";

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

    /// <summary>Finds out whether files can be written to a folder that is there.</summary>
    /// <exception cref="IOException">They cannot.</exception>
    /// <exception cref="UnauthorizedAccessException">The permissions do not allow it.</exception>
    public static void TryFolder(DirectoryPath folder)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.DeleteOnClose,
        };
        using var probe = new FileStream(ProbeIn(folder), options);
        probe.Write(new byte[4096]);
        probe.Flush(flushToDisk: true);
    }

    /// <summary>Whether a name is that of a probe: a process that was killed leaves one, and it belongs to nobody.</summary>
    public static bool IsProbe(string name) => name != Probe && WholeFile.TargetOf(name) == Probe;

    internal static string ProbeIn(DirectoryPath folder) => WholeFile.TemporaryFor(folder.CombineWithFilePath(Probe).FullPath);

    /// <summary>What it means that a file cannot be written.</summary>
    public static PySignException Unwritable(string path, Exception cause) =>
        new(
            PySignFailure.OutputUnwritable,
            $"'{path}' cannot be written: {cause.Message}",
            "Make room, or correct the permissions; then run again.",
            cause
        );
}
