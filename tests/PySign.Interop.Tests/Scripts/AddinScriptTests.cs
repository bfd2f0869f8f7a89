using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Scripts;

/// <summary>The aliases alone, through <c>#addin</c>, in a script outside this repository.</summary>
public sealed class AddinScriptTests(ConsumerRepository repository) : IClassFixture<ConsumerRepository>
{
    [Fact]
    public async Task A_script_with_addin_builds_signs_verifies_publishes_and_downloads_through_the_aliases()
    {
        await RequiredPython.Importing("build", "twine", "setuptools", "wheel");
        var script = $$"""
            #addin nuget:?package=Cake.PySign&version={{repository.Addin.Version}}

            Task("Default").Does(async context =>
            {
                var sandbox = await StartPySignSandbox();
                try
                {
                    var gitLab = sandbox.Info.GitLab;
                    var built = PyBuild(".", new PyBuildSettings { OutputDirectory = "./out" });
                    var files = built.Select(file => file.Path).ToList();
                    var signed = await CosignSignBlob(files, new CosignSignBlobSettings
                    { Signing = { IdToken = await sandbox.MintGitLabTokenAsync(), SigningConfig = sandbox.Info.SigningConfig },
                      Trust = { TrustedRoot = sandbox.Info.TrustedRoot } });
                    await VerifyBlob(files, new VerifyBlobSettings
                    { CertificateIdentity = signed[0].Identity, CertificateOidcIssuer = signed[0].Issuer,
                      Trust = { TrustedRoot = sandbox.Info.TrustedRoot } });
                    await GenericUpload(signed.Select(one => one.Bundle), new GenericUploadSettings
                    { Store = { Url = gitLab.GenericUrl, Name = "hello-pysign", Version = built[0].Version, Token = sandbox.JobToken } });
                    await TwineUpload(files, new TwineUploadSettings
                    {
                        RepositoryUrl = gitLab.PyPiUrl, Index = { UserName = "gitlab-ci-token", Password = sandbox.JobToken },
                    });
                    var got = await PyPackageDownload(new PyPackageDownloadSettings
                    {
                        Index = { Url = new Uri(gitLab.PyPiUrl + "/simple/") }, Name = "Hello_PySign", Version = built[0].Version, OutputDirectory = "./got",
                    });
                    Information("DOWNLOADED {0} OF {1}", got.Count, built.Count);
                }
                finally
                {
                    await sandbox.DisposeAsync();
                }
            });

            RunTarget("Default");
            """;
        var run = await repository.RunScript(repository.NewProject(), script);
        run.MustSucceed();
        Assert.Contains("DOWNLOADED 2 OF 2", run.Output, StringComparison.Ordinal);
    }
}
