using System.Security.Cryptography;
using System.Text;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

public sealed class SignerThresholdTests
{
    private readonly Forge _forge = new() { RekorV2 = false };
    private readonly ECDsa _firstKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _secondKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public void An_identity_and_a_key_are_two()
    {
        var proofs = Verify([Keyless(), Signed(_firstKey)], 2, Ci(), Key("owner", _firstKey));
        Assert.Equal(["ci", "owner"], proofs.Select(static proof => proof.Signer.Name));
        Assert.Equal(Forge.Identity, proofs[0].Verified.Identity);
    }

    [Fact]
    public void A_strangers_bundle_neither_helps_nor_harms()
    {
        Assert.Single(Verify([Signed(_secondKey), Keyless()], 1, Ci(), Key("owner", _firstKey)));
        Assert.Equal(VerificationFailure.ThresholdNotReached, Refusal([Signed(_secondKey), Keyless()], 2, Ci(), Key("owner", _firstKey)));
    }

    [Fact]
    public void Nobody_counts_twice()
    {
        // Twice the same signer's bundle, and one signer under two names.
        Assert.Equal(VerificationFailure.ThresholdNotReached, Refusal([Keyless(), Keyless()], 2, Ci(), Key("owner", _firstKey)));
        var again = TrustedSigner.WithIdentity("ci again", VerificationPolicy.Pattern("https://gitlab.example/.*", Forge.Issuer));
        Assert.Equal(VerificationFailure.ThresholdNotReached, Refusal([Keyless(), Keyless()], 2, Ci(), again));
        Assert.Throws<ArgumentException>(() => new SignerThreshold([Key("a", _firstKey), Key("b", _firstKey)], 2));
        Assert.Throws<ArgumentException>(() => new SignerThreshold([Key("a", _firstKey), Key("a", _secondKey)], 2));
    }

    [Fact]
    public void A_wide_policy_does_not_take_the_only_proof_of_a_narrow_one()
    {
        var wide = TrustedSigner.WithIdentity("anybody of the group", VerificationPolicy.UnsafeAnyIdentity());
        var other = new Forge();
        Assert.Equal(2, Verify([Keyless(), Signed(_firstKey)], 2, wide, Key("owner", _firstKey)).Count);
        Assert.Equal(VerificationFailure.ThresholdNotReached, Refusal([Keyless()], 2, wide, Ci()));
        Assert.NotNull(other);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_threshold_that_cannot_be_reached_or_asks_for_nothing_is_refused_at_once(int threshold) =>
        Assert.Throws<ArgumentException>(() => new SignerThreshold([Ci(), Key("owner", _firstKey)], threshold));

    [Fact]
    public void No_bundle_is_no_signature() => Assert.Equal(VerificationFailure.ThresholdNotReached, Refusal([], 1, Ci()));

    [Fact]
    public void One_signer_with_one_bundle_is_refused_for_the_bundles_own_reason() =>
        Assert.Equal(VerificationFailure.CertificateExpected, Refusal([Signed(_firstKey)], 1, Ci()));

    private static TrustedSigner Ci() => TrustedSigner.WithIdentity("ci", VerificationPolicy.Exact(Forge.Identity, Forge.Issuer));

    private static TrustedSigner Key(string name, ECDsa key) =>
        TrustedSigner.WithKey(name, ManagedKey.ParsePem(key.ExportSubjectPublicKeyInfoPem()));

    private IReadOnlyList<SignerProof> Verify(IReadOnlyList<Bundle> bundles, int threshold, params TrustedSigner[] signers) =>
        new SigstoreVerifier(TrustedRoot.Parse(Encoding.UTF8.GetBytes(_forge.TrustedRootJson().ToJsonString()))).VerifyThreshold(
            bundles,
            Artifact.FromBytes(_forge.Artifact),
            new SignerThreshold(signers, threshold),
            TestContext.Current.CancellationToken
        );

    private VerificationFailure Refusal(IReadOnlyList<Bundle> bundles, int threshold, params TrustedSigner[] signers) =>
        Assert.Throws<VerificationException>(() => Verify(bundles, threshold, signers)).Reason;

    private Bundle Keyless()
    {
        _forge.Managed = null;
        return Bundle.Parse(Encoding.UTF8.GetBytes(_forge.BundleJson().ToJsonString()));
    }

    private Bundle Signed(ECDsa key)
    {
        _forge.Managed = (
            key.ExportSubjectPublicKeyInfo(),
            data => key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
        );
        return Bundle.Parse(Encoding.UTF8.GetBytes(_forge.BundleJson().ToJsonString()));
    }
}
