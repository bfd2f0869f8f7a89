using System.Security.Cryptography;
using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Consume;
using Cake.PySign.Publish;
using Cake.PySign.Recipe;
using Cake.PySign.Sign;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Recipe;

/// <summary>Releases that a key signs, and policies that ask for two signers.</summary>
public sealed class KeySignedReleaseTests(SandboxFixture fixture)
{
    private const string Password = "canary-key-password";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_signs_a_whole_release_and_cosign_verifies_it_offline_by_the_generated_commands(bool behindProgram)
    {
        SystemPython.Require("twine.__main__");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await ReleaseAsync(jobs, behindProgram);
        var ledger = jobs.Dist.ReadSigned();
        Assert.All(ledger.Files, file => Assert.Equal(("", ""), (file.Signature!.Identity, file.Signature.Issuer)));
        Assert.DoesNotContain(ledger.SignatureFiles, ProvenanceFiles.Is);
        Assert.Equal([ReleaseStage.Verify, ReleaseStage.ConsumerVerification], ledger.Verifications.Select(one => one.By));
        Assert.DoesNotContain(Password, jobs.Log, StringComparison.Ordinal);
        Assert.Contains("key = \"cosign.pub\"", await ReadAsync(jobs, "dist/pysign-verify.md"), StringComparison.Ordinal);

        var cosign = PeerPrograms.Require("cosign-3", "/usr/bin/cosign");
        File.Copy(jobs.Folder.File("first.pub").FullPath, jobs.Folder.File("dist/cosign.pub").FullPath);
        var sandbox = await fixture.Sandbox;
        File.Copy(sandbox.Info.TrustedRoot.FullPath, jobs.Folder.File("dist/trusted_root.json").FullPath);
        var page = (await ReadAsync(jobs, "dist/pysign-verify.md")).Split('\n');
        var commands = page.SkipWhile(line => line != "## cosign 3")
            .Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("cosign verify-blob ", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(2, commands.Count);
        foreach (var command in commands)
        {
            ProgramRun.Successful(
                "/bin/sh",
                ["-c", command.Replace("cosign verify-blob", $"{cosign} verify-blob", StringComparison.Ordinal)],
                jobs.Dist.Path.FullPath
            );
        }
    }

    [Fact]
    public async Task A_policy_with_a_threshold_of_two_takes_two_signers_and_neither_one_alone_nor_one_twice()
    {
        SystemPython.Require("twine.__main__");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await ReleaseAsync(jobs);
        WriteKey(jobs, "second");
        var policy = """
            schema = 1
            threshold = 2

            [[signers]]
            key = "first.pub"

            [[signers]]
            key = "second.pub"
            """;
        await RefusedAsync(jobs, policy);

        // The first signer again is not a second one.
        await CountersignAsync(jobs, "first", "once");
        jobs.Folder.Write("policy.toml", policy);
        await RefusedAsync(jobs, policy);
    }

    [Fact]
    public async Task Two_signers_satisfy_a_threshold_of_two_a_key_beside_an_identity()
    {
        SystemPython.Require("twine.__main__");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseJobs.FromSigning);
        WriteKey(jobs, "second");
        var ledger = jobs.Dist.ReadSigned();
        var policy = $"""
            schema = 1
            threshold = 2

            [[signers]]
            issuer = "{ledger.Files[0].Signature!.Issuer}"
            identity = "{ledger.Files[0].Signature!.Identity}"

            [[signers]]
            key = "second.pub"
            """;
        await RefusedAsync(jobs, policy);
        await CountersignAsync(jobs, "second", "twice");
        jobs.Folder.Write("policy.toml", policy);
        await jobs.RunAsync("PySign-ConsumerVerification", ("PYSIGN_POLICY", "policy.toml"));
        await RefusedAsync(jobs, policy.Replace("second.pub", "third.pub", StringComparison.Ordinal), "third");
    }

    [Fact]
    public async Task A_key_without_its_public_key_is_an_error_before_anything_is_signed()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        WriteKey(jobs, "first");
        var e = await Assert.ThrowsAsync<CakeException>(() =>
            jobs.RunAsync("PySign-Sign", ("PYSIGN_KEY", jobs.Folder.File("first.key").FullPath), ("PYSIGN_KEY_PASSWORD", Password))
        );
        Assert.Contains("PYSIGN_PUBLIC_KEY", e.Message, StringComparison.Ordinal);
        Assert.Null(jobs.Dist.ReadChecked().Files[0].Signature);

