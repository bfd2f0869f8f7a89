using Cake.PySign.Consume;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Distributions;
using PySign.Sigstore.Certificates;

namespace Cake.PySign.Tests.Consume;

public sealed class ReleasePolicyReaderTests : IDisposable
{
    private const string Signer = "[[signers]]\nissuer = \"https://gitlab.com\"\nidentity = \"me\"\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Everything_a_policy_may_say_is_read()
    {
        var policy = Read(
            """
            schema = 1
            [release]
            distributions = ["sdist", "wheel"]
            signatures = ["bundle", "detached"]
            statement = "none"
            lookalikes = "allow"
            [[signers]]
            issuer = "https://gitlab.com"
            identity = "https://gitlab.com/acme/hello//.gitlab-ci.yml@refs/tags/v{version}"
            source-repository = "https://gitlab.com/acme/hello"
            runner-environment = "gitlab-hosted"
            [[signers]]
            issuer = "https://accounts.example"
            identity-pattern = "release@{name}\\.example"
            """
        );
        Assert.Equal([DistributionKind.Sdist, DistributionKind.Wheel], policy.Kinds);
        Assert.True(policy.Detached);
        Assert.False(policy.Statement);
        Assert.True(policy.Lookalikes);
        Assert.Equal(2, policy.Signers.Count);
        Assert.Equal(
            [(FulcioExtension.SourceRepositoryUri, "https://gitlab.com/acme/hello"), (FulcioExtension.RunnerEnvironment, "gitlab-hosted")],
            policy.Signers[0].Extensions
        );
        Assert.True(policy.Signers[1].IsPattern);
    }

    [Fact]
    public void Without_a_release_table_a_bundle_of_every_file_and_the_statement_are_asked_for()
    {
        var policy = Read("schema = 1\n" + Signer);
        Assert.Empty(policy.Kinds);
        Assert.False(policy.Detached);
        Assert.False(policy.Lookalikes);
        Assert.True(policy.Statement);
        Assert.True(Read("schema = 1\n[release]\nstatement = \"required\"\n" + Signer).Statement);
    }

    [Theory]
    [InlineData("", "schema = 1")]
    [InlineData("schema = 2\n" + Signer, "schema = 1")]
    [InlineData("schema = 1\n", "at least one [[signers]]")]
    [InlineData("schema = 1\nsigners = []\n", "at least one [[signers]]")]
    [InlineData("schema = 1\nsigners = [\"me\"]\n", "tables [[signers]]")]
    [InlineData("schema = 1\nidentity = \"me\"\n" + Signer, "not identity")]
    [InlineData("schema = 1\n[release]\nfiles = [\"wheel\"]\n" + Signer, "not files")]
    [InlineData("schema = 1\n[release]\ndistributions = [\"egg\"]\n" + Signer, "egg")]
    [InlineData("schema = 1\n[release]\ndistributions = []\n" + Signer, "not empty")]
    [InlineData("schema = 1\n[release]\nsignatures = [\"gpg\"]\n" + Signer, "gpg")]
    [InlineData("schema = 1\n[release]\nstatement = \"optional\"\n" + Signer, "not \"optional\"")]
    [InlineData("schema = 1\n[release]\nlookalikes = \"\"\n" + Signer, "text in release.lookalikes")]
    [InlineData("schema = 1\n[release]\nlookalikes = \"some\"\n" + Signer, "not \"some\"")]
    [InlineData("schema = 1\n[release]\nstatement = false\n" + Signer, "text in release.statement")]
    [InlineData("schema = 1\n[[signers]]\nidentity = \"me\"\n", "issuer in signers[0]")]
    [InlineData("schema = 1\n[[signers]]\nissuer = \"https://gitlab.com\"\n", "exactly one of identity and identity-pattern in signers[0]")]
    [InlineData("schema = 1\n" + Signer + "identity-pattern = \".*\"\n", "exactly one of identity and identity-pattern in signers[0]")]
    [InlineData("schema = 1\n" + Signer + "runner-enviroment = \"x\"\n", "not runner-enviroment")]
    [InlineData("schema = 1\n" + Signer + "source-ref = 1\n", "text in signers[0].source-ref")]
    [InlineData("schema = 1\n[[signers]]\nissuer = \"https://gitlab.com\"\nidentity = \"\"\n", "text in signers[0].identity")]
    [InlineData("schema = 1\n[[signers]]\nissuer = \"https://gitlab.com\"\nidentity-pattern = \"(\"\n", "regular expression")]
    [InlineData("schema = 1\n[[signers]]\nissuer = \"https://gitlab.com\"\nidentity-pattern = \"(?=x)\"\n", "regular expression")]
    [InlineData("schema = \n", "line 1")]
    [InlineData("schema = 1\nthreshold = 0\n" + Signer, "1 or 2 in threshold")]
    [InlineData("schema = 1\nthreshold = 2\n" + Signer, "no more than the 1 signers")]
    [InlineData("schema = 1\nthreshold = \"2\"\n" + Signer + Signer, "1 or 2 in threshold")]
    [InlineData("schema = 1\n[[signers]]\nkey = \"absent.pub\"\n", "signers[0].key")]
    [InlineData("schema = 1\n[[signers]]\nkey = \"one.pub\"\nissuer = \"https://gitlab.com\"\n", "not issuer")]
    [InlineData(
        "schema = 1\nthreshold = 2\n[[signers]]\nkey = \"one.pub\"\n[[signers]]\nkey = \"same.pub\"\n",
        "each key in one [[signers]] only"
    )]
    public void What_is_not_understood_is_refused_by_name(string text, string named)
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        _folder.Write("one.pub", key.ExportSubjectPublicKeyInfoPem());
        _folder.Write("same.pub", "Our key, the same again\n" + key.ExportSubjectPublicKeyInfoPem() + "\n");
        var e = Assert.Throws<PySignException>(() => Read(text));
        Assert.Equal(PySignFailure.InvalidSettings, e.Reason);
        Assert.Contains("pysign-policy.toml", e.Message, StringComparison.Ordinal);
        Assert.Contains(named, e.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_missing_policy_is_told_apart() =>
        Assert.Equal(
            PySignFailure.MissingFile,
            Assert.Throws<PySignException>(() => new ReleasePolicyReader(_folder.File("none.toml")).Read()).Reason
        );

    private ReleasePolicy Read(string text) => new ReleasePolicyReader(_folder.Write("pysign-policy.toml", text)).Read();
}
