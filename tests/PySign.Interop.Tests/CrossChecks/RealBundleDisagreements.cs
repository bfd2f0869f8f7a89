using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.CrossChecks;

/// <summary>Why a verifier answers otherwise than ours does to a real bundle.</summary>
internal static class RealBundleDisagreements
{
    private const string RootInBundle =
        "**Stricter here.** The bundle carries the root certificate. \"Signers MUST NOT include root CA certificates in bundles\" "
        + "(sigstore_bundle.proto, VerificationMaterial), and the official conformance suite has such a bundle refused; the same text says "
        + "that verifiers SHOULD handle old ones. Decision: refused by default, with the name of the option in the message "
        + "(`AcceptOldBundles`, in a policy `old-bundles = \"accept\"`); the certificate counts for nothing then either.";

    private const string ProofWithoutCheckpoint =
        "More lenient here. A bundle 0.1 has to have an inclusion promise, and may lack a proof (sigstore_bundle.proto, media_type). A "
        + "proof without a checkpoint proves nothing: it is not used, and the promise is verified. sigstore-go asks every proof for a "
        + "checkpoint.";

    private const string OldCosign = "cosign 2.5.0 does not know the entries of Rekor v2.";

    private const string OldNpm =
        "@sigstore/verify 3.1.1 compares a Rekor v2 entry of a statement with the payload's digest instead of the encoding's (4.1.3 is "
        + "right).";

    public static IReadOnlyList<string> All { get; } = [RootInBundle, ProofWithoutCheckpoint, OldCosign, OldNpm];

    /// <returns>The number of the reason; null where the answers must be the same.</returns>
    public static int? Of(string expected, string kind, string peer, Verdict? answer) =>
        (expected, peer, answer) switch
        {
            (_, _, null) => null,
            ("root-in-bundle", _, { Accepted: true }) => 1,
            (_, "sigstore-go", { Accepted: false }) when Says(answer, "missing required checkpoint") => 2,
            (_, "cosign 2", { Accepted: false }) when kind.EndsWith("0.0.2", StringComparison.Ordinal) && Says(answer, "nil value") => 3,
            (_, "npm", { Accepted: false }) when Says(answer, "TLOG_BODY_ERROR") => 4,
            _ => null,
        };

    private static bool Says(Verdict answer, string words) => answer.Said.Contains(words, StringComparison.Ordinal);
}
