using System.Globalization;
using System.Text.Json.Nodes;
using Cake.PySign.Common.Provenance;
using Cake.PySign.Tests.Rig;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;

namespace Cake.PySign.Tests.Common.Provenance;

/// <summary>Each field of provenance: what verifiers of others demand of it, and that none of it can be changed by the job that
/// signs.</summary>
public sealed class ProvenanceFieldsTests(SandboxFixture fixture) : IDisposable
{
    private const string Build = "predicate/buildDefinition";
    private const string NoCommit = "0000000000000000000000000000000000000000";
    private const string Source = $"{Build}/resolvedDependencies/0";
    private const string BuilderId = "predicate/runDetails/builder/id";
    private const string Own = "https://github.com/acme/hello-pysign";
    private const string Workflow = $"{Build}/externalParameters/workflow";

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    /// <summary>slsa-verifier's rules for the build type of actions/attest (verifiers/internal/gha), and the stricter ones that it has for
    /// signers who could forge what they say (provenance_forgeable.go); those of <c>gh attestation verify</c>.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_github_job_says_satisfies_every_rule_of_slsa_verifier_and_gh(bool imported)
    {
        await using var job = await SignedProvenance.OfAsync(fixture, _rig.Services(), SignerKind.GitHub);
        var bundle = await job.SignAsync(job.Statement(imported));
        var proof = job.Proof(bundle);
        var raw = JsonNode.Parse(bundle.ToJson())!;
        var statement = JsonNode.Parse(proof.Statement!.Utf8Json.Span)!;
        var certificate = proof.Certificate!;
        var source = Text(statement, $"{Build}/resolvedDependencies/0/uri")!;
        var run = Text(statement, "predicate/runDetails/metadata/invocationId")!;
        var (repository, path, reference) = (
            Text(statement, $"{Workflow}/repository"),
            Text(statement, $"{Workflow}/path"),
            Text(statement, $"{Workflow}/ref")
        );
        (string Rule, bool Holds)[] rules =
        [
            ("payload type", Text(raw, "dsseEnvelope/payloadType") == "application/vnd.in-toto+json"),
            ("one signature", raw["dsseEnvelope"]!["signatures"]!.AsArray().Count == 1),
            ("statement type", Text(statement, "_type") == "https://in-toto.io/Statement/v1"),
            ("predicate type", Text(statement, "predicateType") == "https://slsa.dev/provenance/v1"),
            ("no unknown field outside free-form objects", Unknown(statement).Count == 0),
            ("build type", Text(statement, $"{Build}/buildType") == "https://actions.github.io/buildtypes/workflow/v1"),
            ("builder is the certificate's workflow", Text(statement, "predicate/runDetails/builder/id") == proof.Identity),
            ("builder at a full ref", proof.Identity.Split('@') is [_, ['r', 'e', 'f', 's', '/', ..]]),
            ("source on github.com", source.StartsWith("git+https://github.com/", StringComparison.Ordinal)),
            ("source has a ref", source.Split('@') is [_, { Length: > 0 }]),
            ("trigger is the source", source == $"git+{repository}@{reference}"),
            ("trigger is the certificate's", certificate[FulcioExtension.BuildConfigUri] == $"{repository}/{path}@{reference}"),
            (
                "commit is the certificate's",
                Text(statement, $"{Build}/resolvedDependencies/0/digest/gitCommit") == certificate[FulcioExtension.SourceRepositoryDigest]
            ),
            ("one subject", statement["subject"]!.AsArray().Count == 1),
            ("digest of 256 bits", Text(statement, "subject/0/digest/sha256")!.Length == 64),
            ("subject is the file's base name", Text(statement, "subject/0/name") == SignedProvenance.Wheel),
            ("run in seven parts", run["https://github.com/".Length..].Split('/').Length == 7),
            ("run is the certificate's", run == certificate[FulcioExtension.RunInvocationUri]),
            ("no times that nobody vouches for", statement["predicate"]!["runDetails"]!["metadata"]!.AsObject().Count == 1),
            ("event", Text(statement, $"{Build}/internalParameters/github/event_name") == certificate[FulcioExtension.BuildTrigger]),
            (
                "numbers",
                Text(statement, $"{Build}/internalParameters/github/repository_id")
                    == certificate[FulcioExtension.SourceRepositoryIdentifier]
                    && Text(statement, $"{Build}/internalParameters/github/repository_owner_id")
                        == certificate[FulcioExtension.SourceRepositoryOwnerIdentifier]
            ),
            (
                "internal parameters of actions/attest and no others",
                Names(statement, $"{Build}/internalParameters/github") is "event_name repository_id repository_owner_id runner_environment"
            ),
            ("gh: bundle 0.3", Text(raw, "mediaType") == "application/vnd.dev.sigstore.bundle.v0.3+json"),
            ("gh: one log entry", raw["verificationMaterial"]!["tlogEntries"]!.AsArray().Count == 1),
            ("gh: a time", proof.Timestamps.Count > 0),
            ("gh: signer workflow", proof.Identity.StartsWith("https://github.com/acme/hello-pysign/", StringComparison.OrdinalIgnoreCase)),
            ("gh: repository", certificate[FulcioExtension.SourceRepositoryUri] == "https://github.com/acme/hello-pysign"),
            ("gh: owner", certificate[FulcioExtension.SourceRepositoryOwnerUri] == "https://github.com/acme"),
            ("gh: hosted runner", certificate[FulcioExtension.RunnerEnvironment] == "github-hosted"),
        ];
        Assert.Empty(rules.Where(rule => !rule.Holds).Select(rule => rule.Rule));
        Assert.Equal(certificate[FulcioExtension.SourceRepositoryDigest], job.Verify(bundle).Commit);
    }

