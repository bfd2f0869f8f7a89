using System.Security.Cryptography;
using Cake.Core.IO;
using Cake.PySign.Sign;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;
using PySign.Sigstore.Errors;

namespace Cake.PySign.Tests.Sign;

/// <summary>Keys that only a program can reach: real programs, started as in a job, good ones and bad ones.</summary>
public sealed class SignerProgramTests : IDisposable
{
    private readonly SandboxFixture _fixture;
    private readonly CakeRig _rig = new();
    private readonly FilePath _file;

    public SignerProgramTests(SandboxFixture fixture)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs of these tests are shell scripts.");
        _fixture = fixture;
        _file = _rig.Folder.Write("dist/a-1.0.tar.gz", "one");
        _rig.Environment.Variables["PATH"] = "/usr/bin:/bin";
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("P-256", true)]
    [InlineData("P-256", false)]
    [InlineData("P-384", true)]
    [InlineData("P-521", false)]
    [InlineData("RSA", true)]
    public async Task A_file_and_a_statement_are_signed_by_a_program_and_its_public_key_verifies_them(string kind, bool logged)
    {
        var sandbox = await _fixture.Sandbox;
        using var key = Key(kind);
        var signing = Signing(key, logged ? sandbox.Info.SigningConfig : null);
        var trust = new TrustSettings { TrustedRoot = sandbox.Info.TrustedRoot };
        var signed = Assert.Single(
            await _rig.Context.CosignSignBlob([_file], new CosignSignBlobSettings { Signing = signing, Trust = trust }, Token)
        );
        Assert.Equal(logged ? 1 : 0, signed.LogEntries.Count);
        var attested = await _rig.Context.CosignAttestBlob(
            [_file],
            new CosignAttestBlobSettings
            {
                Signing = signing,
                Trust = trust,
                PredicateType = "https://example.org/tested",
                PredicateJson = "{}",
                AttestationName = "tested",
            },
            Token
        );
        var verify = new VerifyBlobSettings
        {
            PublicKey = signing.Signer.PublicKey,
            Trust = trust,
            AcceptUnlogged = !logged,
        };
        Assert.Equal(signed.Sha256, Assert.Single(await _rig.Context.VerifyBlob([_file], verify, Token)).Sha256);
        (verify.PredicateType, verify.Bundle) = ("https://example.org/tested", attested[0].Bundle);
        Assert.Single(await _rig.Context.VerifyBlob([_file], verify, Token));
        Assert.Contains("signing with", _rig.Log.Text, StringComparison.Ordinal);
        Assert.Contains($"--key '{signing.Signer.PublicKey!.MakeAbsolute(_rig.Environment)}'", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{digest}", "base64 -d")]
    [InlineData("{digest-hex}", "xxd_r")]
    public async Task A_program_may_take_the_digest_from_its_arguments_which_no_shell_reads(string placeholder, string decode)
    {
        using var key = Key("P-256");
        var settings = Signing(key, null);
        settings.Signer.Program = Script(
            $$"""
            xxd_r() { python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))'; }
            [ "$2" = 'a b; $(touch planted) "' ] || exit 9
            [ "$3" = sha256/ECDSA_SHA_256 ] || exit 8
            printf '%s' "$1" | {{decode}} | openssl pkeyutl -sign -inkey '{{KeyFile}}' -pkeyopt digest:sha256 | base64
            """
        );
        settings.Signer.Arguments.Clear();
        settings.Signer.Arguments.Add(placeholder);
        settings.Signer.Arguments.Add("a b; $(touch planted) \"");
        settings.Signer.Arguments.Add("{hash}/{algorithm}");
        Assert.Empty(Assert.Single(await SignAsync(settings)).LogEntries);
        Assert.False(File.Exists(_rig.Folder.File("planted").FullPath));
    }

    [Fact]
    public async Task Signatures_in_the_forms_of_key_services_are_taken()
    {
        using var key = (ECDsa)Key("P-256");
        var settings = Signing(key, null);

        // Azure's key service: r and s behind each other, base64url without padding.
        settings.Signer.Program = _rig.Folder.Write(
            "module/flat.py",
            """
            import base64, json, subprocess, sys
            asked = json.loads(sys.stdin.read())
            der = subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", sys.argv[1]], input=base64.b64decode(asked["digest"]),
                                 stdout=subprocess.PIPE, check=True).stdout
            def number(at):
                return int.from_bytes(der[at + 2:at + 2 + der[at + 1]], "big").to_bytes(32, "big"), at + 2 + der[at + 1]
            r, at = number(2)
            s, _ = number(at)
            sys.stdout.write(base64.urlsafe_b64encode(r + s).decode().rstrip("="))
            """
        );
        settings.Signer.Arguments.Clear();
        settings.Signer.Arguments.Add("-I");
        settings.Signer.Arguments.Add(settings.Signer.Program.FullPath);
        settings.Signer.Arguments.Add(KeyFile);
        settings.Signer.Program = SystemPython.Path;
        Assert.Single(await SignAsync(settings));
    }

    [Theory]
    [InlineData("cat >/dev/null", SigningFailure.SignerOutput)]
    [InlineData("echo 'Module ready'; echo MEUCIQ==", SigningFailure.SignerOutput)]
    [InlineData("echo '{\"signature\": \"MEUCIQ==\"}'", SigningFailure.SignerOutput)]
    [InlineData("yes", SigningFailure.SignerOutput)]
    [InlineData("tr '\\0' 'A' </dev/zero", SigningFailure.SignerOutput)]
    [InlineData("echo MEUCIQ==", SigningFailure.SignerKey)]
    [InlineData("head -c 32 /dev/zero | openssl pkeyutl -sign -inkey 'KEY' | base64", SigningFailure.SignerKey)]
    [InlineData("echo 'no slot with token CANARY' >&2; exit 4", SigningFailure.SignerFailed)]
    [InlineData("kill -SEGV $$", SigningFailure.SignerFailed)]
    [InlineData("sleep 60 & wait", SigningFailure.SignerTimedOut)]
    public async Task A_bad_program_is_told_by_what_it_did(string body, SigningFailure expected)
    {
        using var key = Key("P-256");
        var settings = Signing(key, null);
        settings.Signer.Program = Script(body.Replace("KEY", KeyFile, StringComparison.Ordinal));
        settings.Signer.Timeout = expected == SigningFailure.SignerTimedOut ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(5);
        var e = await RefusedAsync(settings);
        Assert.Equal(expected, e.Reason);
        if (expected == SigningFailure.SignerFailed && body.Contains("CANARY", StringComparison.Ordinal))
        {
            Assert.Contains("exit code 4: no slot with token", e.Message, StringComparison.Ordinal);
        }

        Assert.Equal(["a-1.0.tar.gz"], Directory.GetFiles(_file.GetDirectory().FullPath).Select(System.IO.Path.GetFileName));
    }

    [Fact]
    public async Task A_program_that_is_not_there_or_cannot_be_started_and_another_key_than_the_stated_one_are_different_reasons()
    {
        using var key = Key("P-256");
        var settings = Signing(key, null);
        var program = settings.Signer.Program;
        settings.Signer.Program = "no-such-module";
        Assert.Equal(SigningFailure.SignerMissing, (await RefusedAsync(settings)).Reason);
        settings.Signer.Program = _rig.Folder.Write("module/plain", "not executable");
        Assert.Equal(SigningFailure.SignerMissing, (await RefusedAsync(settings)).Reason);

        settings.Signer.Program = program;
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        settings.Signer.PublicKey = _rig.Folder.Write("other.pub", other.ExportSubjectPublicKeyInfoPem());
        Assert.Equal(SigningFailure.SignerKey, (await RefusedAsync(settings)).Reason);
        settings.Signer.PublicKey = null;
        Assert.Equal(PySignFailure.InvalidSettings, (await Assert.ThrowsAsync<PySignException>(() => SignAsync(settings))).Reason);
    }

    [Fact]
    public async Task RSA_signatures_with_PSS_padding_are_told_by_name()
    {
        using var key = Key("RSA");
        var settings = Signing(key, null);
        foreach (var option in new[] { "-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:32" })
        {
            settings.Signer.Arguments.Add(option);
        }

        var e = await RefusedAsync(settings);
        Assert.Equal(SigningFailure.SignerOutput, e.Reason);
        Assert.Contains("PSS", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_sees_the_variables_that_are_named_and_no_other_secret()
    {
        _rig.Environment.Variables["MODULE_PIN"] = "CANARY-pin";
        _rig.Environment.Variables["TWINE_PASSWORD"] = "CANARY-upload";
        using var key = Key("P-256");
        var settings = Signing(key, null);
        var script = $"""
            [ -z "$TWINE_PASSWORD" ] || exit 7
            [ "$MODULE_PIN" = CANARY-pin ] || exit 6
            echo "pin is $MODULE_PIN" >&2
            exec python3 -I '{SignerPrograms.OpenSsl(_rig.Folder)}' '{KeyFile}'
            """;
        settings.Signer.Program = Script(script);
        Assert.Contains("exit code 6", (await RefusedAsync(settings)).Message, StringComparison.Ordinal);
        settings.Signer.PassVariables.Add("MODULE_*");
        Assert.Single(await SignAsync(settings));
    }

    [Fact]
    public async Task A_key_itself_in_place_of_its_path_is_refused_and_not_shown()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var settings = new SigningSettings { Key = key.ExportPkcs8PrivateKeyPem(), UploadToLog = false };
        var e = await Assert.ThrowsAsync<PySignException>(() => SignAsync(settings));
        Assert.Equal(PySignFailure.InvalidSettings, e.Reason);
        Assert.DoesNotContain("BEGIN", e.ToString() + _rig.Log.Text, StringComparison.Ordinal);
    }

    private string KeyFile => _rig.Folder.File("module/key.pem").FullPath;

    private async Task<SigningException> RefusedAsync(SigningSettings settings) =>
        Assert.IsType<SigningException>((await Assert.ThrowsAsync<PySignException>(() => SignAsync(settings))).InnerException);

    private Task<IReadOnlyList<SignedBlob>> SignAsync(SigningSettings settings) =>
        _rig.Context.CosignSignBlob([_file], new CosignSignBlobSettings { Signing = settings }, Token);

    private static AsymmetricAlgorithm Key(string kind) =>
        kind switch
        {
            "P-256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
            "P-384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
            "P-521" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
            _ => RSA.Create(2048),
        };

    private SigningSettings Signing(AsymmetricAlgorithm key, FilePath? config)
    {
        _rig.Folder.Write("module/key.pem", key.ExportPkcs8PrivateKeyPem());
        var settings = new SigningSettings
        {
            UploadToLog = config is not null,
            SigningConfig = config,
            Signer = { Program = SystemPython.Path, PublicKey = _rig.Folder.Write("release.pub", key.ExportSubjectPublicKeyInfoPem()) },
        };
        settings.Signer.Arguments.Add("-I");
        settings.Signer.Arguments.Add(SignerPrograms.OpenSsl(_rig.Folder).FullPath);
        settings.Signer.Arguments.Add(KeyFile);
        return settings;
    }

    private FilePath Script(string body)
    {
        var path = _rig.Folder.Write("module/signer", $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path.FullPath, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return path;
    }
}
