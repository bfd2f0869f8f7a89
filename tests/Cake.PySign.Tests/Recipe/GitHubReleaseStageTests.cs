using Cake.Core;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Registries.GitHub;

namespace Cake.PySign.Tests.Recipe;

/// <summary>A release whose signatures are files of a GitHub release.</summary>
public sealed class GitHubReleaseStageTests(SandboxFixture fixture)
{
    private const string PushToken = "canary-github-token-0123456789";

    [Fact]
    public async Task Signatures_go_to_the_release_of_the_jobs_tag_and_never_to_one_that_is_guessed()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        await using var server = await SandboxServer.StartAsync(jobs.Folder);
        server.Services.GitHub.Configure(new GitHubRepositoryOptions { Path = "acme/hello", Token = PushToken });
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign);
        (string, string?)[] gitHub =
        [
            ("CERTIFICATE_IDENTITY", jobs.Dist.ReadSigned().Files[0].Signature!.Identity),
            ("PYSIGN_GENERIC_KIND", "GitHubRelease"),
            ("PYSIGN_GENERIC_URL", new Uri(server.BaseUrl, "/api/v3/repos/acme/hello").AbsoluteUri),
            ("PYSIGN_GENERIC_TOKEN", PushToken),
        ];

        var untagged = await Assert.ThrowsAsync<CakeException>(() =>
            jobs.RunAsync("PySign-PublishSignatures", [.. gitHub, ("CI_COMMIT_TAG", null)])
        );
        Assert.Contains("PYSIGN_TAG", untagged.Message, StringComparison.Ordinal);
        Assert.Empty(server.Services.GitHub.Stored("acme/hello"));

        await jobs.RunAsync("PySign-PublishSignatures", gitHub);
        var ledger = jobs.Dist.ReadSigned();
        Assert.Equal(
            ledger
                .Files.SelectMany(file => file.Signature!.Files)
                .Append(ledger.Statement!.File)
                .Select(part => $"v1.0.0 {part.Name} {part.Sha256}")
                .Order(StringComparer.Ordinal),
            server.Services.GitHub.Stored("acme/hello")
        );
        Assert.DoesNotContain("canary", jobs.Log, StringComparison.Ordinal);
    }
}
