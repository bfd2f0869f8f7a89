using Cake.PySign.Common;
using Cake.PySign.Recipe;
using Cake.PySign.Sign;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;
using PySign.Sigstore.Bundles;

namespace Cake.PySign.Tests.Recipe;

/// <summary>PySign-Sign ends at any step, as by SIGKILL, and is run again.</summary>
public sealed class KilledSigningTests(SandboxFixture fixture)
{
    [Fact]
    public async Task Killed_before_and_after_every_single_request_a_rerun_signs_the_rest_and_keeps_what_the_ledger_has()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        using var rig = await jobs.JobAsync();
        var dist = jobs.Dist.Path.FullPath;
        var (steps, stated) = (0, 0);
        while (await IsKilledAsync(steps + 1))
        {
            steps++;
        }

        // A certificate; a timestamp and a log entry for each of two files and the statement: two boundaries each.
        Assert.InRange(steps, 14, 60);
        Assert.InRange(stated, 8, 40);

        async Task<bool> IsKilledAsync(int killedAt)
        {
            var copy = MemoryRegistries.Copy(dist, jobs.Folder.Folder($"kill-{killedAt}").FullPath);
            var ledger = System.IO.Path.Combine(copy, LedgerStore.FileName);
            using var network = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
            using var power = new KillingHandler(network, killedAt, ledger);
            var first = Release(rig, copy, power);
            var failure = await Record.ExceptionAsync(() => SignStage.RunAsync(first, TestContext.Current.CancellationToken));
            Assert.True(power.IsDead == failure is not null, failure?.ToString());
            if (power.IsDead)
            {
                await File.WriteAllBytesAsync(ledger, power.LedgerAtDeath!, TestContext.Current.CancellationToken);
            }

            var left = first.Dist.ReadChecked();
            stated += power.IsDead && left.Files.All(file => file.Signature is not null) ? 1 : 0;
            var again = Release(rig, copy, null);
            await SignStage.RunAsync(again, TestContext.Current.CancellationToken);
            await VerifyStage.RunAsync(again, TestContext.Current.CancellationToken);
            var signed = again.Dist.ReadSigned();
            Assert.All(
                left.Files.Where(file => file.Signature is not null),
                file => Assert.Equal(file.Signature!.Files.Take(3), signed[file.Name].Signature!.Files.Take(3))
            );
            Assert.Equal(2 * 5 + 2, Directory.GetFiles(copy).Length);
            if (!power.IsDead)
            {
                // One session signs all: one identity token, one certificate.
                Assert.Single(
                    signed
                        .SignatureFiles.Where(part => part.Name.EndsWith(".json", StringComparison.Ordinal))
                        .Select(part =>
                            Convert.ToBase64String(
                                Bundle.Load(again.Dist.File(part.Name).FullPath).VerificationMaterial.Certificates[0].Span
                            )
                        )
                        .Distinct()
                );
            }

            return power.IsDead;
        }
    }

    [Fact]
    public async Task Of_two_signatures_the_one_that_does_not_verify_is_made_again_and_the_other_is_kept()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign);
        var first = jobs.Dist.ReadSigned();
        var (swapped, kept) = (first.Files[0], first.Files[1]);
        File.Copy(
            jobs.Dist.File(kept.Signature!.Files[0].Name).FullPath,
            jobs.Dist.File(swapped.Signature!.Files[0].Name).FullPath,
            overwrite: true
        );
        jobs.Dist.Store.Write(
            first.With(
                swapped with
                {
                    Signature = swapped.Signature with
                    {
                        Files =
                        [
                            swapped.Signature.Files[0] with
                            {
                                Sha256 = kept.Signature.Files[0].Sha256,
                            },
                            .. swapped.Signature.Files.Skip(1),
                        ],
                    },
                }
            )
        );

        await jobs.RunAllAsync(ReleaseStage.Sign, ReleaseStage.Verify);
        Assert.Contains("does not verify and is made again", jobs.Log, StringComparison.Ordinal);
        var again = jobs.Dist.ReadSigned();
        Assert.Equal(kept.Signature.Files, again.Files[1].Signature!.Files);
        Assert.DoesNotContain(
            again.Files[0].Signature!.Files[0].Sha256,
            new[] { swapped.Signature.Files[0].Sha256, kept.Signature.Files[0].Sha256 }
        );
    }

    [Fact]
    public async Task A_statement_that_does_not_name_the_ledgers_files_is_made_again_and_a_true_one_is_kept()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign);
        var first = jobs.Dist.ReadSigned();
        await jobs.RunAllAsync(ReleaseStage.Sign);
        Assert.Equal(first.Statement!.File, jobs.Dist.ReadSigned().Statement!.File);

        // The statement of another set, put in its place together with the ledger that says so: signed, and not about these files.
        using var rig = await jobs.JobAsync();
        var release = Release(rig, jobs.Dist.Path.FullPath, null);
        var less = await release.Context.SignReleaseStatement(
            [jobs.Dist.File(first.Files[0].Name)],
            new SignReleaseStatementSettings
            {
                Signing = { IdToken = release.Options.Signing.IdToken, SigningConfig = release.Options.Signing.SigningConfig },
                Trust = { TrustedRoot = release.Options.Trust.TrustedRoot },
            },
            TestContext.Current.CancellationToken
        );
        jobs.Dist.Store.Write(
            first with
            {
                Statement = first.Statement with { File = first.Statement.File with { Sha256 = FileDigest.Of(less.Bundle) } },
            }
        );
        var e = await Assert.ThrowsAsync<BlobVerificationException>(() =>
            VerifyStage.RunAsync(release, TestContext.Current.CancellationToken)
        );
        Assert.Equal("FileUnexpected", Assert.Single(e.Problems).Cause);
        await jobs.RunAllAsync(ReleaseStage.Sign, ReleaseStage.Verify);
        Assert.Contains("does not verify and is made again", jobs.Log, StringComparison.Ordinal);
        Assert.Equal(
            first.Files.Select(file => file.Signature!.Files[0]),
            jobs.Dist.ReadSigned().Files.Select(file => file.Signature!.Files[0])
        );
    }

    [Fact]
    public async Task A_signature_that_a_killed_run_left_out_of_the_ledger_is_adopted_and_its_pair_made_from_its_bundle()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign);
        var first = jobs.Dist.ReadSigned();
        jobs.Dist.Store.Write(first with { Files = [.. first.Files.Select(file => file with { Signature = null })], Statement = null });
        File.Delete(jobs.Dist.File(first.Files[0].Name + ".sig").FullPath);
        await jobs.RunAsync("PySign-Sign", ("SIGSTORE_ID_TOKEN", null));
        var again = jobs.Dist.ReadSigned();
        Assert.Equal(first.Files.Select(file => file.Signature!.Files), again.Files.Select(file => file.Signature!.Files));
        Assert.Equal(first.Files.SelectMany(file => file.Signature!.Logs), again.Files.SelectMany(file => file.Signature!.Logs));
        Assert.Equal(first.Statement!.File, again.Statement!.File);
    }

    [Theory]
    [InlineData(".sig")]
    [InlineData(".crt")]
    public async Task A_pair_that_is_not_the_bundles_is_refused_in_every_stage_and_signing_makes_it_again(string suffix)
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign);
        var first = jobs.Dist.ReadSigned();
        using var other = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        other.PlayBuild("print('other')\n");
        await other.RunAllAsync(ReleaseStage.Sign);

        // The whole of another signature's part, with its digest in the ledger: whoever can write the one can write the other.
        var file = first.Files[0];
        var name = file.Name + suffix;
        File.Copy(other.Dist.File(name).FullPath, jobs.Dist.File(name).FullPath, overwrite: true);
        var swapped = first.With(
            file with
            {
                Signature = file.Signature! with
                {
                    Files =
                    [
                        .. file.Signature.Files.Select(part =>
                            part.Name == name ? part with { Sha256 = FileDigest.Of(jobs.Dist.File(name)) } : part
                        ),
                    ],
                },
            }
        );
        jobs.Dist.Store.Write(swapped);
        foreach (var stage in new[] { ReleaseStage.Verify, ReleaseStage.PublishSignatures, ReleaseStage.Publish })
        {
            await Assert.ThrowsAnyAsync<Exception>(() => jobs.RunAllAsync(stage));
        }

        Assert.DoesNotContain(jobs.Dist.ReadSigned().Files, one => one.Receipts.Count > 0);
        await jobs.RunAllAsync(ReleaseStage.Sign, ReleaseStage.Verify);
        Assert.Equal(first.Files.Select(one => one.Signature!.Files), jobs.Dist.ReadSigned().Files.Select(one => one.Signature!.Files));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_found_before_anything_is_logged()
    {
        using var folder = new TemporaryFolder();
        var dist = new DistFolder(folder.Write("file", "not a folder").FullPath);
        var e = Assert.Throws<PySignException>(dist.RequireWritable);
        Assert.Equal(PySignFailure.OutputUnwritable, e.Reason);
    }

    private static Release Release(CakeRig rig, string dist, HttpMessageHandler? handler)
    {
        var options = ReleaseOptions.From(rig.Context);
        options.DistDirectory = dist;
        return new Release(rig.Context, options, rig.Services(handler));
    }
}
