using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Timestamps;
using PySign.Sigstore.Trust;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Verification;

/// <summary>Verifies a timestamp against the timestamp authorities of the trusted root (RFC 3161 2.2 and 2.3, RFC 5652 5.4, RFC
/// 5816).</summary>
internal static class TimestampVerification
{
    /// <returns>The time, and the authority that vouches for it.</returns>
    /// <exception cref="VerificationException">The timestamp does not prove that the data existed.</exception>
    public static VerifiedTime Verify(TimestampToken token, ReadOnlySpan<byte> data, TrustedRoot root)
    {
        Span<byte> digest = stackalloc byte[64];
        if (!token.Imprint.Span.SequenceEqual(Digests.Hash(token.ImprintHash, data, digest)))
        {
            throw TimestampRefusal.Of(TimestampImprintMismatch, "a timestamp of the bundle's signature", "a timestamp of other bytes");
        }

        if (!token.Signer.MessageDigest.Span.SequenceEqual(Digests.Hash(token.Signer.DigestHash, token.TstInfo.Span, digest)))
        {
            throw TimestampRefusal.Of(TimestampSignatureInvalid, "a signed digest of the timestamp's content", "another digest");
        }

        // One key may stand in the root several times, each with its own window: any that fits will do.
        VerificationException? refusal = null;
        foreach (var authority in root.TimestampAuthorities)
        {
            if (Names(token.Signer, authority.Chain[0]))
            {
                refusal = VerifyFor(token, authority);
                if (refusal is null)
                {
                    return new VerifiedTime(token.GenTime, TimeSource.TimestampAuthority, authority.Uri);
                }
            }
        }

        throw refusal
            ?? root.WhyUnusable("timestampAuthorities", [])
            ?? TimestampRefusal.Of(
                TimestampAuthorityUntrusted,
                "a timestamp by an authority of the trusted root",
                "a timestamp by another one"
            );
    }

    private static VerificationException? VerifyFor(TimestampToken token, TrustedAuthority authority)
    {
        var leaf = authority.Chain[0];
        var signer = token.Signer;
        if (!MatchesSigningCertificate(signer, leaf) || !ContainsOrEmpty(token.Certificates, leaf))
        {
            return TimestampRefusal.Of(
                TimestampAuthorityUntrusted,
                "a timestamp naming the authority's own certificate",
                "one naming another certificate"
            );
        }

        if (!leaf.Key.VerifyData(signer.Algorithm, signer.SignedAttributes.Span, signer.Signature.Span))
        {
            return TimestampRefusal.Of(TimestampSignatureInvalid, "a signature by the authority's key", "an invalid one");
        }

        if (RefuseUse(leaf) is { } refusal)
        {
            return refusal;
        }

        if (!authority.Window.Contains(token.GenTime))
        {
            return TimestampRefusal.Of(TimestampOutsideAuthorityWindow, $"a time within {authority.Window}", $"{token.GenTime:u}");
        }

        foreach (var certificate in authority.Chain)
        {
            if (!certificate.IsValidAt(token.GenTime))
            {
                return TimestampRefusal.Of(
                    TimestampCertificateExpired,
                    $"a time within the authority's certificates ({certificate.NotBefore:u} to {certificate.NotAfter:u})",
                    $"{token.GenTime:u}"
                );
            }
        }

        return null;
    }

    /// <summary>Whether the signer says that it is this certificate.</summary>
    private static bool Names(CmsSigner signer, Certificate leaf)
    {
        if (!signer.KeyIdentifier.IsEmpty)
        {
            return leaf.Constraints.SubjectKeyIdentifier.Span.SequenceEqual(signer.KeyIdentifier.Span);
        }

        return signer.Issuer.Span.SequenceEqual(leaf.Issuer.Span) && signer.SerialNumber.Span.SequenceEqual(leaf.SerialNumber.Span);
    }

    [SuppressMessage(
        "Security",
        "CA5350:Do Not Use Weak Cryptographic Algorithms",
        Justification = "RFC 2634 fixes SHA-1 here; the certificate is already known byte by byte, so a collision gains nothing."
    )]
    private static bool MatchesSigningCertificate(CmsSigner signer, Certificate leaf)
    {
        Span<byte> digest = stackalloc byte[64];
        var hash = signer.CertificateHashAlgorithm is { } algorithm
            ? Digests.Hash(algorithm, leaf.Der.Span, digest)
            : digest[..SHA1.HashData(leaf.Der.Span, digest)];
        return signer.CertificateHash.Span.SequenceEqual(hash);
    }

    /// <summary>When certificates came along, the trusted one must be among them; trust never comes from them.</summary>
    private static bool ContainsOrEmpty(IReadOnlyList<ReadOnlyMemory<byte>> certificates, Certificate leaf)
    {
        foreach (var certificate in certificates)
        {
            if (certificate.Span.SequenceEqual(leaf.Der.Span))
            {
                return true;
            }
        }

        return certificates.Count == 0;
    }

    private static VerificationException? RefuseUse(Certificate leaf)
    {
        var constraints = leaf.Constraints;
        if (!constraints.UnknownCritical.IsEmpty || constraints.IsAuthority)
        {
            return TimestampRefusal.Of(
                TimestampCertificateUnsuitable,
                "a leaf certificate without unknown critical extensions",
                "an authority, or such an extension"
            );
        }

        if (constraints.KeyUsage is not null && !constraints.Allows(Certificate.DigitalSignatureUsage))
        {
            return TimestampRefusal.Of(TimestampCertificateUnsuitable, "key usage digitalSignature", "others only");
        }

        // RFC 3161 2.3: exactly this one usage, and critical.
        return constraints is { ExtendedKeyUsages.Length: 1, ExtendedKeyUsageIsCritical: true } && constraints.Lists(Oids.TimeStamping)
            ? null
            : TimestampRefusal.Of(TimestampCertificateUnsuitable, "the one critical extended key usage timeStamping", "something else");
    }
}
