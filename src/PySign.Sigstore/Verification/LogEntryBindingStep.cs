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
    public static void Run(Bundle bundle, in SignerKey signer, in SignedContent signed)
    {
        var facts = new EntryFacts(bundle.Signature, signer.Certificate, signer.Key, signed.Hash, signed.Digest, bundle.DsseEnvelope);
        foreach (var entry in bundle.VerificationMaterial.LogEntries)
        {
            switch (ExpectedEntry.Matches(entry, facts))
            {
                case null:
                    throw Fail(
                        LogEntryKindUnsupported,
                        bundle.DsseEnvelope is null ? "hashedrekord 0.0.1 or 0.0.2" : "dsse 0.0.1, intoto 0.0.2 or hashedrekord 0.0.2",
                        $"{ProtoJson.Shorten(entry.Kind)} {ProtoJson.Shorten(entry.KindVersion)}"
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
