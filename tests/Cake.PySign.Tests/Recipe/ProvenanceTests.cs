using System.Text;
using System.Text.Json.Nodes;
using Cake.Core;
using Cake.PySign.Common;
using Cake.PySign.Consume;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;

namespace Cake.PySign.Tests.Recipe;

/// <summary>Provenance of a whole release, and what of it is refused.</summary>
public sealed class ProvenanceTests(SandboxFixture fixture)
{
    private const string Wheel = "hello_pysign-1.0.0-py3-none-any.whl";

    [Fact]
    public async Task Each_file_has_provenance_that_says_commit_workflow_and_run_as_the_token_does()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAsync("PySign-Sign");
        var ledger = jobs.Dist.ReadSigned();
        Assert.All(ledger.Files, file => Assert.Equal(file.Name + SignatureNames.Provenance, file.Signature!.Files[^1].Name));
        var statement = Statement(jobs, Wheel);
        Assert.Equal("https://in-toto.io/Statement/v1", (string?)statement["_type"]);
        Assert.Equal("https://slsa.dev/provenance/v1", (string?)statement["predicateType"]);
        Assert.Equal(
            (Wheel, ledger[Wheel].Sha256),
            ((string?)statement["subject"]![0]!["name"], (string?)statement["subject"]![0]!["digest"]!["sha256"])
        );
        var build = statement["predicate"]!["buildDefinition"]!;
        var sandbox = await fixture.Sandbox;
        var project = $"{sandbox.Info.BaseUrl.AbsoluteUri.TrimEnd('/')}/{jobs.Path}";
        Assert.Equal($"git+{project}@refs/tags/v1.0.0", (string?)build["resolvedDependencies"]![0]!["uri"]);
        Assert.Equal(40, ((string?)build["resolvedDependencies"]![0]!["digest"]!["gitCommit"])!.Length);
        Assert.Equal(".gitlab-ci.yml", (string?)build["externalParameters"]!["workflow"]!["path"]);
        Assert.Equal(ledger[Wheel].Signature!.Identity, (string?)statement["predicate"]!["runDetails"]!["builder"]!["id"]);