    [Theory]
    [InlineData(SignerKind.GitHub, "predicateType", "https://docs.pypi.org/attestations/publish/v1", ProvenancePart.Type)]
    [InlineData(SignerKind.GitHub, "predicateType", "https://slsa.dev/provenance/v0.2", ProvenancePart.Type)]
    [InlineData(SignerKind.GitHub, "subject/0/name", "hello_pysign-1.0.0-py2-none-any.whl", ProvenancePart.Subject)]
    [InlineData(SignerKind.GitHub, "subject/+", """json:{"name":"other.whl","digest":{"sha256":"00"}}""", ProvenancePart.Subject)]
    [InlineData(SignerKind.GitHub, "predicate", null, ProvenancePart.Form)]
    [InlineData(SignerKind.GitHub, "predicate", "text", ProvenancePart.Form)]
    [InlineData(SignerKind.GitHub, "predicate/runDetails", null, ProvenancePart.Form)]
    [InlineData(SignerKind.GitHub, BuilderId, "", ProvenancePart.Form)]
    [InlineData(SignerKind.GitHub, Build + "/resolvedDependencies", "json:[]", ProvenancePart.Form)]
    [InlineData(SignerKind.GitHub, Build + "/resolvedDependencies/0", "json:7", ProvenancePart.Form)]
    [InlineData(SignerKind.GitHub, Build + "/buildType", "https://example.org/build/v1", ProvenancePart.BuildType)]
    [InlineData(SignerKind.GitHub, Build + "/externalParameters/inputs", "json:{}", ProvenancePart.Parameters)]
    [InlineData(SignerKind.GitHub, Workflow + "/inputs", "json:{}", ProvenancePart.Parameters)]
    [InlineData(SignerKind.GitHub, BuilderId, Own + "/.github/workflows/other.yml@refs/tags/v1.0.0", ProvenancePart.Builder)]
    [InlineData(SignerKind.GitHub, BuilderId, "https://github.com/actions/runner/github-hosted", ProvenancePart.Builder)]
    [InlineData(SignerKind.GitHub, Workflow + "/path", ".github/workflows/other.yml", ProvenancePart.Workflow)]
    [InlineData(SignerKind.GitHub, Workflow + "/path", "release.yml", ProvenancePart.Workflow)]
    [InlineData(SignerKind.GitHub, Workflow + "/ref", "refs/heads/main", ProvenancePart.Workflow)]
    [InlineData(SignerKind.GitHub, Workflow + "/repository", "https://github.com/acme/other", ProvenancePart.Repository)]
    [InlineData(SignerKind.GitHub, Source + "/uri", "git+https://github.com/acme/other@refs/tags/v1.0.0", ProvenancePart.Repository)]
    [InlineData(SignerKind.GitHub, Source + "/uri", "git+" + Own, ProvenancePart.Repository)]
    [InlineData(SignerKind.GitHub, Source + "/uri", "git+" + Own + "@refs/tags/v2.0.0", ProvenancePart.Ref)]
    [InlineData(SignerKind.GitHub, Source + "/digest/gitCommit", NoCommit, ProvenancePart.Commit)]
    [InlineData(
        SignerKind.GitHub,
        Build + "/resolvedDependencies/+",
        """json:{"uri":"git+https://github.com/acme/hello-pysign@refs/tags/v1","digest":{"gitCommit":"00"}}""",
        ProvenancePart.Commit
    )]
    [InlineData(
        SignerKind.GitHub,
        Build + "/resolvedDependencies/+",
        """json:{"uri":"git+https://github.com/Acme/hello-pysign.git","digest":{"gitCommit":"00"}}""",
        ProvenancePart.Commit
    )]
    [InlineData(SignerKind.GitHub, "predicate/runDetails/metadata/invocationId", Own + "/actions/runs/1/attempts/1", ProvenancePart.Run)]
    [InlineData(SignerKind.GitHub, Build + "/internalParameters/github/event_name", "workflow_dispatch", ProvenancePart.Event)]
    [InlineData(SignerKind.GitHub, Build + "/internalParameters/github/repository_id", "1", ProvenancePart.RepositoryId)]
    [InlineData(SignerKind.GitHub, Build + "/internalParameters/github/repository_owner_id", "1", ProvenancePart.OwnerId)]
    [InlineData(SignerKind.GitHub, Build + "/internalParameters/github/runner_environment", "self-hosted", ProvenancePart.Runner)]
    [InlineData(SignerKind.GitHub, Build + "/internalParameters/github/runner_environment", "json:7", ProvenancePart.Form)]
    [InlineData(SignerKind.GitLab, BuilderId, "https://example.org/-/runners/7", ProvenancePart.Builder)]
    [InlineData(SignerKind.GitLab, Build + "/buildType", "https://actions.github.io/buildtypes/workflow/v1", ProvenancePart.Workflow)]
    [InlineData(SignerKind.GitLab, Workflow + "/path", "ci.yml", ProvenancePart.Workflow)]
    [InlineData(SignerKind.GitLab, Workflow + "/ref", "refs/tags/v2.0.0", ProvenancePart.Workflow)]
    [InlineData(SignerKind.GitLab, Source + "/digest/gitCommit", NoCommit, ProvenancePart.Commit)]
    [InlineData(SignerKind.GitLab, "predicate/runDetails/metadata/invocationId", "https://example.org/jobs/1", ProvenancePart.Run)]
    [InlineData(SignerKind.GitLab, Build + "/internalParameters/gitlab/pipeline_source", "web", ProvenancePart.Event)]
    [InlineData(SignerKind.GitLab, Build + "/internalParameters/gitlab/project_id", "1", ProvenancePart.RepositoryId)]
    [InlineData(SignerKind.GitLab, Build + "/internalParameters/gitlab/namespace_id", "1", ProvenancePart.OwnerId)]
    [InlineData(SignerKind.GitLab, Build + "/internalParameters/gitlab/runner_environment", "gitlab-hosted", ProvenancePart.Runner)]
    public async Task A_job_that_signs_other_than_the_truth_is_refused(SignerKind kind, string path, string? value, object part)
    {
        await using var job = await SignedProvenance.OfAsync(fixture, _rig.Services(), kind);
        var statement = job.Statement();
        Set(statement, path, value);
        var bundle = await job.SignAsync(statement);
        Assert.Equal(part, Assert.Throws<ProvenanceException>(() => job.Verify(bundle)).Part);
    }

