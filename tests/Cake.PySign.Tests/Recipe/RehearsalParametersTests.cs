using Cake.Core.IO;
using Cake.PySign.Recipe;
using Cake.PySign.Recipe.Rehearsing;
using Cake.PySign.Tests.Rig;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Tests.Recipe;

/// <summary>What a rehearsal is told by variables; the arguments are those of the rehearsals that are played.</summary>
public sealed class RehearsalParametersTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_rehearsal_is_steered_by_variables_too()
    {
        _rig.Environment.Variables["PYSIGN_REHEARSE_AS"] = "github-pypi";
        _rig.Environment.Variables["PYSIGN_REHEARSE_ENVIRONMENT"] = "pypi";
        _rig.Environment.Variables["PYSIGN_REHEARSE_WORKFLOW"] = "acme/workflows/.github/workflows/release.yml@refs/tags/v1";
        _rig.Environment.Variables["PYSIGN_REHEARSE_UNCOMMITTED"] = "true";
        var read = RehearsalParameters.Read(_rig.Context);
        Assert.Equal(RehearsedAs.GitHubPyPi, read.As);
        Assert.Equal("pypi", read.Environment);
        Assert.Equal("acme/workflows/.github/workflows/release.yml@refs/tags/v1", read.Workflow);
        Assert.True(read.Uncommitted);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("")]
    public void What_is_not_committed_takes_no_part_where_nobody_says_so(string value)
    {
        _rig.Environment.Variables["PYSIGN_REHEARSE_UNCOMMITTED"] = value;
        Assert.False(RehearsalParameters.Read(_rig.Context).Uncommitted);
    }

    [Theory]
    [InlineData(null, false, "artifacts/rehearsal/Core")]
    [InlineData(null, true, "artifacts/rehearsal/Core")]
    [InlineData("mine", false, "mine")]
    [InlineData("mine", true, "mine/Core")]
    public void A_project_of_several_has_a_folder_of_its_own_unless_one_was_named_for_it_alone(string? given, bool several, string expected)
    {
        using var rig = new CakeRig(arguments: given is null ? [] : [("output", given)]);
        var all = RehearsalParameters.Read(rig.Context);
        var own = all.Of("Core", several);
        Assert.Equal(new DirectoryPath(expected).MakeAbsolute(rig.Context.Environment).FullPath, own.Output.FullPath);
        Assert.Equal(all.Output.FullPath, own.OutputOfAll.FullPath);
    }

    [Fact]
    public void An_identity_on_the_repositorys_own_host_means_the_played_one()
    {
        _rig.Environment.Variables["PYSIGN_REHEARSAL"] = "true";
        _rig.Environment.Variables["PYSIGN_REHEARSAL_HOST"] = "gitlab.acme.example";
        _rig.Environment.Variables["PYSIGN_REHEARSAL_TARGET"] = "PySign-Sign";
        _rig.Environment.Variables["CI_SERVER_URL"] = "http://127.0.0.1:4711";
        _rig.Environment.Variables["PYSIGN_REPOSITORY_URL"] = "http://127.0.0.1:4711/upload";
        _rig.Environment.Variables["PYSIGN_GENERIC_URL"] = "http://127.0.0.1:4711/generic";
        _rig.Environment.Variables["PYSIGN_SIGNING_CONFIG"] = _rig.Folder.Write("signing_config.json", "{}").FullPath;
        _rig.Environment.Variables["PYSIGN_TRUSTED_ROOT"] = _rig.Folder.Write("trusted_root.json", "{}").FullPath;
        var options = ReleaseOptions.From(_rig.Context);
        options.CertificateIdentity = "https://gitlab.acme.example/acme/demo//.gitlab-ci.yml@refs/tags/v1.0.0";
        Assert.Equal(
            "https://127.0.0.1:4711/acme/demo//.gitlab-ci.yml@refs/tags/v1.0.0",
            RehearsedOptions.Of(_rig.Context, options).CertificateIdentity
        );
    }

    [Fact]
    public void A_policys_key_is_stood_in_for_by_that_of_the_rehearsal()
    {
        using var real = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        using var played = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        _rig.Environment.Variables["PYSIGN_REHEARSAL"] = "true";
        _rig.Environment.Variables["PYSIGN_REHEARSAL_PUBLIC_KEY"] = _rig
            .Folder.Write("real.pub", real.ExportSubjectPublicKeyInfoPem())
            .FullPath;
        _rig.Environment.Variables["PYSIGN_KEY"] = _rig.Folder.Write("played.key", played.ExportPkcs8PrivateKeyPem()).FullPath;
        _rig.Environment.Variables["PYSIGN_PUBLIC_KEY"] = _rig.Folder.Write("played.pub", played.ExportSubjectPublicKeyInfoPem()).FullPath;
        _rig.Environment.Variables["PYSIGN_REPOSITORY_URL"] = "http://127.0.0.1:4711/upload";
        _rig.Environment.Variables["PYSIGN_GENERIC_URL"] = "http://127.0.0.1:4711/generic";
        _rig.Environment.Variables["PYSIGN_SIGNING_CONFIG"] = _rig.Folder.Write("signing_config.json", "{}").FullPath;
        _rig.Environment.Variables["PYSIGN_TRUSTED_ROOT"] = _rig.Folder.Write("trusted_root.json", "{}").FullPath;
        var keys = RehearsedOptions.Of(_rig.Context, ReleaseOptions.From(_rig.Context)).RehearsedSigner?.Keys;
        Assert.Equal(ManagedKey.ParsePem(real.ExportSubjectPublicKeyInfoPem()).Hint, keys?.Real.Hint);
        Assert.Equal(ManagedKey.ParsePem(played.ExportSubjectPublicKeyInfoPem()).Hint, keys?.StandIn.Hint);
    }
}
