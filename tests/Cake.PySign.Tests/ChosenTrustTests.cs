using System.Net;
using Cake.Core.IO;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Trust;
using Cake.PySign.Sign;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;

namespace Cake.PySign.Tests;

public sealed class ChosenTrustTests : IDisposable
{
    private readonly SandboxFixture _fixture;
    private readonly CakeRig _rig = new();
    private readonly FilePath _wheel;

    public ChosenTrustTests(SandboxFixture fixture)
    {
        _fixture = fixture;
        _wheel = _rig.Folder.Write("dist/a-1.0-py3-none-any.whl", "a wheel");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_mirror_and_its_root_are_enough_to_sign_and_verify_and_the_cache_to_verify_offline()
    {
        var sandbox = await _fixture.Sandbox;
        var signed = Assert.Single(
            await _rig.Context.CosignSignBlob(
                [_wheel],
                new CosignSignBlobSettings
                {
                    Signing = { IdToken = await sandbox.MintGitLabTokenAsync(cancellationToken: Token) },
                    Trust =
                    {
                        TufMirror = sandbox.Info.TufMirror,
                        TufRoot = sandbox.Info.TufRoot,
                        TufCacheDirectory = "tuf",
                    },
                },
                Token
            )
        );
        Assert.Contains("rekor-v1", Assert.Single(signed.LogEntries).Log, StringComparison.Ordinal);
        Assert.Contains($"TufMirror = new Uri(\"{sandbox.Info.TufMirror}\")", _rig.Log.Text, StringComparison.Ordinal);

        var settings = new VerifyBlobSettings
        {
            CertificateIdentity = signed.Identity,
            CertificateOidcIssuer = signed.Issuer,
            Trust =
            {
                TufMirror = sandbox.Info.TufMirror,
                TufRoot = sandbox.Info.TufRoot,
                TufCacheDirectory = "tuf",
            },
        };
        Assert.Equal(signed.Sha256, Assert.Single(await _rig.Context.VerifyBlob([_wheel], settings, Token)).Sha256);
        Assert.DoesNotContain("Offline", _rig.Log.Text, StringComparison.Ordinal);

        settings.Trust.TufOffline = true;
        await _rig.Context.VerifyBlob([_wheel], settings, Token);
        Assert.Contains("Offline: trusted_root.json comes from the TUF cache", _rig.Log.Text, StringComparison.Ordinal);

        settings.Trust.TufCacheDirectory = "another";
        var refused = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.VerifyBlob([_wheel], settings, Token));
        Assert.Equal(PySignFailure.TrustRefused, refused.Reason);
        Assert.Contains("NotAvailableOffline", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_instances_root_is_not_believed()
    {
        var sandbox = await _fixture.Sandbox;
        var foreign = _rig.Folder.Write(
            "root.json",
            (await File.ReadAllTextAsync(sandbox.Info.TufRoot.FullPath, Token)).Replace(
                "\"threshold\":2",
                "\"threshold\":1",
                StringComparison.Ordinal
            )
        );
        var refused = await Assert.ThrowsAsync<PySignException>(() =>
            _rig.Context.VerifyBlob(
                [_wheel],
                new VerifyBlobSettings
                {
                    CertificateIdentity = "me",
                    CertificateOidcIssuer = "https://gitlab.com",
                    Trust =
                    {
                        TufMirror = sandbox.Info.TufMirror,
                        TufRoot = foreign,
                        TufCacheDirectory = "tuf",
                    },
                },
                Token
            )
        );
        Assert.Equal(PySignFailure.TrustRefused, refused.Reason);
        Assert.Contains("ThresholdNotMet", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offline_the_public_instance_is_what_the_package_carries_and_both_parts_are_warned_of()
    {
        var trust = Choose(new TrustSettings { TufCacheDirectory = "empty", TufOffline = true }, new Refusing(HttpStatusCode.OK));
        Assert.NotNull(await trust.TrustedRootAsync(Token));
        var services = (await trust.SigningConfigAsync(Token)).Select(DateTimeOffset.UtcNow);
        Assert.Equal("https://fulcio.sigstore.dev/", services.Fulcio!.AbsoluteUri);
        Assert.Equal(2, _rig.Log.Text.Split("the one that this library carries is used").Length - 1);
    }

    [Fact]
    public async Task The_embedded_trust_asks_nobody_and_warns_of_nothing()
    {
        var trust = Choose(new TrustSettings { Source = TrustSource.Embedded }, new Refusing(HttpStatusCode.OK));
        Assert.NotNull(await trust.TrustedRootAsync(Token));
        Assert.NotNull(await trust.SigningConfigAsync(Token));
        Assert.Empty(_rig.Log.Text);
    }

    [Fact]
    public async Task A_repository_that_does_not_answer_stops_the_work_and_nothing_older_is_taken_instead()
    {
        var trust = Choose(new TrustSettings { TufCacheDirectory = "empty" }, new Refusing(HttpStatusCode.BadRequest));
        var refused = await Assert.ThrowsAsync<PySignException>(() => trust.TrustedRootAsync(Token));
        Assert.Equal(PySignFailure.Unreachable, refused.Reason);
        Assert.Contains("offline mode", refused.Message, StringComparison.Ordinal);
        Assert.Equal(PySignFailure.Unreachable, (await Assert.ThrowsAsync<PySignException>(() => trust.SigningConfigAsync(Token))).Reason);
    }

    [Theory]
    [InlineData(null, "https://tuf.example/", null, "TufMirror is set without TufRoot")]
    [InlineData(null, null, "root.json", "TufRoot is set without TufMirror")]
    [InlineData("trusted_root.json", "https://tuf.example/", "root.json", "TrustedRoot and TufMirror are both set")]
    [InlineData(null, "http://tuf.example/", "present.json", "TufMirror cannot be used")]
    public void Settings_that_contradict_each_other_are_refused(string? trustedRoot, string? mirror, string? root, string message)
    {
        _rig.Folder.Write("present.json", "{}");
        var choice = new TrustSettings
        {
            TrustedRoot = trustedRoot!,
            TufMirror = mirror is null ? null : new Uri(mirror),
            TufRoot = root!,
        };
        var refused = Assert.Throws<PySignException>(() => Choose(choice, new Refusing(HttpStatusCode.OK)));
        Assert.Equal(PySignFailure.InvalidSettings, refused.Reason);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_are_not_there_are_named()
    {
        var missing = Assert.Throws<PySignException>(() =>
            Choose(
                new TrustSettings { TufMirror = new Uri("https://tuf.example/"), TufRoot = "gone.json" },
                new Refusing(HttpStatusCode.OK)
            )
        );
        Assert.Equal(PySignFailure.MissingFile, missing.Reason);
        Assert.Contains("gone.json", missing.Message, StringComparison.Ordinal);
        var trust = Choose(new TrustSettings { TrustedRoot = "gone.json" }, new Refusing(HttpStatusCode.OK));
        Assert.Equal(PySignFailure.MissingFile, (await Assert.ThrowsAsync<PySignException>(() => trust.TrustedRootAsync(Token))).Reason);
    }

    private ChosenTrust Choose(TrustSettings choice, HttpMessageHandler handler) =>
        ChosenTrust.From(
            new TrustQuestion(choice, TrustSource.Tuf, new NetworkSettings()),
            _rig.Environment,
            SafeLog.For(_rig.Context),
            new RegistryConnections(handler, TimeProvider.System)
        );

    private sealed class Refusing(HttpStatusCode status) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            status is HttpStatusCode.OK
                ? throw new InvalidOperationException("nobody was to be asked")
                : Task.FromResult(new HttpResponseMessage(status));
    }
}
