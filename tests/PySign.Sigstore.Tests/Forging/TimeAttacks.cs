using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using PySign.Sigstore.Errors;
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
        Stamped("timestamp of other bytes", (tsa, _) => tsa.ImprintOf = [1], TimestampImprintMismatch),
        Stamped("timestamp of the artifact", (tsa, f) => tsa.ImprintOf = f.Artifact, TimestampImprintMismatch),
        Stamped("timestamp signed by another key", (tsa, f) => tsa.SignedBy = f.CtKey, TimestampSignatureInvalid),
        Stamped("timestamp not granted", (tsa, _) => tsa.Status = 2, TimestampNotGranted),
        Stamped("timestamp with trailing bytes", (tsa, _) => tsa.Trailing = [0], TimestampMalformed),
        Stamped("timestamp whose content type attribute lies", (tsa, _) => tsa.ContentType = "1.2.840.113549.1.7.1", TimestampMalformed),
        Stamped("timestamp with another message digest", (tsa, _) => tsa.WrongMessageDigest = true, TimestampSignatureInvalid),
        Stamped("timestamp naming another certificate", (tsa, _) => tsa.WrongCertificateHash = true, TimestampAuthorityUntrusted),
        Stamped("timestamp naming no certificate", (tsa, _) => tsa.WithoutSigningCertificate = true, TimestampMalformed),
        Stamped("timestamp without signed attributes", (tsa, _) => tsa.WithoutSignedAttributes = true, TimestampMalformed),
        Stamped("timestamp with two signers", (tsa, _) => tsa.TwoSigners = true, TimestampMalformed),
        Stamped("timestamp with a foreign certificate only", (tsa, f) => tsa.Embedded = f.RootCertificate, TimestampAuthorityUntrusted),
        Stamped(
            "timestamp certificate for signing code",
            (tsa, _) => tsa.ExtendedKeyUsage = Forge.Usage(true, "1.3.6.1.5.5.7.3.3"),
            TimestampCertificateUnsuitable
        ),
        Stamped(
            "timestamp usage not critical",
            (tsa, _) => tsa.ExtendedKeyUsage = Forge.Usage(false, "1.3.6.1.5.5.7.3.8"),
            TimestampCertificateUnsuitable
        ),
        Stamped(
            "timestamp usage not alone",
            (tsa, _) => tsa.ExtendedKeyUsage = Forge.Usage(true, "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.3"),
            TimestampCertificateUnsuitable
        ),
        Stamped(
            "timestamp certificate with unknown critical extension",
            (tsa, _) => tsa.MoreExtensions.Add(new X509Extension("1.2.3.4", [5, 0], true)),
            TimestampCertificateUnsuitable
        ),
        Stamped("timestamp after its certificate", (tsa, _) => tsa.NotAfter = Forge.Now, TimestampCertificateExpired),
        Stamped("timestamp before its certificate", (tsa, _) => tsa.NotBefore = Forge.Now.AddSeconds(2), TimestampCertificateExpired),
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

    // In a Rekor v2 entry the time stamp is the only time.
    private static Attack Stamped(string name, Action<ForgedTimestamp, Forge> change, VerificationFailure reason) =>
        new(
            name,
            f =>
            {
                f.RekorV2 = true;
                change(Tsa(f), f);
            },
            reason
        );
}
