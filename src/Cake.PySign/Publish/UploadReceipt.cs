using Cake.Core.IO;
using PySign.Formats;

namespace Cake.PySign.Publish;

/// <summary>Proof that a registry holds a file: it was read back and its bytes compared.</summary>
/// <param name="Path">The local file, absolute.</param>
/// <param name="Url">Where the registry serves it.</param>
/// <param name="Sha256">SHA-256 of the bytes here and there.</param>
/// <param name="Size">Their number of bytes.</param>
/// <param name="State">Whether it was sent now or was there before.</param>
public sealed record UploadReceipt(FilePath Path, Uri Url, Sha256Digest Sha256, long Size, UploadState State);

/// <summary>What an upload did. Both are success: the registry holds exactly these bytes.</summary>
public enum UploadState
{
    /// <summary>The file was sent and read back.</summary>
    Uploaded,

    /// <summary>The registry already held the same bytes under this name; nothing was sent.</summary>
    AlreadyThere,
}