    /// <summary>Null is absent, and a name that begins alike is another repository's.</summary>
    [Theory]
    [InlineData("predicate/runDetails/metadata", "json:null")]
    [InlineData("predicate/runDetails/metadata/invocationId", "json:null")]
    [InlineData(Build + "/internalParameters", "json:null")]
    [InlineData(Build + "/internalParameters", null)]
    [InlineData(Build + "/internalParameters/github", "json:null")]
    [InlineData(
        Build + "/resolvedDependencies/+",
        """json:{"uri":"git+https://github.com/acme/hello-pysign-plugin@refs/tags/v1","digest":{"gitCommit":"00"}}"""
    )]
    [InlineData(
        Build + "/resolvedDependencies/+",
        """json:{"uri":"git+https://github.com/acme/hello-pysign/sub.git@refs/tags/v1","digest":{"gitCommit":"00"}}"""
    )]
    public async Task What_says_less_or_of_others_is_taken(string path, string? value)
    {
        await using var job = await SignedProvenance.OfAsync(fixture, _rig.Services(), SignerKind.GitHub);
        var statement = job.Statement();
        Set(statement, path, value);
        Assert.Equal(Own, job.Verify(await job.SignAsync(statement)).Repository);
    }

    [Theory]
    [InlineData("release@pypi.yml", "core@1.0")]
    [InlineData("größe.yml", "v1.0.0-ß")]
    [InlineData("a b.yml", "v1.0.0")]
    public async Task Names_with_signs_that_addresses_escape_are_told_apart_and_found_again(string file, string tag)
    {
        const string Project = "acme/hello-pysign";
        var host = (await fixture.Sandbox).Info.BaseUrl.Authority;
        var gitLab = new Dictionary<string, object> { ["ref"] = tag, ["ci_config_ref_uri"] = $"{host}/{Project}//{file}@refs/tags/{tag}" };
        var workflow = $"{Project}/.github/workflows/{file}@refs/tags/{tag}";
        var gitHub = new Dictionary<string, object> { ["ref"] = $"refs/tags/{tag}", ["workflow_ref"] = workflow };
        foreach (var (claims, path) in new[] { (gitLab, file), (gitHub, $".github/workflows/{file}") })
        {
            var kind = claims == gitHub ? SignerKind.GitHub : SignerKind.GitLab;
            await using var job = await SignedProvenance.OfAsync(fixture, _rig.Services(), kind, claims);
            var said = job.Verify(await job.SignAsync(job.Statement()));
            Assert.Equal((path, $"refs/tags/{tag}", $"refs/tags/{tag}"), (said.Workflow, said.WorkflowRef, said.Ref));
        }
    }

