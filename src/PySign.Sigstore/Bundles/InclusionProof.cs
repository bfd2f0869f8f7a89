namespace PySign.Sigstore.Bundles;

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