        WriteKey(jobs, "other");
        e = await Assert.ThrowsAsync<CakeException>(() =>
            jobs.RunAsync(
                "PySign-Sign",
                ("PYSIGN_KEY", jobs.Folder.File("first.key").FullPath),
                ("PYSIGN_KEY_PASSWORD", Password),
                ("PYSIGN_PUBLIC_KEY", jobs.Folder.File("other.pub").FullPath)
            )
        );
        Assert.Contains("is not the public key", e.Message, StringComparison.Ordinal);
        Assert.Null(jobs.Dist.ReadChecked().Files[0].Signature);
    }

    private static async Task ReleaseAsync(ReleaseJobs jobs, bool behindProgram = false)
    {
        WriteKey(jobs, "first");
        jobs.Folder.Write("password", Password + "\n");
        (string, string?)[] key = behindProgram
            ?
            [
                ("PYSIGN_SIGNER", SystemPython.Path),
                ("PYSIGN_SIGNER_ARGUMENTS", $"-I {SignerPrograms.OpenSsl(jobs.Folder)} {jobs.Folder.File("first.key").FullPath}"),
                ("PYSIGN_SIGNER_VARIABLES", "MODULE_*"),
                ("MODULE_PIN", Password),
            ]
            : [("PYSIGN_KEY", jobs.Folder.File("first.key").FullPath), ("PYSIGN_KEY_PASSWORD_FILE", jobs.Folder.File("password").FullPath)];
        foreach (var stage in ReleaseJobs.FromSigning)
        {
            await jobs.RunAsync(
                $"PySign-{stage}",
                [
                    ("CERTIFICATE_IDENTITY", null),
                    ("CERTIFICATE_OIDC_ISSUER", null),
                    ("PYSIGN_PUBLIC_KEY", jobs.Folder.File("first.pub").FullPath),
                    .. stage == ReleaseStage.Sign ? key : [],
                ]
            );
        }
    }

    private static async Task RefusedAsync(ReleaseJobs jobs, string policy, string? key = null)
    {
        if (key is not null)
        {
            WriteKey(jobs, key);
        }

        jobs.Folder.Write("policy.toml", policy);
        var e = await Assert.ThrowsAsync<CakeException>(() =>
            jobs.RunAsync("PySign-ConsumerVerification", ("PYSIGN_POLICY", "policy.toml"), ("PYSIGN_PUBLIC_KEY", null))
        );
        Assert.All(
            Assert.IsType<ReleaseVerificationException>(e.GetBaseException()).Problems,
            problem => Assert.Contains(problem.Reason, new[] { ReleaseFailure.SignatureRefused, ReleaseFailure.StatementRefused })
        );
    }

    /// <summary>What a second signer does, on a machine of their own: signs the files and the statement, and puts both beside.</summary>
    private static async Task CountersignAsync(ReleaseJobs jobs, string key, string folder)
    {
        using var rig = await jobs.JobAsync();
        var ledger = jobs.Dist.ReadSigned();
        var signing = new SigningSettings { Key = jobs.Folder.File($"{key}.key"), KeyPassword = Password };
        var trusted = rig.Environment.Variables["PYSIGN_TRUSTED_ROOT"]!;
        signing.SigningConfig = rig.Environment.Variables["PYSIGN_SIGNING_CONFIG"]!;
        List<FilePath> files = [];
        foreach (var file in ledger.Files)
        {
            jobs.Folder.Write($"{folder}/{file.Name}", await File.ReadAllBytesAsync(jobs.Dist.File(file.Name).FullPath));
            files.Add(jobs.Folder.File($"{folder}/{file.Name}"));
        }

        await rig.Context.CosignSignBlob(
            files,
            new CosignSignBlobSettings
            {
                Signing = signing,
                Trust = { TrustedRoot = trusted },
                WriteSignature = false,
            }
        );
        await rig.Context.SignReleaseStatement(
            files,
            new SignReleaseStatementSettings { Signing = signing, Trust = { TrustedRoot = trusted } }
        );
        List<FilePath> bundles = [];
        foreach (var bundle in ledger.Files.Select(file => file.Signature!.Files[0].Name).Append(ledger.Statement!.File.Name))
        {
            var target = jobs.Folder.File($"{folder}/{Countersignature.NameOf(bundle)}");
            File.Move(jobs.Folder.File($"{folder}/{bundle}").FullPath, target.FullPath);
            bundles.Add(target);
        }

        var options = ReleaseOptions.From(rig.Context);
        await rig.Context.GenericUpload(bundles, new GenericUploadSettings { Store = options.Store.For("hello-pysign", () => "1.0.0") });
    }

    private static void WriteKey(ReleaseJobs jobs, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        jobs.Folder.Write(
            $"{name}.key",
            key.ExportEncryptedPkcs8PrivateKeyPem(
                Password,
                new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)
            )
        );
        jobs.Folder.Write($"{name}.pub", key.ExportSubjectPublicKeyInfoPem() + "\n");
    }

    private static Task<string> ReadAsync(ReleaseJobs jobs, string path) =>
        File.ReadAllTextAsync(jobs.Folder.File(path).FullPath, TestContext.Current.CancellationToken);
}
