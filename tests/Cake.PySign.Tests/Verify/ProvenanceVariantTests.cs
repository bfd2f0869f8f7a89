using System.Text.Json.Nodes;
using Cake.PySign.Verify;
using PySign.Packaging.Attestations;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Verify;

/// <summary>What an index may serve about one file, and whose attestations count.</summary>
public sealed class ProvenanceVariantTests
{
    private static readonly TrustedPublisher _publisher = TrustedPublisher.GitHub("trailofbits/pypi-attestations", "release.yml");

    private static readonly VerificationPolicy _signer = VerificationPolicy.Pattern(
        @"https://github\.com/trailofbits/pypi-attestations/\.github/workflows/release\.yml@refs/tags/.*",
        "https://token.actions.githubusercontent.com"
    );

    [Theory]
    [InlineData("env-empty.json", 1)]
    [InlineData("env-set.json", 1)]
    [InlineData("no-environment.json", 1)]
    [InlineData("extra-keys.json", 1)]
    [InlineData("timestamps-null.json", 1)]
    [InlineData("timestamps-empty.json", 1)]
    [InlineData("certificate-base64-wrapped-pre-0.0.12.json", 1)]
    [InlineData("slsa-only.json", 1)]
    [InlineData("duplicate.json", 1)]
    [InlineData("two-bundles-same-publisher.json", 2)]
    [InlineData("second-publisher-other.json", 1)]
    [InlineData("second-publisher-unknown-kind.json", 1)]
    public void The_expected_publishers_attestations_verify_and_a_strangers_neither_help_nor_harm(string file, int expected)
    {
        var provenance = Load(file);
        Assert.Equal(expected, Verify(new AttestationVerifier(TrustedRoot.PublicGood(), _publisher), provenance).Count);
        var other = TrustedPublisher.GitHub("trailofbits/other", "release.yml");
        Assert.Equal(VerificationFailure.IdentityMismatch, Refusal(new AttestationVerifier(TrustedRoot.PublicGood(), other), provenance));
        Assert.NotEmpty(Verify(new AttestationVerifier(new SigstoreVerifier(TrustedRoot.PublicGood()), _signer), provenance));
    }

    [Fact]
    public void A_publisher_in_another_case_is_another_publisher_and_the_advice_says_so()
    {
        var provenance = Load("repo-other-case.json");
        var refusal = Assert.Throws<VerificationException>(() =>
            Verify(new AttestationVerifier(TrustedRoot.PublicGood(), _publisher), provenance)
        );
        Assert.Contains("upper and lower case", refusal.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_false_attestation_under_the_expected_name_is_fatal_and_under_another_is_nothing()
    {
        var json = JsonNode.Parse(Bytes("env-set.json"))!;
        var copy = json["attestation_bundles"]![0]!.DeepClone();
        var signature = Convert.FromBase64String(copy["attestations"]![0]!["envelope"]!["signature"]!.GetValue<string>());
        signature[^1] ^= 1;
        copy["attestations"]![0]!["envelope"]!["signature"] = Convert.ToBase64String(signature);
        json["attestation_bundles"]!.AsArray().Add(copy);
        var verifiers = new[]
        {
            new AttestationVerifier(TrustedRoot.PublicGood(), _publisher),
            new AttestationVerifier(new SigstoreVerifier(TrustedRoot.PublicGood()), _signer),
        };
        Assert.All(verifiers, verifier => Assert.Throws<VerificationException>(() => Verify(verifier, Parse(json))));

        copy["publisher"]!["repository"] = "somebody/else";
        Assert.All(verifiers, verifier => Assert.Single(Verify(verifier, Parse(json))));
    }

    [Fact]
    public void An_index_that_names_no_attestation_attests_nothing()
    {
        var none = Provenance.Parse("""{"version":1,"attestation_bundles":[]}"""u8.ToArray());
        var known = Load("env-set.json");
        foreach (
            var verifier in new[]
            {
                new AttestationVerifier(TrustedRoot.PublicGood(), _publisher),
                new AttestationVerifier(new SigstoreVerifier(TrustedRoot.PublicGood()), _signer),
            }
        )
        {
            var statement = known.Bundles[0].Attestations[0].ReadStatement();
            Assert.Equal(
                VerificationFailure.ContentMissing,
                Assert
                    .Throws<VerificationException>(() =>
                        verifier.Verify(Artifact.FromSha256(statement.Sha256), statement.Subject, statement.Sha256, none)
                    )
                    .Reason
            );
        }
    }

    private static IReadOnlyList<VerifiedArtifact> Verify(AttestationVerifier verifier, Provenance provenance)
    {
        var statement = provenance.Bundles[0].Attestations[0].ReadStatement();
        return verifier.Verify(Artifact.FromSha256(statement.Sha256), statement.Subject, statement.Sha256, provenance);
    }

    private static VerificationFailure Refusal(AttestationVerifier verifier, Provenance provenance) =>
        Assert.Throws<VerificationException>(() => Verify(verifier, provenance)).Reason;

    private static Provenance Parse(JsonNode json) => Provenance.Parse(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static Provenance Load(string file) => Provenance.Parse(Bytes(file));

    private static byte[] Bytes(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (var shared in new[] { "shared", "../shared" })
            {
                var path = IoPath.Combine(folder.FullName, shared, "corpora", "sigstore-deployments", "provenance-variants", file);
                if (File.Exists(path))
                {
                    return File.ReadAllBytes(path);
                }
            }
        }

        Assert.Skip("CORPUS ABSENT: shared/corpora/sigstore-deployments was not found; this check did NOT run.");
        return [];
    }
}
