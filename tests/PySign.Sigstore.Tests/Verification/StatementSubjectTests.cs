using System.Security.Cryptography;
using System.Text;
using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>Of which artifacts a signed statement speaks (in-toto Statement v1, "subject"; DigestSet), and over which hash it is
/// signed.</summary>
public sealed class StatementSubjectTests
{
    /// <summary>Subjects, divided by blanks; digests of one, divided by commas; <c>+</c> the artifact's, <c>-</c> another's.</summary>
    [Theory]
    [InlineData("sha256+", true)]
    [InlineData("sha384+", true)]
    [InlineData("sha512+", true)]
    [InlineData("sha256-", false)]
    [InlineData("sha384-", false)]
    [InlineData("sha512-", false)]
    [InlineData("sha1+", false)]
    [InlineData("sha256- sha256+", true)]
    [InlineData("sha512- sha256+", true)]
    [InlineData("sha1+ sha512+", false)]
    [InlineData("sha256-,sha512+", false)]
    [InlineData("sha512+,sha384-", true)]
    [InlineData("sha512-,sha384+", false)]
    [InlineData("sha512- sha256+,sha512-", false)]
    [InlineData("sha512- sha256-,sha512+", false)]
    [InlineData("sha512- sha256+,sha512+", true)]
    public void A_subject_is_the_artifact_when_every_digest_that_is_computed_is_its(string subjects, bool isSubject)
    {
        var forge = new Forge { RekorV2 = true };
        forge.Statement = new DsseText(Statement(forge.Artifact, subjects));
        if (isSubject)
        {
            Assert.Equal(Sha256Digest.Of(forge.Artifact), forge.Verify().Sha256);
        }
        else
        {
            Assert.Equal(VerificationFailure.SubjectMismatch, forge.Refusal());
        }
    }

    [Theory]
    [InlineData("sha256+", true)]
    [InlineData("sha512+", false)]
    [InlineData("sha512- sha256+", true)]
    public void A_digest_alone_is_compared_with_sha256_alone(string subjects, bool isSubject)
    {
        var forge = new Forge { RekorV2 = true };
        forge.Statement = new DsseText(Statement(forge.Artifact, subjects));
        var verifier = new SigstoreVerifier(TrustedRoot.Parse(Encoding.UTF8.GetBytes(forge.TrustedRootJson().ToJsonString())));
        var bundle = Bundle.Parse(Encoding.UTF8.GetBytes(forge.BundleJson().ToJsonString()));
        var artifact = Artifact.FromSha256(Sha256Digest.Of(forge.Artifact));
        var policy = VerificationPolicy.Exact(Forge.Identity, Forge.Issuer);
        if (isSubject)
        {
            Assert.Equal(Sha256Digest.Of(forge.Artifact), verifier.Verify(bundle, artifact, policy).Sha256);
        }
        else
        {
            var refused = Assert.Throws<VerificationException>(() => verifier.Verify(bundle, artifact, policy));
            Assert.Equal(VerificationFailure.SubjectMismatch, Spoken.AssertWhole(refused).Reason);
        }
    }

    [Theory]
    [InlineData("sha256+", true)]
    [InlineData("sha512- sha256+", true)]
    [InlineData("sha512+", false)]
    public void The_first_subject_with_a_sha256_can_stand_for_the_artifact(string subjects, bool has)
    {
        var forge = new Forge { RekorV2 = true };
        forge.Statement = new DsseText(Statement(forge.Artifact, subjects));
        var statement = forge.Verify().Statement!;
        if (has)
        {
            Assert.Equal(Sha256Digest.Of(forge.Artifact).ToBytes(), Artifact.FromFirstSubject(statement).Sha256());
        }
        else
        {
            var refused = Assert.Throws<VerificationException>(() => Artifact.FromFirstSubject(statement));
            Assert.Equal(VerificationFailure.StatementMalformed, Spoken.AssertWhole(refused).Reason);
        }
    }

    [Theory]
    [InlineData("nistP256", "SHA256", true)]
    [InlineData("nistP384", "SHA384", true)]
    [InlineData("nistP384", "SHA256", true)]
    [InlineData("nistP521", "SHA512", true)]
    [InlineData("nistP521", "SHA256", true)]
    [InlineData("nistP256", "SHA384", false)]
    [InlineData("nistP384", "SHA512", false)]
    public void An_envelope_is_signed_over_the_curves_own_hash_or_sha256(string curve, string hash, bool isValid)
    {
        var forge = new Forge
        {
            RekorV2 = true,
            LeafKey = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve)),
            Hash = new HashAlgorithmName(hash),
        };
        forge.Statement = new DsseText(Statement(forge.Artifact, "sha256+"));
        if (isValid)
        {
            Assert.Equal("p", forge.Verify().PredicateType);
        }
        else
        {
            Assert.Equal(VerificationFailure.SignatureInvalid, forge.Refusal());
        }
    }

    private static string Statement(byte[] artifact, string subjects)
    {
        var all = subjects.Split(' ').Select(subject => $"{{\"digest\":{{{string.Join(',', subject.Split(',').Select(Digest))}}}}}");
        return $"{{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{string.Join(',', all)}],\"predicateType\":\"p\"}}";

        string Digest(string written)
        {
            var name = written[..^1];
            var bytes = written[^1] == '+' ? artifact : [1];
            var digest = CryptographicOperations.HashData(new HashAlgorithmName(name.ToUpperInvariant()), bytes);
            return $"\"{name}\":\"{Convert.ToHexStringLower(digest)}\"";
        }
    }
}
