using Cake.Core.IO;
using Cake.PySign.Verify;
using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Cosign;

/// <summary>What real cosign signs against the sandbox, our verifier accepts.</summary>
public sealed class WeReadCosignsBundlesTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    [Theory]
    [InlineData("rekor-v1")]
    [InlineData("rekor-v2")]
    public async Task A_bundle_of_cosign_3_is_accepted_and_refused_for_another_identity(string log)
    {
        var cosign = Peer.Cosign3;
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        var bundle = file + ".sigstore.json";
        (
            await cosign.Run([
                "sign-blob",
                "--identity-token",
                await sandbox.MintToken(),
                "--signing-config",
                sandbox.SigningConfig(log).FullPath,
                "--trusted-root",
                sandbox.TrustedRoot,
                "--bundle",
                bundle,
                "--yes",
                file,
            ])
        ).MustSucceed();

        await AcceptedByUs(file);
    }

    [Fact]
    public async Task A_bundle_of_cosign_2_is_accepted_and_refused_for_another_identity()
    {
        var cosign = Peer.Cosign2;
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        var bundle = file + ".sigstore.json";
        var services = sandbox.Sandbox.Info.BaseUrl.AbsoluteUri.TrimEnd('/');
        (
            await cosign.Run(
                [
                    "sign-blob",
                    "--identity-token",
                    await sandbox.MintToken(),
                    "--fulcio-url",
                    services,
                    "--rekor-url",
                    services,
                    "--new-bundle-format",
                    "--bundle",
                    bundle,
                    "--yes",
                    file,
                ],
                sandbox.Cosign2Trust
            )
        ).MustSucceed();

        await AcceptedByUs(file);
    }

    private async Task AcceptedByUs(string file)
    {
        var verified = await Verify(file, RunningSandbox.Identity);
        Assert.Equal(RunningSandbox.Identity, Assert.Single(verified).Identity);
        var refusal = await Assert.ThrowsAsync<BlobVerificationException>(() => Verify(file, RunningSandbox.Identity + "x"));
        Assert.Equal($"\"{RunningSandbox.Identity}\"", Assert.Single(refusal.Problems).Found);
    }

    private Task<IReadOnlyList<VerifiedBlob>> Verify(string file, string identity) =>
        sandbox.Rig.Context.VerifyBlob(
            [new FilePath(file)],
            new VerifyBlobSettings
            {
                CertificateIdentity = identity,
                CertificateOidcIssuer = sandbox.Issuer,
                Trust = { TrustedRoot = sandbox.Sandbox.Info.TrustedRoot },
            },
            TestContext.Current.CancellationToken
        );
}
