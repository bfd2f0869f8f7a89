using System.Security.Cryptography;
using System.Text;
using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>The official bundle-verify cases, each by path and by digest, and for each that must fail the check that stops it.</summary>
public sealed class ConformanceTests
{
    /// <summary>
    /// What becomes of each case; null is acceptance. Some official cases are broken in two ways and stop at the earlier one; the tests
    /// below mend the first fault of those and show that the second stops them as well.
    /// </summary>
    private static readonly SortedDictionary<string, VerificationFailure?> _expected = new(StringComparer.Ordinal)
    {
        ["bundle-empty-certificate-chain_fail"] = VerificationFailure.CertificateChainEmpty,
        ["bundle-from-wrong-instance_fail"] = VerificationFailure.LogUnknown,
        ["bundle-invalid-base64-signature_fail"] = VerificationFailure.Base64Invalid,
        ["bundle-malformed-json_fail"] = VerificationFailure.JsonMalformed,
        ["bundle-negative-log-index_fail"] = VerificationFailure.NumberInvalid,
        ["bundle-unknown-version_fail"] = VerificationFailure.MediaTypeUnknown,
        ["bundle-with-root-cert_fail"] = VerificationFailure.RootCertificateInBundle,
        ["bundle-with-sct-with-extensions"] = null,
        ["checkpoint-bad-keyhint_fail"] = VerificationFailure.CheckpointSignatureMissing,
        ["checkpoint-wrong-roothash_fail"] = VerificationFailure.CheckpointRootMismatch,
        ["dsse-invalid-sig_fail"] = VerificationFailure.SignatureInvalid,
        ["dsse-mismatch-envelope_fail"] = VerificationFailure.LogEntryMismatch,
        ["dsse-mismatch-sig_fail"] = VerificationFailure.LogEntryMismatch,
        ["happy-path-intoto-in-dsse-v3"] = null,
        ["happy-path-v0.1"] = null,
        ["happy-path-v0.2"] = null,
        ["happy-path-v0.3"] = null,
        ["happy-path-v0.3-new-mediaType"] = null,
        ["inclusion-proof-corrupted-hash_fail"] = VerificationFailure.InclusionProofInvalid,
        ["incorrect-public-key_fail"] = VerificationFailure.SignedEntryTimestampInvalid,
        ["integrated-time-in-future_fail"] = VerificationFailure.CertificateNotValidAtTime,
        ["intoto-expired-certificate_fail"] = VerificationFailure.CertificateNotValidAtTime,
        ["intoto-log-entry-mismatch_fail"] = VerificationFailure.LogEntryMismatch,
        ["intoto-missing-inclusion-proof_fail"] = VerificationFailure.InclusionProofMissing,
        ["intoto-set-outside-signing-cert-validity_fail"] = VerificationFailure.CertificateNotValidAtTime,
        ["intoto-tsa-timestamp-outside-cert-validity_fail"] = VerificationFailure.CertificateNotValidAtTime,
        ["intoto-with-custom-trust-root"] = null,
        ["invalid-checkpoint-signature_fail"] = VerificationFailure.CheckpointSignatureInvalid,
        ["invalid-ct-key_fail"] = VerificationFailure.SctLogUnknown,
        ["invalid-inclusion-proof_fail"] = VerificationFailure.CheckpointMissing,
        ["managed-key-and-trusted-root"] = null,
        ["managed-key-happy-path"] = null,
        ["managed-key-no-key_fail"] = VerificationFailure.CertificateExpected,
        ["managed-key-wrong-key_fail"] = VerificationFailure.KeyUnsupported,
        ["message-digest-mismatch_fail"] = VerificationFailure.MessageDigestMismatch,
        ["rekor2-checkpoint-cosigned"] = null,
        ["rekor2-checkpoint-missing-log-signature_fail"] = VerificationFailure.CheckpointMalformed,
        ["rekor2-checkpoint-missing-origin_fail"] = VerificationFailure.CheckpointMalformed,
        ["rekor2-checkpoint-missing-root-hash_fail"] = VerificationFailure.CheckpointMalformed,
        ["rekor2-checkpoint-missing-size_fail"] = VerificationFailure.CheckpointMalformed,
        ["rekor2-checkpoint-multiple-cosigs"] = null,
        ["rekor2-checkpoint-no-matching-signature_fail"] = VerificationFailure.CheckpointOriginMismatch,
        ["rekor2-checkpoint-origin-not-first"] = null,
        ["rekor2-checkpoint-two-sigs-cosigned"] = null,
        ["rekor2-checkpoint-two-sigs-from-origin"] = null,
        ["rekor2-dsse-happy-path"] = null,
        ["rekor2-dsse-invalid-sig_fail"] = VerificationFailure.SignatureInvalid,
        ["rekor2-dsse-mismatch-envelope_fail"] = VerificationFailure.LogEntryMismatch,
        ["rekor2-dsse-mismatch-sig_fail"] = VerificationFailure.LogEntryMismatch,
        ["rekor2-happy-path"] = null,
        ["rekor2-no-inclusion-proof_fail"] = VerificationFailure.InclusionProofMissing,
        ["rekor2-no-timestamp_fail"] = VerificationFailure.NoVerifiedTime,
        ["rekor2-timestamp-outside-trust-root-tsa-validity_fail"] = VerificationFailure.TimestampOutsideAuthorityWindow,
        ["rekor2-timestamp-outside-tsa-cert-validity_fail"] = VerificationFailure.TimestampCertificateExpired,
        ["rekor2-timestamp-payload-mismatch_fail"] = VerificationFailure.TimestampImprintMismatch,
        ["rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail"] = VerificationFailure.TimestampAuthorityUntrusted,
        ["rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail"] = VerificationFailure.TimestampAuthorityUntrusted,
        ["rekor2-timestamp-with-embedded-cert"] = null,
        ["rekor2-timestamp-with-expired-cert-chain"] = null,
        ["rekor2-timestamp-with-incorrect-time_fail"] = VerificationFailure.Base64Invalid,
        ["rekor2-timestamp-without-embedded-cert"] = null,
        ["set-invalid-signature_fail"] = VerificationFailure.SignedEntryTimestampInvalid,
        ["signature-mismatch_fail"] = VerificationFailure.SignatureInvalid,
        ["trust-root-tlog-missing-validity-start_fail"] = VerificationFailure.FieldMissing,
        ["trust-root-tlog-validity-end-inclusive"] = null,
        ["trust-root-tsa-validity-end-inclusive"] = null,
        ["wrong-hashedrekord-artifact_fail"] = VerificationFailure.LogEntryMismatch,
        ["wrong-hashedrekord-cert-and-sig_fail"] = VerificationFailure.LogEntryMismatch,
        ["wrong-hashedrekord-entry_fail"] = VerificationFailure.LogEntryMismatch,
        ["wrong-material_fail"] = VerificationFailure.MessageDigestMismatch,
    };

