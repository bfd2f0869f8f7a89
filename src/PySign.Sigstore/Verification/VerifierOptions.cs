namespace PySign.Sigstore.Verification;

/// <summary>How a verifier works; what it demands is not negotiable.</summary>
public sealed record VerifierOptions
{
    /// <summary>How many artifacts a batch verifies at the same time; the number of processors by default.</summary>
    public int MaxDegreeOfParallelism { get; init; } = Environment.ProcessorCount;
}
