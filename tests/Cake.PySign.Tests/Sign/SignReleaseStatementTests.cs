using System.Security.Cryptography;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Sandbox;
using Cake.PySign.Sign;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;

namespace Cake.PySign.Tests.Sign;

/// <summary>Signing and verifying which files a release consists of, as scripts do it.</summary>
public sealed class SignReleaseStatementTests : IDisposable
{
    private const string Release = "https://in-toto.io/attestation/release/v0.1";

    private readonly SandboxFixture _fixture;
    private readonly CakeRig _rig = new();
    private readonly FilePath _sdist;
    private readonly FilePath _wheel;

    public SignReleaseStatementTests(SandboxFixture fixture)
    {
        _fixture = fixture;
        _sdist = _rig.Folder.Write("dist/demo-1.0.tar.gz", "one");
        _wheel = _rig.Folder.Write("dist/demo-1.0-py3-none-any.whl", "two");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task One_statement_names_every_file_and_no_set_but_that_one_passes()
    {
        var sandbox = await _fixture.Sandbox;
        var signed = await _rig.Context.SignReleaseStatement([_sdist, _wheel], await SettingsAsync(sandbox), Token);
        Assert.Equal(_rig.Folder.File("dist/demo-1.0.release.sigstore.json").FullPath, signed.Bundle.FullPath);
        Assert.Equal("pkg:pypi/demo@1.0", signed.PackageUrl);
        Assert.Equal(
            [KeyValuePair.Create("demo-1.0-py3-none-any.whl", FileDigest.Of(_wheel)), new("demo-1.0.tar.gz", FileDigest.Of(_sdist))],
            signed.FileDigests
        );
        Assert.NotEmpty(signed.LogEntries);
        Assert.Contains($"--type '{Release}'", _rig.Log.Text, StringComparison.Ordinal);

        var verify = new VerifyReleaseStatementSettings
        {
            CertificateIdentity = signed.Identity,
            CertificateOidcIssuer = signed.Issuer,
            Trust = { TrustedRoot = sandbox.Info.TrustedRoot },
        };
        Assert.Equal(signed.FileDigests, (await _rig.Context.VerifyReleaseStatement([_wheel, _sdist], verify, Token)).FileDigests);

        Assert.Equal([("demo-1.0.tar.gz", "FileMissing")], await RefusedAsync([_wheel], verify));
        var extra = _rig.Folder.Write("dist/demo-1.0-py2-none-any.whl", "three");
        Assert.Equal([("demo-1.0-py2-none-any.whl", "FileUnexpected")], await RefusedAsync([_wheel, _sdist, extra], verify));
        _rig.Folder.Write("dist/demo-1.0.tar.gz", "changed");
        Assert.Equal([("demo-1.0.tar.gz", "FileChanged")], await RefusedAsync([_wheel, _sdist], verify));
        _rig.Folder.Write("dist/demo-1.0.tar.gz", "one");

        verify.CertificateIdentity = "https://gitlab.example/somebody";
        Assert.Equal([("demo-1.0.release.sigstore.json", "IdentityMismatch")], await RefusedAsync([_wheel, _sdist], verify));
        verify.CertificateIdentity = signed.Identity;

        // It is a statement about each of its files, for every verifier; and the signature of none.
        var one = new VerifyBlobSettings
        {
            CertificateIdentity = signed.Identity,
            CertificateOidcIssuer = signed.Issuer,
            Trust = verify.Trust,
            Bundle = signed.Bundle,
        };
        foreach (var file in new[] { _wheel, _sdist })
        {
            one.PredicateType = Release;
            Assert.NotNull(Assert.Single(await _rig.Context.VerifyBlob([file], one, Token)).StatementJson);
            one.PredicateType = null;
            Assert.Equal(
                "NotABlobSignature",
                (await Assert.ThrowsAsync<BlobVerificationException>(() => _rig.Context.VerifyBlob([file], one, Token))).Problems[0].Cause
            );
        }

        one.PredicateType = Release;
        Assert.Equal(
            "SubjectMismatch",
            (await Assert.ThrowsAsync<BlobVerificationException>(() => _rig.Context.VerifyBlob([extra], one, Token))).Problems[0].Cause
        );

        File.Delete(signed.Bundle.FullPath);
        Assert.Equal([("demo-1.0.release.sigstore.json", "BundleMissing")], await RefusedAsync([_wheel, _sdist], verify));
    }

    [Fact]
    public async Task A_second_run_keeps_the_statement_that_says_the_same_and_makes_another_where_the_files_are_others()
    {
        var sandbox = await _fixture.Sandbox;
        var settings = await SettingsAsync(sandbox);
        var first = await _rig.Context.SignReleaseStatement([_sdist, _wheel], settings, Token);
        settings.KeepValid = true;
        Assert.Equal(first.LogEntries, (await _rig.Context.SignReleaseStatement([_wheel, _sdist], settings, Token)).LogEntries);
        Assert.NotEqual(first.LogEntries, (await _rig.Context.SignReleaseStatement([_wheel], settings, Token)).LogEntries);
    }

    [Fact]
    public async Task A_key_signs_it_too_and_another_folder_may_hold_it()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var settings = new SignReleaseStatementSettings
        {
            Signing = { Key = _rig.Folder.Write("key.pem", key.ExportPkcs8PrivateKeyPem()), UploadToLog = false },
            OutputDirectory = _rig.Folder.Folder("signatures"),
            KeepValid = true,
        };
        var signed = await _rig.Context.SignReleaseStatement([_sdist, _wheel], settings, Token);
        Assert.Equal((_rig.Folder.Folder("signatures").FullPath, ""), (signed.Bundle.GetDirectory().FullPath, signed.Identity));
        var bytes = await File.ReadAllBytesAsync(signed.Bundle.FullPath, Token);
        await _rig.Context.SignReleaseStatement([_sdist, _wheel], settings, Token);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(signed.Bundle.FullPath, Token));

