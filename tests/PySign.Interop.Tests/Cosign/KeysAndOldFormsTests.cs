using System.Security.Cryptography;
using PySign.Interop.Tests.Matrix;
using PySign.Interop.Tests.Peers;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Transparency;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Interop.Tests.Cosign;

/// <summary>What real cosign reads and writes beside keyless bundles: its own keys, its old bundle, signature and certificate
/// apart.</summary>
public sealed class KeysAndOldFormsTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    private static readonly Dictionary<string, string> _password = new() { ["COSIGN_PASSWORD"] = "correct horse" };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private TrustedRoot Root => TrustedRoot.Load(sandbox.TrustedRoot);

    [Theory]
    [InlineData("cosign-2")]
    [InlineData("cosign-3")]
    public async Task A_key_that_cosign_made_and_encrypted_signs_here_and_cosign_verifies(string program)
    {
        var cosign = Peer.Require(program);
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        (await cosign.Run(["generate-key-pair", "--output-key-prefix", file], _password)).MustSucceed();
        using var key = PrivateKey.Load(file + ".key", _password["COSIGN_PASSWORD"]);
        Assert.Equal(await File.ReadAllTextAsync(file + ".pub", Stop), key.PublicKeyPem);
        await SignedWithKey(key, file, Services(1));
        await AcceptedByCosign(cosign, file, []);

        await SignedWithKey(key, file, SigningServices.ForKey([], []));
        await AcceptedByCosign(cosign, file, ["--insecure-ignore-tlog"]);
    }

    [Theory]
    [InlineData("P-256", 1)]
    [InlineData("P-384", 1)]
    [InlineData("P-521", 1)]
    [InlineData("RSA", 1)]
    [InlineData("P-256", 2)]
    [InlineData("RSA", 2)]
    public async Task A_signature_with_a_key_is_verified_by_cosign_3(string kind, int rekorVersion)
    {
        var cosign = Peer.Cosign3;
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        using var key = PrivateKey.ParsePem(NewKey(kind));
        await File.WriteAllTextAsync(file + ".pub", key.PublicKeyPem, Stop);
        await SignedWithKey(key, file, Services(rekorVersion));
        await AcceptedByCosign(cosign, file, []);
    }

    // Rekor v2 takes a P-384 signature with SHA-384 only. cosign 3.1.1 signs so too, but with --key it verifies by SHA-256, its own
    // signatures included.
    [Fact]
    public async Task A_P_384_signature_in_Rekor_v2_is_one_that_cosign_3_makes_and_does_not_verify()
    {
        var cosign = Peer.Cosign3;
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        await File.WriteAllTextAsync(file + ".pem", NewKey("P-384"), Stop);
        (await cosign.Run(["import-key-pair", "--key", file + ".pem", "--output-key-prefix", file, "--yes"], _password)).MustSucceed();
        (
            await cosign.Run(
                [
                    "sign-blob",
                    "--key",
                    file + ".key",
                    "--signing-config",
                    sandbox.SigningConfig("rekor-v2").FullPath,
                    "--trusted-root",
                    sandbox.TrustedRoot,
                    "--bundle",
                    file + ".cosign.json",
                    "--yes",
                    file,
                ],
                _password
            )
        ).MustSucceed();
        using var key = PrivateKey.Load(file + ".pem");
        await SignedWithKey(key, file, Services(2));
        foreach (var bundle in new[] { file + ".cosign.json", file + ".json" })
        {
            Assert.Equal("SHA2_384", Bundle.Load(bundle).MessageSignature!.Digest!.Algorithm);
            Assert.Null(
                new SigstoreVerifier(Root)
                    .Verify(Bundle.Load(bundle), Artifact.FromFile(file), ManagedKey.ParsePem(key.PublicKeyPem))
                    .Certificate
            );
            (
                await cosign.Run(["verify-blob", "--key", file + ".pub", "--bundle", bundle, "--trusted-root", sandbox.TrustedRoot, file])
            ).MustRefuse("invalid signature");
        }
    }

    [Fact]
    public async Task What_cosign_3_signs_with_a_key_is_verified_here_logged_or_not()
    {
        var cosign = Peer.Cosign3;
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        (await cosign.Run(["generate-key-pair", "--output-key-prefix", file], _password)).MustSucceed();
        var key = ManagedKey.ParsePem(await File.ReadAllTextAsync(file + ".pub", Stop));
        var nothing = sandbox.NewFile(
            "signing_config.json",
            """{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogConfig":{},"tsaConfig":{}}"""
        );
        foreach (var config in new[] { sandbox.SigningConfig("rekor-v1").FullPath, sandbox.SigningConfig("rekor-v2").FullPath, nothing })
        {
            var bundle = $"{file}.{Guid.NewGuid():N}.json";
            (
                await cosign.Run(
                    [
                        "sign-blob",
                        "--key",
                        file + ".key",
                        "--signing-config",
                        config,
                        "--trusted-root",
                        sandbox.TrustedRoot,
                        "--bundle",
                        bundle,
                        "--yes",
                        file,
                    ],
                    _password
                )
            ).MustSucceed();
            var verifier = new SigstoreVerifier(Root, new VerifierOptions { AcceptUnloggedKeys = config == nothing });
            Assert.Null(verifier.Verify(Bundle.Load(bundle), Artifact.FromFile(file), key).Certificate);
            Assert.Throws<VerificationException>(() =>
                verifier.Verify(Bundle.Load(bundle), Artifact.FromBytes("another"u8.ToArray()), key)
            );
            if (config == nothing)
            {
                Assert.Equal(
                    VerificationFailure.LogEntryMissing,
                    Assert
                        .Throws<VerificationException>(() =>
                            new SigstoreVerifier(Root).Verify(Bundle.Load(bundle), Artifact.FromFile(file), key)
                        )
                        .Reason
                );
            }
        }
    }

    [Fact]
    public async Task The_old_bundle_and_the_pair_that_cosign_2_writes_are_verified_here()
    {
        var cosign = Peer.Cosign2;
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        (
            await cosign.Run(
                [
                    "sign-blob",
                    "--identity-token",
                    await sandbox.MintToken(),
                    "--fulcio-url",
                    Instance.Fulcio,
                    "--rekor-url",
                    Instance.RekorV1,
                    "--bundle",
                    file + ".bundle",
                    "--output-signature",
                    file + ".sig",
                    "--output-certificate",
                    file + ".crt",
                    "--yes",
                    file,
                ],
                sandbox.Cosign2Trust
            )
        ).MustSucceed();
        var verifier = new SigstoreVerifier(Root);
        var artifact = Artifact.FromFile(file);
        var another = Artifact.FromBytes("another"u8.ToArray());
        var policy = VerificationPolicy.Exact(RunningSandbox.Identity, sandbox.Issuer);

        var old = Bundle.ParseCosign(await File.ReadAllBytesAsync(file + ".bundle", Stop));
        Assert.Equal(RunningSandbox.Identity, verifier.Verify(old, artifact, policy).Identity);
        Assert.Throws<VerificationException>(() => verifier.Verify(old, another, policy));

        var pair = DetachedSignature.Parse(
            await File.ReadAllBytesAsync(file + ".sig", Stop),
            await File.ReadAllBytesAsync(file + ".crt", Stop)
        );
        var search = new RekorSearch(new Uri(Instance.RekorV1));
        Assert.Equal(RunningSandbox.Identity, (await verifier.VerifyDetachedAsync(pair, artifact, policy, search, Stop)).Identity);
        await Assert.ThrowsAsync<VerificationException>(() => verifier.VerifyDetachedAsync(pair, another, policy, search, Stop));
    }

    [Fact]
    public async Task Cosign_2_verifies_the_old_bundle_that_we_write()
    {
        var cosign = Peer.Cosign2;
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        using var context = new SigningContext(
            SigningConfig.Load(sandbox.SigningConfig("rekor-v1").FullPath).Select(DateTimeOffset.UtcNow),
            Root
        );
        await using var signer = await context.CreateSignerAsync(IdentityToken.Parse(await sandbox.MintToken()), Stop);
        await File.WriteAllBytesAsync(file + ".bundle", (await signer.SignAsync(Artifact.FromFile(file), Stop)).CosignBundle(), Stop);

        string[] Arguments(string artifact, string identity) =>
            [
                "verify-blob",
                "--bundle",
                file + ".bundle",
                "--certificate-identity",
                identity,
                "--certificate-oidc-issuer",
                sandbox.Issuer,
                "--offline",
                artifact,
            ];
        (await cosign.Run(Arguments(file, RunningSandbox.Identity), sandbox.Cosign2Trust)).MustSucceed();
        (await cosign.Run(Arguments(sandbox.NewFile("x", "another"), RunningSandbox.Identity), sandbox.Cosign2Trust)).MustRefuse(
            "matching bundle"
        );
        (await cosign.Run(Arguments(file, RunningSandbox.Identity + "x"), sandbox.Cosign2Trust)).MustRefuse("expected identities");
    }

    private SigstoreInstance Instance => sandbox.Instance();

    private SigningServices Services(int rekorVersion) =>
        SigningServices.ForKey(
            [new TransparencyLogService(new Uri(Instance.RekorV1), rekorVersion)],
            [new Uri(Instance.TimestampAuthority)]
        );

    private static string NewKey(string kind)
    {
        using AsymmetricAlgorithm key =
            kind == "RSA" ? RSA.Create(2048) : ECDsa.Create(ECCurve.CreateFromFriendlyName("nistP" + kind[2..]));
        return key.ExportPkcs8PrivateKeyPem();
    }

    private async Task SignedWithKey(PrivateKey key, string file, SigningServices services)
    {
        using var context = new SigningContext(services, Root);
        await using var signer = context.CreateSigner(key);
        await File.WriteAllTextAsync(file + ".json", (await signer.SignAsync(Artifact.FromFile(file), Stop)).Bundle.ToJson(), Stop);
    }

    private async Task AcceptedByCosign(Peer cosign, string file, string[] more)
    {
        string[] format = cosign.Name == "cosign-2" ? ["--new-bundle-format"] : [];
        string[] Arguments(string artifact) =>
            [
                "verify-blob",
                .. format,
                .. more,
                "--key",
                file + ".pub",
                "--bundle",
                file + ".json",
                "--trusted-root",
                sandbox.TrustedRoot,
                artifact,
            ];
        (await cosign.Run(Arguments(file))).MustSucceed();
        (await cosign.Run(Arguments(sandbox.NewFile("x", "another")))).MustRefuse("signature");
    }
}
