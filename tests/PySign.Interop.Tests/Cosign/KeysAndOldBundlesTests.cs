using System.Security.Cryptography;
using Cake.Core.IO;
using Cake.PySign.Sign;
using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Cosign;

/// <summary>Keys that real cosign made sign here, and real cosign accepts what comes of it; so it does the old bundle and a
/// statement.</summary>
public sealed class KeysAndOldBundlesTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    private const string Password = "interop-password";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cosign-2", "")]
    [InlineData("cosign-3", Password)]
    public async Task A_key_of_cosigns_own_signs_and_cosign_accepts_file_bundle_and_old_bundle(string version, string password)
    {
        var cosign = Peer.Require(version);
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        var other = sandbox.NewFile("demo-1.0.0.tar.gz", "another");
        var prefix = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(file)!, "cosign");
        (
            await cosign.Run(
                ["generate-key-pair", "--output-key-prefix", prefix],
                new Dictionary<string, string> { ["COSIGN_PASSWORD"] = password }
            )
        ).MustSucceed();

        var signed = Assert.Single(
            await sandbox.Rig.Context.CosignSignBlob(
                [new FilePath(file)],
                new CosignSignBlobSettings
                {
                    Signing =
                    {
                        Key = prefix + ".key",
                        KeyPassword = password,
                        SigningConfig = sandbox.SigningConfig("rekor-v1"),
                    },
                    Trust = { TrustedRoot = sandbox.Sandbox.Info.TrustedRoot },
                    WriteCosignBundle = true,
                },
                Cancellation
            )
        );
        string[] verify = version == "cosign-2" ? ["verify-blob", "--new-bundle-format"] : ["verify-blob"];
        verify = [.. verify, "--bundle", signed.Bundle.FullPath, "--key", prefix + ".pub", "--trusted-root", sandbox.TrustedRoot];
        (await cosign.Run([.. verify, file])).MustSucceed();
        (await cosign.Run([.. verify, other])).MustRefuse("signature");

        // The old format, and the bare signature, as cosign 2 users have them.
        var cosign2 = Peer.Cosign2;
        string[] old = ["verify-blob", "--key", prefix + ".pub", "--bundle", signed.CosignBundle!.FullPath];
        (await cosign2.Run([.. old, file], sandbox.Cosign2Trust)).MustSucceed();
        (await cosign2.Run([.. old, other], sandbox.Cosign2Trust)).MustRefuse("matching bundle");
        (
            await cosign2.Run([
                "verify-blob",
                "--key",
                prefix + ".pub",
                "--signature",
                signed.Signature!.FullPath,
                "--insecure-ignore-tlog=true",
                file,
            ])
        ).MustSucceed();
    }

    [Theory]
    [InlineData("P-256")]
    [InlineData("P-384")]
    [InlineData("RSA")]
    public async Task A_key_that_signs_for_nobody_outside_is_accepted_without_a_log(string kind)
    {
        using AsymmetricAlgorithm key = kind switch
        {
            "P-256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
            "P-384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
            _ => RSA.Create(2048),
        };
        var file = sandbox.NewFile("demo-1.0.0-py3-none-any.whl", "a wheel");
        var signed = Assert.Single(
            await sandbox.Rig.Context.CosignSignBlob(
                [new FilePath(file)],
                new CosignSignBlobSettings
                {
                    Signing = { Key = sandbox.NewFile("own.key", key.ExportPkcs8PrivateKeyPem()), UploadToLog = false },
                },
                Cancellation
            )
        );
        string[] verify =
        [
            "verify-blob",
            "--bundle",
            signed.Bundle.FullPath,
            "--key",
            sandbox.NewFile("own.pub", key.ExportSubjectPublicKeyInfoPem()),
            "--insecure-ignore-tlog=true",
        ];
        (await Peer.Cosign3.Run([.. verify, file])).MustSucceed();
        (await Peer.Cosign3.Run([.. verify, sandbox.NewFile("x.whl", "another")])).MustRefuse("signature");
    }

    [Fact]
    public async Task Cosign_2_accepts_the_old_bundle_of_an_identity()
    {
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        var signed = Assert.Single(
            await sandbox.Rig.Context.CosignSignBlob(
                [new FilePath(file)],
                new CosignSignBlobSettings
                {
                    Signing = { IdToken = await sandbox.MintToken(), SigningConfig = sandbox.SigningConfig("rekor-v1") },
                    Trust = { TrustedRoot = sandbox.Sandbox.Info.TrustedRoot },
                    WriteCosignBundle = true,
                },
                Cancellation
            )
        );
        string[] Verify(string identity) =>
            [
                "verify-blob",
                "--bundle",
                signed.CosignBundle!.FullPath,
                "--certificate-identity",
                identity,
                "--certificate-oidc-issuer",
                sandbox.Issuer,
                file,
            ];
        (await Peer.Cosign2.Run(Verify(RunningSandbox.Identity), sandbox.Cosign2Trust)).MustSucceed();
        (await Peer.Cosign2.Run(Verify(RunningSandbox.Identity + "x"), sandbox.Cosign2Trust)).MustRefuse("expected identities");
    }

    [Theory]
    [InlineData("rekor-v1")]
    [InlineData("rekor-v2")]
    public async Task Cosign_3_accepts_an_attestation_as_the_log_says_it_should_be_called(string log)
    {
        var file = sandbox.NewFile("demo-1.0.0-py3-none-any.whl", "a wheel");
        var attested = Assert.Single(
            await sandbox.Rig.Context.CosignAttestBlob(
                [new FilePath(file)],
                new CosignAttestBlobSettings
                {
                    Signing = { IdToken = await sandbox.MintToken(), SigningConfig = sandbox.SigningConfig(log) },
                    Trust = { TrustedRoot = sandbox.Sandbox.Info.TrustedRoot },
                    PredicateType = "https://slsa.dev/provenance/v1",
                    PredicateJson = """{"buildDefinition":{},"runDetails":{}}""",
                },
                Cancellation
            )
        );
        string[] Verify(string artifact, string type) =>
            [
                "verify-blob-attestation",
                "--bundle",
                attested.Bundle.FullPath,
                "--type",
                type,
                "--certificate-identity",
                RunningSandbox.Identity,
                "--certificate-oidc-issuer",
                sandbox.Issuer,
                "--trusted-root",
                sandbox.TrustedRoot,
                artifact,
            ];
        (await Peer.Cosign3.Run(Verify(file, attested.PredicateType))).MustSucceed();
        (await Peer.Cosign3.Run(Verify(sandbox.NewFile("x.whl", "another"), attested.PredicateType))).MustRefuse("digest");
    }
}