        var verify = new VerifyReleaseStatementSettings
        {
            PublicKey = _rig.Folder.Write("key.pub", key.ExportSubjectPublicKeyInfoPem()),
            AcceptUnlogged = true,
            BundleDirectory = _rig.Folder.Folder("signatures"),
        };
        Assert.Equal(2, (await _rig.Context.VerifyReleaseStatement([_sdist, _wheel], verify, Token)).FileDigests.Count);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        verify.PublicKey = _rig.Folder.Write("key.pub", other.ExportSubjectPublicKeyInfoPem());
        Assert.Single(await RefusedAsync([_wheel, _sdist], verify));
    }

    [Fact]
    public async Task Files_that_are_not_one_release_are_refused_before_anybody_is_asked()
    {
        var settings = new SignReleaseStatementSettings();
        await InvalidAsync([_sdist, _rig.Folder.Write("dist/demo-1.1-py3-none-any.whl", "x")], "files of demo 1.0 alone");
        await InvalidAsync([_sdist, _rig.Folder.Write("dist/pysign.json", "x")], "pysign.json");
        await InvalidAsync([_sdist, _rig.Folder.Write("other/demo-1.0.tar.gz", "x")], "Two files are called");
        await InvalidAsync([_sdist, _rig.Folder.Write("other/demo-1.0-py3-none-any.whl", "x")], "several folders");
        await InvalidAsync([_sdist, _rig.Folder.Write("dist/demo-1.0.tar.gz.sigstore.json", "x")], "itself a signature file");

        async Task InvalidAsync(IEnumerable<FilePath> files, string said)
        {
            var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.SignReleaseStatement(files, settings, Token));
            Assert.Equal(PySignFailure.InvalidSettings, e.Reason);
            Assert.Contains(said, e.Message, StringComparison.Ordinal);
        }
    }

    private static async Task<SignReleaseStatementSettings> SettingsAsync(PySignSandbox sandbox) =>
        new()
        {
            Signing =
            {
                IdToken = await sandbox.MintGitLabTokenAsync(cancellationToken: Token),
                SigningConfig = sandbox.Info.SigningConfig,
            },
            Trust = { TrustedRoot = sandbox.Info.TrustedRoot },
        };

    private async Task<IEnumerable<(string File, string Reason)>> RefusedAsync(
        IEnumerable<FilePath> files,
        VerifyReleaseStatementSettings settings
    ) =>
        (
            await Assert.ThrowsAsync<BlobVerificationException>(() => _rig.Context.VerifyReleaseStatement(files, settings, Token))
        ).Problems.Select(failure => (failure.Path.GetFilename().FullPath, failure.Cause));
}
