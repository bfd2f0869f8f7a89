using System.Collections.Concurrent;
using Cake.Core.IO;
using PySign.Formats;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Common;

/// <summary>
/// The digests of the files that one call or one stage works on, each computed once: sixty wheels of a release are not read again by each
/// of its checks. A file that was touched since is read again. What leaves the machine is hashed as it leaves, whatever is known here.
/// </summary>
internal sealed class KnownDigests
{
    private readonly ConcurrentDictionary<string, (long Length, DateTime Written, Sha256Digest Sha256)> _known = new(
        StringComparer.Ordinal
    );

    /// <summary>The SHA-256 of a file.</summary>
    public Sha256Digest Of(FilePath path)
    {
        var (length, written) = State(path);
        if (_known.TryGetValue(path.FullPath, out var known) && (known.Length, known.Written) == (length, written))
        {
            return known.Sha256;
        }

        // Its state from before the reading: what is written meanwhile is noticed by the next who asks.
        var sha256 = FileDigest.Of(path);
        _known[path.FullPath] = (length, written, sha256);
        return sha256;
    }

    /// <summary>The file for a signature or its verification, which reads it only for a key that signs another digest.</summary>
    public Artifact Artifact(FilePath path) => global::PySign.Sigstore.Verification.Artifact.FromFile(path.FullPath, Of(path));

    private static (long Length, DateTime Written) State(FilePath path)
    {
        var file = new FileInfo(path.FullPath);
        return file.Exists ? (file.Length, file.LastWriteTimeUtc) : default;
    }
}
