using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>The files of a release share one certificate, which is read once. Nothing else about it is remembered.</summary>
public sealed class SeenCertificateTests
{
    private const int Kept = 16;

    private readonly Forge _forge = new();
    private readonly SigstoreVerifier _verifier;

    public SeenCertificateTests() => _verifier = new SigstoreVerifier(TrustedRoot.Parse(Utf8(_forge.TrustedRootJson().ToJsonString())));

    [Fact]
    public void A_further_bundle_of_a_release_takes_no_more_than_24_KiB()
    {
        var bundle = Utf8(_forge.BundleJson().ToJsonString());
        for (var i = 0; i < 3; i++)
        {
            Verify(bundle);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Verify(bundle);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 24 << 10);
    }

    [Fact]
    public void A_certificate_that_verified_is_refused_for_whoever_did_not_expect_it()
    {
        var bundle = Utf8(_forge.BundleJson().ToJsonString());
        Verify(bundle);
        var refusal = Assert.Throws<VerificationException>(() => Verify(bundle, VerificationPolicy.Exact("somebody else", Forge.Issuer)));
        Assert.Equal(VerificationFailure.IdentityMismatch, refusal.Reason);
        Verify(bundle);
    }

    [Fact]
    public void A_certificate_that_verified_is_refused_at_a_time_when_it_was_not_valid()
    {
        var json = _forge.BundleJson();
        Verify(Utf8(json.ToJsonString()));
        var leaf = Convert.FromBase64String((string)json["verificationMaterial"]!["certificate"]!["rawBytes"]!);
        var signature = Convert.FromBase64String((string)json["messageSignature"]!["signature"]!);
        _forge.IntegratedTime = Forge.Now.AddDays(1).ToUnixTimeSeconds();
        json["verificationMaterial"]!["tlogEntries"]![0] = _forge.Entry(leaf, signature, SHA256.HashData(_forge.Artifact));
        var refusal = Assert.Throws<VerificationException>(() => Verify(Utf8(json.ToJsonString())));
        Assert.Equal(VerificationFailure.CertificateNotValidAtTime, refusal.Reason);
    }

    [Fact]
    public void A_certificate_that_was_refused_verifies_where_everything_is_right()
    {
        var bundle = Utf8(_forge.BundleJson().ToJsonString());
        Assert.Throws<VerificationException>(() => Verify(bundle, artifact: "another"u8.ToArray()));
        Verify(bundle);
    }

    [Fact]
    public void More_signers_than_are_kept_verify_in_any_order()
    {
        var bundles = Enumerable.Range(0, Kept + 3).Select(_ => Utf8(_forge.BundleJson().ToJsonString())).ToList();
        foreach (var bundle in bundles.Concat(bundles).Concat(Enumerable.Reverse(bundles)))
        {
            Verify(bundle);
        }
    }

    [Fact]
    public void The_bytes_that_a_caller_gave_may_change_without_changing_what_was_read()
    {
        var json = _forge.BundleJson().ToJsonString();
        var given = Bundle.Parse(Utf8(json));
        _verifier.Verify(given, Artifact.FromBytes(_forge.Artifact), VerificationPolicy.Exact(Forge.Identity, Forge.Issuer));
        MemoryMarshal.AsMemory(given.VerificationMaterial.Certificates[0]).Span.Clear();
        Verify(Utf8(json));
    }

    private VerifiedArtifact Verify(byte[] bundle, VerificationPolicy? policy = null, byte[]? artifact = null) =>
        _verifier.Verify(
            Bundle.Parse(bundle),
            Artifact.FromBytes(artifact ?? _forge.Artifact),
            policy ?? VerificationPolicy.Exact(Forge.Identity, Forge.Issuer)
        );

    private static byte[] Utf8(string json) => Encoding.UTF8.GetBytes(json);
}
