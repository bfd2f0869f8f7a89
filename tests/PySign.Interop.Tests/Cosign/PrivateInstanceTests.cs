using Cake.Core.IO;
using Cake.PySign.Sign;
using Cake.PySign.Verify;
using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Cosign;

/// <summary>
/// A private instance as it is really installed (docs/private-sigstore.md): the log calls itself its pod's name, there is no timestamp
/// authority, and cosign writes the trusted root and the signing config. Everyone's signatures verify for everyone.
/// </summary>
public sealed class PrivateInstanceTests(RunningPrivateSandbox sandbox) : IClassFixture<RunningPrivateSandbox>
{
    private string Services => sandbox.Sandbox.Info.BaseUrl.AbsoluteUri.TrimEnd('/');

    [Fact]
    public async Task What_cosign_3_and_2_sign_verifies_here_with_the_trusted_roots_that_they_write()
    {
        var (root3, config) = await CosignDocuments.By3(sandbox);
        string[] roots = [root3, await CosignDocuments.RootBy2(sandbox), sandbox.TrustedRoot];
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        var by3 = file + ".by3.sigstore.json";
        (
            await Peer.Cosign3.Run([
                "sign-blob",
                "--identity-token",
                await sandbox.MintToken(),
                "--signing-config",
                config,
                "--trusted-root",
                root3,
                "--bundle",
                by3,
                "--yes",
                file,
            ])
        ).MustSucceed();
        var by2 = file + ".by2.sigstore.json";
        (
            await Peer.Cosign2.Run(
                [
                    "sign-blob",
                    "--identity-token",
                    await sandbox.MintToken(),
                    "--fulcio-url",
                    Services,
                    "--rekor-url",
                    Services,
                    "--new-bundle-format",
                    "--bundle",
                    by2,
                    "--yes",
                    file,
                ],
                sandbox.Cosign2Trust
            )
        ).MustSucceed();
        foreach (var root in roots)
        {
            foreach (var bundle in new[] { by3, by2 })
            {
                Assert.Equal(RunningSandbox.Identity, Assert.Single(await Verify(file, bundle, root, RunningSandbox.Identity)).Identity);
                await Assert.ThrowsAsync<BlobVerificationException>(() => Verify(file, bundle, root, RunningSandbox.Identity + "x"));
            }
        }
    }

    [Fact]
    public async Task What_is_signed_here_with_cosigns_documents_verifies_with_cosign_3_and_2_and_sigstore_go()
    {
        var (root, config) = await CosignDocuments.By3(sandbox);
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        var signed = Assert.Single(
            await sandbox.Rig.Context.CosignSignBlob(
                [new FilePath(file)],
                new CosignSignBlobSettings
                {
                    Signing = { IdToken = await sandbox.MintToken(), SigningConfig = config },
                    Trust = { TrustedRoot = root },
                },
                TestContext.Current.CancellationToken
            )
        );
        Assert.NotNull(signed);
        string[] expected = ["--certificate-identity", RunningSandbox.Identity, "--certificate-oidc-issuer", sandbox.Issuer];
        var bundle = file + ".sigstore.json";
        (await Peer.Cosign3.Run(["verify-blob", "--bundle", bundle, "--trusted-root", root, .. expected, file])).MustSucceed();
        (
            await Peer.Cosign2.Run(["verify-blob", "--new-bundle-format", "--bundle", bundle, "--trusted-root", root, .. expected, file])
        ).MustSucceed();
        (
            await Peer.SigstoreGo.Run([
                "-artifact",
                file,
                "-expectedSAN",
                RunningSandbox.Identity,
                "-expectedIssuer",
                sandbox.Issuer,
                "-trustedrootJSONpath",
                root,
                bundle,
            ])
        ).MustSucceed();
    }

    private Task<IReadOnlyList<VerifiedBlob>> Verify(string file, string bundle, string root, string identity) =>
        sandbox.Rig.Context.VerifyBlob(
            [new FilePath(file)],
            new VerifyBlobSettings
            {
                CertificateIdentity = identity,
                CertificateOidcIssuer = sandbox.Issuer,
                Bundle = bundle,
                Trust = { TrustedRoot = root },
            },
            TestContext.Current.CancellationToken
        );
}
