namespace PySign.Sigstore.Bundles;

/// <summary>A signature over an artifact's bytes.</summary>
public sealed record MessageSignature
{
    internal MessageSignature() { }

    /// <summary>The signature, in the key's own encoding (ECDSA: DER).</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>The digest that the signer says the artifact has. A hint: it must be right, and proves nothing.</summary>
    public MessageDigest? Digest { get; init; }
}

/// <summary>A digest with the name of its algorithm.</summary>
public sealed record MessageDigest
{
    internal MessageDigest() { }

    /// <summary>The algorithm's proto name: <c>SHA2_256</c>, <c>SHA2_384</c> or <c>SHA2_512</c>.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The digest's bytes.</summary>
    public required ReadOnlyMemory<byte> Value { get; init; }
}
