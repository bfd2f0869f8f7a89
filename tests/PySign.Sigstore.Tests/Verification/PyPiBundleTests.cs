using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

public sealed class PyPiBundleTests
{
    [Theory]
    [InlineData("rfc8785-0.1.2-py3-none-any.whl")]
    [InlineData("pypi_attestation_models-0.0.4a2.tar.gz")]
    public void A_distribution_published_with_its_bundle_verifies_and_another_does_not(string name)
    {
        var folder = Corpora.Require("pypi-attestations");
        var bundle = Bundle.Load(Path.Combine(folder, name + ".sigstore"));
        var verifier = new SigstoreVerifier(TrustedRoot.Load(Corpora.Require("trust/staging_trusted_root.json")));
        VerifiedArtifact Verify(string file)
        {
            try
            {
                return verifier.Verify(bundle, Artifact.FromFile(Path.Combine(folder, file)), VerificationPolicy.UnsafeAnyIdentity());
            }
            catch (VerificationException e) when (e.Reason == VerificationFailure.LogUnknown)
            {
                return new SigstoreVerifier(TrustedRoot.PublicGood()).Verify(
                    bundle,
                    Artifact.FromFile(Path.Combine(folder, file)),
                    VerificationPolicy.UnsafeAnyIdentity()
                );
            }
        }

        Assert.NotEmpty(Verify(name).Identity);
        Assert.Throws<VerificationException>(() => Verify("gitlab_oidc_project-0.0.3.tar.gz"));
    }
}
