using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Cosign;

/// <summary>Real cosign initializes itself from the sandbox's TUF repository, and signs and verifies with nothing but that.</summary>
public sealed class CosignTrustsOurTufRepositoryTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    private string Mirror => sandbox.Sandbox.Info.TufMirror.AbsoluteUri.TrimEnd('/');

    [Fact]
    public async Task Cosign_3_needs_the_first_root_and_nothing_else()
    {
        var cosign = Peer.Cosign3;
        var home = NewHome();
        (await cosign.Run(["initialize", "--mirror", Mirror, "--root", sandbox.Sandbox.Info.TufRoot.FullPath], home)).MustSucceed();
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        var bundle = file + ".bundle";
        (
            await cosign.Run(["sign-blob", "--identity-token", await sandbox.MintToken(), "--bundle", bundle, "-y", file], home)
        ).MustSucceed();
        (await cosign.Run(Verify(file, bundle), home)).MustSucceed();
        (await cosign.Run(Verify(sandbox.NewFile("demo-1.0.0.tar.gz", "another"), bundle), home)).MustRefuse("signature");

        var ours = await sandbox.Sign(file, "rekor-v1");
        (await cosign.Run(Verify(file, ours.Bundle.FullPath), home)).MustSucceed();
    }

    [Fact]
    public async Task Cosign_2_takes_single_keys_from_it_for_a_signature_and_a_certificate()
    {
        var cosign = Peer.Cosign2;
        var home = NewHome();
        (await cosign.Run(["initialize", "--mirror", Mirror, "--root", sandbox.Sandbox.Info.TufRoot.FullPath], home)).MustSucceed();
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        (
            await cosign.Run(
                [
                    "sign-blob",
                    "--identity-token",
                    await sandbox.MintToken(),
                    "--fulcio-url",
                    sandbox.Issuer,
                    "--rekor-url",
                    sandbox.Issuer,
                    "--output-signature",
                    file + ".sig",
                    "--output-certificate",
                    file + ".crt",
                    "-y",
                    file,
                ],
                home
            )
        ).MustSucceed();
        string[] Arguments(string artifact) =>
            [
                "verify-blob",
                "--signature",
                file + ".sig",
                "--certificate",
                file + ".crt",
                "--rekor-url",
                sandbox.Issuer,
                "--certificate-identity",
                RunningSandbox.Identity,
                "--certificate-oidc-issuer",
                sandbox.Issuer,
                artifact,
            ];
        (await cosign.Run(Arguments(file), home)).MustSucceed();
        (await cosign.Run(Arguments(sandbox.NewFile("demo-1.0.0.tar.gz", "another")), home)).MustRefuse("signature");
    }

    // For a bundle cosign 2.5 asks the public mirror, whatever it was initialized with; what "initialize" stored has to be named.
    [Fact]
    public async Task Cosign_2_stores_the_trusted_root_and_takes_it_for_a_bundle()
    {
        var cosign = Peer.Cosign2;
        var home = NewHome();
        (await cosign.Run(["initialize", "--mirror", Mirror, "--root", sandbox.Sandbox.Info.TufRoot.FullPath], home)).MustSucceed();
        string[] trust = ["--new-bundle-format", "--trusted-root", Path.Combine(home["TUF_ROOT"], "targets", "trusted_root.json")];
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        var ours = await sandbox.Sign(file, "rekor-v1");
        (await cosign.Run(["verify-blob", .. trust, .. Verify(file, ours.Bundle.FullPath)[1..]], home)).MustSucceed();
        (
            await cosign.Run(["verify-blob", .. trust, .. Verify(sandbox.NewFile("x", "another"), ours.Bundle.FullPath)[1..]], home)
        ).MustRefuse("signature");
    }

    [Fact]
    public async Task Cosign_3_refuses_a_repository_whose_first_root_is_anothers()
    {
        var cosign = Peer.Cosign3;
        var root = (await File.ReadAllTextAsync(sandbox.Sandbox.Info.TufRoot.FullPath, TestContext.Current.CancellationToken)).Replace(
            "\"threshold\":2",
            "\"threshold\":1",
            StringComparison.Ordinal
        );
        (await cosign.Run(["initialize", "--mirror", Mirror, "--root", sandbox.NewFile("root.json", root)], NewHome())).MustRefuse("tuf");
    }

    private Dictionary<string, string> NewHome()
    {
        var folder = Path.GetDirectoryName(sandbox.NewFile("empty", ""))!;
        return new Dictionary<string, string> { ["HOME"] = folder, ["TUF_ROOT"] = Path.Combine(folder, "root") };
    }

    private string[] Verify(string file, string bundle) =>
        [
            "verify-blob",
            "--bundle",
            bundle,
            "--certificate-identity",
            RunningSandbox.Identity,
            "--certificate-oidc-issuer",
            sandbox.Issuer,
            file,
        ];
}
