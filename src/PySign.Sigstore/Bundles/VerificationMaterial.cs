namespace PySign.Sigstore.Bundles;

/// <summary>What a bundle brings to be verified with: a certificate or a key hint, log entries and timestamps.</summary>
public sealed record VerificationMaterial
{
    internal VerificationMaterial() { }

    /// <summary>The signing certificate first, DER; empty when the bundle is signed with a managed key.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Certificates { get; init; } = [];

    /// <summary>Whether the certificates stand in a chain (0.1, 0.2) or the one certificate stands alone (0.3).</summary>
    public bool IsChain { get; init; }

    /// <summary>The managed key's hint, usually base64 of the SHA-256 of its SubjectPublicKeyInfo; null with a certificate.</summary>
    public string? PublicKeyHint { get; init; }

    /// <summary>The transparency log entries; every one of them must verify.</summary>
    public IReadOnlyList<TransparencyLogEntry> LogEntries { get; init; } = [];

    /// <summary>RFC 3161 timestamp responses over the signature, DER.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Timestamps { get; init; } = [];
}
