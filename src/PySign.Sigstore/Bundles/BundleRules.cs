using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Bundles;

/// <summary>What each bundle version must, may and must not contain (protobuf-specs sigstore_bundle.proto, client-spec 4.1).</summary>
internal static class BundleRules
{
    public static BundleVersion VersionOf(string mediaType) =>
        mediaType switch
        {
            "application/vnd.dev.sigstore.bundle+json;version=0.1" => BundleVersion.V01,
            "application/vnd.dev.sigstore.bundle+json;version=0.2" => BundleVersion.V02,
            "application/vnd.dev.sigstore.bundle+json;version=0.3" or Bundle.MediaTypeV03 => BundleVersion.V03,
            _ => throw Refusal.Bundle(MediaTypeUnknown, "the media type of bundle 0.1, 0.2 or 0.3", $"\"{ProtoJson.Shorten(mediaType)}\""),
        };

    public static void Check(Bundle bundle)
    {
        CheckContent(bundle);
        CheckKeyMaterial(bundle);
        CheckLogEntries(bundle);
        CheckTimestamps(bundle.VerificationMaterial.Timestamps);
    }

    private static void CheckContent(Bundle bundle)
    {
        if (bundle is { MessageSignature: null, DsseEnvelope: null })
        {
            throw Refusal.Bundle(ContentMissing, "messageSignature or dsseEnvelope", "neither");
        }

        if (bundle is { MessageSignature: not null, DsseEnvelope: not null })
        {
            throw Refusal.Bundle(ContentAmbiguous, "messageSignature or dsseEnvelope", "both");
        }

        if (bundle.Signature.IsEmpty)
        {
            throw Refusal.Bundle(FieldMissing, "a signature", "none");
        }
    }

    private static void CheckKeyMaterial(Bundle bundle)
    {
        var material = bundle.VerificationMaterial;
        if (material.PublicKeyHint is not null)
        {
            return;
        }

        if (material.Certificates.Count == 0)
        {
            throw material.IsChain
                ? Refusal.Bundle(CertificateChainEmpty, "at least the signing certificate", "an empty chain")
                : Refusal.Bundle(KeyMaterialMissing, "a certificate or a public key hint", "neither");
        }

        if (material.IsChain && bundle.Version == BundleVersion.V03)
        {
            throw Refusal.Bundle(KeyMaterialForbidden, "a single certificate in a bundle 0.3", "a certificate chain");
        }

        if (!material.IsChain && bundle.Version != BundleVersion.V03)
        {
            throw Refusal.Bundle(KeyMaterialForbidden, "a certificate chain in a bundle before 0.3", "a single certificate");
        }
    }

    private static void CheckLogEntries(Bundle bundle)
    {
        var entries = bundle.VerificationMaterial.LogEntries;

        // Whether a signature may do without a log is for who verifies it to say.
        for (var i = 0; i < entries.Count; i++)
        {
            CheckLogEntry(entries[i], bundle.Version);
            for (var j = 0; j < i; j++)
            {
                // The same entry is the same place in the same log, or the same content in the same log.
                if (
                    entries[i].LogId.Span.SequenceEqual(entries[j].LogId.Span)
                    && (
                        entries[i].LogIndex == entries[j].LogIndex
                        || entries[i].CanonicalizedBody.Span.SequenceEqual(entries[j].CanonicalizedBody.Span)
                    )
                )
                {
                    throw Refusal.Bundle(LogEntryDuplicate, "every log entry once", $"entry {entries[i].LogIndex} twice");
                }
            }
        }
    }

    private static void CheckLogEntry(TransparencyLogEntry entry, BundleVersion version)
    {
        if (version == BundleVersion.V01 && entry.SignedEntryTimestamp is null)
        {
            throw Refusal.Bundle(InclusionPromiseMissing, "an inclusion promise in every entry of a bundle 0.1", "none");
        }

        if (version == BundleVersion.V01)
        {
            return;
        }

        if (entry.InclusionProof is null)
        {
            throw Refusal.Bundle(InclusionProofMissing, "an inclusion proof in every entry of a bundle 0.2 or 0.3", "none");
        }

        if (entry.InclusionProof.Checkpoint is null)
        {
            throw Refusal.Bundle(CheckpointMissing, "a checkpoint in every inclusion proof of a bundle 0.2 or 0.3", "none");
        }
    }

    private static void CheckTimestamps(IReadOnlyList<ReadOnlyMemory<byte>> timestamps)
    {
        for (var i = 0; i < timestamps.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (timestamps[i].Span.SequenceEqual(timestamps[j].Span))
                {
                    throw Refusal.Bundle(TimestampDuplicate, "every timestamp once", "one twice");
                }
            }
        }
    }
}
