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

    /// <summary>
    /// Whether bundles before 0.3 are accepted whose certificate chain ends in its root, as npm, older sigstore-js and
    /// slsa-github-generator 1.7 wrote them. Leaf, intermediates and root must stand in this order; the root counts for nothing, trust
    /// comes from the trusted root alone.
    /// </summary>
    public bool AcceptOldBundles { get; init; }

    /// <summary>
    /// Whether a signature must be in a transparency log. With <see langword="false"/> a bundle without entries is accepted when a
    /// timestamp authority of the trusted root vouches for its time, as of GitHub's attestations for private repositories. What is given
    /// up: nobody can see that the signature was made, so one that was made in secret looks like any other; and where the trusted root
    /// names no certificate transparency log, nobody can see the certificate either. Entries that there are must still be right.
    /// </summary>
    public bool RequireLog { get; init; } = true;
}
