using Cake.PySign.Common.Provenance;
using PySign.Packaging.Attestations;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Verify;

/// <summary>
/// Whether a certificate is that of a trusted publisher, as indexes judge it (PyPI's attestation verifier): issuer and source repository
/// exactly, and the build's configuration at the very commit or ref that was built. Neither the subject alternative name nor the
/// environment is looked at.
/// </summary>
internal sealed class PublisherPolicy(TrustedPublisher publisher) : VerificationPolicy
{
    public override VerificationException? Refuse(CertificateIdentity identity)
    {
        if (identity[FulcioExtension.Issuer] != publisher.Issuer)
        {
            return Fail(VerificationFailure.IssuerMismatch, $"issuer \"{publisher.Issuer}\"", identity[FulcioExtension.Issuer]);
        }

        return publisher.Kind == Publisher.Google ? RefuseEmail(identity) : RefuseRepository(identity) ?? RefuseWorkflow(identity);
    }

    private VerificationException? RefuseEmail(CertificateIdentity identity) =>
        identity.Kind == IdentityKind.Email && identity.SubjectAlternativeName == publisher.Email
            ? null
            : Fail(VerificationFailure.IdentityMismatch, $"e-mail address \"{publisher.Email}\"", identity.SubjectAlternativeName);

    private VerificationException? RefuseRepository(CertificateIdentity identity)
    {
        var expected = $"{publisher.ServerUrl.GetLeftPart(UriPartial.Authority)}/{publisher.Repository}";
        var certified = CertifiedSource.Of(identity, FulcioExtension.SourceRepositoryUri);
        return certified == expected ? null : Fail(VerificationFailure.ExtensionMismatch, $"source repository \"{expected}\"", certified);
    }

    private VerificationException? RefuseWorkflow(CertificateIdentity identity)
    {
        // Certificates name configurations as https, whatever the server's own scheme is (fulcio config/identity).
        var folder = publisher.Kind == Publisher.GitHub ? "/.github/workflows/" : "//";
        var path = $"https://{publisher.ServerUrl.Authority}/{publisher.Repository}{folder}{publisher.Workflow}";
        string[] built =
        [
            .. new[] { identity[FulcioExtension.SourceRepositoryDigest], identity[FulcioExtension.SourceRepositoryRef] }
                .OfType<string>()
                .Where(static at => at.Length > 0),
        ];
        var found = identity[FulcioExtension.BuildConfigUri];
        return built.Any(at => found == $"{path}@{at}")
            ? null
            : Fail(
                VerificationFailure.ExtensionMismatch,
                $"build configuration \"{path}@{(built.Length > 0 ? string.Join("\" or \"@", built) : "…\" of a known commit or ref")}\"",
                found
            );
    }

    private VerificationException Fail(VerificationFailure reason, string expected, string? found)
    {
        var advice =
            found is not null && expected.Contains($"\"{found}\"", StringComparison.OrdinalIgnoreCase)
                ? "They differ only in upper and lower case. An index finds a publisher in any case, but attestations are compared "
                    + "case-sensitively: spell it as the "
                    + "service does, here and where the publisher is registered."
                : $"The attestation was made by somebody else than {publisher}. If that is right, correct the publisher; otherwise do "
                    + "not use the file.";
        return new VerificationException(reason, VerificationStep.Identity, expected, found is null ? "none" : $"\"{found}\"", advice);
    }
}
