using Cake.PySign.Common;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Distributions;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Recipe;

/// <summary>A whole release with the real Python, each stage a job of its own.</summary>
public sealed class ReleaseInStagesTests(SandboxFixture fixture)
{
    [Fact]
    public async Task The_sample_is_released_in_seven_jobs_and_again_without_a_change()
    {
        SystemPython.Require("build.__main__, twine.__main__, setuptools, wheel");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        CopySample(jobs.Folder.Path);
        var sample = Snapshot(jobs);
        await jobs.RunAllAsync([ReleaseStage.Build, ReleaseStage.Test, .. ReleaseJobs.FromSigning]);

        Assert.Equal(sample, Snapshot(jobs));
        var ledger = jobs.Dist.ReadSigned();
        Assert.Equal(("Hello-PySign", "hello-pysign", "1.0.0"), (ledger.Name, ledger.NormalizedName, ledger.Version));
        Assert.Equal([DistributionKind.Sdist, DistributionKind.Wheel], ledger.Files.Select(file => file.Kind).Order());
        Assert.Equal(
            [ReleaseStage.Verify, ReleaseStage.ConsumerVerification],
            ledger.Verifications.Select(verification => verification.By)
        );
        Assert.Equal("v1.0.0", ledger.Source!.Ref);
        Assert.Equal(
            (LedgerTestResult.Passed, "unittest", 2),
            (ledger.Tests!.Result, ledger.Tests.Runs[0].Framework, Assert.Single(ledger.Tests.Runs).Tests)
        );
        Assert.All(
            ledger.Files,
            file =>
            {
                Assert.EndsWith("//.gitlab-ci.yml@refs/tags/v1.0.0", file.Signature!.Identity, StringComparison.Ordinal);
                Assert.NotEmpty(file.Signature.Logs);
                Assert.Equal(
                    file.Signature.Files.Select(part => (part.Name, part.Sha256)).Append((file.Name, file.Sha256)).Order(),
                    file.Receipts.Select(receipt => (receipt.File, receipt.Sha256)).Order()
                );
                Assert.Equal(file.Sha256, FileDigest.Of(jobs.Folder.File($"consumer/{file.Name}")));
                Assert.Equal(file.Signature.Files[0].Sha256, FileDigest.Of(jobs.Folder.File($"consumer/{file.Name}.sigstore.json")));

                var metadata = Distribution.Read(jobs.Dist.File(file.Name).FullPath).Metadata;
                Assert.Equal("hello-pysign", metadata.Name.Normalized);
                Assert.Equal("1.0.0", metadata.Version.Normalized);
                Assert.Contains(
                    metadata.ProjectUrls,
                    url => url is { NormalizedLabel: "homepage", Url: "https://example.org/hello-pysign" }
                );
                Assert.Contains("Zoë Ångström", metadata.AuthorEmail, StringComparison.Ordinal);
                Assert.Contains("zoe@example.org", metadata.AuthorEmail, StringComparison.Ordinal);
            }
        );

        Assert.Equal(
            ("hello_pysign-1.0.0.release.sigstore.json", LedgerDestination.PublishSignatures),
            (ledger.Statement!.File.Name, Assert.Single(ledger.Statement.Receipts).Stage)
        );
        Assert.Equal(ledger.Statement.File.Sha256, FileDigest.Of(jobs.Folder.File($"consumer/{ledger.Statement.File.Name}")));

        await jobs.RunAllAsync(ReleaseJobs.FromSigning);
        Assert.Equal(Facts(ledger), Facts(jobs.Dist.ReadSigned()));

        var written = string.Concat(
            Directory
                .EnumerateFiles(jobs.Folder.Path, "*", SearchOption.AllDirectories)
                .Select(file => File.ReadAllText(file, System.Text.Encoding.Latin1))
        );
        foreach (var secret in jobs.IdentityTokens.Append(jobs.JobToken))
        {
            Assert.DoesNotContain(secret, written, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, jobs.Log, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_whole_release_run_again_keeps_what_was_signed_and_published()
    {
        SystemPython.Require("build.__main__, twine.__main__, setuptools, wheel");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.Folder.Write(
            "pyproject.toml",
            """
            [build-system]
            requires = ["setuptools>=61"]
            build-backend = "setuptools.build_meta"

            [project]
            name = "hello-twice"
            version = "1.0.0"
            description = "Built twice"
            """
        );
        jobs.Folder.Write("hello_twice.py", "print('hello')\n");
        await jobs.RunAsync("PySign-Release");
        var ledger = jobs.Dist.ReadSigned();
        await jobs.RunAsync("PySign-Release");
        Assert.Equal(Facts(ledger), Facts(jobs.Dist.ReadSigned()));

        // Other bytes are another matter: nothing of the old signatures stays.
        jobs.Folder.Write("hello_twice.py", "print('changed')\n");
        await jobs.RunAsync("PySign-Build");
        Assert.All(jobs.Dist.ReadChecked().Files, file => Assert.Null(file.Signature));
        Assert.Empty(Directory.GetFiles(jobs.Dist.Path.FullPath, "*.sigstore.json"));
    }

    private static IEnumerable<string> Facts(Ledger ledger) =>
        ledger
            .Files.SelectMany(file =>
                file.Receipts.Select(receipt => $"{receipt.File} {receipt.Url} {receipt.Sha256}")
                    .Append($"{file.Name} {file.Sha256} {file.Signature!.Logs[0].Index}")
            )
            .Append($"{ledger.Statement!.File} {ledger.Statement.Receipts.Count}")
            .Order(StringComparer.Ordinal);

    private static Dictionary<string, string> Snapshot(ReleaseJobs jobs) =>
        jobs
            .Folder.Snapshot()
            .Where(pair =>
                !pair.Key.StartsWith("dist", StringComparison.Ordinal)
                && !pair.Key.StartsWith("consumer", StringComparison.Ordinal)
                && !pair.Key.StartsWith("test-results", StringComparison.Ordinal)
                && !pair.Key.StartsWith("artifacts", StringComparison.Ordinal)
            )
            .ToDictionary(pair => pair.Key, pair => pair.Value);

    private static void CopySample(string target)
    {
        var source = IoPath.Combine(RepositoryRoot.Path, "samples", "hello-pysign");
        foreach (var relative in new[] { "README.md", "pyproject.toml", "src/hello_pysign/__init__.py", "tests/test_greet.py" })
        {
            Directory.CreateDirectory(IoPath.GetDirectoryName(IoPath.Combine(target, relative))!);
            File.Copy(IoPath.Combine(source, relative), IoPath.Combine(target, relative));
        }
    }
}
