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

    [Fact]
    public void A_refusal_names_what_was_wanted_and_what_is_there()
    {
        AssertNamed(VerificationPolicy.Exact("x", Forge.Issuer), VerificationFailure.IdentityMismatch, "\"x\"", Forge.Identity);
        AssertNamed(VerificationPolicy.Exact(Forge.Identity, "x"), VerificationFailure.IssuerMismatch, "\"x\"", Forge.Issuer);
        AssertNamed(VerificationPolicy.Pattern("x.*", Forge.Issuer), VerificationFailure.IdentityMismatch, "x.*", Forge.Identity);
        AssertNamed(VerificationPolicy.Pattern(".*", "x"), VerificationFailure.IssuerMismatch, "\"x\"", Forge.Issuer);
        AssertNamed(
            VerificationPolicy.Extension(FulcioExtension.SourceRepositoryRef, "x"),
            VerificationFailure.ExtensionMismatch,
            "SourceRepositoryRef \"x\"",
            "refs/tags/v1"
        );
        AssertNamed(
            VerificationPolicy.Extension(FulcioExtension.RunnerEnvironment, "x"),
            VerificationFailure.ExtensionMismatch,
            "RunnerEnvironment \"x\"",
            "no such extension"
        );
        AssertNamed(VerificationPolicy.All(), VerificationFailure.PolicyEmpty, "All", "none");
        AssertNamed(VerificationPolicy.Any(), VerificationFailure.PolicyEmpty, "Any", "none");
        AssertNamed(
            VerificationPolicy.Any(VerificationPolicy.Exact("x", Forge.Issuer), VerificationPolicy.Exact("y", Forge.Issuer)),
            VerificationFailure.PolicyUnsatisfied,
            "identity \"x\" or identity \"y\"",
            $"\"{Forge.Identity}\"; \"{Forge.Identity}\""
        );
        AssertNamed(
            VerificationPolicy.GitHubRelease(),
            VerificationFailure.IdentityMismatch,
            "https://dotcom.releases.github.com",
            Forge.Issuer
        );
        AssertNamed(
            VerificationPolicy.GitHubRelease("acme"),
            VerificationFailure.IdentityMismatch,
            "https://acme.releases.github.com",
            Forge.Identity
        );
    }

    [Theory]
    [InlineData("/acme/demo/", "/.gitlab-ci.yml", true)]
    [InlineData("acme/demo", ".gitlab-ci.yml/", false)]
    [InlineData("acme/other", ".gitlab-ci.yml", false)]
    public void A_builder_takes_paths_with_or_without_slashes_at_their_ends(string project, string file, bool matches) =>
        Assert.Equal(matches, VerificationPolicy.ForGitLab(project, file, "refs/tags/v1", "gitlab.example").Refuse(_identity) is null);

    [Fact]
    public void A_builder_of_github_wants_githubs_issuer_and_one_of_gitlab_the_hosts()
    {
        var forge = new Forge();
        forge.Replace(Forge.Uri("https://github.com/o/r/.github/workflows/release.yml@refs/tags/v1"));
        var policy = VerificationPolicy.ForGitHub("/o/r/", "release.yml", "refs/tags/v1");
        AssertNamed(policy, VerificationFailure.IssuerMismatch, "https://token.actions.githubusercontent.com", Forge.Issuer, forge);

        forge = new Forge();
        forge.Replace(Forge.Uri("https://gitlab.com/o/r//.gitlab-ci.yml@refs/tags/v1"));
        policy = VerificationPolicy.ForGitLab("o/r", ".gitlab-ci.yml", "refs/tags/v1");
        AssertNamed(policy, VerificationFailure.IssuerMismatch, "https://gitlab.com", Forge.Issuer, forge);
        Assert.Contains(
            "refs/tags/v1.0.0",
            Assert.Throws<ArgumentException>(() => VerificationPolicy.ForGitLab("o/r", "f", "v1")).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => VerificationPolicy.ForGitLab("", "f", "refs/heads/main"));
        Assert.Throws<ArgumentException>(() => VerificationPolicy.ForGitLab("o/r", "", "refs/heads/main"));
        Assert.Throws<ArgumentException>(() => VerificationPolicy.ForGitLab("o/r", "f", "refs/heads/main", ""));
        Assert.Throws<ArgumentException>(() => VerificationPolicy.ForGitHub("o/r", "", "refs/heads/main"));
        Assert.Throws<ArgumentException>(() => VerificationPolicy.GitHubRelease(""));
        Assert.Throws<ArgumentException>(() => VerificationPolicy.Extension(FulcioExtension.SourceRepositoryRef, ""));
    }

    private static void AssertNamed(
        VerificationPolicy policy,
        VerificationFailure reason,
        string expected,
        string actual,
        Forge? forge = null
    )
    {
        var identity = forge is null ? _identity : CertificateIdentity.Read(Certificate.Parse(forge.Leaf()));
        var refusal = Spoken.AssertWhole(policy.Refuse(identity)!);
        Assert.Equal((reason, VerificationStep.Identity), (refusal.Reason, refusal.Step));
        Assert.Contains(expected, refusal.Expected, StringComparison.Ordinal);
        Assert.Contains(actual, refusal.Actual, StringComparison.Ordinal);
    }
}