        // Signed again it stays, although the second job has another number: it may be public already.
        await jobs.RunAsync("PySign-Sign");
        Assert.Equal(ledger.SignatureFiles, jobs.Dist.ReadSigned().SignatureFiles);
    }

    [Fact]
    public async Task A_changed_field_and_a_missing_file_stop_verification()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAsync("PySign-Sign");
        var path = jobs.Dist.File(Wheel + SignatureNames.Provenance).FullPath;
        var bundle = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!;
        var statement = Statement(jobs, Wheel);
        statement["predicate"]!["buildDefinition"]!["resolvedDependencies"]![0]!["digest"]!["gitCommit"] = new string('0', 40);
        bundle["dsseEnvelope"]!["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(statement.ToJsonString()));
        Replace(jobs, Wheel + SignatureNames.Provenance, bundle.ToJsonString());
        var e = await Assert.ThrowsAsync<CakeException>(() => jobs.RunAsync("PySign-Verify"));
        Assert.Equal(
            Wheel,
            Assert.Single(Assert.IsType<BlobVerificationException>(e.GetBaseException()).Problems).Path.GetFilename().FullPath
        );

        File.Delete(path);
        await Assert.ThrowsAsync<CakeException>(() => jobs.RunAsync("PySign-Verify"));
        await jobs.RunAllAsync(ReleaseStage.Sign, ReleaseStage.Verify);
    }

    [Fact]
    public async Task Provenance_for_another_commit_than_was_built_is_not_made()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        var e = await Assert.ThrowsAsync<CakeException>(() => jobs.RunAsync("PySign-Sign", ("CI_COMMIT_SHA", new string('1', 40))));
        Assert.Equal(PySignFailure.ProvenanceMismatch, Assert.IsType<PySignException>(e.GetBaseException()).Reason);
        await jobs.RunAsync("PySign-Sign", ("PYSIGN_PROVENANCE", "never"));
        Assert.DoesNotContain(jobs.Dist.ReadSigned().SignatureFiles, ProvenanceFiles.Is);
    }

    [Fact]
    public async Task A_policy_takes_the_commit_that_it_names_and_refuses_another()
    {
        SystemPython.Require("twine.__main__");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(
            ReleaseStage.Sign,
            ReleaseStage.Verify,
            ReleaseStage.PublishSignatures,
            ReleaseStage.Publish,
            ReleaseStage.ConsumerVerification
        );
        var commit = (string?)Statement(jobs, Wheel)["predicate"]!["buildDefinition"]!["resolvedDependencies"]![0]!["digest"]!["gitCommit"];
        var ledger = jobs.Dist.ReadSigned();
        await ConsumeAsync(jobs, ledger, $"commit = \"{commit}\"\nworkflow = \".gitlab-ci.yml\"");
        foreach (
            var rule in new[]
            {
                $"commit = \"{new string('0', 40)}\"",
                "workflow = \"other.yml\"",
                "builder = \"https://example.org\"",
                "source-repository = \"https://example.org/acme/hello\"",
            }
        )
        {
            var e = await Assert.ThrowsAsync<CakeException>(() => ConsumeAsync(jobs, ledger, rule));
            Assert.All(
                Assert.IsType<ReleaseVerificationException>(e.GetBaseException()).Problems,
                problem => Assert.Equal(ReleaseFailure.ProvenanceRefused, problem.Reason)
            );
        }
    }

    [Fact]
    public async Task Cosign_verifies_the_provenance_of_its_file_and_of_no_other()
    {
        var cosign = PeerPrograms.Require("cosign-3", "/usr/bin/cosign");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAsync("PySign-Sign");
        var ledger = jobs.Dist.ReadSigned();
        var sandbox = await fixture.Sandbox;
        foreach (var (file, accepted) in new[] { (Wheel, true), ("hello_pysign-1.0.0.tar.gz", false) })
        {
            var run = ProgramRun.Of(
                cosign,
                [
                    "verify-blob-attestation",
                    "--type",
                    "slsaprovenance1",
                    "--bundle",
                    Wheel + SignatureNames.Provenance,
                    "--trusted-root",
                    sandbox.Info.TrustedRoot.FullPath,
                    "--certificate-identity",
                    ledger[Wheel].Signature!.Identity,
                    "--certificate-oidc-issuer",
                    ledger[Wheel].Signature!.Issuer,
                    file,
                ],
                jobs.Dist.Path.FullPath
            );
            Assert.True(run.ExitCode == 0 == accepted, run.Said);
        }
    }

    private static async Task ConsumeAsync(ReleaseJobs jobs, Ledger ledger, string rule)
    {
        jobs.Folder.Write(
            "policy.toml",
            $"""
            schema = 1

            [provenance]
            {rule}

            [[signers]]
            issuer = "{ledger.Files[0].Signature!.Issuer}"
            identity = "{ledger.Files[0].Signature!.Identity}"
            """
        );
        await jobs.RunAsync("PySign-ConsumerVerification", ("PYSIGN_POLICY", "policy.toml"));
    }

    private static JsonNode Statement(ReleaseJobs jobs, string file)
    {
        var bundle = JsonNode.Parse(File.ReadAllText(jobs.Dist.File(file + SignatureNames.Provenance).FullPath))!;
        return JsonNode.Parse(Convert.FromBase64String((string)bundle["dsseEnvelope"]!["payload"]!))!;
    }

    /// <summary>Another content under the ledger's eyes: as who can write the folder can write the ledger too.</summary>
    private static void Replace(ReleaseJobs jobs, string name, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        jobs.Folder.Write($"dist/{name}", bytes);
        var ledger = jobs.Dist.Store.Read();
        jobs.Dist.Store.Write(
            ledger with
            {
                Files =
                [
                    .. ledger.Files.Select(file =>
                        file with
                        {
                            Signature = file.Signature! with
                            {
                                Files =
                                [
                                    .. file.Signature.Files.Select(part =>
                                        part.Name == name ? part with { Sha256 = SampleDistribution.Sha256(bytes) } : part
                                    ),
                                ],
                            },
                        }
                    ),
                ],
            }
        );
    }
}
