using System.Security.Cryptography;
using System.Text.Json;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Sandbox;
using Cake.PySign.Sign;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;
using PySign.Sigstore.Errors;

namespace Cake.PySign.Tests.Sign;

/// <summary>Signing with keys, saying things of files, and the choice of services, as scripts do it.</summary>
public sealed class KeysAndStatementsTests : IDisposable
{
    private const string Provenance = "https://slsa.dev/provenance/v1";

    private readonly SandboxFixture _fixture;
    private readonly CakeRig _rig = new();
    private readonly FilePath _one;
    private readonly FilePath _two;

    public KeysAndStatementsTests(SandboxFixture fixture)
    {
        _fixture = fixture;
        _one = _rig.Folder.Write("dist/a-1.0.tar.gz", "one");
        _two = _rig.Folder.Write("dist/a-1.0-py3-none-any.whl", "two");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_statement_is_written_beside_each_file_and_proves_only_what_it_says()
    {
        var sandbox = await _fixture.Sandbox;
        var settings = new CosignAttestBlobSettings
        {
            Signing =
            {
                IdToken = await sandbox.MintGitLabTokenAsync(cancellationToken: Token),
                SigningConfig = sandbox.Info.SigningConfig,
            },
            Trust = { TrustedRoot = sandbox.Info.TrustedRoot },
            PredicateType = Provenance,
            Predicate = _rig.Folder.Write("provenance.json", """{"builder":"me"}"""),
            AttestationName = "provenance",
        };
        var attested = await _rig.Context.CosignAttestBlob([_one, _two], settings, Token);
        Assert.Equal(_two.FullPath + ".provenance.sigstore.json", attested[1].Bundle.FullPath);
        Assert.Equal(FileDigest.Of(_two), attested[1].Sha256);
        Assert.Contains("cosign verify-blob-attestation --bundle ", _rig.Log.Text, StringComparison.Ordinal);
        Assert.Contains("AttestationName = \"provenance\"", _rig.Log.Text, StringComparison.Ordinal);

        var verify = new VerifyBlobSettings
        {
            CertificateIdentity = attested[0].Identity,
            CertificateOidcIssuer = attested[0].Issuer,
            Trust = { TrustedRoot = sandbox.Info.TrustedRoot },
            PredicateType = Provenance,
            AttestationName = "provenance",
        };
        var verified = await _rig.Context.VerifyBlob([_one, _two], verify, Token);
        using var statement = JsonDocument.Parse(verified[0].StatementJson!);
        Assert.Equal("me", statement.RootElement.GetProperty("predicate").GetProperty("builder").GetString());
        Assert.Equal("a-1.0.tar.gz", statement.RootElement.GetProperty("subject")[0].GetProperty("name").GetString());

        verify.PredicateType = "https://slsa.dev/provenance/v0.2";
        Assert.Equal("OtherPredicateType", await RefusedAsync(verify));
        (verify.PredicateType, verify.Bundle) = (null, attested[0].Bundle);
        Assert.Equal("NotABlobSignature", await RefusedAsync(verify));
        (verify.PredicateType, verify.Bundle) = (Provenance, attested[1].Bundle);
        Assert.Equal("SubjectMismatch", await RefusedAsync(verify));
        Assert.Single(
            Directory.GetFiles(_rig.Folder.Folder("dist").FullPath),
            file => file.StartsWith(_one.FullPath + ".", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task What_is_to_be_said_must_be_said_whole()
    {
        await ReasonAsync(new CosignAttestBlobSettings { PredicateType = Provenance });
        await ReasonAsync(new CosignAttestBlobSettings { PredicateJson = "{}" });
        await ReasonAsync(
            new CosignAttestBlobSettings
            {
                PredicateType = Provenance,
                PredicateJson = "{}",
                Predicate = "x.json",
            }
        );
        await ReasonAsync(
            new CosignAttestBlobSettings
            {
                PredicateType = Provenance,
                PredicateJson = "{}",
                AttestationName = "../x",
            }
        );

        async Task ReasonAsync(CosignAttestBlobSettings settings) =>
            Assert.Equal(
                PySignFailure.InvalidSettings,
                (await Assert.ThrowsAsync<PySignException>(() => _rig.Context.CosignAttestBlob([_one], settings, Token))).Reason
            );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_key_signs_and_its_public_half_verifies(bool logged)
    {
        var sandbox = await _fixture.Sandbox;
        using var source = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var settings = new CosignSignBlobSettings
        {
            Signing =
            {
                Key = _rig.Folder.Write(
                    "keys/release.key",
                    source.ExportEncryptedPkcs8PrivateKeyPem(
                        "swordfish-canary",
                        new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 2048)
                    )
                ),
                UploadToLog = logged,
                SigningConfig = logged ? sandbox.Info.SigningConfig : null,
            },
            Trust = { TrustedRoot = sandbox.Info.TrustedRoot },
            WriteCosignBundle = logged,
        };
        Assert.Contains(
            "KeyPassword",
            (await Assert.ThrowsAsync<PySignException>(() => _rig.Context.CosignSignBlob([_one], settings, Token))).Message,
            StringComparison.Ordinal
        );
        _rig.Environment.Variables["COSIGN_PASSWORD"] = "swordfish-canary";
        var signed = Assert.Single(await _rig.Context.CosignSignBlob([_one], settings, Token));
        Assert.Equal(logged ? 1 : 0, signed.LogEntries.Count);
        Assert.Null(signed.Certificate);
        Assert.Equal(logged, signed.CosignBundle is not null);
        Assert.DoesNotContain("swordfish-canary", _rig.Log.Text, StringComparison.Ordinal);
        Assert.Contains($"cosign verify-blob --bundle '{_one.FullPath}.sigstore.json' --key '", _rig.Log.Text, StringComparison.Ordinal);

        var verify = new VerifyBlobSettings
        {
            PublicKey = _rig.Folder.Write("keys/release.pub", source.ExportSubjectPublicKeyInfoPem()),
            Trust = { TrustedRoot = sandbox.Info.TrustedRoot },
            AcceptUnlogged = !logged,
        };
        Assert.Equal(signed.Sha256, Assert.Single(await _rig.Context.VerifyBlob([_one], verify, Token)).Sha256);
        verify.AcceptUnlogged = false;
        if (!logged)
        {
            Assert.Equal("LogEntryMissing", await RefusedAsync(verify));
        }

        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        verify.PublicKey = _rig.Folder.Write("keys/other.pub", other.ExportSubjectPublicKeyInfoPem());
        Assert.Equal("ManagedKeyHintMismatch", await RefusedAsync(verify));
    }

    [Fact]
    public async Task Keys_identities_and_logs_are_not_mixed()
    {
        await SignReasonAsync(
            PySignFailure.InvalidSettings,
            new CosignSignBlobSettings { Signing = { UploadToLog = false, IdToken = "x.y.z" } }
        );
        await SignReasonAsync(
            PySignFailure.MissingFile,
            new CosignSignBlobSettings { Signing = { Key = "gone.key", UploadToLog = false } }
        );
        await SignReasonAsync(
            PySignFailure.InvalidSettings,
            new CosignSignBlobSettings { Signing = { Key = "gone.key", IdToken = "x.y.z" } }
        );
        using var source = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = _rig.Folder.Write("some.key", source.ExportPkcs8PrivateKeyPem());
        await SignReasonAsync(
            PySignFailure.InvalidSettings,
            new CosignSignBlobSettings { Signing = { Key = key, UploadToLog = false }, WriteCosignBundle = true }
        );
        await SignReasonAsync(
            PySignFailure.SigningFailed,
            new CosignSignBlobSettings { Signing = { Key = _rig.Folder.Write("no.key", "no key"), UploadToLog = false } }
        );
        await VerifyReasonAsync(new VerifyBlobSettings { PublicKey = "cosign.pub", CertificateIdentity = "me" });
        await VerifyReasonAsync(
            new VerifyBlobSettings
            {
                AcceptUnlogged = true,
                CertificateIdentity = "me",
                CertificateOidcIssuer = "https://gitlab.com",
            }
        );
        await VerifyReasonAsync(new VerifyBlobSettings { PublicKey = _rig.Folder.Write("no.pub", "no key") });

        async Task SignReasonAsync(PySignFailure reason, CosignSignBlobSettings settings) =>
            Assert.Equal(
                reason,
                (await Assert.ThrowsAsync<PySignException>(() => _rig.Context.CosignSignBlob([_one], settings, Token))).Reason
            );
        async Task VerifyReasonAsync(VerifyBlobSettings settings) =>
            Assert.Equal(
                PySignFailure.InvalidSettings,
                (await Assert.ThrowsAsync<PySignException>(() => _rig.Context.VerifyBlob([_one], settings, Token))).Reason
            );
    }

    [Fact]
    public async Task Services_come_from_the_config_else_from_urls_setting_by_setting_else_from_variables()
    {
        var sandbox = await _fixture.Sandbox;
        var settings = new CosignSignBlobSettings
        {
            Signing = { IdToken = await sandbox.MintGitLabTokenAsync(cancellationToken: Token) },
            Trust = { TrustedRoot = sandbox.Info.TrustedRoot },
        };
        _rig.Environment.Variables["FULCIO_URL"] = "http://127.0.0.1:9";
        await FailsAsync(PySignFailure.InvalidSettings, "REKOR_URL");
        _rig.Environment.Variables["REKOR_URL"] = sandbox.Info.BaseUrl.AbsoluteUri;
        await FailsAsync(PySignFailure.SigningFailed, "127.0.0.1:9");

        settings.Signing.FulcioUrl = sandbox.Info.BaseUrl;
        Assert.Single(Assert.Single(await _rig.Context.CosignSignBlob([_one], settings, Token)).LogEntries);
        (settings.Signing.FulcioUrl, settings.Signing.SigningConfig) = (null, sandbox.Info.SigningConfigRekorV2);
        Assert.Single(Assert.Single(await _rig.Context.CosignSignBlob([_one], settings, Token)).LogEntries);
        settings.Signing.SigningConfig = null;
        _rig.Environment.Variables["REKOR_URL"] = "no url";
        await FailsAsync(PySignFailure.InvalidSettings, "REKOR_URL");

        async Task FailsAsync(PySignFailure reason, string named)
        {
            var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.CosignSignBlob([_one], settings, Token));
            Assert.Equal(reason, e.Reason);
            Assert.Contains(named, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_finished_stays_finished_and_a_second_run_signs_the_rest()
    {
        var sandbox = await _fixture.Sandbox;
        var settings = Settings(sandbox, await sandbox.MintGitLabTokenAsync(cancellationToken: Token));
        Directory.CreateDirectory(_two.FullPath + ".sigstore.json");
        var e = await Assert.ThrowsAsync<BlobSigningException>(() => _rig.Context.CosignSignBlob([_one, _two], settings, Token));
        Assert.Equal([_one.FullPath], e.Finished.Select(file => file.FullPath));
        Assert.Equal((_two.FullPath, SigningFailure.OutputUnwritable), (Assert.Single(e.Missing).Path.FullPath, e.Missing[0].Reason));
        Assert.Contains(_two.FullPath, e.Message, StringComparison.Ordinal);
        var entry = Assert.Single(e.Signatures).LogEntries[0].Index;

        Directory.Delete(_two.FullPath + ".sigstore.json");
        File.Delete(_one.FullPath + ".sig");
        settings.KeepValid = true;
        var signed = await _rig.Context.CosignSignBlob([_one, _two], settings, Token);
        Assert.Equal(entry, signed[0].LogEntries[0].Index);
        Assert.True(File.Exists(_one.FullPath + ".sig"));
        Assert.NotEqual(entry, signed[1].LogEntries[0].Index);

        await File.WriteAllTextAsync(_one.FullPath, "changed", Token);
        signed = await _rig.Context.CosignSignBlob([_one, _two], settings, Token);
        Assert.NotEqual(entry, signed[0].LogEntries[0].Index);
    }

    private static CosignSignBlobSettings Settings(PySignSandbox sandbox, string token) =>
        new()
        {
            Signing = { IdToken = token, SigningConfig = sandbox.Info.SigningConfig },
            Trust = { TrustedRoot = sandbox.Info.TrustedRoot },
        };

    private async Task<string> RefusedAsync(VerifyBlobSettings settings) =>
        Assert
            .Single((await Assert.ThrowsAsync<BlobVerificationException>(() => _rig.Context.VerifyBlob([_one], settings, Token))).Problems)
            .Cause;
}
