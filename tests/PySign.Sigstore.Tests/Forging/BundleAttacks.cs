using System.Security.Cryptography;
using System.Text.Json.Nodes;
using PySign.Sigstore.Errors;
using static PySign.Sigstore.Errors.VerificationFailure;
using static PySign.Sigstore.Tests.Forging.Attacks;

namespace PySign.Sigstore.Tests.Forging;

/// <summary>Bundles of a wrong shape, and signatures and digests that are not the artifact's.</summary>
internal static class BundleAttacks
{
    public static IReadOnlyList<Attack> All { get; } =
    [
        new(
            "media type of no version",
            f => f.EditBundle = b => b["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.4",
            MediaTypeUnknown
        ),
        new(
            "media type with other case",
            f => f.EditBundle = b => b["mediaType"] = "application/vnd.dev.sigstore.bundle.V0.3+json",
            MediaTypeUnknown
        ),
        new("no media type", f => f.EditBundle = b => b.AsObject().Remove("mediaType"), FieldMissing),
        new(
            "single certificate in 0.2",
            f => f.EditBundle = b => b["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.2",
            KeyMaterialForbidden
        ),
        new("chain in 0.3", f => f.EditBundle = b => AsChain(b), KeyMaterialForbidden),
        new(
            "empty chain",
            f =>
                f.EditBundle = b =>
                {
                    AsChain(b);
                    b["verificationMaterial"]!["x509CertificateChain"]!["certificates"] = new JsonArray();
                },
            CertificateChainEmpty
        ),
        new(
            "certificate and key hint",
            f => f.EditBundle = b => b["verificationMaterial"]!["publicKey"] = new JsonObject { ["hint"] = "x" },
            KeyMaterialAmbiguous
        ),
        new(
            "key hint alone",
            f =>
                f.EditBundle = b =>
                {
                    b["verificationMaterial"]!.AsObject().Remove("certificate");
                    b["verificationMaterial"]!["publicKey"] = new JsonObject { ["hint"] = "x" };
                },
            VerificationFailure.CertificateExpected
        ),
        new("no key material", f => f.EditBundle = b => b["verificationMaterial"]!.AsObject().Remove("certificate"), KeyMaterialMissing),
        new("no content", f => f.EditBundle = b => b.AsObject().Remove("messageSignature"), ContentMissing),
        new(
            "two contents",
            f =>
                f.EditBundle = b =>
                    b["dsseEnvelope"] = new JsonObject
                    {
                        ["payload"] = "e30=",
                        ["payloadType"] = "x",
                        ["signatures"] = new JsonArray(new JsonObject { ["sig"] = "AA==" }),
                    },
            ContentAmbiguous
        ),
        new("empty signature", f => f.EditBundle = b => b["messageSignature"]!["signature"] = "", FieldMissing),
        new("unknown field", f => f.EditBundle = b => b["verificationMaterial"]!["revoked"] = false, FieldUnknown),
        new("unknown field in entry", f => f.EditBundle = b => Entry(b)["note"] = "", FieldUnknown),
        new("snake case field", f => f.EditBundle = b => Entry(b)["log_index"] = "1", FieldUnknown),
        new(
            "url-safe base64",
            f =>
                f.EditBundle = b =>
                    b["messageSignature"]!["signature"] =
                        Text(b["messageSignature"]!["signature"]).Replace('+', '-').Replace('/', '_').TrimEnd('=') + "-_==",
            Base64Invalid
        ),
        new(
            "base64 with white space",
            f => f.EditBundle = b => b["messageSignature"]!["signature"] = "    " + Text(b["messageSignature"]!["signature"]),
            Base64Invalid
        ),
        new(
            "base64 with hidden bits",
            f => f.EditBundle = b => Entry(b)["logId"]!["keyId"] = HiddenBits(Text(Entry(b)["logId"]!["keyId"])),
            Base64Invalid
        ),
        new("negative index", f => f.EditBundle = b => Entry(b)["logIndex"] = "-1", NumberInvalid),
        new("fractional index", f => f.EditBundle = b => Entry(b)["logIndex"] = 1.5, NumberInvalid),
        new("index beyond 64 bits", f => f.EditBundle = b => Entry(b)["logIndex"] = "9223372036854775808", NumberInvalid),
        new("index with leading zero", f => f.EditBundle = b => Entry(b)["logIndex"] = "01000", NumberInvalid),
        new("index as boolean", f => f.EditBundle = b => Entry(b)["logIndex"] = true, FieldInvalid),
        new("no entry", f => f.EditBundle = b => Entries(b).Clear(), LogEntryMissing),
        new("entry twice", f => f.EditBundle = b => Entries(b).Add(Entry(b).DeepClone()), LogEntryDuplicate),
        new(
            "entry twice under another index",
            f =>
                f.EditBundle = b =>
                {
                    var copy = Entry(b).DeepClone();
                    copy["logIndex"] = "7";
                    Entries(b).Add(copy);
                },
            LogEntryDuplicate
        ),
        new("33 entries", f => f.EditBundle = b => Repeat(Entries(b), 33), TooManyItems),
        new("33 timestamps", f => f.EditBundle = b => Repeat(Attacks.Timestamps(b), 33), TooManyItems),
        new("timestamp twice", f => f.EditBundle = b => Repeat(Attacks.Timestamps(b), 2), TimestampDuplicate),
        new("65 proof hashes", f => f.EditBundle = b => Repeat(Proof(b)["hashes"]!.AsArray(), 65), TooManyItems),
        new("no inclusion proof", f => f.EditBundle = b => Entry(b).AsObject().Remove("inclusionProof"), InclusionProofMissing),
        new("no checkpoint", f => f.EditBundle = b => Proof(b).AsObject().Remove("checkpoint"), CheckpointMissing),
        new("short log id", f => f.EditBundle = b => Entry(b)["logId"]!["keyId"] = "AAAA", FieldInvalid),
        new("short root hash", f => f.EditBundle = b => Proof(b)["rootHash"] = "AAAA", FieldInvalid),
        new("no body", f => f.EditBundle = b => Entry(b).AsObject().Remove("canonicalizedBody"), FieldMissing),
        new(
            "unknown digest algorithm",
            f => f.EditBundle = b => b["messageSignature"]!["messageDigest"]!["algorithm"] = "SHA1",
            FieldInvalid
        ),
        new("digest of wrong length", f => f.EditBundle = b => b["messageSignature"]!["messageDigest"]!["digest"] = "AAAA", FieldInvalid),
        // ---- artifact and signature ----
        new("another artifact", f => f.EditBundle = _ => f.Artifact = [1, 2, 3], MessageDigestMismatch),
        new(
            "another artifact, no digest",
            f =>
                f.EditBundle = b =>
                {
                    f.Artifact = [1, 2, 3];
                    b["messageSignature"]!.AsObject().Remove("messageDigest");
                },
            SignatureInvalid
        ),
        new(
            "digest of another artifact",
            f => f.EditBundle = b => b["messageSignature"]!["messageDigest"]!["digest"] = Base64(SHA256.HashData([9])),
            MessageDigestMismatch
        ),
        new(
            "another signature of the same key",
            f =>
            {
                f.Timestamp = null;
                f.EditBundle = b =>
                    b["messageSignature"]!["signature"] = Base64(
                        f.LeafKey.SignData(f.Artifact, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                    );
            },
            LogEntryMismatch
        ),
        new(
            "another signature of the same key, timestamp kept",
            f =>
            {
                f.WithSet = false;
                f.EditBundle = b =>
                    b["messageSignature"]!["signature"] = Base64(
                        f.LeafKey.SignData(f.Artifact, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                    );
            },
            TimestampImprintMismatch
        ),
        new(
            "signature in another encoding",
            f =>
            {
                f.Timestamp = null;
                f.EditBundle = b =>
                    b["messageSignature"]!["signature"] = Base64(
                        f.LeafKey.SignData(f.Artifact, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
                    );
            },
            SignatureInvalid
        ),
        new(
            "signature with a trailing byte",
            f =>
            {
                f.Timestamp = null;
                f.EditBundle = b => b["messageSignature"]!["signature"] = Base64([.. Bytes(b["messageSignature"]!["signature"]), 0]);
            },
            SignatureInvalid
        ),
        new("hash that the curve does not sign", f => f.Hash = HashAlgorithmName.SHA384, SignatureInvalid),
    ];
}
