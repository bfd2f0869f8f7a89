using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>111 bundles of CPython releases, made by four years of clients: every one verifies, and not for anything or anybody
/// else.</summary>
public sealed class CPythonReleaseTests
{
    private static readonly SigstoreVerifier _verifier = new(TrustedRoot.PublicGood());

    [Fact]
    public async Task Every_release_verifies_in_one_batch()
    {
        var releases = Releases();
        var results = await _verifier.VerifyAllAsync(
            [
                .. releases.Select(r => new VerificationRequest(
                    Bundle.Load(r.Path),
                    Artifact.FromSha256(Sha256Digest.Parse(r.Sha256)),
                    VerificationPolicy.Exact(r.Identity, r.Issuer)
                )),
            ],
            TestContext.Current.CancellationToken
        );
        Assert.Equal(111, results.Count);
        Assert.All(results, static result => Assert.Null(result.Failure));
        Assert.Equal(releases.Select(static r => r.Sha256), results.Select(static result => result.Verified!.Sha256.Hex));
    }

    [Fact]
    public void No_release_verifies_for_another_digest_identity_or_issuer()
    {
        foreach (var release in Releases())
        {
            var bundle = Bundle.Load(release.Path);
            var flipped = (release.Sha256[0] == '0' ? "1" : "0") + release.Sha256[1..];
            Assert.Equal(VerificationFailure.MessageDigestMismatch, Refusal(bundle, flipped, release.Identity, release.Issuer));
            Assert.Equal(VerificationFailure.IdentityMismatch, Refusal(bundle, release.Sha256, release.Identity + "x", release.Issuer));
            Assert.Equal(
                VerificationFailure.IdentityMismatch,
                Refusal(bundle, release.Sha256, release.Identity.ToUpperInvariant(), release.Issuer)
            );
            Assert.Equal(VerificationFailure.IssuerMismatch, Refusal(bundle, release.Sha256, release.Identity, release.Issuer + "/"));
        }
    }

    [Fact]
    public void A_written_bundle_reads_and_verifies_like_the_one_it_was_read_from()
    {
        foreach (var release in Releases())
        {
            var written = Bundle.Parse(System.Text.Encoding.UTF8.GetBytes(Bundle.Load(release.Path).ToJson()));
            Assert.Equal(
                release.Identity,
                _verifier
                    .Verify(
                        written,
                        Artifact.FromSha256(Sha256Digest.Parse(release.Sha256)),
                        VerificationPolicy.Exact(release.Identity, release.Issuer)
                    )
                    .Identity
            );
        }
    }

    private static VerificationFailure Refusal(Bundle bundle, string sha256, string identity, string issuer) =>
        Assert
            .Throws<VerificationException>(() =>
                _verifier.Verify(bundle, Artifact.FromSha256(Sha256Digest.Parse(sha256)), VerificationPolicy.Exact(identity, issuer))
            )
            .Reason;

    private static List<Release> Releases()
    {
        var folder = Corpora.Require("cpython-bundles");
        var releases = File.ReadLines(Path.Combine(folder, "INDEX.tsv"))
            .Skip(1)
            .Select(static line => line.Split('\t'))
            .Select(fields => new Release(Path.Combine(folder, fields[0]), fields[1], fields[2], fields[3]))
            .ToList();
        Assert.Equal(111, releases.Count);
        return releases;
    }

    private sealed record Release(string Path, string Sha256, string Identity, string Issuer);
}
