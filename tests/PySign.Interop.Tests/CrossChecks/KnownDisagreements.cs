namespace PySign.Interop.Tests.CrossChecks;

/// <summary>Why a verifier answers otherwise than ours does, and for which inputs.</summary>
/// <param name="Why">The reason, with the paragraph that we follow.</param>
/// <param name="Peers">Who answers otherwise.</param>
/// <param name="Inputs">For which inputs.</param>
internal sealed record Disagreement(string Why, string[] Peers, string[] Inputs);

/// <summary>Every input about which another verifier disagrees with ours, grouped by reason. First where we refuse and others accept, then
/// the reverse.</summary>
internal static class KnownDisagreements
{
    private const string Cosign2 = "cosign 2";
    private const string Cosign3 = "cosign 3";
    private const string Npm = "npm";

    public static IReadOnlyList<Disagreement> All { get; } =
    [
        // ---- we refuse, others accept: shape ----
        new(
            "The bundle's media type decides which fields it may have (protobuf-specs sigstore_bundle.proto, media_type; client "
                + "specification 4.1); npm reads any version from 0.1 on.",
            [Npm],
            ["media type of no version"]
        ),
        new(
            "A single certificate came with bundle 0.3, so a bundle that says 0.2 and has one says two things at once "
                + "(sigstore_bundle.proto, VerificationMaterial.certificate).",
            [Cosign2, Cosign3, Npm],
            ["single certificate in 0.2"]
        ),
        new(
            "Content is a oneof: exactly one is set (sigstore_bundle.proto, Bundle.content). npm takes the first it knows, so that two "
                + "readers can verify two things.",
            [Npm],
            ["two contents"]
        ),
        new(
            "ProtoJSON parsers reject unknown fields and two spellings of one field by default (protobuf.dev ProtoJSON, \"Unknown "
                + "fields\"): a field that we do not know could change the meaning. npm drops them.",
            [Npm],
            ["unknown field", "unknown field in entry", "snake case field", "unknown field in the trusted root"]
        ),
        new(
            "Characters outside the alphabet and set padding bits give one value several spellings (RFC 4648 3.3 and 3.5); npm's "
                + "decoder skips both, Go's ignores the bits.",
            [Npm],
            ["base64 with white space", "base64 with hidden bits"]
        ),
        new(
            "As above: Go's base64 decoder is lenient about the bits that decoding drops (RFC 4648 3.5).",
            [Cosign2, Cosign3],
            ["base64 with hidden bits"]
        ),
        new(
            "A number has one spelling, without leading zeros (RFC 8259 6; ProtoJSON int64); npm keeps the text as it is.",
            [Npm],
            ["index with leading zero"]
        ),
        new(
            "The same entry under two indexes is one proof counted twice, whichever index is true (client specification 4: thresholds "
                + "count distinct entries).",
            [Cosign2, Cosign3],
            ["entry twice under another index"]
        ),
        new(
            "The same timestamp several times is one time, and more than 32 of anything is work for the reader, not evidence. cosign "
                + "looks at no timestamp here, see below; npm refuses duplicates as we do.",
            [Cosign2, Cosign3],
            ["33 timestamps", "timestamp twice"]
        ),
        new(
            "The proof's root hash is a SHA-256 (sigstore_rekor.proto, InclusionProof.root_hash) and equals the checkpoint's; npm "
                + "compares with the checkpoint's root only.",
            [Npm],
            ["short root hash"]
        ),
        // ---- we refuse, others accept: artifact and signature ----
        new(
            "A digest in the bundle that is not the artifact's is a sign of parts that do not belong together (sigstore_common.proto, "
                + "MessageSignature.message_digest: clients must compute it themselves, and a different one is not a match). cosign 2 "
                + "never reads it.",
            [Cosign2],
            ["message-digest-mismatch_fail", "digest of wrong length", "digest of another artifact"]
        ),
        new(
            "Each key kind has one hash (sigstore_common.proto, PublicKeyDetails: PKIX_ECDSA_P256_SHA_256); npm takes the one that the "
                + "bundle names.",
            [Npm],
            ["hash that the curve does not sign"]
        ),
        // ---- we refuse, others accept: times ----
        new(
            "Every time in a bundle has to lie in the certificate's validity (client specification 4.2, each timestamp is used for the "
                + "path). For an entry with a signed entry timestamp cosign looks at RFC 3161 timestamps only with "
                + "--use-signed-timestamps.",
            [Cosign2, Cosign3],
            ["intoto-tsa-timestamp-outside-cert-validity_fail", "timestamp after the certificate", "timestamp before the certificate"]
        ),
        new(
            "Rekor v2 entries carry no integrated time (rekor-tiles CLIENTS.md); one in such an entry is signed by nobody, and npm "
                + "ignores it.",
            [Npm],
            ["integrated time in a Rekor v2 entry"]
        ),
        new(
            "Only granted (0) and grantedWithMods (1) carry a token (RFC 3161 2.4.2), and DER ends where it ends (X.690 8.1). npm reads "
                + "the token whatever the status and leaves the rest.",
            [Npm],
            ["timestamp not granted", "timestamp with trailing bytes"]
        ),
        new(
            "The content-type attribute must be the content's type (RFC 5652 5.3 and 11.1); npm and cosign 3 do not compare it.",
            [Cosign3, Npm],
            ["timestamp whose content type attribute lies"]
        ),
        new(
            "The token names its signer's certificate, signing-certificate-v2 (RFC 3161 2.4.2 and RFC 5816 2.2.1: it must be there); "
                + "otherwise it can be claimed for another certificate of the same key.",
            [Cosign3, Npm],
            ["timestamp naming another certificate", "timestamp naming no certificate"]
        ),
        new(
            "Signed attributes must be there when the content is not a plain data (RFC 5652 5.3).",
            [Cosign3],
            ["timestamp without signed attributes"]
        ),
        new(
            "A token has one signer and no more (RFC 3161 2.4.2: it shall not contain any other signature); npm verifies the first.",
            [Npm],
            ["timestamp with two signers"]
        ),
        new(
            "A certificate in the token that is not the trusted authority's is a claim to be another signer (RFC 3161 2.4.1, certReq); "
                + "npm tries the trusted ones and ignores it.",
            [Npm],
            ["timestamp with a foreign certificate only"]
        ),
        new(
            "The authority's certificate has the one key purpose id-kp-timeStamping, critical (RFC 3161 2.3), and no critical extension "
                + "that we do not know (RFC 5280 4.2); npm checks no extensions.",
            [Npm],
            [
                "timestamp certificate for signing code",
                "timestamp usage not critical",
                "timestamp usage not alone",
                "timestamp certificate with unknown critical extension",
            ]
        ),
        // ---- we refuse, others accept: certificates ----
        new(
            "Chains are checked by RFC 5280 6.1: unknown critical extensions stop (4.2), the usages of the issuers bind what they "
                + "issue; npm checks signatures, names, basic constraints and validity.",
            [Npm],
            [
                "authority for timestamps only",
                "authority with unknown critical extension",
                "leaf with unknown critical extension",
                "precertificate poison",
                "leaf for servers",
            ]
        ),
        new(
            "Fulcio's certificate specification: a leaf is not an authority, has key usage digitalSignature and extended key usage "
                + "codeSigning and no other. cosign asks Go for a path whose purposes allow code signing, which no usage and \"any\" "
                + "do; npm does not ask.",
            [Cosign2, Cosign3, Npm],
            [
                "leaf that is an authority",
                "leaf without digital signature",
                "leaf without key usage",
                "leaf for anything",
                "leaf without usage",
            ]
        ),
        new(
            "A bundle must not carry the root (sigstore_bundle.proto, x509_certificate_chain): a root that travels with the signature "
                + "invites trust in it. Here it is the trusted one, so the others pass over it.",
            [Cosign2, Cosign3, Npm],
            ["root certificate in the chain"]
        ),
        new(
            "DER ends where it ends (X.690 8.1, RFC 5280 4.1): bytes after the certificate are covered by nothing.",
            [Npm],
            ["certificate with trailing bytes"]
        ),
        new(
            "The list's length is that of its content (RFC 6962 3.3, TLS vectors); npm reads as far as it needs.",
            [Npm],
            ["list of promises with trailing bytes"]
        ),
        new(
            "Fulcio writes exactly one name (certificate specification, Subject Alternative Name); with two, each verifier may report "
                + "another signer.",
            [Cosign2, Cosign3, Npm],
            ["two names"]
        ),
        new(
            "The expected identity is compared whole (client specification 4.3). npm takes it for a regular expression that may match "
                + "anywhere in the name; sigstore.verify hands it over like this.",
            [Npm],
            ["another identity"]
        ),
        new(
            "The issuer is written in 1.3.6.1.4.1.57264.1.8 and repeated in the older .1; two different ones contradict (Fulcio OID "
                + "information). npm reads the newer only.",
            [Npm],
            ["two issuers"]
        ),
        // ---- we refuse, others accept: transparency log ----
        new(
            "A log's key counts inside its window only (sigstore_trustroot.proto, TransparencyLogInstance.public_key.valid_for); Rekor "
                + "v2 entries have no time of their own, so the timestamp is the time to ask for (rekor-tiles CLIENTS.md).",
            [Cosign3, Npm],
            ["Rekor v2 timestamp before the log's window"]
        ),
        new(
            "A signature line under the log's name and hint that does not verify makes the whole note invalid (C2SP signed-note, "
                + "\"Verifying\"); npm is content with the good one.",
            [Npm],
            ["checkpoint with a good and a bad signature of the log"]
        ),
        new(
            "The origin line says of which log the tree is (C2SP tlog-checkpoint; Rekor v1: host - tree id). It is signed, but by a key "
                + "that several trees may share, so it has to be compared with the log's name in the trusted root.",
            [Cosign2, Cosign3, Npm],
            ["checkpoint of another origin"]
        ),
        new(
            "As above, for the tree number that Rekor v1 writes and Rekor v2 does not.",
            [Cosign2, Npm],
            ["checkpoint without tree number in v1"]
        ),
        new(
            "As above, for the tree number that Rekor v1 writes and Rekor v2 does not.",
            [Cosign3, Npm],
            ["checkpoint with tree number in v2"]
        ),
        new(
            "A signature counts for the key name in its line, which has to be the log's (C2SP signed-note, \"Signatures\"); for Rekor "
                + "v1 cosign tries the log's key with every line.",
            [Cosign2, Cosign3],
            ["checkpoint signed under another name", "checkpoint of a pod, signed as another pod"]
        ),
        new(
            "An entry's checkpoint is signed by the log that the entry names (client specification 4.4); npm takes any trusted log's.",
            [Npm],
            ["checkpoint of another trusted log with another name"]
        ),
        new(
            "Rekor v1 writes its name and the number of its tree into the first line (rekor pkg/util/checkpoint.go); without the number "
                + "the checkpoint does not say of which tree it is. cosign 2 does not look.",
            [Cosign2],
            ["checkpoint of a pod without a tree number"]
        ),
        new(
            "A note has no control characters but line feeds (C2SP signed-note, \"Format\"), and a size has no sign and no leading zero "
                + "(C2SP tlog-checkpoint).",
            [Npm],
            ["checkpoint with carriage returns", "checkpoint of signed size"]
        ),
        new(
            "Proof and checkpoint are of one tree: root hash and size are equal (client specification 4.4; sigstore_rekor.proto, "
                + "InclusionProof). cosign compares the root hashes and proves against the size that the proof states.",
            [Cosign2, Cosign3],
            ["checkpoint of another size"]
        ),
        new(
            "As above; npm proves against the checkpoint's size and does not read the proof's.",
            [Npm],
            ["proof of size one", "proof of size zero"]
        ),
        new(
            "An entry's place in the tree is never beyond its place in the log of several trees (sigstore_rekor.proto, log_index).",
            [Cosign3, Npm],
            ["tree index beyond the global one"]
        ),
        new(
            "Rekor v2 has one tree, so the entry's index is the proof's (rekor-tiles CLIENTS.md); npm proves the proof's index only.",
            [Npm],
            ["Rekor v2 index other than the proof's"]
        ),
        new(
            "What was proven is the body's bytes. cosign 3 reads the body and proves the entry that it writes again from it, so that "
                + "white space is not seen.",
            [Cosign3],
            ["body other than the proven one"]
        ),
        new(
            "Each entry that a bundle carries is verified (client specification 4.4); cosign is content with the entries of the logs "
                + "that it knows.",
            [Cosign2, Cosign3],
            ["second entry of an unknown log"]
        ),
        // ---- we refuse, others accept: binding ----
        new(
            "The entry is rebuilt from the bundle and compared byte for byte with what the log has (RFC 8785; client specification "
                + "4.4.4). Others pick the fields that they compare, so what else is in the entry is not seen.",
            [Cosign2, Cosign3, Npm],
            ["entry with a field more", "entry with white space"]
        ),
        new(
            "As above; npm reads the digest, not the name of its algorithm, the signature, not the key that it is of.",
            [Npm],
            ["entry of another algorithm name", "entry of another certificate", "Rekor v2 entry of another key kind"]
        ),
        new(
            "The kind and version beside the entry are those in it (sigstore_rekor.proto, kind_version: they select the verification); "
                + "cosign 3 reads those in the body only.",
            [Cosign3],
            ["entry whose kind lies", "dsse entry for a message", "dsse 0.0.2 entry"]
        ),
        new(
            "A digest set's values are lower-case hexadecimal (in-toto attestation framework, DigestSet), and the statement's type is "
                + "one that is known (Statement, _type).",
            [Cosign3],
            ["digest in upper case", "statement of another type"]
        ),
        // ---- we refuse, others accept: trusted root ----
        new(
            "Without a start a key counts for all the past (sigstore_trustroot.proto: valid_for.start must be set for logs "
                + "and authorities); npm asks for none.",
            [Npm],
            ["trust-root-tlog-missing-validity-start_fail", "log without a start"]
        ),
        new(
            "A member of a trusted root that says something unknown cannot be used, and is left out with a warning (ProtoJSON, \"Unknown "
                + "fields\"); npm drops the field and uses the member.",
            [Npm],
            ["promise of a log that cannot be used", "timestamp of an authority that cannot be used", "root of which nothing can be used"]
        ),
        new(
            "One log id names one key (sigstore_trustroot.proto, TransparencyLogInstance.log_id); with two keys it is not said which log "
                + "an entry is of. npm takes the first.",
            [Npm],
            ["two keys under one log id"]
        ),
        new(
            "What a trusted root says is said in a form that is known: media type, hash algorithm and key kind "
                + "(sigstore_trustroot.proto), times with a zone (RFC 3339 5.6). npm reads none of these.",
            [Npm],
            ["trusted root of another type", "window without a zone", "log with another hash", "log whose key kind lies"]
        ),
        new(
            "A chain starts with the certificate that issues and ends with the root (sigstore_trustroot.proto, "
                + "CertificateAuthority.cert_chain); a chain in disorder was not written by who should write it.",
            [Cosign2, Cosign3, Npm],
            ["chain in the wrong order"]
        ),
        // ---- we accept, others refuse ----
        new(
            "cosign 2.5.0 does not know Rekor v2: its library finds no hashedrekord 0.0.2 (\"nil value in transaction log entry\").",
            [Cosign2],
            [
                "bundle-with-sct-with-extensions",
                "rekor2-checkpoint-cosigned",
                "rekor2-checkpoint-multiple-cosigs",
                "rekor2-checkpoint-origin-not-first",
                "rekor2-checkpoint-two-sigs-cosigned",
                "rekor2-checkpoint-two-sigs-from-origin",
                "rekor2-dsse-happy-path",
                "rekor2-happy-path",
                "rekor2-timestamp-with-embedded-cert",
                "rekor2-timestamp-with-expired-cert-chain",
                "rekor2-timestamp-without-embedded-cert",
                "trust-root-tsa-validity-end-inclusive",
                "nothing changed, Rekor v2",
                "nothing changed, statement in Rekor v2",
            ]
        ),
        new(
            "cosign 2.5.0 does not know trusted root 0.2 with its field operator (sigstore_trustroot.proto).",
            [Cosign2],
            ["trust-root-tlog-validity-end-inclusive"]
        ),
        new(
            "Rekor v2 logs an envelope as hashedrekord 0.0.2 over its pre-authentication encoding (rekor-tiles CLIENTS.md); "
                + "@sigstore/verify 3.1.1 compares with the payload's digest (4.1.3 is right).",
            [Npm],
            ["rekor2-dsse-happy-path", "nothing changed, statement in Rekor v2"]
        ),
    ];

    public static IEnumerable<string> Inputs => All.SelectMany(static disagreement => disagreement.Inputs).Distinct();

    /// <summary>Who answers otherwise than ours for an input, in the order of <paramref name="peers"/>.</summary>
    public static string[] Of(string input, IEnumerable<string> peers) =>
        [.. peers.Where(peer => All.Any(disagreement => disagreement.Peers.Contains(peer) && disagreement.Inputs.Contains(input)))];
}
