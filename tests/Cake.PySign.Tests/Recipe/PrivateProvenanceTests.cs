using System.Text;
using System.Text.Json.Nodes;
using Cake.Core;
using Cake.PySign.Common;
using Cake.PySign.Common.Provenance;
using Cake.PySign.Recipe;
using Cake.PySign.Sandbox;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;
using PySign.Sigstore.Certificates;

namespace Cake.PySign.Tests.Recipe;

/// <summary>
/// Provenance of a self-managed GitLab by a private Fulcio: its rules for GitLab call every server gitlab.com (fulcio issue 1325), older
/// ones write fewer fields, and what a verifier would refuse is known before anything is in a log.
/// </summary>
public sealed class PrivateProvenanceTests(PrivateSandbox instance) : IClassFixture<PrivateSandbox>, IDisposable
{
    private const string Wheel = "hello_pysign-1.0.0-py3-none-any.whl";

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("", "gitlab.pipeline_id gitlab.runner_id ")]
    [InlineData(
        "sparse",
        "gitlab.pipeline_id gitlab.runner_id runDetails.metadata.invocationId gitlab.pipeline_source gitlab.project_id "
            + "gitlab.namespace_id gitlab.runner_environment "
    )]
    public async Task A_release_of_a_self_managed_gitlab_is_green_with_provenance_of_its_own_server(string kind, string byTheJob)
    {
        SystemPython.Require("twine.__main__");
        var sandbox = await instance.WithAsync([.. kind.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        var server = sandbox.Info.BaseUrl.AbsoluteUri.TrimEnd('/');
        using var jobs = await ReleaseJobs.CreateAsync(sandbox);
        jobs.PlayBuild();
        WritePolicy(jobs, sandbox, "");
        var policy = ("PYSIGN_POLICY", (string?)"policy.toml");
        await jobs.RunAsync("PySign-Sign", policy);
        Assert.All(jobs.Dist.ReadSigned().Files, file => Assert.Contains(file.Signature!.Files, ProvenanceFiles.Is));
        var path = jobs.Dist.File(Wheel + SignatureNames.Provenance).FullPath;
        var bundle = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!;
        var certificate = (string)bundle["verificationMaterial"]!["certificate"]!["rawBytes"]!;
        Assert.Contains($"https://gitlab.com/{jobs.Path}", Encoding.Latin1.GetString(Convert.FromBase64String(certificate)));
        var build = JsonNode.Parse(Convert.FromBase64String((string)bundle["dsseEnvelope"]!["payload"]!))!["predicate"]![
            "buildDefinition"
        ]!;
        Assert.Equal($"git+{server}/{jobs.Path}@refs/tags/v1.0.0", (string?)build["resolvedDependencies"]![0]!["uri"]);
        Assert.Equal(
            byTheJob + "pysign_tools pysign_origin resolvedDependencies[1:]",
            string.Join(' ', build["internalParameters"]!["pysign_said_by_the_job"]!.AsArray().Select(one => (string?)one))
        );

        var before = await OwnSandbox.LogsAsync(sandbox);
        foreach (var stage in (string[])["Verify", "PublishSignatures", "Publish", "ConsumerVerification", "Sign", "Verify"])
        {
            await jobs.RunAsync($"PySign-{stage}", policy);
        }

        Assert.Equal(before, await OwnSandbox.LogsAsync(sandbox));
    }

    [Fact]
    public async Task Where_no_certificate_vouches_for_it_there_is_none_and_every_run_is_green_and_logs_nothing_more()
    {
        var sandbox = await instance.WithAsync();
        using var jobs = await ReleaseJobs.CreateAsync(sandbox);
        jobs.PlayBuild();
        await jobs.RunAsync("PySign-Sign");

        // As if an earlier run had died between two files, and Fulcio's configuration had changed since.
        File.Delete(jobs.Dist.File(Wheel + SignatureNames.Provenance).FullPath);
        await instance.WithAsync("bare");
        var before = await OwnSandbox.LogsAsync(sandbox);
        for (var run = 0; run < 2; run++)
        {
            await jobs.RunAsync("PySign-Sign");
            Assert.Contains("source repository", jobs.Log, StringComparison.Ordinal);
            Assert.DoesNotContain(jobs.Dist.ReadSigned().SignatureFiles, ProvenanceFiles.Is);
            await jobs.RunAsync("PySign-Verify");
        }

        Assert.Equal(before, await OwnSandbox.LogsAsync(sandbox));
    }

    [Theory]
    [InlineData("always", null)]
    [InlineData("auto", "[provenance]\n")]
    [InlineData("auto", "[provenance]\nref = \"refs/heads/main\"\n")]
    public async Task What_must_be_there_and_would_be_refused_stops_before_anything_is_logged(string choice, string? rule)
    {
        var sandbox = await instance.WithAsync(rule?.Contains("ref", StringComparison.Ordinal) == true ? [] : ["bare"]);
        using var jobs = await ReleaseJobs.CreateAsync(sandbox);
        jobs.PlayBuild();
        WritePolicy(jobs, sandbox, rule ?? "", source: null);
        var before = await OwnSandbox.LogsAsync(sandbox);
        var e = await Assert.ThrowsAsync<CakeException>(() =>
            jobs.RunAsync("PySign-Sign", ("PYSIGN_PROVENANCE", choice), ("PYSIGN_POLICY", rule is null ? null : "policy.toml"))
        );
        Assert.Equal(PySignFailure.ProvenanceMismatch, Assert.IsType<PySignException>(e.GetBaseException()).Reason);
        Assert.Equal(before, await OwnSandbox.LogsAsync(sandbox));
    }

    [Fact]
    public async Task A_policy_that_would_refuse_the_certificate_stops_before_anything_is_logged()
    {
        var sandbox = await instance.WithAsync();
        using var jobs = await ReleaseJobs.CreateAsync(sandbox);
        jobs.PlayBuild();
        WritePolicy(jobs, sandbox, "", source: "https://gitlab.example/acme/other");
        var before = await OwnSandbox.LogsAsync(sandbox);
        await Assert.ThrowsAsync<CakeException>(() => jobs.RunAsync("PySign-Sign", ("PYSIGN_POLICY", "policy.toml")));
        Assert.Equal(before, await OwnSandbox.LogsAsync(sandbox));
    }

    /// <summary>The certificate writes gitlab.com; a job that repeats it names a project that somebody else owns.</summary>
    [Theory]
    [InlineData("https://gitlab.com", false)]
    [InlineData("https://example.org", false)]
    [InlineData("https://gitlab.com", true)]
    public async Task A_job_of_a_self_managed_gitlab_cannot_speak_for_another_server(string other, bool ofTheRun)
    {
        var sandbox = await instance.WithAsync();
        var project = $"{sandbox.Info.BaseUrl.AbsoluteUri.TrimEnd('/')}/acme/hello-pysign";
        var (repository, source, run) = ($"\"{project}\"", $"{project}@refs", $"\"{project}/-/jobs/");
        await using var job = await SignedProvenance.OfAsync(instance.Fixture, _rig.Services(), SignerKind.GitLab);
        var said = job.Statement().ToJsonString();
        foreach (var place in ofTheRun ? (string[])[run] : [repository, source])
        {
            Assert.Contains(place, said, StringComparison.Ordinal);
            var lie = place.Replace(project, $"{other}/acme/hello-pysign", StringComparison.Ordinal);
            said = said.Replace(place, lie, StringComparison.Ordinal);
        }

        var bundle = await job.SignAsync(JsonNode.Parse(said)!);
        var e = Assert.Throws<ProvenanceException>(() => job.Verify(bundle));
        Assert.Equal(ofTheRun ? ProvenancePart.Run : ProvenancePart.Repository, e.Part);
    }

    [Fact]
    public async Task Whoever_reads_the_certificate_is_told_the_server_that_is_meant()
    {
        var sandbox = await instance.WithAsync();
        var server = sandbox.Info.BaseUrl.AbsoluteUri.TrimEnd('/');
        await using var job = await SignedProvenance.OfAsync(instance.Fixture, _rig.Services(), SignerKind.GitLab);
        var certificate = job.Proof(await job.SignAsync(job.Statement())).Certificate!;
        Assert.Equal("https://gitlab.com/acme/hello-pysign", certificate[FulcioExtension.SourceRepositoryUri]);
        Assert.Equal($"{server}/acme/hello-pysign", CertifiedSource.Of(certificate, FulcioExtension.SourceRepositoryUri));
        Assert.Equal($"{server}/acme", CertifiedSource.Of(certificate, FulcioExtension.SourceRepositoryOwnerUri));
        var publisher = TrustedPublisher.GitLab("acme/hello-pysign", ".gitlab-ci.yml") with
        {
            Issuer = certificate.Issuer,
            ServerUrl = sandbox.Info.BaseUrl,
        };
        Assert.Null(new PublisherPolicy(publisher).Refuse(certificate));
    }

    /// <summary>Older rules write the configuration's address as the subject has it.</summary>
    [Theory]
    [InlineData("größe 2.yml")]
    [InlineData("a b.yml")]
    public async Task A_configuration_is_found_again_in_an_address_with_escapes(string file)
    {
        var sandbox = await instance.WithAsync();
        var claims = new Dictionary<string, object>
        {
            ["ci_config_ref_uri"] = $"{sandbox.Info.BaseUrl.Authority}/acme/hello-pysign//{file}@refs/tags/v1.0.0",
        };
        await using var job = await SignedProvenance.OfAsync(instance.Fixture, _rig.Services(), SignerKind.GitLab, claims);
        Assert.Equal(file, job.Verify(await job.SignAsync(job.Statement())).Workflow);
    }

    private static void WritePolicy(ReleaseJobs jobs, PySignSandbox sandbox, string rule, string? source = "")
    {
        var server = sandbox.Info.BaseUrl;
        var repository = $"{server.AbsoluteUri.TrimEnd('/')}/{jobs.Path}";
        var asked = source is null ? "" : $"source-repository = \"{(source.Length > 0 ? source : repository)}\"";
        rule = rule.Length > 0 || source is null ? rule : $"[provenance]\nsource-repository = \"{repository}\"\n";
        jobs.Folder.Write(
            "policy.toml",
            $"""
            schema = 1

            {rule}
            [[signers]]
            issuer = "{server.AbsoluteUri.TrimEnd('/')}"
            identity = "https://{server.Authority}/{jobs.Path}//.gitlab-ci.yml@refs/tags/v1.0.0"
            {asked}
            """
        );
    }
}
