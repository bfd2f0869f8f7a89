using System.Security.Cryptography;
using PySign.Sigstore.Bundles;

namespace PySign.Sigstore.Transparency;

/// <summary>What a transparency log is asked to take in: a signature over a content, and the certificate or public key to verify it
/// with.</summary>
internal sealed record LogSubmission
{
    /// <summary>The hash that the signature is over.</summary>
    public required HashAlgorithmName Hash { get; init; }

    /// <summary>The digest of the artifact, or of the envelope's pre-authentication encoding: what the key has signed.</summary>
    public required byte[] Digest { get; init; }

    /// <summary>The envelope, its signature aside; null for an artifact.</summary>
    public required DsseEnvelope? Envelope { get; init; }

    public required byte[] Signature { get; init; }

    /// <summary>Certificate or public key, PEM as Rekor v1 keeps it.</summary>
    public required string VerifierPem { get; init; }

    /// <summary>Certificate or public key, DER.</summary>
    public required ReadOnlyMemory<byte> Verifier { get; init; }

    public required bool IsCertificate { get; init; }

    /// <summary>The name of the key's kind and hash in Sigstore's algorithm registry.</summary>
    public required string KeyDetails { get; init; }
}

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
