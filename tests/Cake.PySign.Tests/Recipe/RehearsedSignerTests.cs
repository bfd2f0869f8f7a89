using System.Security.Cryptography;
using Cake.PySign.Consume;
using Cake.PySign.Recipe.Rehearsing;
using Cake.PySign.Tests.Rig;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Tests.Recipe;

/// <summary>What a script and the users' policy say of the real signer is asked of the played one.</summary>
public sealed class RehearsedSignerTests : IDisposable
{
    private static readonly RehearsedSigner _signer = new()
    {
        Host = "gitlab.example",
        Server = new Uri("http://127.0.0.1:4711"),
        PlayedIssuer = "http://127.0.0.1:4711",
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("https://gitlab.example/acme/x//.gitlab-ci.yml@refs/tags/v1", "https://127.0.0.1:4711/acme/x//.gitlab-ci.yml@refs/tags/v1")]
    [InlineData("https://GitLab.example/acme", "https://127.0.0.1:4711/acme")]
    [InlineData("https://gitlab.example.org/acme", "https://gitlab.example.org/acme")]
    [InlineData("https://other.example/https://gitlab.example/", "https://other.example/https://gitlab.example/")]
    [InlineData(null, null)]
    public void The_host_of_the_remote_stands_for_the_played_one(string? real, string? played) =>
        Assert.Equal(played, _signer.Identity(real));

    [Theory]
    [InlineData("https://gitlab.example", "http://127.0.0.1:4711")]
    [InlineData("https://gitlab.example/", "http://127.0.0.1:4711")]
    [InlineData("https://gitlab.example/_services/token", "http://127.0.0.1:4711")]
    [InlineData("https://token.actions.githubusercontent.com", "http://127.0.0.1:4711")]
    [InlineData("https://accounts.google.com", "https://accounts.google.com")]
    public void The_issuer_of_the_remote_stands_for_the_played_one(string real, string played) =>
        Assert.Equal(played, _signer.Issuer(real));

    [Fact]
    public void A_policy_keeps_everything_but_the_server_and_the_key()
    {
        using var real = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var standIn = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var another = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _folder.Write("real.pub", real.ExportSubjectPublicKeyInfoPem());
        _folder.Write("another.pub", another.ExportSubjectPublicKeyInfoPem());
        _folder.Write(
            "policy.toml",
            """
            schema = 1
            [release]
            signatures = ["bundle", "detached"]
            [provenance]
            source-repository = "https://gitlab.example/acme/x"
            [[signers]]
            issuer = "https://gitlab.example"
            identity-pattern = "https://gitlab\\.example/acme/x//\\.gitlab-ci\\.yml@refs/tags/v.*"
            source-repository = "https://gitlab.example/acme/x"
            runner-environment = "gitlab-hosted"
            [[signers]]
            issuer = "https://accounts.google.com"
            identity = "ada@example.org"
            [[signers]]
            key = "real.pub"
            [[signers]]
            key = "another.pub"
            """
        );
        var policy = new ReleasePolicyReader(_folder.File("policy.toml")).Read();
        var keys = (Key(real), Key(standIn));
        var played = (_signer with { Keys = keys }).Policy(policy);
        Assert.True(played.Detached);
        Assert.Equal("http://127.0.0.1:4711/acme/x", played.Provenance!.Repository);
        Assert.Equal(
            (@"https://127\.0\.0\.1:4711/acme/x//\.gitlab-ci\.yml@refs/tags/v.*", "http://127.0.0.1:4711"),
            (played.Signers[0].Identity, played.Signers[0].Issuer)
        );
        Assert.Equal(
            [(FulcioExtension.SourceRepositoryUri, "http://127.0.0.1:4711/acme/x"), (FulcioExtension.RunnerEnvironment, "gitlab-hosted")],
            played.Signers[0].Extensions
        );
        Assert.Equal(("ada@example.org", "https://accounts.google.com"), (played.Signers[1].Identity, played.Signers[1].Issuer));
        Assert.Equal([keys.Item2.Hint, Key(another).Hint], played.Signers.Skip(2).Select(signer => signer.Key!.Hint));
    }

    private static ManagedKey Key(ECDsa key) => ManagedKey.ParsePem(key.ExportSubjectPublicKeyInfoPem());
}
