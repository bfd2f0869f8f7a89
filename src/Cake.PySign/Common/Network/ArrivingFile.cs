using Cake.Core.IO;
using PySign.Formats;

namespace Cake.PySign.Common.Network;

/// <summary>A file while it is being downloaded: under a name of its own until it is whole, gone if it never gets there.</summary>
internal sealed class ArrivingFile : IDisposable
{
    private readonly string _temporary;

    public ArrivingFile(FilePath target)
    {
        Target = target;
        _temporary = System.IO.Path.Combine(target.GetDirectory().FullPath, $".{Guid.NewGuid():N}.part");
    }

    public FilePath Target { get; }

    /// <summary>A stream to the file, emptied: every attempt of a download begins again.</summary>
    public Stream Open() => new FileStream(_temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1, useAsync: true);

    /// <summary>Gives the file its name. A file that has the name already must hold the same bytes.</summary>
    public void Keep(Sha256Digest sha256)
    {
        if (!File.Exists(Target.FullPath))
        {
            AtomicFile.Place(_temporary, Target);
        }
        else if (!Holds(sha256))
        {
            throw new PySignException(
                PySignFailure.OutputFolderNotEmpty,
                $"'{Target}' exists and holds other bytes than the registry's file of this name.",
                "Download into an empty folder."
            );
        }
    }

    private bool Holds(Sha256Digest sha256)
    {
        try
        {
            return FileDigest.Of(Target) == sha256;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PySignException(
                PySignFailure.OutputUnwritable,
                $"'{Target}' exists and cannot be compared with what was downloaded: {e.Message}",
                "Correct its permissions, or download into an empty folder.",
                e
            );
        }
    }

    /// <summary>Removes what did not get there; that it cannot be removed must not hide why.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(_temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            System.Diagnostics.Trace.TraceWarning($"{_temporary} could not be removed: {e.Message}");
        }
    }
}
