using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using PySign.Sigstore.Errors;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Tests.Forging;

/// <summary>Good bundles with one fact wrong, everything else re-signed to fit; and the one check that must stop each.</summary>
internal static class Attacks
{
    public static IReadOnlyList<Attack> All { get; } =
    [
        // ---- shape ----
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
        new("33 timestamps", f => f.EditBundle = b => Repeat(Timestamps(b), 33), TooManyItems),
        new("timestamp twice", f => f.EditBundle = b => Repeat(Timestamps(b), 2), TimestampDuplicate),
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
        // ---- times ----
        new(
            "no time at all",
            f =>
            {
                f.Timestamp = null;
                f.WithSet = false;
            },
            NoVerifiedTime
        ),
        new(
            "integrated time without a signature",
            f =>
            {
                f.Timestamp = null;
                f.WithSet = false;
                f.EditBundle = b => Entry(b)["integratedTime"] = Seconds(Forge.Now);
            },
            NoVerifiedTime
        ),
        new(
            "integrated time in a Rekor v2 entry",
            f =>
            {
                f.RekorV2 = true;
                f.EditBundle = b => Entry(b)["integratedTime"] = Seconds(Forge.Now);
            },
            IntegratedTimeUnsigned
        ),
        new(
            "inclusion promise in a Rekor v2 entry",
            f =>
            {
                f.RekorV2 = true;
                f.EditBundle = b => Entry(b)["inclusionPromise"] = new JsonObject { ["signedEntryTimestamp"] = "AAAA" };
            },
            IntegratedTimeUnsigned
        ),
        new("entry timestamp of another key", f => f.SetSignedBy = f.CtKey, SignedEntryTimestampInvalid),
        new(
            "entry timestamp for another time",
            f => f.EditBundle = b => Entry(b)["integratedTime"] = Seconds(Forge.Now.AddSeconds(1)),
            SignedEntryTimestampInvalid
        ),
        new("entry timestamp for another index", f => f.EditBundle = b => Entry(b)["logIndex"] = "1001", SignedEntryTimestampInvalid),
        new(
            "entry timestamp for no time",
            f => f.EditBundle = b => Entry(b).AsObject().Remove("integratedTime"),
            SignedEntryTimestampInvalid
        ),
        new(
            "integrated before the log's window",
            f => f.EditTrustedRoot = r => Window(r, "tlogs")["start"] = "2026-03-01T12:00:01Z",
            IntegratedTimeOutsideLogWindow
        ),
        new(
            "integrated after the log's window",
            f => f.EditTrustedRoot = r => Window(r, "tlogs")["end"] = "2026-03-01T11:59:59Z",
            IntegratedTimeOutsideLogWindow
        ),
        new("integrated after the certificate", f => f.IntegratedTime += 3600, CertificateNotValidAtTime),
        new("integrated before the certificate", f => f.IntegratedTime -= 60, CertificateNotValidAtTime),
        new("timestamp after the certificate", f => Tsa(f).GenTime = Forge.Now.AddHours(1), CertificateNotValidAtTime),
        new("timestamp before the certificate", f => Tsa(f).GenTime = Forge.Now.AddHours(-1), CertificateNotValidAtTime),
        new(
            "timestamp of other bytes",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).ImprintOf = [1];
            },
            TimestampImprintMismatch
        ),
        new(
            "timestamp of the artifact",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).ImprintOf = f.Artifact;
            },
            TimestampImprintMismatch
        ),
        new(
            "timestamp signed by another key",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).SignedBy = f.CtKey;
            },
            TimestampSignatureInvalid
        ),
        new(
            "timestamp not granted",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).Status = 2;
            },
            TimestampNotGranted
        ),
        new(
            "timestamp with trailing bytes",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).Trailing = [0];
            },
            TimestampMalformed
        ),
        new(
            "timestamp whose content type attribute lies",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).ContentType = "1.2.840.113549.1.7.1";
            },
            TimestampMalformed
        ),
        new(
            "timestamp with another message digest",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).WrongMessageDigest = true;
            },
            TimestampSignatureInvalid
        ),
        new(
            "timestamp naming another certificate",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).WrongCertificateHash = true;
            },
            TimestampAuthorityUntrusted
        ),
        new(
            "timestamp naming no certificate",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).WithoutSigningCertificate = true;
            },
            TimestampMalformed
        ),
        new(
            "timestamp without signed attributes",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).WithoutSignedAttributes = true;
            },
            TimestampMalformed
        ),
        new(
            "timestamp with two signers",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).TwoSigners = true;
            },
            TimestampMalformed
        ),
        new(
            "timestamp with a foreign certificate only",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).Embedded = f.RootCertificate;
            },
            TimestampAuthorityUntrusted
        ),
        new(
            "timestamp certificate for signing code",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).ExtendedKeyUsage = Forge.Usage(true, "1.3.6.1.5.5.7.3.3");
            },
            TimestampCertificateUnsuitable
        ),
        new(
            "timestamp usage not critical",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).ExtendedKeyUsage = Forge.Usage(false, "1.3.6.1.5.5.7.3.8");
            },
            TimestampCertificateUnsuitable
        ),
        new(
            "timestamp usage not alone",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).ExtendedKeyUsage = Forge.Usage(true, "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.3");
            },
            TimestampCertificateUnsuitable
        ),
        new(
            "timestamp certificate with unknown critical extension",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).MoreExtensions.Add(new X509Extension("1.2.3.4", [5, 0], true));
            },
            TimestampCertificateUnsuitable
        ),
        new(
            "timestamp after its certificate",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).NotAfter = Forge.Now;
            },
            TimestampCertificateExpired
        ),
        new(
            "timestamp before its certificate",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).NotBefore = Forge.Now.AddSeconds(2);
            },
            TimestampCertificateExpired
        ),
        new(
            "timestamp after the authority's window",
            f =>
            {
                f.RekorV2 = true;
                f.EditTrustedRoot = r => Window(r, "timestampAuthorities")["end"] = "2026-03-01T12:00:00Z";
            },
            TimestampOutsideAuthorityWindow
        ),
        new(
            "timestamp a fraction after the authority's window",
            f =>
            {
                f.RekorV2 = true;
                Tsa(f).GenTime = Forge.Now.AddMilliseconds(500);
                f.EditTrustedRoot = r => Window(r, "timestampAuthorities")["end"] = "2026-03-01T12:00:00Z";
            },
            TimestampOutsideAuthorityWindow
        ),
        new(
            "timestamp authority not trusted",
            f =>
            {
                f.RekorV2 = true;
                f.EditTrustedRoot = r => r.AsObject().Remove("timestampAuthorities");
            },
            TimestampAuthorityUntrusted
        ),
        // ---- certificate ----
        new(
            "certificate authority not trusted",
            f => f.EditTrustedRoot = r => r["certificateAuthorities"] = new JsonArray(),
            CertificateAuthorityUnknown
        ),
        new(
            "another authority of the same name",
            f =>
            {
                var other = new Forge().TrustedRootJson();
                f.EditTrustedRoot = r => r["certificateAuthorities"] = other["certificateAuthorities"]!.DeepClone();
            },
            CertificateSignatureInvalid
        ),
        new(
            "authority's window over",
            f => f.EditTrustedRoot = r => Window(r, "certificateAuthorities")["end"] = "2026-02-28T00:00:00Z",
            OutsideAuthorityWindow
        ),
        new(
            "authority's window not begun",
            f => f.EditTrustedRoot = r => Window(r, "certificateAuthorities")["start"] = "2026-03-02T00:00:00Z",
            OutsideAuthorityWindow
        ),
        new("authority's certificate expired", f => f.CaNotAfter = Forge.Now.AddSeconds(-1), AuthorityCertificateNotValidAtTime),
        new(
            "authority that is none",
            f => f.CaConstraints = new X509BasicConstraintsExtension(false, false, 0, true),
            TrustedRootChainInvalid
        ),
        new(
            "authority that may not sign certificates",
            f => f.CaKeyUsage = new X509KeyUsageExtension(X509KeyUsageFlags.CrlSign, true),
            TrustedRootChainInvalid
        ),
        new(
            "authority for timestamps only",
            f =>
            {
                f.CaExtensions.Clear();
                f.CaExtensions.Add(Forge.Usage(false, "1.3.6.1.5.5.7.3.8"));
            },
            TrustedRootChainInvalid
        ),
        new(
            "authority with unknown critical extension",
            f => f.CaExtensions.Add(new X509Extension("1.2.3.4", [5, 0], true)),
            TrustedRootChainInvalid
        ),
        new(
            "leaf with unknown critical extension",
            f => f.LeafExtensions.Add(new X509Extension("1.2.3.4", [5, 0], true)),
            CertificateCriticalExtensionUnknown
        ),
        new(
            "precertificate poison",
            f => f.LeafExtensions.Add(new X509Extension("1.3.6.1.4.1.11129.2.4.3", [5, 0], true)),
            CertificateCriticalExtensionUnknown
        ),
        new(
            "leaf that is an authority",
            f => f.LeafExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true)),
            CertificateUnsuitable
        ),
        new(
            "leaf without digital signature",
            f => f.Replace(new X509KeyUsageExtension(X509KeyUsageFlags.KeyAgreement, true)),
            CertificateUnsuitable
        ),
        new("leaf without key usage", f => f.LeafExtensions.RemoveAll(e => e.Oid!.Value == "2.5.29.15"), CertificateUnsuitable),
        new("leaf for servers", f => f.Replace(Forge.Usage(false, "1.3.6.1.5.5.7.3.1")), CertificateUnsuitable),
        new("leaf for anything", f => f.Replace(Forge.Usage(false, "2.5.29.37.0")), CertificateUnsuitable),
        new("leaf without usage", f => f.LeafExtensions.RemoveAll(e => e.Oid!.Value == "2.5.29.37"), CertificateUnsuitable),
        new(
            "root certificate in the chain",
            f =>
                f.EditBundle = b =>
                {
                    AsChain(b);
                    b["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.2";
                    b["verificationMaterial"]!["x509CertificateChain"]!["certificates"]!
                        .AsArray()
                        .Add(new JsonObject { ["rawBytes"] = Base64(f.RootCertificate) });
                },
            RootCertificateInBundle
        ),
        new(
            "one bit of the certificate",
            f =>
                f.EditBundle = b =>
                    b["verificationMaterial"]!["certificate"]!["rawBytes"] = Base64(
                        Flip(Bytes(b["verificationMaterial"]!["certificate"]!["rawBytes"]), ^3)
                    ),
            CertificateSignatureInvalid
        ),
        new(
            "certificate with trailing bytes",
            f =>
                f.EditBundle = b =>
                    b["verificationMaterial"]!["certificate"]!["rawBytes"] = Base64([
                        .. Bytes(b["verificationMaterial"]!["certificate"]!["rawBytes"]),
                        0,
                    ]),
            CertificateMalformed
        ),
        new(
            "certificate that is none",
            f => f.EditBundle = b => b["verificationMaterial"]!["certificate"]!["rawBytes"] = "AAAA",
            CertificateMalformed
        ),
        // ---- certificate transparency ----
        new("no promise", f => f.SctCount = 0, SctMissing),
        new("promise of another key", f => f.SctSignedBy = f.LogKey, SctSignatureInvalid),
        new("promise for another issuer", f => f.SctOverOtherIssuer = true, SctSignatureInvalid),
        new("promise of an unknown log", f => f.EditTrustedRoot = r => r["ctlogs"] = new JsonArray(), SctLogUnknown),
        new(
            "promise before the log's window",
            f => f.EditTrustedRoot = r => Window(r, "ctlogs")["start"] = "2026-03-01T12:00:01Z",
            SctOutsideLogWindow
        ),
        new("promise after the log's window", f => f.SctTime = Forge.Now.AddYears(-1), SctOutsideLogWindow),
        new("empty list of promises", f => f.EditSctList = _ => [0, 0], SctMalformed),
        new("list of promises with trailing bytes", f => f.EditSctList = list => [.. list, 0], SctMalformed),
        new(
            "promise of another version",
            f =>
                f.EditSctList = list =>
                {
                    list[4] = 1;
                    return list;
                },
            SctMalformed
        ),
        new(
            "promise whose extensions were cut",
            f =>
            {
                f.SctExtensions = [0, 0, 5];
                f.EditSctList = list =>
                {
                    list[48] ^= 1;
                    return list;
                };
            },
            SctSignatureInvalid
        ),
        // ---- identity ----
        new("two names", f => f.Replace(Forge.Uri(Forge.Identity, "https://evil.example/")), SubjectAlternativeNameInvalid),
        new("no name", f => f.LeafExtensions.RemoveAll(e => e.Oid!.Value == "2.5.29.17"), SubjectAlternativeNameInvalid),
        new(
            "a host name",
            f =>
            {
                var names = new SubjectAlternativeNameBuilder();
                names.AddDnsName("gitlab.example");
                f.Replace(names.Build(true));
            },
            SubjectAlternativeNameInvalid
        ),
        new(
            "an e-mail instead of a URI",
            f =>
            {
                var names = new SubjectAlternativeNameBuilder();
                names.AddEmailAddress("a@example.org");
                f.Replace(names.Build(true));
            },
            IdentityMismatch
        ),
        new("another identity", f => f.Replace(Forge.Uri(Forge.Identity + "x")), IdentityMismatch),
        new(
            "two issuers",
            f => f.Replace(new X509Extension("1.3.6.1.4.1.57264.1.1", Encoding.UTF8.GetBytes("https://other.example"), false)),
            IssuerInvalid
        ),
        new(
            "no issuer",
            f => f.LeafExtensions.RemoveAll(e => e.Oid!.Value is "1.3.6.1.4.1.57264.1.1" or "1.3.6.1.4.1.57264.1.8"),
            IssuerInvalid
        ),
        new(
            "issuer as bare text in the new extension",
            f => f.Replace(new X509Extension("1.3.6.1.4.1.57264.1.8", Encoding.UTF8.GetBytes(Forge.Issuer), false)),
            CertificateMalformed
        ),
        // ---- transparency log ----
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
        // ---- statements ----
        new("statement about another artifact", f => Dsse(f, Statement("ff00")), SubjectMismatch),
        new(
            "digest of the artifact under another name",
            f => Dsse(f, Statement(Hex(f)).Replace("sha256", "sha3_256", StringComparison.Ordinal)),
            SubjectMismatch
        ),
        new("digest in upper case", f => Dsse(f, Statement(Hex(f).ToUpperInvariant())), SubjectMismatch),
        new(
            "statement without subjects",
            f => Dsse(f, """{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"x"}"""),
            StatementMalformed
        ),
        new(
            "statement of another type",
            f => Dsse(f, Statement(Hex(f)).Replace("Statement/v1", "Statement/v2", StringComparison.Ordinal)),
            StatementMalformed
        ),
        new("statement with a name twice", f => Dsse(f, Statement(Hex(f))[..^1] + ",\"subject\":[]}"), StatementMalformed),
        new(
            "payload of another type",
            f =>
            {
                Dsse(f, Statement(Hex(f)));
                f.Statement = f.Statement! with { Type = "application/json" };
            },
            PayloadTypeUnknown
        ),
        new(
            "envelope with two signatures",
            f =>
            {
                Dsse(f, Statement(Hex(f)));
                f.EditBundle = b => Repeat(b["dsseEnvelope"]!["signatures"]!.AsArray(), 2);
            },
            EnvelopeSignatureCount
        ),
        new(
            "envelope without signature",
            f =>
            {
                Dsse(f, Statement(Hex(f)));
                f.EditBundle = b => b["dsseEnvelope"]!["signatures"]!.AsArray().Clear();
            },
            EnvelopeSignatureCount
        ),
        new(
            "payload changed",
            f =>
            {
                Dsse(f, Statement(Hex(f)));
                f.EditBundle = b => b["dsseEnvelope"]!["payload"] = Base64(Encoding.UTF8.GetBytes(Statement(Hex(f)) + " "));
            },
            SignatureInvalid
        ),
        new(
            "payload type changed",
            f =>
            {
                Dsse(f, Statement(Hex(f)));
                f.EditBundle = b => b["dsseEnvelope"]!["payloadType"] = "application/vnd.in-toto+jso";
            },
            SignatureInvalid
        ),
        new(
            "dsse 0.0.2 entry",
            f =>
            {
                Dsse(f, Statement(Hex(f)));
                f.EditBundle = b =>
                {
                    Entry(b)["kindVersion"]!["kind"] = "dsse";
                    Entry(b)["logIndex"] = "1";
                };
                f.Origin = "log.example - 1";
            },
            LogEntryKindWithdrawn
        ),
        // ---- trusted root ----
        new("trusted root of another type", f => f.EditTrustedRoot = r => r["mediaType"] = "application/json", MediaTypeUnknown),
        new("log without a start", f => f.EditTrustedRoot = r => Window(r, "tlogs").AsObject().Remove("start"), FieldMissing),
        new(
            "authority without a start, signature from before its certificates",
            f =>
            {
                f.CaNotBefore = Forge.Now.AddSeconds(30);
                f.EditTrustedRoot = r => Window(r, "certificateAuthorities").AsObject().Remove("start");
            },
            OutsideAuthorityWindow
        ),
        new(
            "authority without a start whose end is over",
            f =>
                f.EditTrustedRoot = r =>
                {
                    Window(r, "certificateAuthorities").AsObject().Remove("start");
                    Window(r, "certificateAuthorities")["end"] = "2026-02-28T00:00:00Z";
                },
            OutsideAuthorityWindow
        ),
        new(
            "window that ends before it starts",
            f => f.EditTrustedRoot = r => Window(r, "tlogs")["end"] = "2025-01-01T00:00:00Z",
            TrustedRootInvalid
        ),
        new("window without a zone", f => f.EditTrustedRoot = r => Window(r, "tlogs")["start"] = "2025-01-01T00:00:00", TrustedRootInvalid),
        new("log with another hash", f => f.EditTrustedRoot = r => r["tlogs"]![0]!["hashAlgorithm"] = "SHA2_512", TrustedRootInvalid),
        new(
            "log whose key kind lies",
            f => f.EditTrustedRoot = r => r["tlogs"]![0]!["publicKey"]!["keyDetails"] = "PKIX_ED25519",
            TrustedRootInvalid
        ),
        new("log with a key of no kind", f => f.EditTrustedRoot = r => r["tlogs"]![0]!["publicKey"]!["rawBytes"] = "AAAA", LogKeyUnusable),
        new(
            "Rekor v2 without an address in the root",
            f =>
            {
                f.RekorV2 = true;
                f.EditTrustedRoot = r => r["tlogs"]![0]!.AsObject().Remove("baseUrl");
            },
            CheckpointOriginMismatch
        ),
        new(
            "Rekor v2 that calls itself a pod's name",
            f =>
            {
                f.RekorV2 = true;
                (f.Origin, f.SignatureName) = ("rekor-0", "rekor-0");
            },
            CheckpointOriginMismatch
        ),
        new(
            "two keys under one log id",
            f =>
                f.EditTrustedRoot = r =>
                {
                    var other = r["tlogs"]![0]!.DeepClone();
                    other["publicKey"]!["rawBytes"] = r["ctlogs"]![0]!["publicKey"]!["rawBytes"]!.DeepClone();
                    r["tlogs"]!.AsArray().Add(other);
                },
            TrustedRootInvalid
        ),
        new(
            "log id of four bytes",
            f => f.EditTrustedRoot = r => r["tlogs"]![0]!["logId"]!["keyId"] = Base64(f.LogId[..4]),
            TrustedRootInvalid
        ),
        new("promise of a log that cannot be used", f => f.EditTrustedRoot = r => r["ctlogs"]![0]!["futureField"] = true, FieldUnknown),
        new(
            "timestamp of an authority that cannot be used",
            f =>
            {
                f.RekorV2 = true;
                f.EditTrustedRoot = r => r["timestampAuthorities"]![0]!["futureField"] = true;
            },
            FieldUnknown
        ),
        new(
            "root of which nothing can be used",
            f =>
                f.EditTrustedRoot = r =>
                {
                    foreach (var list in (string[])["tlogs", "ctlogs", "certificateAuthorities", "timestampAuthorities"])
                    {
                        r[list]![0]!["futureField"] = true;
                    }
                },
            FieldUnknown
        ),
        new(
            "unknown field in the trusted root",
            f => f.EditTrustedRoot = r => r["tlogs"]![0]!["revokedAt"] = "2026-01-01T00:00:00Z",
            FieldUnknown
        ),
        new(
            "chain in the wrong order",
            f =>
                f.EditTrustedRoot = r =>
                {
                    var chain = r["certificateAuthorities"]![0]!["certChain"]!["certificates"]!.AsArray();
                    var first = chain[0]!;
                    chain.RemoveAt(0);
                    chain.Add(first);
                },
            TrustedRootChainInvalid
        ),
        new(
            "empty chain in the trusted root",
            f => f.EditTrustedRoot = r => r["certificateAuthorities"]![0]!["certChain"]!["certificates"]!.AsArray().Clear(),
            FieldMissing
        ),
    ];

    private const string PodName = "rekor-server-7d4b9c-x2x4p";

    /// <summary>A Rekor v1 as private instances have it: it calls itself what its pod is called.</summary>
    private static void Pod(Forge forge) => (forge.Origin, forge.SignatureName) = ($"{PodName} - 4711", PodName);

    private static ForgedTimestamp Tsa(Forge forge) => forge.Timestamp!;

    private static JsonArray Entries(JsonNode bundle) => bundle["verificationMaterial"]!["tlogEntries"]!.AsArray();

    private static JsonNode Entry(JsonNode bundle) => Entries(bundle)[0]!;

    private static JsonNode Proof(JsonNode bundle) => Entry(bundle)["inclusionProof"]!;

    private static JsonArray Timestamps(JsonNode bundle) =>
        bundle["verificationMaterial"]!["timestampVerificationData"]!["rfc3161Timestamps"]!.AsArray();

    private static JsonNode Window(JsonNode root, string kind) => (root[kind]![0]!["publicKey"] ?? root[kind]![0]!)["validFor"]!;

    private static void AsChain(JsonNode bundle)
    {
        var material = bundle["verificationMaterial"]!.AsObject();
        var certificate = material["certificate"]!.DeepClone();
        material.Remove("certificate");
        material["x509CertificateChain"] = new JsonObject { ["certificates"] = new JsonArray(certificate) };
    }

    private static void Repeat(JsonArray array, int count)
    {
        while (array.Count < count)
        {
            array.Add(array[0]!.DeepClone());
        }
    }

    private static void Dsse(Forge forge, string statement)
    {
        forge.RekorV2 = true;
        forge.Statement = new DsseText(statement);
    }

    public static string Statement(string sha256) =>
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"a\",\"digest\":{\"sha256\":\""
        + sha256
        + "\"}}],\"predicateType\":\"https://example.org/p\",\"predicate\":{}}";

    public static string Hex(Forge forge) => Convert.ToHexStringLower(SHA256.HashData(forge.Artifact));

    private static string Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static string Text(JsonNode? node) => node!.GetValue<string>();

    private static byte[] Bytes(JsonNode? node) => Convert.FromBase64String(Text(node));

    private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes);

    private static byte[] Flip(byte[] bytes, Index at)
    {
        bytes[at] ^= 1;
        return bytes;
    }

    /// <summary>32 bytes end in one padded group whose last character has two bits that decoding drops.</summary>
    private static string HiddenBits(string base64)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        return base64[..^2] + Alphabet[Alphabet.IndexOf(base64[^2], StringComparison.Ordinal) | 1] + "=";
    }

    /// <summary>The first line's signature under the second line's key hint.</summary>
    private static string WithHint(string line, string hintFrom)
    {
        var signature = Convert.FromBase64String(line.TrimEnd('\n').Split(' ')[2]);
        var hint = Convert.FromBase64String(hintFrom.TrimEnd('\n').Split(' ')[2]);
        return $"\u2014 {line.Split(' ')[1]} {Convert.ToBase64String([.. hint[..4], .. signature[4..]])}\n";
    }
}

/// <summary>One attack: what is changed, and the check that must see it.</summary>
internal sealed record Attack(string Name, Action<Forge> Change, VerificationFailure Reason);
