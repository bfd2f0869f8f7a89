using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Tests.Recipe;

/// <summary>The artifacts of a release are gone, and its tag runs once more: what is public is found again, and nothing is made
/// twice.</summary>
public sealed class LostFolderTests(SandboxFixture fixture)
{
    [Fact]
    public async Task A_second_complete_run_of_the_same_tag_ends_green_with_no_new_log_entry_and_nothing_uploaded()
    {
        SystemPython.Require("twine.__main__");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseJobs.FromSigning);
        var first = jobs.Dist.ReadSigned();

        jobs.LoseFolder();
        Directory.Delete(jobs.Folder.Folder("consumer").FullPath, recursive: true);
        await jobs.RunAsync("PySign-Sign", ("SIGSTORE_ID_TOKEN", null));
        var found = jobs.Dist.ReadSigned();
        Assert.Equal(first.Files.Select(file => file.Signature!.Files), found.Files.Select(file => file.Signature!.Files));
        Assert.Equal(first.Files.SelectMany(file => file.Signature!.Logs), found.Files.SelectMany(file => file.Signature!.Logs));
        Assert.Equal(first.Statement!.File, found.Statement!.File);

        var before = jobs.Log.Length;
        await jobs.RunAllAsync([.. ReleaseJobs.FromSigning.Skip(1)]);
        Assert.DoesNotContain("    upload ", jobs.Log[before..], StringComparison.Ordinal);
        Assert.Equal(first.Files.Select(file => file.Receipts.Count), jobs.Dist.ReadSigned().Files.Select(file => file.Receipts.Count));
    }

    public static TheoryData<int> Uploads() =>
        Environment.GetEnvironmentVariable("PYSIGN_KILL_POINTS") is null ? new(1, 3, 6) : new(1, 2, 3, 4, 5, 6, 7, 8, 9);

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task A_half_published_release_whose_folder_is_gone_keeps_what_is_public_and_signs_the_rest(int published)
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign);
        var first = jobs.Dist.ReadSigned();
        foreach (var part in Uploaded(first).Take(published))
        {
            await jobs.PutAsync(
                part.Name,
                await File.ReadAllBytesAsync(jobs.Dist.File(part.Name).FullPath, TestContext.Current.CancellationToken)
            );
        }

        jobs.LoseFolder();
        await jobs.RunAllAsync(ReleaseStage.Sign, ReleaseStage.Verify, ReleaseStage.PublishSignatures);
        var again = jobs.Dist.ReadSigned();
        foreach (var file in first.Files)
        {
            var bundle = file.Signature!.Files[0];
            var isPublic = Uploaded(first).Take(published).Contains(bundle);
            Assert.Equal(isPublic, again[file.Name].Signature!.Files[0].Sha256 == bundle.Sha256);
        }
    }

    [Fact]
    public async Task Other_bytes_stop_with_both_digests_before_anything_is_logged()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign, ReleaseStage.Verify, ReleaseStage.PublishSignatures);
        var first = jobs.Dist.Store.Read();
        jobs.PlayBuild("print('rebuilt')\n");
        var second = jobs.Dist.Store.Read();
        var e = await Assert.ThrowsAnyAsync<Exception>(() => jobs.RunAllAsync(ReleaseStage.Sign));
        var wheel = first.Files.Single(file => file.Kind == DistributionKind.Wheel);
        Assert.Contains(wheel.Sha256, e.Message, StringComparison.Ordinal);
        Assert.Contains(second[wheel.Name].Sha256, e.Message, StringComparison.Ordinal);
        Assert.Contains("nothing was signed", e.Message, StringComparison.Ordinal);
        Assert.All(jobs.Dist.Store.Read().Files, file => Assert.Null(file.Signature));
        Assert.Empty(Directory.GetFiles(jobs.Dist.Path.FullPath, "*.sigstore.json"));
    }

    // In the order in which they are sent: bundles before what can be made from them.
    private static IEnumerable<LedgerSignatureFile> Uploaded(Ledger ledger) =>
        ledger
            .SignatureFiles.OrderBy(part => !part.Name.EndsWith(".sigstore.json", StringComparison.Ordinal))
            .ThenBy(part => part.Name, StringComparer.Ordinal);
}
