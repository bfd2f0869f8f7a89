using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Bundles;

/// <summary>One entry of a transparency log, as a bundle carries it.</summary>
public sealed record TransparencyLogEntry
{
    internal TransparencyLogEntry() { }

    /// <summary>The entry's index over all shards of the log.</summary>
    public required long LogIndex { get; init; }

    /// <summary>The log's id, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> LogId { get; init; }

    /// <summary>The kind of entry, such as <c>hashedrekord</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The version of the kind, such as <c>0.0.1</c>.</summary>
    public required string KindVersion { get; init; }

    /// <summary>When the log took the entry in, in Unix seconds; null in Rekor v2, which tells no time.</summary>
    public long? IntegratedTime { get; init; }

    /// <summary>The log's promise to include the entry, its signature over entry and time; null in Rekor v2.</summary>
    public ReadOnlyMemory<byte>? SignedEntryTimestamp { get; init; }

    /// <summary>Proof of inclusion; null only in 0.1 bundles.</summary>
    public InclusionProof? InclusionProof { get; init; }

    /// <summary>The entry itself: the exact bytes that the log hashed.</summary>
    public required ReadOnlyMemory<byte> CanonicalizedBody { get; init; }

    /// <summary>Reads one entry as proto-JSON, the form in which Rekor v2 answers.</summary>
    internal static TransparencyLogEntry Parse(ReadOnlyMemory<byte> utf8Json)
    {
        using var document = ProtoJson.Bundle.Parse(utf8Json, Limits.DocumentBytes);
        return LogEntryReader.Read(document.RootElement);
    }
}

/// <summary>Proof that an entry is in a log: the Merkle path (RFC 6962 2.1.1) and the signed checkpoint it leads to.</summary>
public sealed record InclusionProof
{
    internal InclusionProof() { }

    /// <summary>The entry's index in its tree (not over all shards).</summary>
    public required long LogIndex { get; init; }

    /// <summary>The tree's root hash, 32 bytes; only a claim, the checkpoint's counts.</summary>
    public required ReadOnlyMemory<byte> RootHash { get; init; }

    /// <summary>The tree's number of entries; only a claim, the checkpoint's counts.</summary>
    public required long TreeSize { get; init; }

    /// <summary>The path from leaf to root, 32 bytes each.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Hashes { get; init; }

    /// <summary>The checkpoint, a signed note as text; null where a 0.1 bundle leaves it out.</summary>
    public required string? Checkpoint { get; init; }
}
