using System.Text;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>A trusted root of several instances: one of them must prove everything, and of the refusals the nearest is told.</summary>
public sealed class SeveralInstancesTests
{
    private static readonly VerificationPolicy _policy = VerificationPolicy.Exact(Forge.Identity, Forge.Issuer);

    private readonly Forge _signer = new();
    private readonly Forge _another = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whichever_instance_comes_first_the_signers_decides(bool signersFirst)
    {
        var artifact = Artifact.FromBytes(_signer.Artifact);
        Assert.Equal(Forge.Identity, Verifier(signersFirst).Verify(Signed(), artifact, _policy).Identity);
        Assert.Equal(VerificationFailure.IdentityMismatch, Refusal(signersFirst, artifact, VerificationPolicy.Exact("x", Forge.Issuer)));
        Assert.Equal(VerificationFailure.MessageDigestMismatch, Refusal(signersFirst, Artifact.FromBytes(new byte[1]), _policy));

        // That the artifact cannot be read is found in the seventh step, wherever it stands in the list of steps.
        var absent = Artifact.FromFile(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
        Assert.Equal(VerificationFailure.ArtifactUnreadable, Refusal(signersFirst, absent, _policy));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_artifact_that_cannot_be_read_is_told_also_beside_a_namesake_of_the_signers_authority(bool signersFirst)
    {
        var (own, namesake) = (_signer.TrustedRootJson(), _signer.TrustedRootJson());
        namesake["certificateAuthorities"] = _another.TrustedRootJson()["certificateAuthorities"]!.DeepClone();
        var (first, second) = signersFirst ? (own, namesake) : (namesake, own);
        var verifier = new SigstoreVerifier(
            TrustedRoot.Parse(Encoding.UTF8.GetBytes($"{first.ToJsonString()}\n{second.ToJsonString()}\n"))
        );
        var absent = Artifact.FromFile(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
        var refused = Assert.Throws<VerificationException>(() => verifier.Verify(Signed(), absent, _policy));
        Assert.Equal(VerificationFailure.ArtifactUnreadable, refused.Reason);
    }

    [Fact]
    public void What_two_instances_prove_together_is_not_proven()
    {
        // The signer's log beside the other's authorities, and the other way round.
        var (first, second) = (_signer.TrustedRootJson(), _another.TrustedRootJson());
        (first["tlogs"], second["tlogs"]) = (second["tlogs"]!.DeepClone(), first["tlogs"]!.DeepClone());
        var verifier = new SigstoreVerifier(
            TrustedRoot.Parse(Encoding.UTF8.GetBytes($"{first.ToJsonString()}\n{second.ToJsonString()}\n"))
        );
        Assert.Throws<VerificationException>(() => verifier.Verify(Signed(), Artifact.FromBytes(_signer.Artifact), _policy));
    }

    private Bundle Signed() => Bundle.Parse(Encoding.UTF8.GetBytes(_signer.BundleJson().ToJsonString()));

    private VerificationFailure Refusal(bool signersFirst, Artifact artifact, VerificationPolicy policy) =>
        Spoken.AssertWhole(Assert.Throws<VerificationException>(() => Verifier(signersFirst).Verify(Signed(), artifact, policy))).Reason;

    private SigstoreVerifier Verifier(bool signersFirst)
    {
        string[] lines = [_signer.TrustedRootJson().ToJsonString(), _another.TrustedRootJson().ToJsonString()];
        return new(TrustedRoot.Parse(Encoding.UTF8.GetBytes(string.Join('\n', signersFirst ? lines : [lines[1], lines[0]]) + "\n")));
    }
}