    [Fact]
    public async Task A_person_who_signs_what_a_job_would_say_is_refused()
    {
        await using var job = await SignedProvenance.OfAsync(fixture, _rig.Services(), SignerKind.GitHub);
        await using var person = await SignedProvenance.OfAsync(fixture, _rig.Services(), SignerKind.Person);
        var bundle = await person.SignAsync(job.Statement());
        Assert.Equal(ProvenancePart.Builder, Assert.Throws<ProvenanceException>(() => person.Verify(bundle)).Part);
        Assert.Throws<VerificationException>(() => job.Verify(bundle));
    }

    [Theory]
    [InlineData(SignerKind.GitHub, "")]
    [InlineData(SignerKind.GitLab, "gitlab.pipeline_id gitlab.runner_id ")]
    public async Task What_no_certificate_repeats_is_listed_as_the_jobs_word(SignerKind kind, string more)
    {
        await using var job = await SignedProvenance.OfAsync(fixture, _rig.Services(), kind);
        var said = At(job.Statement(), $"{Build}/internalParameters/pysign_said_by_the_job").AsArray();
        Assert.Equal(more + "pysign_tools pysign_origin resolvedDependencies[1:]", string.Join(' ', said.Select(one => (string?)one)));
    }

    /// <summary>What Go's strict decoder would not know of in-toto and SLSA v1.</summary>
    private static IReadOnlyList<string> Unknown(JsonNode statement)
    {
        var dependencies = statement["predicate"]!["buildDefinition"]!["resolvedDependencies"]!.AsArray();
        string[] descriptor = ["name", "uri", "digest", "content", "downloadLocation", "mediaType", "annotations"];
        List<(string Path, string[] Known)> levels =
        [
            ("", ["_type", "subject", "predicateType", "predicate"]),
            ("subject/0", ["name", "digest"]),
            ("predicate", ["buildDefinition", "runDetails"]),
            (Build, ["buildType", "externalParameters", "internalParameters", "resolvedDependencies"]),
            ("predicate/runDetails", ["builder", "metadata", "byproducts"]),
            ("predicate/runDetails/builder", ["id", "version", "builderDependencies"]),
            ("predicate/runDetails/metadata", ["invocationId", "startedOn", "finishedOn"]),
            .. dependencies.Select((_, i) => ($"{Build}/resolvedDependencies/{i}", descriptor)),
        ];
        return
        [
            .. levels.SelectMany(level =>
                At(statement, level.Path).AsObject().Select(member => member.Key).Except(level.Known).Select(name => $"{level.Path}/{name}")
            ),
        ];
    }

    private static string Names(JsonNode node, string path) =>
        string.Join(' ', At(node, path).AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));

    private static string? Text(JsonNode node, string path) => (string?)At(node, path);

    private static JsonNode At(JsonNode node, string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(node, (at, name) => at is JsonArray array ? array[int.Parse(name, CultureInfo.InvariantCulture)]! : at[name]!);

    /// <summary>Text, or JSON behind "json:"; null takes the field away, and + adds to a list.</summary>
    private static void Set(JsonObject statement, string path, string? value)
    {
        var end = path.LastIndexOf('/');
        var (parent, name) = (At(statement, end < 0 ? "" : path[..end]), path[(end + 1)..]);
        var node = value?.StartsWith("json:", StringComparison.Ordinal) == true ? JsonNode.Parse(value[5..]) : value;
        switch (parent)
        {
            case JsonArray array when name == "+":
                array.Add(node);
                break;
            case JsonArray array:
                array[int.Parse(name, CultureInfo.InvariantCulture)] = node;
                break;
            default:
                parent.AsObject().Remove(name);
                if (value is not null)
                {
                    parent[name] = node;
                }

                break;
        }
    }
}
