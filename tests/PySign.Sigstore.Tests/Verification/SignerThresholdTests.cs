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
        Assert.Equal(2, Verify([Keyless(), Signed(_firstKey)], 2, wide, Key("owner", _firstKey)).Count);
        Assert.Equal(VerificationFailure.ThresholdNotReached, Refusal([Keyless()], 2, wide, Ci()));

        // Whichever bundle comes first, and whoever is asked first: the wide one makes way.
        var another = Keyless(Forge.Identity + "-2");
        var first = Keyless();
        foreach (
            var bundles in (Bundle[][])
                [
                    [first, another],
                    [another, first],
                ]
        )
        {
            foreach (
                var signers in (TrustedSigner[][])
                    [
                        [wide, Ci()],
                        [Ci(), wide],
                    ]
            )
            {
                var proofs = Verify(bundles, 2, signers);
                Assert.Equal(signers, proofs.Select(static proof => proof.Signer));
                Assert.Equal(Forge.Identity, proofs.Single(static proof => proof.Signer.Name == "ci").Verified.Identity);
                Assert.Same(another, proofs.Single(proof => proof.Signer == wide).Bundle);
            }
        }
    }

    [Fact]
    public void Three_signers_are_given_three_proofs_however_they_have_to_be_shifted()
    {
        var (a, b, c) = (Keyless(Forge.Identity + "-a"), Keyless(Forge.Identity + "-b"), Keyless(Forge.Identity + "-c"));
        var signers = new[] { Signer("a or b", "-[ab]"), Signer("b or c", "-[bc]"), Signer("a", "-a") };
        var proofs = Verify([a, b, c], 3, signers);
        Assert.Equal([b, c, a], proofs.Select(static proof => proof.Bundle));
    }

    [Fact]
    public void Whoever_is_missing_is_named_with_the_reason()
    {
        var refused = Assert.Throws<VerificationException>(() => Verify([Keyless()], 2, Ci(), Key("owner", _firstKey)));
        Assert.Contains("2 of 2", refused.Expected, StringComparison.Ordinal);
        Assert.Contains("1 (ci)", refused.Actual, StringComparison.Ordinal);
        Assert.Contains($"owner ({VerificationFailure.ManagedKeyExpected})", refused.Actual, StringComparison.Ordinal);
        Assert.DoesNotContain("ci (", refused.Actual, StringComparison.Ordinal);

        refused = Assert.Throws<VerificationException>(() => Verify([], 1, Ci(), Key("owner", _firstKey)));
        Assert.Contains("ci (no signature), owner (no signature)", refused.Actual, StringComparison.Ordinal);

        var again = TrustedSigner.WithIdentity("ci again", VerificationPolicy.Exact(Forge.Identity, Forge.Issuer));
        refused = Assert.Throws<VerificationException>(() => Verify([Keyless()], 2, Ci(), again));
        Assert.Contains("ci again (the same signer", refused.Actual, StringComparison.Ordinal);

        // Of several bundles that are not the signer's, the one that came farthest says why.
        var forged = Signed(_firstKey, signedBy: _secondKey);
        refused = Assert.Throws<VerificationException>(() => Verify([Keyless(), forged], 2, Ci(), Key("owner", _firstKey)));
        Assert.Contains($"owner ({VerificationFailure.SignatureInvalid})", refused.Actual, StringComparison.Ordinal);
        refused = Assert.Throws<VerificationException>(() => Verify([], 1, Ci()));
        Assert.Contains("none; not ci", refused.Actual, StringComparison.Ordinal);
        var third = TrustedSigner.WithIdentity("third", VerificationPolicy.Exact("somebody else", Forge.Issuer));
        refused = Assert.Throws<VerificationException>(() =>
            Verify([Keyless(), Signed(_firstKey)], 3, Ci(), Key("owner", _firstKey), third)
        );
        Assert.Contains("2 (ci, owner); not third", refused.Actual, StringComparison.Ordinal);
        Spoken.AssertWhole(refused);
    }

    [Fact]
    public void A_signer_has_a_name_and_somebody_or_a_key()
    {
        var key = ManagedKey.ParsePem(_firstKey.ExportSubjectPublicKeyInfoPem());
        Assert.Throws<ArgumentException>(() => TrustedSigner.WithKey(" ", key));
        Assert.Throws<ArgumentNullException>(() => TrustedSigner.WithKey("a", null!));
        Assert.Throws<ArgumentNullException>(() => TrustedSigner.WithIdentity("a", null!));
        Assert.Throws<ArgumentNullException>(() => new SignerThreshold(null!, 1));
        var threshold = new SignerThreshold([Ci(), Key("owner", _firstKey)], 2);
        Assert.Equal((2, 2), (threshold.Threshold, threshold.Signers.Count));
        var twice = Assert.Throws<ArgumentException>(() => new SignerThreshold([Key("a", _firstKey), Key("a", _secondKey)], 1));
        Assert.Contains("name a ", twice.Message, StringComparison.Ordinal);
        twice = Assert.Throws<ArgumentException>(() => new SignerThreshold([Key("a", _firstKey), Key("b", _firstKey)], 1));
        Assert.Contains($"key {key.Hint} ", twice.Message, StringComparison.Ordinal);
        var unreachable = Assert.Throws<ArgumentException>(() => new SignerThreshold([Ci()], 2));
        Assert.Contains("threshold of 2", unreachable.Message, StringComparison.Ordinal);
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

    private static TrustedSigner Signer(string name, string suffix) =>
        TrustedSigner.WithIdentity(name, VerificationPolicy.Pattern(".*" + suffix, Forge.Issuer));

    private Bundle Keyless(string identity = Forge.Identity)
    {
        _forge.Managed = null;
        _forge.Replace(Forge.Uri(identity));
        return Bundle.Parse(Encoding.UTF8.GetBytes(_forge.BundleJson().ToJsonString()));
    }

    private Bundle Signed(ECDsa key, ECDsa? signedBy = null)
    {
        _forge.Managed = (
            key.ExportSubjectPublicKeyInfo(),
            data => (signedBy ?? key).SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
        );
        return Bundle.Parse(Encoding.UTF8.GetBytes(_forge.BundleJson().ToJsonString()));
    }
}
