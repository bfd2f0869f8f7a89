using PySign.Sigstore.Bundles;

namespace PySign.Sigstore.Signing;

/// <summary>What a transparency log is asked to take in: a signature over a content, and the certificate or public key to verify it
/// with.</summary>
internal sealed record LogSubmission(SigningContent Content, byte[] Signature, SigningCredential Credential);

/// <summary>Uploads entries to a transparency log of one API version.</summary>
internal interface ILogClient
{
    /// <summary>Uploads an entry. What comes back is only parsed; the caller verifies it.</summary>
    /// <exception cref="LogEntryExistsException">The log has the entry already and cannot give it back.</exception>
    Task<TransparencyLogEntry> UploadAsync(LogSubmission submission, CancellationToken cancellationToken);

    /// <summary>The log's own address, for messages.</summary>
    Uri Address { get; }

    /// <summary>Whether it is a Rekor v1.</summary>
    bool IsV1 { get; }

    /// <summary>The log's current checkpoint, a signed note; null when it does not show one.</summary>
    Task<string?> CheckpointAsync(CancellationToken cancellationToken);
}

/// <summary>The log has taken in this very entry before, an answer having been lost, and has no way of handing it out again.</summary>
internal sealed class LogEntryExistsException(string log, string? index)
    : Exception($"{log} has the entry already{(index is null ? "" : $" at index {index}")}");
