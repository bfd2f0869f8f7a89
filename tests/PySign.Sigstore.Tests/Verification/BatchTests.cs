using System.Text;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>One verifier for many artifacts, and what it is not given.</summary>
public sealed class BatchTests
{
    private static readonly VerificationPolicy _policy = VerificationPolicy.Exact(Forge.Identity, Forge.Issuer);

    private readonly Forge _forge = new();
    private readonly SigstoreVerifier _verifier;
    private readonly Bundle _bundle;
    private readonly Artifact _artifact;

    public BatchTests()
    {
        _verifier = new SigstoreVerifier(TrustedRoot.Parse(Encoding.UTF8.GetBytes(_forge.TrustedRootJson().ToJsonString())));
        _bundle = Bundle.Parse(Encoding.UTF8.GetBytes(_forge.BundleJson().ToJsonString()));
        _artifact = Artifact.FromBytes(_forge.Artifact);
    }

    [Fact]
    public async Task Every_request_has_its_own_result_in_its_own_place()
    {
        var other = Artifact.FromBytes("another artifact"u8.ToArray());
        VerificationRequest[] requests =
        [
            new(_bundle, _artifact, _policy),
            new(_bundle, other, _policy),
            new(_bundle, _artifact, VerificationPolicy.Exact("somebody else", Forge.Issuer)),
            new(_bundle, _artifact, _policy),
        ];
        var results = await _verifier.VerifyAllAsync(requests, TestContext.Current.CancellationToken);
        Assert.Equal(requests, results.Select(static result => result.Request));
        Assert.Equal(
            [null, VerificationFailure.MessageDigestMismatch, VerificationFailure.IdentityMismatch, null],
            results.Select(static result => result.Failure?.Reason)
        );
        Assert.All(results, static result => Assert.NotEqual(result.Verified is null, result.Failure is null));
        Assert.Equal(Forge.Identity, results[3].Verified!.Identity);
    }

    [Fact]
    public async Task A_batch_stops_when_it_is_told_to()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        VerificationRequest[] requests = [new(_bundle, _artifact, _policy)];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _verifier.VerifyAllAsync(requests, cancelled.Token));
    }

    [Fact]
    public async Task On_another_thread_it_says_the_same()
    {
        var verified = await _verifier.VerifyAsync(_bundle, _artifact, _policy, TestContext.Current.CancellationToken);
        Assert.Equal(Forge.Identity, verified.Identity);
        var entry = Assert.Single(verified.LogEntries);
        Assert.Equal(Convert.ToHexStringLower(_forge.LogId), entry.LogId);
        Assert.Equal("https://log.example", entry.BaseUrl);
        Assert.Equal("hashedrekord/0.0.1", entry.Kind);
        Assert.Equal(Forge.Now, entry.IntegratedTime);
    }

    [Fact]
    public async Task Without_what_it_needs_it_does_not_begin()
    {
        var threshold = new SignerThreshold([TrustedSigner.WithIdentity("ci", _policy)], 1);
        var signature = DetachedSignature.Parse(
            Encoding.ASCII.GetBytes(Convert.ToBase64String(_bundle.Signature.Span)),
            Encoding.ASCII.GetBytes(
                System.Security.Cryptography.PemEncoding.WriteString("CERTIFICATE", _bundle.VerificationMaterial.Certificates[0].Span)
            )
        );
        Assert.Throws<ArgumentNullException>(() => new SigstoreVerifier(null!));
        Assert.Throws<ArgumentNullException>(() => _verifier.Verify(null!, _artifact, _policy));
        Assert.Throws<ArgumentNullException>(() => _verifier.Verify(_bundle, null!, _policy));
        Assert.Throws<ArgumentNullException>(() => _verifier.Verify(_bundle, _artifact, (VerificationPolicy)null!));
        using var ecdsa = System.Security.Cryptography.ECDsa.Create();
        var key = ManagedKey.ParsePem(ecdsa.ExportSubjectPublicKeyInfoPem());
        Assert.Throws<ArgumentNullException>(() => _verifier.Verify(_bundle, _artifact, (ManagedKey)null!));
        Assert.Throws<ArgumentNullException>(() => _verifier.Verify(null!, _artifact, key));
        Assert.Throws<ArgumentNullException>(() => _verifier.Verify(_bundle, null!, key));
        Assert.Throws<ArgumentNullException>(() => _verifier.VerifyThreshold(null!, _artifact, threshold));
        Assert.Throws<ArgumentNullException>(() => _verifier.VerifyThreshold([], null!, threshold));
        Assert.Throws<ArgumentNullException>(() => _verifier.VerifyThreshold([], _artifact, null!));
        var cancellation = TestContext.Current.CancellationToken;
        await Assert.ThrowsAsync<ArgumentNullException>(() => _verifier.VerifyAllAsync(null!, cancellation));
        await Assert.ThrowsAsync<ArgumentNullException>(() => _verifier.VerifyDetachedAsync(null!, _artifact, _policy, null, cancellation));
        await Assert.ThrowsAsync<ArgumentNullException>(() => _verifier.VerifyDetachedAsync(signature, null!, _policy, null, cancellation));
        await Assert.ThrowsAsync<ArgumentNullException>(() =>
            _verifier.VerifyDetachedAsync(signature, _artifact, null!, null, cancellation)
        );
        Assert.Throws<ArgumentNullException>(() => ManagedKey.ParsePem(null!));
    }
}
