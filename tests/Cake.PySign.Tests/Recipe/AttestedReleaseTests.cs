using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Recipe;

/// <summary>Releases with attestations, each stage a job of its own.</summary>
public sealed class AttestedReleaseTests(SandboxFixture fixture)
{
    [Fact]
    public async Task Attestations_travel_with_the_signatures_and_a_rerun_keeps_them()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAsync("PySign-Sign", ("PYSIGN_ATTESTATIONS", "always"));
        var ledger = jobs.Dist.ReadSigned();
        Assert.All(ledger.Files, file => Assert.Equal(file.Name + ".publish.attestation", file.Signature!.Files[^1].Name));
        var before = jobs.Folder.Snapshot("dist");

        // A run that needs nothing asks for no identity; one whose ledger was lost keeps what lies there.
        await jobs.RunAsync("PySign-Sign", ("PYSIGN_ATTESTATIONS", "always"), ("SIGSTORE_ID_TOKEN", null));
        Assert.Equal(before, jobs.Folder.Snapshot("dist"));
        jobs.Dist.Store.Write(
            ledger with
            {
                Files =
                [
                    .. ledger.Files.Select(file =>
                        file with
                        {
                            Signature = file.Signature! with { Files = [.. file.Signature.Files.SkipLast(1)] },
                        }
                    ),
                ],
            }
        );
        await jobs.RunAsync("PySign-Sign", ("PYSIGN_ATTESTATIONS", "always"));
        Assert.Equal(before, jobs.Folder.Snapshot("dist"));

        await jobs.RunAsync("PySign-Verify");
        await jobs.RunAsync("PySign-PublishSignatures", ("PYSIGN_ATTESTATIONS", "always"));
        Assert.All(
            jobs.Dist.ReadSigned().Files,
            file => Assert.Contains(file.Receipts, receipt => receipt.File == file.Name + ".publish.attestation")
        );
    }

    [Fact]
    public async Task An_attestation_of_other_bytes_or_a_missing_one_stops_verification()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAsync("PySign-Sign");
        Assert.Contains(
            "AttestationMissing",
            await RefusedAsync(jobs, "PySign-Verify", ("PYSIGN_ATTESTATIONS", "always")),
            StringComparison.Ordinal
        );
        await jobs.RunAsync("PySign-Sign", ("PYSIGN_ATTESTATIONS", "always"));
        var ledger = jobs.Dist.ReadSigned();
        var (one, other) = (ledger.Files[0], ledger.Files[1]);
        var swapped = one.Signature!.Files[^1] with { Sha256 = other.Signature!.Files[^1].Sha256 };
        File.Copy(jobs.Dist.File(other.Signature.Files[^1].Name).FullPath, jobs.Dist.File(swapped.Name).FullPath, overwrite: true);
        jobs.Dist.Store.Write(
            ledger.With(one with { Signature = one.Signature with { Files = [.. one.Signature.Files.SkipLast(1), swapped] } })
        );
        Assert.Contains("SubjectMismatch", await RefusedAsync(jobs, "PySign-Verify"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_to_an_index_like_pypi_is_published_by_the_job_itself_with_attestations()
    {
        SystemPython.Require("twine.__main__");
        var twine = IoPath.GetFullPath(IoPath.Combine(PeerPrograms.Folder, "..", "python", "twine-6"));
        if (!Directory.Exists(twine))
        {
            Assert.Skip($"NOT RUN: twine 6 is absent ({twine}); eng/peers.sh brings it.");
        }

        var sandbox = await fixture.Sandbox;
        using var jobs = await ReleaseJobs.CreateAsync(sandbox);
        jobs.PlayBuild();
        await jobs.TrustAsync();

        (string, string?)[] variables =
        [
            ("PYSIGN_REPOSITORY_URL", new Uri(sandbox.Info.BaseUrl, "/legacy/").AbsoluteUri),
            ("PYSIGN_INDEX_URL", new Uri(sandbox.Info.BaseUrl, "/simple").AbsoluteUri),
            ("PYSIGN_TRUSTED_PUBLISHING", "always"),
            ("PYTHONPATH", twine),
            (
                "PYPI_ID_TOKEN",
                await sandbox.MintGitLabTokenAsync(
                    new Dictionary<string, object>
                    {
                        ["aud"] = "pypi",
                        ["project_path"] = jobs.Path,
                        ["ref"] = "v1.0.0",
                        ["ref_type"] = "tag",
                    },
                    TestContext.Current.CancellationToken
                )
            ),
        ];
        foreach (var stage in new[] { "Sign", "Verify", "PublishSignatures", "Publish", "ConsumerVerification" })
        {
            await jobs.RunAsync($"PySign-{stage}", variables);
        }

        // As users are told to: with a policy that wants the index's own attestations.
        var signature = jobs.Dist.ReadSigned().Files[0].Signature!;
        jobs.Folder.Write(
            "pysign-policy.toml",
            $"schema = 1\n[release]\nsignatures = [\"bundle\", \"attestation\"]\n[[signers]]\nissuer = \"{signature.Issuer}\"\nidentity "
                + $"= \"{signature.Identity}\"\n"
        );
        await jobs.RunAsync("PySign-ConsumerVerification", [.. variables, ("PYSIGN_POLICY", "pysign-policy.toml")]);

        var wheel = jobs.Dist.ReadSigned().Files[0];
        using var index = new HttpClient { BaseAddress = sandbox.Info.BaseUrl };
        var provenance = await index.GetStringAsync(
            new Uri($"/integrity/hello-pysign/1.0.0/{wheel.Name}/provenance", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        Assert.Contains($"\"repository\":\"{jobs.Path}\"", provenance, StringComparison.Ordinal);
        Assert.Contains(wheel.Receipts, receipt => receipt.Stage == LedgerDestination.Publish && receipt.File == wheel.Name);
    }

    private static async Task<string> RefusedAsync(ReleaseJobs jobs, string target, params (string Name, string? Value)[] variables)
    {
        var e = await Assert.ThrowsAnyAsync<Exception>(() => jobs.RunAsync(target, variables));
        return e + jobs.Log;
    }
}
