using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Transparency;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Verification;

/// <summary>Step 8: each logged entry is, byte for byte, the one that this signature, key and content make. Without it a proof of any other
/// entry would do.</summary>
internal static class LogEntryBindingStep
{
    /// <summary>Refuses, before anything else is found wrong with them, entries of a kind that was withdrawn.</summary>
    public static void RefuseWithdrawn(Bundle bundle)
    {
        foreach (var entry in bundle.VerificationMaterial.LogEntries)
        {
            if (entry is { Kind: "dsse", KindVersion: "0.0.2" })
            {
                throw new VerificationException(
                    LogEntryKindWithdrawn,
                    VerificationStep.LogEntryBinding,
                    "an entry of a kind that logs still take",
                    "dsse 0.0.2, which Rekor v2 had before its first release and which was withdrawn",
                    "Have the statement signed again with a current client: Rekor v2 logs statements as hashedrekord 0.0.2."
                );
            }
        }
    }

    public static void Run(Bundle bundle, in SignerKey signer, in SignedContent signed)
    {
        var facts = new EntryFacts(bundle.Signature, signer.Certificate, signer.Key, signed.Hash, signed.Digest, bundle.DsseEnvelope);
        foreach (var entry in bundle.VerificationMaterial.LogEntries)
        {
            switch (ExpectedEntry.Matches(entry, facts))
            {
                case null:
                    throw new VerificationException(
                        LogEntryKindUnsupported,
                        VerificationStep.LogEntryBinding,
                        bundle.DsseEnvelope is null ? "hashedrekord 0.0.1 or 0.0.2" : "dsse 0.0.1, intoto 0.0.2 or hashedrekord 0.0.2",
                        $"{ProtoJson.Shorten(entry.Kind)} {ProtoJson.Shorten(entry.KindVersion)}",
                        "What the log says of the signature cannot be compared with it: update Cake.PySign if the kind is a newer one, or "
                            + "have the artifact signed again with a current client."
                    );
                case false:
                    throw Fail(LogEntryMismatch, "the log entry of this signature, key and artifact", "another entry");
            }
        }
    }

    private static VerificationException Fail(VerificationFailure reason, string expected, string actual) =>
        new(
            reason,
            VerificationStep.LogEntryBinding,
            expected,
            actual,
            "The bundle carries the log entry of another signature: it was put together from pieces. Do not use the artifact."
        );
}
