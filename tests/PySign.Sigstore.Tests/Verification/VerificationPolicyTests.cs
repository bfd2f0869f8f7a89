using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

public sealed class VerificationPolicyTests
{
    private static readonly CertificateIdentity _identity = CertificateIdentity.Read(Certificate.Parse(new Forge().Leaf()));

    [Fact]
    public void The_exact_identity_and_issuer_satisfy() =>
        Assert.Null(VerificationPolicy.Exact(Forge.Identity, Forge.Issuer).Refuse(_identity));

    [Theory]
    [InlineData(@"https://gitlab\.example/acme/demo//\.gitlab-ci\.yml@refs/tags/v.*", true)]
    [InlineData(@"acme", false)]
    [InlineData(@"https://gitlab\.example/acme/demo//\.gitlab-ci\.yml@refs/tags/", false)]
    [InlineData(@"gitlab\.example.*", false)]
    [InlineData(@"nothing|https://gitlab\.example/.*", true)]
    [InlineData(@"https|.*evil.*", false)]
    [InlineData(@"^https://gitlab\.example/.*$", true)]
    [InlineData("(?m)^https://gitlab\\.example/acme$", false)]
    public void A_pattern_matches_the_whole_identity_or_nothing(string pattern, bool matches) =>
        Assert.Equal(matches, VerificationPolicy.Pattern(pattern, Forge.Issuer).Refuse(_identity) is null);

    [Theory]
    [InlineData("x)|(?:.*")]
    [InlineData("(?x)a #")]
    [InlineData("(")]
    [InlineData("(?=a).*")]
    [InlineData(@"(a)\1")]
    [InlineData("")]
    [InlineData(" ")]
    public void A_pattern_that_could_mean_something_else_is_no_pattern(string pattern) =>
        Assert.ThrowsAny<ArgumentException>(() => VerificationPolicy.Pattern(pattern, Forge.Issuer));

    [Theory]
    [InlineData("", "https://a")]
    [InlineData("a", "")]
    [InlineData(" ", "https://a")]
    public void An_empty_expectation_is_no_expectation(string identity, string issuer) =>
        Assert.ThrowsAny<ArgumentException>(() => VerificationPolicy.Exact(identity, issuer));

    [Fact]
    public void Nothing_satisfies_an_empty_combination()
    {
        Assert.Equal(VerificationFailure.PolicyEmpty, VerificationPolicy.All().Refuse(_identity)!.Reason);
        Assert.Equal(VerificationFailure.PolicyEmpty, VerificationPolicy.Any().Refuse(_identity)!.Reason);
    }

    [Fact]
    public void Combinations_mean_what_they_say()
    {
        var good = VerificationPolicy.Exact(Forge.Identity, Forge.Issuer);
        var bad = VerificationPolicy.Extension(FulcioExtension.SourceRepositoryRef, "refs/tags/v2");
        var absent = VerificationPolicy.Extension(FulcioExtension.RunnerEnvironment, "gitlab-hosted");
        Assert.Null(
            VerificationPolicy
                .All(good, VerificationPolicy.Extension(FulcioExtension.SourceRepositoryRef, "refs/tags/v1"))
                .Refuse(_identity)
        );
        Assert.Equal(VerificationFailure.ExtensionMismatch, VerificationPolicy.All(good, bad).Refuse(_identity)!.Reason);
        Assert.Equal(VerificationFailure.ExtensionMismatch, VerificationPolicy.All(good, absent).Refuse(_identity)!.Reason);
        Assert.Null(VerificationPolicy.Any(bad, good).Refuse(_identity));
        Assert.Equal(VerificationFailure.PolicyUnsatisfied, VerificationPolicy.Any(bad, absent).Refuse(_identity)!.Reason);
    }

    [Fact]
    public void Builders_write_the_identities_that_fulcio_writes()
    {
        Assert.Null(VerificationPolicy.ForGitLab("acme/demo", ".gitlab-ci.yml", "refs/tags/v1", "gitlab.example").Refuse(_identity));
        Assert.Equal(
            "identity \"https://github.com/o/r/.github/workflows/release.yml@refs/tags/v1\"",
            VerificationPolicy.ForGitHub("o/r", "release.yml", "refs/tags/v1").Refuse(_identity)!.Expected
        );
        Assert.Throws<ArgumentException>(() => VerificationPolicy.ForGitHub("o/r", "release.yml", "v1"));
    }

    [Fact]
    public void Only_a_member_called_unsafe_asks_for_nobody() => Assert.Null(VerificationPolicy.UnsafeAnyIdentity().Refuse(_identity));
}
