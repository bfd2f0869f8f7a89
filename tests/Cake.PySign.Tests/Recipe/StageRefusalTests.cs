using System.Text.Json.Nodes;
using Cake.Core;
using Cake.PySign.Common;
using Cake.PySign.Recipe;
using Cake.PySign.Recipe.Rehearsing;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;
using PySign.Formats;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Tests.Recipe;

/// <summary>What must stop a release: each with its stage's exit code and a message that names the cause.</summary>
public sealed class StageRefusalTests(SandboxFixture fixture)
{
    private const string Wheel = "hello_pysign-1.0.0-py3-none-any.whl";
    private const string Sdist = "hello_pysign-1.0.0.tar.gz";

    private static readonly ReleaseStage[] _afterSigning = [ReleaseStage.Verify, ReleaseStage.PublishSignatures, ReleaseStage.Publish];

    [Fact]
    public async Task An_empty_project_cannot_be_built()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        Directory.CreateDirectory(jobs.Folder.Folder("empty").FullPath);
        var e = await RefusedAsync(jobs, ReleaseStage.Build, ("PYSIGN_PROJECT", "empty"));
        Assert.Contains("pyproject.toml", e.Message, StringComparison.Ordinal);
        Assert.Contains("empty", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dist_folder_without_a_distribution_stops_every_later_stage()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        File.Delete(jobs.Dist.File(Wheel).FullPath);
        File.Delete(jobs.Dist.File(Sdist).FullPath);
        foreach (var stage in _afterSigning.Prepend(ReleaseStage.Sign))
        {
            Assert.Contains(
                $"{Wheel}' is in the ledger and not on disk",
                (await RefusedAsync(jobs, stage)).Message,
                StringComparison.Ordinal
            );
        }

        File.Delete(jobs.Dist.Store.Path.FullPath);
        foreach (var stage in _afterSigning.Prepend(ReleaseStage.Sign))
        {
            Assert.Contains("There is no ledger", (await RefusedAsync(jobs, stage)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_byte_flipped_after_signing_stops_the_release_also_when_the_ledger_agrees_with_it()
    {
        using var jobs = await SignedAsync();
        var wheel = jobs.Dist.File(Wheel).FullPath;
        var bytes = await File.ReadAllBytesAsync(wheel, Token);
        bytes[40] ^= 1;
        await File.WriteAllBytesAsync(wheel, bytes, Token);
        foreach (var stage in _afterSigning)
        {
            Assert.Contains(
                $"{Wheel}' is not the file that an earlier stage left",
                (await RefusedAsync(jobs, stage)).Message,
                StringComparison.Ordinal
            );
        }

        await EditLedgerAsync(jobs, file => file["sha256"] = FileDigest.Of(jobs.Dist.File(Wheel)).Hex);
        foreach (var stage in _afterSigning.Take(2))
        {
            AssertRefusedSignature(await RefusedAsync(jobs, stage), Wheel);
        }
    }

    [Fact]
    public async Task The_bundle_of_another_file_stops_the_release_also_when_the_ledger_agrees_with_it()
    {
        using var jobs = await SignedAsync();
        File.Copy(jobs.Dist.File(Sdist + ".sigstore.json").FullPath, jobs.Dist.File(Wheel + ".sigstore.json").FullPath, overwrite: true);
        foreach (var stage in _afterSigning)
        {
            Assert.Contains($"{Wheel}.sigstore.json' is not the file", (await RefusedAsync(jobs, stage)).Message, StringComparison.Ordinal);
        }

        await EditLedgerAsync(
            jobs,
            file => file["signature"]!["files"]![0]!["sha256"] = FileDigest.Of(jobs.Dist.File(Wheel + ".sigstore.json")).Hex
        );
        foreach (var stage in _afterSigning.Take(2))
        {
            AssertRefusedSignature(await RefusedAsync(jobs, stage), Wheel);
        }
    }

    [Fact]
    public async Task A_certificate_for_another_identity_or_issuer_is_refused_with_both_names()
    {
        using var jobs = await SignedAsync();
        var identity = jobs.Dist.ReadSigned().Files[0].Signature!.Identity;
        var e = await RefusedAsync(
            jobs,
            ReleaseStage.Verify,
            ("CERTIFICATE_IDENTITY", "https://gitlab.example/somebody//.gitlab-ci.yml@refs/heads/main")
        );
        Assert.Contains(identity, e.Message, StringComparison.Ordinal);
        Assert.Contains("https://gitlab.example/somebody//.gitlab-ci.yml@refs/heads/main", e.Message, StringComparison.Ordinal);
        e = await RefusedAsync(jobs, ReleaseStage.PublishSignatures, ("CERTIFICATE_OIDC_ISSUER", "https://issuer.example"));
        Assert.Contains("https://issuer.example", e.Message, StringComparison.Ordinal);
        e = await RefusedAsync(jobs, ReleaseStage.Verify, ("CI_PROJECT_PATH", null));
        Assert.Contains("The parameter CERTIFICATE_IDENTITY is not set", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_token_stops_either_upload_and_is_not_shown()
    {
        using var jobs = await SignedAsync();
        var e = await RefusedAsync(jobs, ReleaseStage.PublishSignatures, ("CI_JOB_TOKEN", "canary-wrong-token"));
        Assert.Contains("401", e.Message, StringComparison.Ordinal);
        SystemPython.Require("twine.__main__");
        await jobs.RunAllAsync(ReleaseStage.PublishSignatures);
        e = await RefusedAsync(jobs, ReleaseStage.Publish, ("CI_JOB_TOKEN", "canary-wrong-token"));
        Assert.Contains("401", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", jobs.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreachable_log_stops_the_signing_and_the_next_run_goes_on()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        var before = jobs.Folder.Snapshot();
        var e = await RefusedAsync(
            jobs,
            ReleaseStage.Sign,
            ("PYSIGN_SIGNING_CONFIG", null),
            ("FULCIO_URL", (await fixture.Sandbox).Info.BaseUrl.AbsoluteUri),
            ("REKOR_URL", "http://127.0.0.1:9")
        );
        Assert.Contains("127.0.0.1:9", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, jobs.Folder.Snapshot());
        await jobs.RunAllAsync(ReleaseStage.Sign, ReleaseStage.Verify);
        Assert.Equal(2, jobs.Dist.ReadSigned().Files.Count);
    }

    [Fact]
    public async Task Packages_do_not_go_up_before_their_signatures()
    {
        using var jobs = await SignedAsync();
        var e = await RefusedAsync(jobs, ReleaseStage.Publish);
        Assert.Contains($"The signatures of '{Wheel}' have not been published", e.Message, StringComparison.Ordinal);
        Assert.Contains("PySign-PublishSignatures", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_statement_nothing_goes_on()
    {
        using var jobs = await SignedAsync();
        var signed = jobs.Dist.ReadSigned();
        jobs.Dist.Store.Write(signed with { Statement = null });
        foreach (var stage in _afterSigning)
        {
            Assert.Contains(
                "Which files the release consists of has not been signed",
                (await RefusedAsync(jobs, stage)).Message,
                StringComparison.Ordinal
            );
        }

        await jobs.RunAsync("PySign-PublishSignatures", ("PYSIGN_DRY_RUN", "true"));
        Assert.Contains("not everything is signed", jobs.Log, StringComparison.Ordinal);

        // Signatures that went up without the statement, as an earlier version would have sent them: the packages stay where they are.
        jobs.Dist.Store.Write(signed);
        await jobs.RunAsync("PySign-PublishSignatures", ("PYSIGN_DRY_RUN", "true"));
        Assert.Contains($"    upload     {signed.Statement!.File.Name}  ", jobs.Log, StringComparison.Ordinal);
        await jobs.RunAllAsync(ReleaseStage.PublishSignatures);
        jobs.Dist.Store.Write(jobs.Dist.ReadSigned() with { Statement = signed.Statement });
        Assert.Contains(
            $"The signatures of '{signed.Statement.File.Name}' have not been published",
            (await RefusedAsync(jobs, ReleaseStage.Publish)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_second_upload_with_other_bytes_is_refused_by_either_registry()
    {
        SystemPython.Require("twine.__main__");
        using var jobs = await SignedAsync();
        await jobs.RunAllAsync(ReleaseStage.PublishSignatures, ReleaseStage.Publish);
        jobs.PlayBuild(body: "print('another build')\n");
        var e = await RefusedAsync(jobs, ReleaseStage.Sign);
        Assert.Contains($"{Wheel}: here SHA-256 ", e.Message, StringComparison.Ordinal);
        Assert.Contains("nothing was signed", e.Message, StringComparison.Ordinal);

        var elsewhere = ("PYSIGN_GENERIC_URL", (string?)$"{jobs.PyPI.AbsoluteUri[..^"pypi".Length]}generic/another/1.0.0");
        e = await RefusedAsync(jobs, ReleaseStage.Sign, elsewhere);
        Assert.Contains($"{Wheel}: here ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_not_the_consumers_own_is_never_emptied()
    {
        using var jobs = await SignedAsync();
        jobs.Folder.Write("consumer/holiday.jpg", "photo");
        jobs.Folder.Write("consumer/server.crt", "a server's certificate");
        var before = jobs.Folder.Snapshot("consumer");
        var e = await RefusedAsync(jobs, ReleaseStage.ConsumerVerification);
        Assert.Contains("server.crt", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, jobs.Folder.Snapshot("consumer"));
        jobs.Folder.Write("consumer/.pysign-downloads.json", "{\"server.crt\":\"00\",\"../dist/pysign.json\":\"00\"}");
        await RefusedAsync(jobs, ReleaseStage.ConsumerVerification);
        Assert.True(File.Exists(jobs.Folder.File("consumer/server.crt").FullPath));
        Assert.True(jobs.Dist.Store.Exists);
    }

    [Fact]
    public async Task The_test_jobs_record_is_taken_and_one_about_other_bytes_stops_before_signing()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        var wheel = jobs.Dist.Store.Read().Files.Single(file => file.Kind == DistributionKind.Wheel);
        const string Path = "test-results/pysign-tests.json";
        string Record(string sha256) =>
            $$$"""
                {"name":"hello-pysign","version":"1.0.0","wheels":{"{{{wheel.Name}}}":"{{{sha256}}}"},
                 "tests":{"result":"passed","runs":[],"at":"2026-01-01T00:00:00+00:00"}}
                """;
        string Run(int tests) =>
            $$"""{"implementation":"CPython","version":"3.11.2","framework":"pytest","wheel":"{{wheel.Name}}","tests":{{tests}},"skipped":0}""";
        jobs.Folder.Write(Path, Record(new string('0', 64)));
        var e = await RefusedAsync(jobs, ReleaseStage.Sign);
        Assert.Contains(wheel.Sha256, e.Message, StringComparison.Ordinal);
        Assert.Null(jobs.Dist.Store.Read().Files[0].Signature);
        foreach (var run in new[] { "null", Run(-1), Run(int.MaxValue) })
        {
            jobs.Folder.Write(Path, Record(wheel.Sha256).Replace("[]", $"[{run}]", StringComparison.Ordinal));
            Assert.Contains("not a record of PySign-Test", (await RefusedAsync(jobs, ReleaseStage.Sign)).Message, StringComparison.Ordinal);
            Assert.Null(jobs.Dist.Store.Read().Files[0].Signature);
        }

        jobs.Folder.Write(Path, Record(wheel.Sha256));
        await jobs.RunAllAsync(ReleaseStage.Sign);
        Assert.Equal(LedgerTestResult.Passed, jobs.Dist.ReadSigned().Tests!.Result);
    }

    [Fact]
    public void A_rehearsal_does_not_replace_a_release()
    {
        using var folder = new TemporaryFolder();
        folder.Write("out/dist/hello_pysign-1.0.0.tar.gz", "a release");
        folder.Write("out/pysign.json", "{}");
        var before = folder.Snapshot("out");
        Assert.Throws<PySignException>(() => RehearsalOutput.Prepare(folder.Folder("out")));
        Assert.Equal(before, folder.Snapshot("out"));
        RehearsalOutput.Prepare(folder.Folder("new"));
        folder.Write("new/logs/PySign-Build.log", "rehearsed");
        folder.Write("new/dist/x", "rehearsed");
        RehearsalOutput.List(folder.Folder("new"), "logs/PySign-Sign.log");
        RehearsalOutput.Prepare(folder.Folder("new"));
        Assert.False(File.Exists(folder.File("new/dist/x").FullPath));

        // A rehearsal that was killed: what its last job was writing is known by name, and nothing else is.
        RehearsalOutput.List(folder.Folder("new"), "logs/PySign-Sign.log");
        folder.Write("new/logs/PySign-Sign.log", "half");
        RehearsalOutput.Prepare(folder.Folder("new"));
        Assert.False(File.Exists(folder.File("new/logs/PySign-Sign.log").FullPath));
        var photo = folder.Write("new/dist/photo.jpg", "mine");
        Assert.Throws<PySignException>(() => RehearsalOutput.Prepare(folder.Folder("new")));
        Assert.Equal("mine", File.ReadAllText(photo.FullPath));
        File.Delete(photo.FullPath);

        // What was put there after a rehearsal, or over what it left.
        folder.Write("new/dist/x", "rehearsed");
        RehearsalOutput.List(folder.Folder("new"));
        foreach (var name in new[] { "dist/x", "dist/sub/y", "consumer/z", "preflight/notes.txt" })
        {
            var mine = folder.Write($"new/{name}", "mine");
            var e = Assert.Throws<PySignException>(() => RehearsalOutput.Prepare(folder.Folder("new")));
            Assert.Contains(name, e.Message, StringComparison.Ordinal);
            Assert.Equal("mine", File.ReadAllText(mine.FullPath));
            File.Delete(mine.FullPath);
        }

        RehearsalOutput.Prepare(folder.Folder("new"));
    }

    [Fact]
    public async Task A_consumer_refuses_a_file_that_the_release_does_not_have_and_misses_one_that_it_has()
    {
        using var jobs = await SignedAsync();
        await jobs.RunAllAsync(ReleaseStage.PublishSignatures);
        await jobs.PostAsync(Wheel, await File.ReadAllBytesAsync(jobs.Dist.File(Wheel).FullPath, Token));
        var e = await RefusedAsync(jobs, ReleaseStage.ConsumerVerification);
        Assert.Contains($"{Sdist}: DistributionMissing", e.Message, StringComparison.Ordinal);

        await jobs.PostAsync(Sdist, await File.ReadAllBytesAsync(jobs.Dist.File(Sdist).FullPath, Token));
        await jobs.RunAllAsync(ReleaseStage.ConsumerVerification);
        Assert.Equal(ReleaseStage.ConsumerVerification, jobs.Dist.Store.Read().Verifications[^1].By);

        const string Extra = "hello_pysign-1.0.0-py2-none-any.whl";
        await jobs.PostAsync(Extra, SampleDistribution.Wheel(body: "import os\n"));
        e = await RefusedAsync(jobs, ReleaseStage.ConsumerVerification);
        Assert.Contains($"{Extra}: DistributionUnexpected", e.Message, StringComparison.Ordinal);

        // Who publishes knows the files also where the users' policy asks for no statement.
        var policy = jobs.Folder.Write(
            "policy.toml",
            $"schema = 1\n[release]\nstatement = \"none\"\n[[signers]]\nissuer = \"x\"\nidentity = \"x\"\n"
        );
        e = await RefusedAsync(jobs, ReleaseStage.ConsumerVerification, ("PYSIGN_POLICY", policy.FullPath));
        Assert.Contains($"{Extra}: DistributionUnexpected", e.Message, StringComparison.Ordinal);
        Assert.Contains("it is not in the release", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_the_same_version_that_is_not_of_the_release_stops_it_before_anything_is_sent()
    {
        const string Extra = "Hello.PySign-1.0-py2-none-any.whl";
        using var jobs = await SignedAsync();
        await jobs.PostAsync(Extra, SampleDistribution.Wheel(body: "import os\n"));
        var e = await RefusedAsync(jobs, ReleaseStage.PublishSignatures);
        Assert.Contains(Extra, e.Message, StringComparison.Ordinal);
        Assert.Contains("not of this release; nothing was uploaded", e.Message, StringComparison.Ordinal);
        Assert.All(jobs.Dist.ReadSigned().Files, file => Assert.Empty(file.Receipts));
    }

    [Fact]
    public async Task A_consumer_refuses_other_bytes_under_a_released_name()
    {
        using var jobs = await SignedAsync();
        await jobs.RunAllAsync(ReleaseStage.PublishSignatures);
        await jobs.PostAsync(Wheel, SampleDistribution.Wheel(body: "import os\n"));
        await jobs.PostAsync(Sdist, await File.ReadAllBytesAsync(jobs.Dist.File(Sdist).FullPath, Token));
        var e = await RefusedAsync(jobs, ReleaseStage.ConsumerVerification);
        Assert.Contains($"Expected SHA-256 {FileDigest.Of(jobs.Dist.File(Wheel))}, the index serves ", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(12)]
    public async Task A_stage_cancelled_at_any_line_of_its_log_leaves_a_ledger_with_which_the_next_run_goes_on(int line)
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        var stages = new (ReleaseStage Stage, Func<Release, CancellationToken, Task> Run)[]
        {
            (ReleaseStage.Sign, SignStage.RunAsync),
            (ReleaseStage.Verify, VerifyStage.RunAsync),
            (ReleaseStage.PublishSignatures, PublishSignaturesStage.RunAsync),
        };
        foreach (var (stage, run) in stages)
        {
            using var rig = await jobs.JobAsync();
            using var source = new CancellationTokenSource();
            if (line == 0)
            {
                await source.CancelAsync();
            }

            rig.Log.Written = lines =>
            {
                if (lines == line)
                {
                    source.Cancel();
                }
            };

            var failure = await Record.ExceptionAsync(() => run(new Release(rig.Context, ReleaseOptions.From(rig.Context)), source.Token));
            Assert.True(failure is null or OperationCanceledException, failure?.ToString());
            if (line == 0)
            {
                Assert.NotNull(failure);
                Assert.Equal(130, StageFailure.Of($"PySign-{stage}", stage, failure).ExitCode);
            }

            Assert.Equal(2, jobs.Dist.ReadChecked().Files.Count);
            Assert.DoesNotContain(Directory.GetFiles(jobs.Dist.Path.FullPath), static file => WholeFile.TargetOf(file) != file);
            await jobs.RunAllAsync(stage);
        }

        Assert.All(jobs.Dist.ReadSigned().Files, file => Assert.Equal(4, file.ReceiptsOf(LedgerDestination.PublishSignatures).Count()));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static void AssertRefusedSignature(CakeException e, string file)
    {
        Assert.IsType<BlobVerificationException>(e.InnerException is CakeException inner ? inner.InnerException : e.InnerException);
        Assert.Contains("1 of 2 files refused", e.Message, StringComparison.Ordinal);
        Assert.Contains($"{file}{Environment.NewLine}    step:", e.Message, StringComparison.Ordinal);
    }

    private static async Task<CakeException> RefusedAsync(
        ReleaseJobs jobs,
        ReleaseStage stage,
        params (string Name, string? Value)[] variables
    )
    {
        var e = await Assert.ThrowsAsync<CakeException>(() => jobs.RunAsync($"PySign-{stage}", variables));
        Assert.Equal((int)stage, e.ExitCode);
        Assert.DoesNotContain(jobs.JobToken, e.ToString(), StringComparison.Ordinal);
        return e;
    }

    private static async Task EditLedgerAsync(ReleaseJobs jobs, Action<JsonNode> change)
    {
        var path = jobs.Dist.Store.Path.FullPath;
        var root = JsonNode.Parse(await File.ReadAllTextAsync(path, Token))!;
        change(root["files"]!.AsArray().Single(file => file!["name"]!.GetValue<string>() == Wheel)!);
        await File.WriteAllTextAsync(path, root.ToJsonString(), Token);
    }

    private async Task<ReleaseJobs> SignedAsync()
    {
        var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign);
        return jobs;
    }
}
