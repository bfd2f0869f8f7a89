using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using static PySign.Sigstore.Errors.VerificationFailure;
using static PySign.Sigstore.Tests.Forging.Attacks;

namespace PySign.Sigstore.Tests.Forging;

/// <summary>Times that prove nothing, or another moment.</summary>
internal static class TimeAttacks
{
    public static IReadOnlyList<Attack> All { get; } =
    [
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
    ];
}
