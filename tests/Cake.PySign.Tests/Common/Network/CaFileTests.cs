using Cake.Core.IO;
using Cake.PySign.Common.Network;
using Cake.PySign.Consume;
using Cake.PySign.Publish;
using Cake.PySign.Sign;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;

namespace Cake.PySign.Tests.Common.Network;

/// <summary>Everything that leaves this machine, behind an authority that no system knows, over real TLS.</summary>
public sealed class CaFileTests : IDisposable
{
    private const string Host = "localhost";

    private readonly CakeRig _rig = new();
    private readonly PrivateAuthority _authority = new();
    private readonly FilePath _ca;
    private readonly FilePath _wheel;

    public CaFileTests()
    {
        _ca = _rig.Folder.Write("company-ca.pem", _authority.RootPem + "\n" + _authority.IntermediatePem);
        _wheel = _rig.Folder.Write("dist/hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _rig.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task A_whole_release_goes_through_services_behind_a_private_authority()
    {
        SystemPython.Require("twine.__main__");
        using var certificate = _authority.Issue(Host);
        await using var server = await SandboxServer.StartAsync(_rig.Folder, certificate);
        var root = _rig.Folder.Write("tuf_root.json", server.Services.TufRootJson());
        var mirror = new Uri(server.BaseUrl, "/tuf/");
        var signed = Assert.Single(
            await _rig.Context.CosignSignBlob(
                [_wheel],
                new CosignSignBlobSettings
                {
                    Signing = { IdToken = server.Services.MintGitLabToken() },
                    Trust =
                    {
                        TufMirror = mirror,
                        TufRoot = root,
                        TufCacheDirectory = "tuf",
                    },
                    Network = { CaFile = _ca },
                },
                Token
            )
        );
        await _rig.Context.VerifyBlob(
            [_wheel],
            new VerifyBlobSettings
            {
                CertificateIdentity = signed.Identity,
                CertificateOidcIssuer = signed.Issuer,
                Trust =
                {
                    TufMirror = mirror,
                    TufRoot = root,
                    TufCacheDirectory = "other",
                },
                Network = { CaFile = _ca },
            },
            Token
        );
        var statement = await _rig.Context.SignReleaseStatement(
            [_wheel],
            new SignReleaseStatementSettings
            {
                Signing = { IdToken = server.Services.MintGitLabToken() },
                Trust =
                {
                    TufMirror = mirror,
                    TufRoot = root,
                    TufCacheDirectory = "tuf",
                },
                Network = { CaFile = _ca },
            },
            Token
        );
        await _rig.Context.GenericUpload([signed.Bundle, statement.Bundle], Upload(server, _ca), Token);
        Assert.Equal(UploadState.Uploaded, Assert.Single(await _rig.Context.TwineUpload([_wheel], Twine(server, _ca), Token)).State);
        var policy = _rig.Folder.Write(
            "pysign-policy.toml",
            $"schema = 1\n\n[[signers]]\nissuer = \"{signed.Issuer}\"\nidentity = \"{signed.Identity}\"\n"
        );

        // The file named by the variable is the same.
        _rig.Environment.Variables["PYSIGN_CA_FILE"] = _ca.FullPath;
        var release = await _rig.Context.VerifyRelease(
            new VerifyReleaseSettings
            {
                Name = "hello-pysign",
                Version = "1.0.0",
                Index = { Url = new Uri(Twine(server, null).RepositoryUrl + "/simple/") },
                Store = { Url = Upload(server, null).Store.Url },
                PolicyFile = policy,
                OutputDirectory = "consumer",
                Trust =
                {
                    TufMirror = mirror,
                    TufRoot = root,
                    TufCacheDirectory = "third",
                },
            },
            Token
        );
        Assert.Equal(signed.Sha256, Assert.Single(release.Files).Sha256);
    }

    [Fact]
    public async Task Without_the_file_nothing_is_sent_and_the_message_says_what_to_do()
    {
        using var certificate = _authority.Issue(Host);
        await using var server = await SandboxServer.StartAsync(_rig.Folder, certificate);
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.GenericUpload([_wheel], Upload(server, null), Token));
        Assert.Equal(PySignFailure.TlsUntrusted, e.Reason);
        Assert.Contains("CaFile", e.Message, StringComparison.Ordinal);
        Assert.Contains("PYSIGN_CA_FILE", e.Message, StringComparison.Ordinal);
        Assert.Contains("CN=Private Test Authority Issuing", e.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task The_host_name_is_checked_with_the_file_too()
    {
        using var certificate = _authority.Issue("gitlab.example");
        await using var server = await SandboxServer.StartAsync(_rig.Folder, certificate);
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.GenericUpload([_wheel], Upload(server, _ca), Token));
        Assert.Equal(PySignFailure.TlsUntrusted, e.Reason);
        Assert.Contains("not for localhost, but for gitlab.example", e.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void A_private_key_in_the_file_is_refused_by_name()
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        var mixed = _rig.Folder.Write("mixed.pem", _authority.RootPem + "\n" + key.ExportPkcs8PrivateKeyPem());
        var e = Assert.Throws<PySignException>(() => CaFile.Of("mixed.pem", _rig.Environment));
        Assert.Equal(PySignFailure.InvalidSettings, e.Reason);
        Assert.Contains(mixed.FullPath, e.Message, StringComparison.Ordinal);
        Assert.Contains("private key", e.Message, StringComparison.Ordinal);
        Assert.Contains("CaFile", e.Advice, StringComparison.Ordinal);
        _rig.Environment.Variables["PYSIGN_CA_FILE"] = mixed.FullPath;
        Assert.Contains(
            "PYSIGN_CA_FILE",
            Assert.Throws<PySignException>(() => CaFile.Of(null, _rig.Environment)).Advice,
            StringComparison.Ordinal
        );
    }

    private static GenericUploadSettings Upload(SandboxServer server, FilePath? ca) => Upload(server.BaseUrl, server.Services.JobToken, ca);

    private static GenericUploadSettings Upload(Uri origin, string token, FilePath? ca) =>
        new()
        {
            Store =
            {
                Url = new Uri(origin, "/api/v4/projects/42/packages/generic"),
                Name = "hello-pysign",
                Version = "1.0.0",
                Token = token,
            },
            Network = { CaFile = ca },
        };

    private static TwineUploadSettings Twine(SandboxServer server, FilePath? ca) => Twine(server.BaseUrl, server.Services.JobToken, ca);

    private static TwineUploadSettings Twine(Uri origin, string token, FilePath? ca) =>
        new()
        {
            RepositoryUrl = new Uri(origin, "/api/v4/projects/42/packages/pypi"),
            Index = { UserName = "gitlab-ci-token", Password = token },
            Python = SystemPython.Path,
            Network = { CaFile = ca },
        };
}
