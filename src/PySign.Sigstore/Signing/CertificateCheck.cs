using System.Globalization;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Signing;

/// <summary>
/// Whether a certificate that came back may be signed with: for this key, by a trusted authority, published, for the token's identity,
/// valid now. All with the verifier's own steps, so that nothing is logged publicly that would not verify.
/// </summary>
internal static class CertificateCheck
{
    public static void Run(Certificate leaf, ReadOnlySpan<byte> publicKey, IdentityToken token, TrustedRoot root, DateTimeOffset now)
    {
        // 1. For the key that was sent, and valid now.
        if (!leaf.Spki.Span.SequenceEqual(publicKey))
        {
            throw Refused(SigningFailure.CertificateForAnotherKey, "the certificate is for another key than the one that was sent", null);
        }

        CheckTime(leaf, now);

        // 2. By a trusted authority.
        var time = new VerifiedTime(now < leaf.NotBefore ? leaf.NotBefore : now, TimeSource.TransparencyLog, "this machine's clock");
        var issuer = Checked(
            () => CertificateStep.Run([leaf.Der], 1, leaf, [time], root),
            SigningFailure.CertificateUntrusted,
            "the certificate is not trusted"
        );

        // 3. Published.
        Checked(
            () =>
            {
                SctStep.Run(leaf, issuer, root);
                return issuer;
            },
            SigningFailure.CertificateNotTransparent,
            "the certificate is not published"
        );

        // 4. For whom the token is of.
        Checked(
            () => IdentityStep.Run(leaf, VerificationPolicy.Exact(token.ExpectedIdentity, token.ExpectedIssuer)),
            SigningFailure.CertificateForAnotherIdentity,
            "the certificate is not for the token's identity"
        );
    }

    /// <summary>The authority's clock may be ahead of ours.</summary>
    private static void CheckTime(Certificate leaf, DateTimeOffset now)
    {
        if (now >= leaf.NotAfter || now < leaf.NotBefore - IdentityToken.ClockSkew)
        {
            throw new SigningException(
                SigningFailure.CertificateNotValidNow,
                FulcioClient.Service,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the certificate is valid from {leaf.NotBefore:u} to {leaf.NotAfter:u}; it is {now:u}"
                ),
                "Set this machine's clock; if it is right, report this to the instance's operator."
            );
        }
    }

    /// <summary>A step of the verifier, whose refusal means that nothing can be signed.</summary>
    private static T Checked<T>(Func<T> step, SigningFailure reason, string what)
    {
        try
        {
            return step();
        }
        catch (VerificationException e)
        {
            throw Refused(reason, $"{what}: expected {e.Expected}; found {e.Actual}", e);
        }
    }

    private static SigningException Refused(SigningFailure reason, string what, Exception? inner) =>
        new(
            reason,
            FulcioClient.Service,
            what,
            "Nothing was signed. Check that services and trusted root belong to the same instance and are up to date; otherwise report "
                + "this to its operator.",
            inner
        );
}
