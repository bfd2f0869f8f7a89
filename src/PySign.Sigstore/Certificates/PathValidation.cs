using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Certificates;

/// <summary>The rules of RFC 5280 6.1 for one link of a path; every rule that cannot be checked refuses.</summary>
internal static class PathValidation
{
    /// <summary>Checks that <paramref name="issuer"/> issued <paramref name="subject"/> and might do so.</summary>
    /// <param name="subject">The certificate issued.</param>
    /// <param name="issuer">The authority.</param>
    /// <param name="authoritiesBelow">How many authorities stand between the issuer and the leaf, self-issued ones not counted.</param>
    /// <param name="usage">The extended key usage that the whole path must be good for.</param>
    /// <param name="checkSignature">Whether the signature has still to be verified.</param>
    public static void CheckLink(
        Certificate subject,
        Certificate issuer,
        int authoritiesBelow,
        ReadOnlySpan<byte> usage,
        bool checkSignature = true
    )
    {
        if (!subject.Issuer.Span.SequenceEqual(issuer.Subject.Span))
        {
            throw Violation("each certificate issued under the next one's name", "another issuer's name");
        }

        CheckAuthority(issuer, authoritiesBelow, usage);
        if (checkSignature && !subject.IsSignedBy(issuer))
        {
            throw Refusal.Certificate(
                VerificationFailure.CertificateSignatureInvalid,
                "a signature by the issuing certificate's key",
                "an invalid one"
            );
        }
    }

    /// <summary>Checks that a certificate may issue others for the usage.</summary>
    public static void CheckAuthority(Certificate authority, int authoritiesBelow, ReadOnlySpan<byte> usage)
    {
        var constraints = authority.Constraints;
        CheckCriticalExtensions(authority);
        if (!constraints.IsAuthority)
        {
            throw Violation("an issuer with basicConstraints CA", "a certificate that is not an authority");
        }

        if (constraints.PathLength is { } length && authoritiesBelow > length)
        {
            throw Violation($"at most {length} authorities below the issuer", $"{authoritiesBelow}");
        }

        if (!constraints.Allows(Certificate.KeyCertSignUsage))
        {
            throw Violation("an issuer with key usage keyCertSign", "none");
        }

        // An authority with extended key usages can only pass on those (as Go, Windows and the CA/Browser rules have it).
        if (constraints.ExtendedKeyUsages is not null && !constraints.Lists(usage) && !constraints.Lists(Oids.AnyExtendedKeyUsage))
        {
            throw Violation($"an issuer that may issue for extended key usage {Oids.Dotted(usage)}", "others only");
        }
    }

    public static void CheckCriticalExtensions(Certificate certificate)
    {
        if (!certificate.Constraints.UnknownCritical.IsEmpty)
        {
            throw Refusal.Certificate(
                VerificationFailure.CertificateCriticalExtensionUnknown,
                "no critical extension but basic constraints, key usage, extended key usage and subject alternative name",
                Oids.Dotted(certificate.Constraints.UnknownCritical.Span)
            );
        }
    }

    private static VerificationException Violation(string expected, string actual) =>
        Refusal.Certificate(VerificationFailure.CertificateConstraintViolated, expected, actual);
}
