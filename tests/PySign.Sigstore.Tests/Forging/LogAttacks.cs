using System.Security.Cryptography;
using System.Text.Json.Nodes;
using static PySign.Sigstore.Errors.VerificationFailure;
using static PySign.Sigstore.Tests.Forging.Attacks;

namespace PySign.Sigstore.Tests.Forging;

/// <summary>Entries, proofs and checkpoints of the log, and what they are bound to.</summary>
internal static class LogAttacks
{
    public static IReadOnlyList<Attack> All { get; } =
    [
        new("log not trusted", f => f.EditTrustedRoot = r => r["tlogs"] = new JsonArray(), LogUnknown),
        new("entry of another log id", f => f.EditBundle = b => Entry(b)["logId"]!["keyId"] = Base64(SHA256.HashData([1])), LogUnknown),
        new(
            "Rekor v2 timestamp before the log's window",
            f =>
            {
                f.RekorV2 = true;
                f.EditTrustedRoot = r => Window(r, "tlogs")["start"] = "2026-03-01T13:00:00Z";
            },
            OutsideLogWindow
        ),
        new("checkpoint of another key", f => f.CheckpointSignedBy = f.CtKey, CheckpointSignatureMissing),
        new(
            "checkpoint of another key under the log's hint",
            f => f.EditNoteSignatures = line => WithHint(f.NoteLine(f.CtKey, "log.example", "x"), line),
            CheckpointSignatureInvalid
        ),
        new(
            "checkpoint with a good and a bad signature of the log",
            f => f.EditNoteSignatures = line => line + WithHint(f.NoteLine(f.CtKey, "log.example", "x"), line),
            CheckpointSignatureInvalid
        ),
        new("checkpoint of another origin", f => f.Origin = "other.example - 4711", CheckpointOriginMismatch),
        new(
            "checkpoint of another trusted log that calls itself the same",
            f =>
            {
                Pod(f);
                f.CheckpointSignedBy = f.CtKey;
                f.EditTrustedRoot = r => r["tlogs"]!.AsArray().Add(r["ctlogs"]![0]!.DeepClone());
            },
            CheckpointSignatureMissing
        ),
        new(
            "checkpoint of another trusted log with another name",
            f =>
            {
                (f.Origin, f.SignatureName) = ("ct.example - 1", "ct.example");
                f.CheckpointSignedBy = f.CtKey;
                f.EditTrustedRoot = r => r["tlogs"]!.AsArray().Add(r["ctlogs"]![0]!.DeepClone());
            },
            CheckpointSignatureMissing
        ),
        new(
            "checkpoint of a pod by a key that nobody trusts",
            f =>
            {
                Pod(f);
                f.CheckpointSignedBy = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            },
            CheckpointSignatureMissing
        ),
        new(
            "checkpoint of a pod by another key under the log's hint",
            f =>
            {
                Pod(f);
                f.EditNoteSignatures = line => WithHint(f.NoteLine(f.CtKey, PodName, "x"), line);
            },
            CheckpointSignatureInvalid
        ),
        new(
            "checkpoint of a pod, signed as another pod",
            f =>
            {
                Pod(f);
                f.SignatureName = "rekor-server-7d4b9c-other";
            },
            CheckpointOriginMismatch
        ),
        new(
            "checkpoint of a pod without a tree number",
            f =>
            {
                Pod(f);
                f.Origin = PodName;
            },
            CheckpointOriginMismatch
        ),
        new(
            "checkpoint of a pod of another tree",
            f =>
            {
                Pod(f);
                f.EditNoteText = text => $"{PodName} - 1\n2\n{Base64(SHA256.HashData([5]))}\n";
            },
            CheckpointRootMismatch
        ),
        new(
            "checkpoint and proof of a pod's other tree",
            f =>
            {
                Pod(f);
                var other = Base64(SHA256.HashData([5]));
                f.EditNoteText = text => $"{PodName} - 1\n2\n{other}\n";
                f.EditBundle = b => Proof(b)["rootHash"] = other;
            },
            InclusionProofInvalid
        ),
        new(
            "checkpoint of the log's other size",
            f =>
            {
                Pod(f);
                f.EditNoteText = text => text.Replace("\n2\n", "\n3\n", StringComparison.Ordinal);
                f.EditBundle = b => Proof(b)["treeSize"] = "3";
            },
            InclusionProofInvalid
        ),
        new("checkpoint without tree number in v1", f => f.Origin = "log.example", CheckpointOriginMismatch),
        new(
            "checkpoint with tree number in v2",
            f =>
            {
                f.RekorV2 = true;
                f.Origin = "log.example - 4711";
            },
            CheckpointOriginMismatch
        ),
        new("checkpoint signed under another name", f => f.SignatureName = "other.example", CheckpointSignatureMissing),
        new("checkpoint without signatures", f => f.EditNoteSignatures = _ => "", CheckpointMalformed),
        new("checkpoint signature without base64", f => f.EditNoteSignatures = _ => "\u2014 log.example ???\n", CheckpointMalformed),
        new("checkpoint with a hyphen for a dash", f => f.EditNoteSignatures = line => "-" + line[1..], CheckpointMalformed),
        new(
            "checkpoint with carriage returns",
            f => f.EditNoteText = text => text.Replace("\n", "\r\n", StringComparison.Ordinal),
            CheckpointMalformed
        ),
        new(
            "checkpoint of another size",
            f => f.EditNoteText = text => text.Replace("\n2\n", "\n3\n", StringComparison.Ordinal),
            CheckpointSizeMismatch
        ),
        new(
            "checkpoint of signed size",
            f => f.EditNoteText = text => text.Replace("\n2\n", "\n+2\n", StringComparison.Ordinal),
            CheckpointMalformed
        ),
        new(
            "checkpoint with another root",
            f => f.EditNoteText = text => "log.example - 4711\n2\n" + Base64(SHA256.HashData([5])) + "\n",
            CheckpointRootMismatch
        ),
        new("proof of size one", f => f.EditBundle = b => Proof(b)["treeSize"] = "1", CheckpointSizeMismatch),
        new("proof of size zero", f => f.EditBundle = b => Proof(b)["treeSize"] = "0", CheckpointSizeMismatch),
        new("proof with another index", f => f.EditBundle = b => Proof(b)["logIndex"] = "0", InclusionProofInvalid),
        new("proof with an index outside the tree", f => f.EditBundle = b => Proof(b)["logIndex"] = "2", InclusionProofInvalid),
        new("proof without hashes", f => f.EditBundle = b => Proof(b)["hashes"] = new JsonArray(), InclusionProofInvalid),
        new(
            "proof with one hash more",
            f => f.EditBundle = b => Proof(b)["hashes"]!.AsArray().Add(Base64(new byte[32])),
            InclusionProofInvalid
        ),
        new(
            "proof with one bit flipped",
            f => f.EditBundle = b => Proof(b)["hashes"]![0] = Base64(Flip(Bytes(Proof(b)["hashes"]![0]), 0)),
            InclusionProofInvalid
        ),
        new("tree index beyond the global one", f => f.LogIndex = 0, LogIndexMismatch),
        new(
            "Rekor v2 index other than the proof's",
            f =>
            {
                f.RekorV2 = true;
                f.EditBundle = b => Entry(b)["logIndex"] = "0";
            },
            LogIndexMismatch
        ),
        new(
            "body other than the proven one",
            f =>
            {
                f.RekorV2 = true;
                f.EditBundle = b => Entry(b)["canonicalizedBody"] = Base64([.. Bytes(Entry(b)["canonicalizedBody"]), 32]);
            },
            InclusionProofInvalid
        ),
        new(
            "second entry of an unknown log",
            f =>
                f.EditBundle = b =>
                {
                    var copy = Entry(b).DeepClone();
                    copy["logId"]!["keyId"] = Base64(SHA256.HashData([1]));
                    Entries(b).Add(copy);
                },
            LogUnknown
        ),
        // ---- binding ----
        new(
            "entry of another digest",
            f =>
                f.EditBody = body =>
                    body.Replace(
                        Convert.ToHexStringLower(SHA256.HashData(f.Artifact)),
                        Convert.ToHexStringLower(SHA256.HashData([1])),
                        StringComparison.Ordinal
                    ),
            LogEntryMismatch
        ),
        new(
            "entry of another algorithm name",
            f => f.EditBody = body => body.Replace("sha256", "sha512", StringComparison.Ordinal),
            LogEntryMismatch
        ),
        new("entry with a field more", f => f.EditBody = body => body[..^1] + ",\"x\":1}", LogEntryMismatch),
        new("entry with white space", f => f.EditBody = body => body + " ", LogEntryMismatch),
        new(
            "entry of another certificate",
            f =>
                f.EditBody = body =>
                    body.Replace("publicKey\":{\"content\":\"LS0t", "publicKey\":{\"content\":\"LS0u", StringComparison.Ordinal),
            LogEntryMismatch
        ),
        new(
            "Rekor v2 entry of another key kind",
            f =>
            {
                f.RekorV2 = true;
                f.EditBody = body => body.Replace("PKIX_ECDSA_P256_SHA_256", "PKIX_ECDSA_P384_SHA_384", StringComparison.Ordinal);
            },
            LogEntryMismatch
        ),
        new("entry whose kind lies", f => f.EditBundle = b => Entry(b)["kindVersion"]!["kind"] = "rekord", LogEntryKindUnsupported),
        new(
            "entry whose version lies",
            f =>
            {
                f.WithSet = false;
                f.Origin = "log.example";
                f.LogIndex = 1;
                f.EditBundle = b => Entry(b)["kindVersion"]!["version"] = "0.0.2";
            },
            LogEntryMismatch
        ),
        new(
            "dsse entry for a message",
            f =>
                f.EditBundle = b =>
                {
                    Entry(b)["kindVersion"]!["kind"] = "dsse";
                },
            LogEntryKindUnsupported
        ),
    ];
}
