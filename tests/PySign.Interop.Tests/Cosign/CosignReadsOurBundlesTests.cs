using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Cosign;

/// <summary>What we sign is accepted by verifiers that others wrote, and refused by them where it must be.</summary>
public sealed class CosignReadsOurBundlesTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    [Theory]
    [InlineData("rekor-v1")]
    [InlineData("rekor-v2")]
    [InlineData("rekor-v2-ecdsa")]
    public async Task Cosign_3_accepts_the_bundle_and_refuses_another_file_identity_or_issuer(string log)
    {
        var cosign = Peer.Cosign3;
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        var bundle = (await sandbox.Sign(file, log)).Bundle.FullPath;

        (await cosign.Run(Arguments(file, bundle, RunningSandbox.Identity, sandbox.Issuer))).MustSucceed();
        (
            await cosign.Run(
                Arguments(sandbox.NewFile("demo-1.0.0.tar.gz", "another sdist"), bundle, RunningSandbox.Identity, sandbox.Issuer)
            )
        ).MustRefuse("signature");
        (await cosign.Run(Arguments(file, bundle, RunningSandbox.Identity + "x", sandbox.Issuer))).MustRefuse("certificate identit");
        (await cosign.Run(Arguments(file, bundle, RunningSandbox.Identity, "https://gitlab.com"))).MustRefuse("certificate identit");
    }

    [Fact]
    public async Task Cosign_2_accepts_a_bundle_from_Rekor_v1_and_refuses_another_file_or_identity()
    {
        var cosign = Peer.Cosign2;
        var file = sandbox.NewFile("demo-1.0.0-py3-none-any.whl", "a wheel");
        var bundle = (await sandbox.Sign(file, "rekor-v1")).Bundle.FullPath;

        (
            await cosign.Run([
                "verify-blob",
                "--new-bundle-format",
                .. Arguments(file, bundle, RunningSandbox.Identity, sandbox.Issuer)[1..],
            ])
        ).MustSucceed();
        (
            await cosign.Run([
                "verify-blob",
                "--new-bundle-format",
                .. Arguments(sandbox.NewFile("x.whl", "another"), bundle, RunningSandbox.Identity, sandbox.Issuer)[1..],
            ])
        ).MustRefuse("signature");
        (
            await cosign.Run([
                "verify-blob",
                "--new-bundle-format",
                .. Arguments(file, bundle, "https://gitlab.example.org/evil//.gitlab-ci.yml@refs/tags/v1.0.0", sandbox.Issuer)[1..],
            ])
        ).MustRefuse("certificate identit");
    }

    [Theory]
    [InlineData("rekor-v1")]
    [InlineData("rekor-v2")]
    public async Task Sigstore_go_accepts_the_bundle_and_refuses_another_file(string log)
    {
        var verifier = Peer.SigstoreGo;
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        var bundle = (await sandbox.Sign(file, log)).Bundle.FullPath;

        string[] Arguments(string artifact) =>
            [
                "-artifact",
                artifact,
                "-expectedSAN",
                RunningSandbox.Identity,
                "-expectedIssuer",
                sandbox.Issuer,
                "-trustedrootJSONpath",
                sandbox.TrustedRoot,
                bundle,
            ];
        (await verifier.Run(Arguments(file))).MustSucceed();
        (await verifier.Run(Arguments(sandbox.NewFile("demo-1.0.0.tar.gz", "another")))).MustRefuse("signature");
    }

    [Fact]
    public async Task Cosign_2_accepts_signature_and_certificate_online_as_the_tutorial_calls_it()
    {
        var cosign = Peer.Cosign2;
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        var signed = await sandbox.Sign(file, "rekor-v1");

        string[] Arguments(string artifact, string identity) =>
            [
                "verify-blob",
                "--signature",
                signed.Signature!.FullPath,
                "--certificate",
                signed.Certificate!.FullPath,
                "--certificate-identity",
                identity,
                "--certificate-oidc-issuer",
                sandbox.Issuer,
                "--rekor-url",
                sandbox.Sandbox.Info.BaseUrl.AbsoluteUri.TrimEnd('/'),
                artifact,
            ];
        (await cosign.Run(Arguments(file, RunningSandbox.Identity), sandbox.Cosign2Trust)).MustSucceed();
        (await cosign.Run(Arguments(sandbox.NewFile("x.tar.gz", "another"), RunningSandbox.Identity), sandbox.Cosign2Trust)).MustRefuse(
            "signature"
        );
        (await cosign.Run(Arguments(file, RunningSandbox.Identity + "x"), sandbox.Cosign2Trust)).MustRefuse("expected identities");
    }

    private string[] Arguments(string file, string bundle, string identity, string issuer) =>
        [
            "verify-blob",
            "--bundle",
            bundle,
            "--trusted-root",
            sandbox.TrustedRoot,
            "--certificate-identity",
            identity,
            "--certificate-oidc-issuer",
            issuer,
            file,
        ];
}
