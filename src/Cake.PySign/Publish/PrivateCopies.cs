using System.Security.Cryptography;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Processes;
using PySign.Formats;

namespace Cake.PySign.Publish;

/// <summary>
/// What is uploaded: copies that nobody else writes to, hashed while they were made. Between a check and the upload of the same path,
/// whatever shares the machine could exchange the file.
/// </summary>
internal sealed class PrivateCopies : IDisposable
{
    private readonly NeutralFolder _folder = new();
    private readonly Dictionary<string, FilePath> _copies = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>A copy under the same name, of exactly these bytes.</summary>
    /// <exception cref="PySignException">The file has other bytes than were checked.</exception>
    public FilePath Of(FilePath file, Sha256Digest sha256)
    {
        var (copy, found) = Copy(file);
        return found == sha256
            ? copy
            : throw new PySignException(
                PySignFailure.DigestMismatch,
                $"'{file}' is not what was checked: expected SHA-256 {sha256}, found {found}. It was not sent.",
                "Somebody writes to the folder of the release. Find out who; then build again."
            );
    }

    /// <summary>A copy of a small file, which the caller compares with what was checked.</summary>
    public FilePath Of(FilePath file) => Copy(file).Copy;

    public void Dispose() => _folder.Dispose();

    private (FilePath Copy, Sha256Digest Sha256) Copy(FilePath file)
    {
        // A folder for each: two files of one name may come from two places.
        FilePath copy;
        lock (_gate)
        {
            if (!_copies.TryGetValue(file.FullPath, out copy!))
            {
                var folder = _folder.Path.Combine($"{file.GetDirectory().FullPath.GetHashCode(StringComparison.Ordinal):x8}");
                Directory.CreateDirectory(folder.FullPath);
                copy = folder.CombineWithFilePath(file.GetFilename());
                _copies[file.FullPath] = copy;
            }
            else if (File.Exists(copy.FullPath))
            {
                return (copy, Common.FileDigest.Of(copy));
            }
        }

        SpecialFile.Refuse(file.FullPath);
        try
        {
            return (copy, CopyHashed(file, copy));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Unwritable(copy.FullPath, e);
        }
    }

    private static Sha256Digest CopyHashed(FilePath file, FilePath copy)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var source = File.OpenRead(file.FullPath);
        using var target = new FileStream(copy.FullPath, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        var block = new byte[1 << 20];
        for (int count; (count = source.Read(block)) > 0; )
        {
            hash.AppendData(block, 0, count);
            target.Write(block, 0, count);
        }

        return Sha256Digest.FromBytes(hash.GetHashAndReset());
    }
}