    public static TheoryData<string, bool> Cases()
    {
        var cases = new TheoryData<string, bool>();
        foreach (var name in _expected.Keys)
        {
            cases.Add(name, true);
            cases.Add(name, false);
        }

        return cases;
    }

    [Fact]
    public void The_corpus_is_the_one_that_these_expectations_are_for()
    {
        Corpora.Require("sigstore-conformance");
        Assert.Equal(_expected.Keys, ConformanceCase.AllNames());
        Assert.Equal(70, _expected.Count);
        Assert.Equal(49, _expected.Values.Count(static reason => reason is not null));
        Assert.All(_expected, static e => Assert.Equal(e.Key.EndsWith("_fail", StringComparison.Ordinal), e.Value is not null));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_official_case_is_accepted_or_stopped_by_the_right_check(string name, bool byPath)
    {
        var conformance = ConformanceCase.Of(name);
        var artifact = byPath
            ? Artifact.FromFile(conformance.ArtifactPath)
            : Artifact.FromSha256(Sha256Digest.Of(conformance.ArtifactBytes));
        if (_expected[name] is { } reason)
        {
            Assert.Equal(reason, Assert.Throws<VerificationException>(() => conformance.Verify(artifact)).Reason);
        }
        else
        {
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(conformance.ArtifactBytes)), conformance.Verify(artifact).Sha256);
        }
    }

    [Fact]
    public void A_timestamp_at_another_time_is_refused_also_when_its_base64_has_no_line_breaks()
    {
        var conformance = ConformanceCase.Of("rekor2-timestamp-with-incorrect-time_fail");
        var mended = File.ReadAllText(conformance.BundlePath).Replace("\\n", "", StringComparison.Ordinal);
        var checkpointStart = mended.IndexOf("log2025-alpha1.rekor.sigstage.dev", StringComparison.Ordinal);
        Assert.True(checkpointStart > 0);
        var original = Bundle.Parse(Encoding.UTF8.GetBytes(RestoreCheckpoint(conformance, mended)));
        var failure = Assert.Throws<VerificationException>(() =>
            new SigstoreVerifier(TrustedRoot.Parse(conformance.TrustedRootBytes)).Verify(
                original,
                Artifact.FromFile(conformance.ArtifactPath),
                VerificationPolicy.Exact(conformance.Identity, conformance.Issuer)
            )
        );
        Assert.Equal(VerificationFailure.CertificateNotValidAtTime, failure.Reason);
    }

    [Fact]
    public void A_well_formed_managed_key_that_did_not_sign_is_refused()
    {
        var conformance = ConformanceCase.Of("managed-key-happy-path");
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var verifier = new SigstoreVerifier(TrustedRoot.Parse(conformance.TrustedRootBytes));
        var artifact = Artifact.FromFile(conformance.ArtifactPath);
        var key = ManagedKey.ParsePem(other.ExportSubjectPublicKeyInfoPem());
        Assert.Equal(
            VerificationFailure.ManagedKeyHintMismatch,
            Assert.Throws<VerificationException>(() => verifier.Verify(Bundle.Load(conformance.BundlePath), artifact, key)).Reason
        );

        var withoutHint = File.ReadAllText(conformance.BundlePath)
            .Replace("TLMsSDfG3ajPsWge+z/vX5T/zluXnmvbkTkwLIV68Tk=", "", StringComparison.Ordinal);
        Assert.Equal(
            VerificationFailure.SignatureInvalid,
            Assert
                .Throws<VerificationException>(() => verifier.Verify(Bundle.Parse(Encoding.UTF8.GetBytes(withoutHint)), artifact, key))
                .Reason
        );
    }

    /// <summary>Taking out every line break took them out of the checkpoint too; its text is put back from the original.</summary>
    private static string RestoreCheckpoint(ConformanceCase conformance, string mended)
    {
        using var document = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(conformance.BundlePath));
        var envelope = document
            .RootElement.GetProperty("verificationMaterial")
            .GetProperty("tlogEntries")[0]
            .GetProperty("inclusionProof")
            .GetProperty("checkpoint")
            .GetProperty("envelope")
            .GetRawText();
        return mended.Replace(envelope.Replace("\\n", "", StringComparison.Ordinal), envelope, StringComparison.Ordinal);
    }
}
