using System.Globalization;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Processes;
using Cake.PySign.Common.Signatures;
using PySign.Formats;
using PySign.Packaging.Attestations;

namespace Cake.PySign.Publish;

/// <summary>
/// What twine is given: copies that nobody else writes to, hashed while they were made. Between a check and the upload of the same path,
/// whatever shares the machine could exchange the file.
/// </summary>
/// <param name="digests">Learns the digests of what is copied, and what it holds: it is not read a second time.</param>
internal sealed class PrivateCopies(KnownDigests digests) : IDisposable
{
    private readonly NeutralFolder _folder = new();
    private readonly Dictionary<string, DirectoryPath> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (FilePath Copy, Sha256Digest Sha256)> _copies = new(StringComparer.Ordinal);

    /// <summary>Copies a distribution in the one reading that also tells its digest and its metadata.</summary>
    public void Take(FilePath file) => _copies[file.FullPath] = Written(file, copy => digests.Copy(file, copy).Sha256);

    /// <summary>The copy, under the same name, of exactly these bytes.</summary>
    /// <exception cref="PySignException">The file had other bytes than were checked.</exception>
    public FilePath Of(FilePath file, Sha256Digest sha256)
    {
        if (!_copies.ContainsKey(file.FullPath))
        {
            Take(file);
        }

        var (copy, found) = _copies[file.FullPath];
        return found == sha256
            ? copy
            : throw new PySignException(
                PySignFailure.DigestMismatch,
                $"'{file}' is not what was checked: expected SHA-256 {sha256}, found {found}. It was not sent.",
                "Somebody writes to the folder of the release. Find out who; then build again."
            );
    }

    /// <summary>A copy of an attestation, which the caller compares with what was checked.</summary>
    /// <exception cref="PySignException">It cannot be read, or has become larger than an attestation can be.</exception>
    public FilePath Of(FilePath file)
    {
        if (!_copies.TryGetValue(file.FullPath, out var known))
        {
            _copies[file.FullPath] = known = Written(file, copy => Attested(file, copy));
        }

        return known.Copy;
    }

    public void Dispose() => _folder.Dispose();

    private static Sha256Digest Attested(FilePath file, Stream copy)
    {
        var bytes = AttestationFiles.Read(file);
        if (bytes.Length > Attestation.MaxBytes)
        {
            throw new PySignException(
                PySignFailure.DigestMismatch,
                $"'{file}' is not the attestation that was checked: it has more than {Attestation.MaxBytes} bytes. It was not sent.",
                "Somebody writes to the folder of the release. Find out who; then build again."
            );
        }

        copy.Write(bytes);
        return Sha256Digest.Of(bytes);
    }

    private (FilePath Copy, Sha256Digest Sha256) Written(FilePath file, Func<Stream, Sha256Digest> write)
    {
        SpecialFile.Refuse(file.FullPath);
        var copy = Place(file);
        using var target = CopyStream.Create(copy);
        var sha256 = write(target);
        target.Flush();
        return (copy, sha256);
    }

    /// <summary>A folder for each that files come from: two of one name may come from two places.</summary>
    private FilePath Place(FilePath file)
    {
        var from = file.GetDirectory().FullPath;
        if (!_folders.TryGetValue(from, out var folder))
        {
            folder = _folder.Path.Combine(_folders.Count.ToString(CultureInfo.InvariantCulture));
            CreateFolder(folder);
            _folders[from] = folder;
        }

        return folder.CombineWithFilePath(file.GetFilename());
    }

    private static void CreateFolder(DirectoryPath folder)
    {
        try
        {
            Directory.CreateDirectory(folder.FullPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Unwritable(folder.FullPath, e);
        }
    }
}
