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
        var stored = server.Services.GitHub.Stored("acme/hello");
        Assert.Equal(
            ledger.SignatureFiles.Select(part => $"v1.0.0 {part.Name} {part.Sha256}").Order(StringComparer.Ordinal),
            stored.Where(line => !IsOwn(line))
        );
        Assert.Equal(["SHA256SUMS", "pysign-verify.md"], stored.Where(IsOwn).Select(line => line.Split(' ')[1]));

        // Run again it finds all of it there, byte for byte.
        await jobs.RunAsync("PySign-PublishSignatures", gitHub);
        Assert.Equal(stored, server.Services.GitHub.Stored("acme/hello"));
        Assert.DoesNotContain("it stays", jobs.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", jobs.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Distributions_that_are_asked_for_are_in_the_release_when_it_becomes_public(bool immutable)
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        await using var server = await SandboxServer.StartAsync(jobs.Folder);
        server.Services.GitHub.Configure(
            new GitHubRepositoryOptions
            {
                Path = "acme/hello",
                Token = PushToken,
                ImmutableReleases = immutable,
            }
        );
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign);
        await jobs.RunAsync(
            "PySign-PublishSignatures",
            ("CERTIFICATE_IDENTITY", jobs.Dist.ReadSigned().Files[0].Signature!.Identity),
            ("PYSIGN_GENERIC_KIND", "GitHubRelease"),
            ("PYSIGN_GENERIC_URL", new Uri(server.BaseUrl, "/api/v3/repos/acme/hello").AbsoluteUri),
            ("PYSIGN_GENERIC_TOKEN", PushToken),
            ("PYSIGN_ATTACH_DISTRIBUTIONS", "true")
        );
        var ledger = jobs.Dist.ReadSigned();
        var stored = server.Services.GitHub.Stored("acme/hello");
        Assert.All(ledger.Files, file => Assert.Contains($"v1.0.0 {file.Name} {file.Sha256}", stored));
        Assert.All(ledger.Files, file => Assert.All(file.Receipts, receipt => Assert.NotEqual(file.Name, receipt.File)));

        // By the addresses for people, without a token.
        using var reader = new HttpClient();
        var sums = await reader.GetStringAsync(
            new Uri(server.BaseUrl, "/acme/hello/releases/download/v1.0.0/SHA256SUMS"),
            TestContext.Current.CancellationToken
        );
        Assert.All(ledger.Files, file => Assert.Contains($"{file.Sha256}  {file.Name}\n", sums, StringComparison.Ordinal));
    }

    private static bool IsOwn(string line) =>
        line.Contains(" SHA256SUMS ", StringComparison.Ordinal) || line.Contains(" pysign-verify.md ", StringComparison.Ordinal);
}
