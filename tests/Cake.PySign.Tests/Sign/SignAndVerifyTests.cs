using System.Text;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Sandbox;
using Cake.PySign.Sign;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;

namespace Cake.PySign.Tests.Sign;

public sealed class SignAndVerifyTests : IDisposable
{
    private readonly SandboxFixture _fixture;
    private readonly CakeRig _rig = new();
    private readonly FilePath _one;
    private readonly FilePath _two;

    public SignAndVerifyTests(SandboxFixture fixture)
    {
        _fixture = fixture;
        _one = _rig.Folder.Write("dist/a-1.0.tar.gz", "one");
        _two = _rig.Folder.Write("dist/a-1.0-py3-none-any.whl", "two");
    }

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_was_signed_is_verified_with_logs_of_either_kind(int rekor)
    {
        var sandbox = await _fixture.Sandbox;
        var token = await sandbox.MintGitLabTokenAsync(cancellationToken: Token);
        var settings = Settings(sandbox, token);
        settings.Signing.SigningConfig = rekor == 1 ? sandbox.Info.SigningConfig : sandbox.Info.SigningConfigRekorV2;
        var signed = await _rig.Context.CosignSignBlob([_one, _two], settings, Token);
        Assert.Equal([_one.FullPath, _two.FullPath], signed.Select(blob => blob.Path.FullPath));
        Assert.Equal(_one.FullPath + ".sigstore.json", signed[0].Bundle.FullPath);
        Assert.All(signed, blob => Assert.Equal(FileDigest.Of(blob.Path), blob.Sha256));
        Assert.All(signed, blob => Assert.NotEmpty(blob.LogEntries));

        var verified = await _rig.Context.VerifyBlob([_one, _two], Verify(sandbox, signed[0]), Token);
        Assert.Equal(signed.Select(blob => blob.Sha256), verified.Select(blob => blob.Sha256));
        Assert.Equal(signed.Select(blob => blob.LogEntries[0].Index), verified.Select(blob => blob.LogEntries[0].Index));
        Assert.DoesNotContain(token, _rig.Log.Text, StringComparison.Ordinal);
        Assert.Contains($"--certificate-identity '{signed[0].Identity}'", _rig.Log.Text, StringComparison.Ordinal);
        Assert.Contains($"log entry {signed[1].LogEntries[0].Index} in ", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signature_and_certificate_have_cosigns_form_and_can_be_switched_off()
    {
        var sandbox = await _fixture.Sandbox;
        var settings = Settings(sandbox, await sandbox.MintGitLabTokenAsync(cancellationToken: Token));
        var signed = Assert.Single(await _rig.Context.CosignSignBlob([_one], settings, Token));
        Assert.Equal(0x30, Convert.FromBase64String(await File.ReadAllTextAsync(signed.Signature!.FullPath, Token))[0]);
        var pem = Encoding.ASCII.GetString(Convert.FromBase64String(await File.ReadAllTextAsync(signed.Certificate!.FullPath, Token)));
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", pem, StringComparison.Ordinal);

        (settings.WriteSignature, settings.WriteCertificate) = (false, false);
        signed = Assert.Single(await _rig.Context.CosignSignBlob([_one], settings, Token));
        Assert.Null(signed.Signature);
        Assert.Null(signed.Certificate);
        Assert.Equal(
            ["a-1.0-py3-none-any.whl", "a-1.0.tar.gz", "a-1.0.tar.gz.sigstore.json"],
            Directory.GetFiles(_rig.Folder.Folder("dist").FullPath).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task The_jobs_own_token_is_found_in_the_environment()
    {
        var sandbox = await _fixture.Sandbox;
        foreach (
            var (name, value) in await sandbox.GitLabJobAsync(
                new Dictionary<string, object> { ["ref"] = "v1.0.0", ["ref_type"] = "tag" },
                Token
            )
        )
        {
            _rig.Environment.Variables[name] = value;
        }

        var signed = Assert.Single(await _rig.Context.CosignSignBlob([_one], Settings(sandbox, null), Token));
        Assert.EndsWith("@refs/tags/v1.0.0", signed.Identity, StringComparison.Ordinal);
        Assert.Equal("v1.0.0", _rig.Environment.Variables["CI_COMMIT_TAG"]);
        Assert.DoesNotContain(_rig.Environment.Variables["SIGSTORE_ID_TOKEN"]!, _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_refused_file_is_named_with_step_expectation_and_finding()
    {
        var sandbox = await _fixture.Sandbox;
        var three = _rig.Folder.Write("dist/a-1.0-1-py3-none-any.whl", "three");
        var signed = await _rig.Context.CosignSignBlob(
            [_one, _two, three],
            Settings(sandbox, await sandbox.MintGitLabTokenAsync(cancellationToken: Token)),
            Token
        );
        await File.WriteAllTextAsync(_one.FullPath, "onE", Token);
        File.Delete(_two.FullPath + ".sigstore.json");
        var e = await Assert.ThrowsAsync<BlobVerificationException>(() =>
            _rig.Context.VerifyBlob([_one, three, _two], Verify(sandbox, signed[0]), Token)
        );
        Assert.Equal(PySignFailure.VerificationFailed, e.Reason);
        Assert.Equal([_one.FullPath, _two.FullPath], e.Problems.Select(failure => failure.Path.FullPath));
        Assert.Equal("BundleMissing", e.Problems[1].Cause);
        Assert.Equal("a-1.0-py3-none-any.whl.sigstore.json or a-1.0-py3-none-any.whl.sigstore", e.Problems[1].Expected);
        Assert.Contains("2 of 3 files refused", e.Message, StringComparison.Ordinal);
        Assert.All(e.Problems, failure => Assert.Contains(failure.Step, e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_files_bundle_another_identity_and_another_issuer_are_refused()
    {
        var sandbox = await _fixture.Sandbox;
        var signed = await _rig.Context.CosignSignBlob(
            [_one, _two],
            Settings(sandbox, await sandbox.MintGitLabTokenAsync(cancellationToken: Token)),
            Token
        );

        var swapped = Verify(sandbox, signed[0]);
        swapped.Bundle = signed[1].Bundle;
        await RefusedAsync(swapped, "a-1.0.tar.gz");

        var identity = Verify(sandbox, signed[0]);
        identity.CertificateIdentity = signed[0].Identity[..^1];
        await RefusedAsync(identity, signed[0].Identity);

        var issuer = Verify(sandbox, signed[0]);
        issuer.CertificateOidcIssuer = "https://gitlab.example";
        await RefusedAsync(issuer, signed[0].Issuer);

        var part = Verify(sandbox, signed[0]);
        (part.CertificateIdentity, part.CertificateIdentityPattern) = (null, "acme");
        await RefusedAsync(part, signed[0].Identity);

        var pattern = Verify(sandbox, signed[0]);
        (pattern.CertificateIdentity, pattern.CertificateIdentityPattern) = (null, ".*//\\.gitlab-ci\\.yml@refs/.*");
        Assert.Single(await _rig.Context.VerifyBlob([_one], pattern, Token));

        var production = Verify(sandbox, signed[0]);
        production.Trust.TrustedRoot = null;
        await RefusedAsync(production, "a-1.0.tar.gz");

        async Task RefusedAsync(VerifyBlobSettings settings, string named)
        {
            var e = await Assert.ThrowsAsync<BlobVerificationException>(() => _rig.Context.VerifyBlob([_one], settings, Token));
            Assert.Contains(named, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Identity_and_issuer_have_no_default_and_no_files_is_an_error()
    {
        Assert.Equal(PySignFailure.InvalidSettings, await ReasonAsync([_one], new VerifyBlobSettings { CertificateIdentity = "me" }));
        Assert.Equal(
            PySignFailure.InvalidSettings,
            await ReasonAsync([_one], new VerifyBlobSettings { CertificateOidcIssuer = "https://gitlab.com" })
        );
        Assert.Equal(
            PySignFailure.InvalidSettings,
            await ReasonAsync(
                [_one],
                new VerifyBlobSettings
                {
                    CertificateIdentity = "me",
                    CertificateIdentityPattern = ".*",
                    CertificateOidcIssuer = "https://gitlab.com",
                }
            )
        );
        Assert.Equal(
            PySignFailure.InvalidSettings,
            await ReasonAsync(
                [_one],
                new VerifyBlobSettings { CertificateIdentityPattern = "(", CertificateOidcIssuer = "https://gitlab.com" }
            )
        );
        Assert.Equal(
            PySignFailure.NothingToDo,
            await ReasonAsync([], new VerifyBlobSettings { CertificateIdentity = "me", CertificateOidcIssuer = "https://gitlab.com" })
        );

        async Task<PySignFailure> ReasonAsync(FilePath[] files, VerifyBlobSettings settings) =>
            (await Assert.ThrowsAsync<PySignException>(() => _rig.Context.VerifyBlob(files, settings, Token))).Reason;
    }

    [Fact]
    public async Task A_token_that_cannot_sign_stops_before_any_file_is_written()
    {
        var sandbox = await _fixture.Sandbox;
        await RefusedAsync(await sandbox.MintGitLabTokenAsync(new Dictionary<string, object> { ["expires_in"] = -600 }, Token));
        await RefusedAsync(await sandbox.MintGitLabTokenAsync(new Dictionary<string, object> { ["aud"] = "somebody-else" }, Token));
        await RefusedAsync("no-token-at-all-canary");
        await RefusedAsync(null);
        Assert.Equal(2, Directory.GetFiles(_rig.Folder.Folder("dist").FullPath).Length);

        async Task RefusedAsync(string? token)
        {
            var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.CosignSignBlob([_one], Settings(sandbox, token), Token));
            Assert.Equal(PySignFailure.SigningFailed, e.Reason);
            if (token is not null)
            {
                Assert.DoesNotContain(token, e + _rig.Log.Text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task An_unreachable_log_stops_the_signing_and_nothing_is_written()
    {
        var sandbox = await _fixture.Sandbox;
        var settings = Settings(sandbox, await sandbox.MintGitLabTokenAsync(cancellationToken: Token));
        settings.Signing.SigningConfig = null;
        settings.Signing.FulcioUrl = sandbox.Info.BaseUrl;
        settings.Signing.RekorUrl = new Uri("http://127.0.0.1:9");
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.CosignSignBlob([_one], settings, Token));
        Assert.Equal(PySignFailure.SigningFailed, e.Reason);
        Assert.Contains("127.0.0.1:9", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(_rig.Folder.Folder("dist").FullPath).Length);
    }

    [Fact]
    public async Task What_cannot_be_meant_is_refused_before_anything_is_asked()
    {
        Assert.Equal(PySignFailure.NothingToDo, await ReasonAsync([], new CosignSignBlobSettings()));
        Assert.Equal(PySignFailure.InvalidSettings, await ReasonAsync([_one, _one], new CosignSignBlobSettings()));
        Assert.Equal(PySignFailure.MissingFile, await ReasonAsync(["gone.whl"], new CosignSignBlobSettings()));
        Assert.Equal(
            PySignFailure.InvalidSettings,
            await ReasonAsync([_rig.Folder.Write("dist/a.whl.sigstore.json", "{}")], new CosignSignBlobSettings())
        );
        Assert.Equal(
            PySignFailure.InvalidSettings,
            await ReasonAsync(
                [_one],
                new CosignSignBlobSettings { Signing = { IdToken = "x.y.z", FulcioUrl = new Uri("https://fulcio.example") } }
            )
        );
        Assert.Equal(
            PySignFailure.MissingFile,
            await ReasonAsync([_one], new CosignSignBlobSettings { Signing = { IdToken = "x.y.z", SigningConfig = "gone.json" } })
        );

        async Task<PySignFailure> ReasonAsync(FilePath[] files, CosignSignBlobSettings settings) =>
            (await Assert.ThrowsAsync<PySignException>(() => _rig.Context.CosignSignBlob(files, settings, Token))).Reason;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static CosignSignBlobSettings Settings(PySignSandbox sandbox, string? token) =>
        new()
        {
            Signing = { IdToken = token, SigningConfig = sandbox.Info.SigningConfig },
            Trust = { TrustedRoot = sandbox.Info.TrustedRoot },
        };

    private static VerifyBlobSettings Verify(PySignSandbox sandbox, SignedBlob signed) =>
        new()
        {
            CertificateIdentity = signed.Identity,
            CertificateOidcIssuer = signed.Issuer,
            Trust = { TrustedRoot = sandbox.Info.TrustedRoot },
        };
}
