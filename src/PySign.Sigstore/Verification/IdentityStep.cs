using PySign.Sigstore.Bundles;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Verification;

/// <summary>Step 4: the certificate is a leaf for signing code (client-spec 4.2, RFC 5280 4.2.1), and its holder is the one that the policy
/// wants.</summary>
internal static class IdentityStep
{
    public static CertificateIdentity Run(Certificate leaf, VerificationPolicy policy)
    {
        CheckProfile(leaf.Constraints);
        var identity = leaf.Identity;
        if (policy.Refuse(identity) is not { } refusal)
        {
            return identity;
        }

        throw identity.Issuer.Length == 0 ? ReleaseAttestation(identity, refusal) : refusal;
    }

    public static VerificationException CertificateExpected() =>
        Fail(
            VerificationFailure.CertificateExpected,
            "a bundle signed with a certificate",
            "one signed with a managed key",
            "Verify it with the signer's public key, or ask for a bundle with a certificate."
        );

    public static void CheckHint(Bundle bundle, ManagedKey key)
    {
        if (bundle.VerificationMaterial.PublicKeyHint is not { } hint)
        {
            throw Fail(
                ManagedKeyExpected,
                "a bundle signed with a managed key",
                "one signed with a certificate",
                "Verify it with the expected identity and issuer instead of a key."
            );
        }

        if (key.RefuseHint(hint) is { } refusal)
        {
            throw refusal;
        }
    }

    private static VerificationException ReleaseAttestation(CertificateIdentity identity, VerificationException refusal) =>
        Fail(
            refusal.Reason,
            refusal.Expected,
            $"GitHub's own attestation of a release (\"{identity.SubjectAlternativeName}\", for which no issuer vouches)",
            "It says which files belong to an immutable GitHub release, not who built them. Verify it as that (gh release verify, or "
                + "VerificationPolicy.GitHubRelease with GitHub's trusted root), and verify the signature of the build beside it."
        );

    private static void CheckProfile(CertificateConstraints constraints)
    {
        if (constraints.IsAuthority)
        {
            throw Unsuitable("a leaf certificate", "an authority");
        }

        if (!constraints.Allows(Certificate.DigitalSignatureUsage))
        {
            throw Unsuitable("key usage digitalSignature", "none");
        }

        if (!constraints.Lists(Oids.CodeSigning))
        {
            throw Unsuitable("extended key usage codeSigning", "none");
        }
    }

    private static VerificationException Unsuitable(string expected, string actual) =>
        Fail(CertificateUnsuitable, expected, actual, "The certificate was not issued for signing; do not use the artifact.");

    private static VerificationException Fail(VerificationFailure reason, string expected, string actual, string advice) =>
        new(reason, VerificationStep.Identity, expected, actual, advice);
}
