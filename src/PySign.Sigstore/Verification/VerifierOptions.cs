namespace PySign.Sigstore.Verification;

/// <summary>How a verifier works. What it demands of certificates is not negotiable.</summary>
public sealed record VerifierOptions
{
    /// <summary>How many artifacts a batch verifies at the same time; the number of processors by default.</summary>
    public int MaxDegreeOfParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Whether a signature by a managed key is accepted that is in no transparency log, as of a registry that tells nobody outside; no time
    /// need be proven then. Log entries and timestamps that there are must still be right. Never applies to certificates, which mean
    /// nothing without a time.
    /// </summary>
    public bool AcceptUnloggedKeys { get; init; }
}
