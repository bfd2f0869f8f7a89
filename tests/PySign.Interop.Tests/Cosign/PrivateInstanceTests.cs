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

    private string State => System.IO.Path.GetDirectoryName(sandbox.TrustedRoot)!;

    [Fact]
    public async Task What_cosign_3_and_2_sign_verifies_here_with_the_trusted_roots_that_they_write()
    {
        var (root3, config) = await Documents();
        string[] roots = [root3, await RootOfCosign2(), sandbox.TrustedRoot];
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
        var (root, config) = await Documents();
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        var signed = Assert.Single(
            await sandbox.Rig.Context.CosignSignBlob(
                [new FilePath(file)],
                new CosignSignBlobSettings
                {
                    Signing = { Token = await sandbox.MintToken(), SigningConfig = config },
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

    /// <summary>The trusted root and the signing config of cosign 3.</summary>
    private async Task<(string Root, string Config)> Documents()
    {
        const string Since = "start-time=2024-01-01T00:00:00Z";
        var root = System.IO.Path.Combine(State, $"{Guid.NewGuid():N}.json");
        (
            await Peer.Cosign3.Run([
                "trusted-root",
                "create",
                $"--fulcio=url={Services},certificate-chain={State}/fulcio.pem,{Since}",
                $"--rekor=url={Services},public-key={State}/rekor.pub,{Since}",
                $"--ctfe=url={Services},public-key={State}/ctfe.pub,{Since}",
                "--out",
                root,
            ])
        ).MustSucceed();
        var config = System.IO.Path.Combine(State, $"{Guid.NewGuid():N}.json");
        (
            await Peer.Cosign3.Run([
                "signing-config",
                "create",
                $"--fulcio=url={Services},api-version=1,{Since},operator=acme.example",
                $"--rekor=url={Services},api-version=1,{Since},operator=acme.example",
                "--rekor-config=ANY",
                "--out",
                config,
            ])
        ).MustSucceed();
        return (root, config);
    }

    private async Task<string> RootOfCosign2()
    {
        var root = System.IO.Path.Combine(State, $"{Guid.NewGuid():N}.json");
        (
            await Peer.Cosign2.Run([
                "trusted-root",
                "create",
                $"--certificate-chain={State}/fulcio.pem",
                $"--rekor-key={State}/rekor.pub",
                $"--ctfe-key={State}/ctfe.pub",
                "--out",
                root,
            ])
        ).MustSucceed();
        return root;
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
