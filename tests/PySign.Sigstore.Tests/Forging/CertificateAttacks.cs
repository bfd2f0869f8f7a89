using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using static PySign.Sigstore.Errors.VerificationFailure;
using static PySign.Sigstore.Tests.Forging.Attacks;

namespace PySign.Sigstore.Tests.Forging;

/// <summary>Certificates, their logs and their identities.</summary>
internal static class CertificateAttacks
{
    public static IReadOnlyList<Attack> All { get; } =
    [
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
    ];
}
