namespace Cake.PySign.Verify;

/// <summary>A distribution with one attestation that holds in every step.</summary>
public sealed record VerifiedAttestation : ProvenFile
{
    /// <summary>The file or the address that the attestation comes from.</summary>
    /// <value>For a person.</value>
    public required string Source { get; init; }

    /// <summary>What it says.</summary>
    /// <value><c>https://docs.pypi.org/attestations/publish/v1</c> or <c>https://slsa.dev/provenance/v1</c>.</value>
    public required string PredicateType { get; init; }
}
