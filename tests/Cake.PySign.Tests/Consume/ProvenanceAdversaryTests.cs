using System.Text;
using System.Text.Json.Nodes;
using Cake.PySign.Common;
using Cake.PySign.Consume;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Consume;

/// <summary>Provenance in the hands of somebody else, or not what the policy asks for: each is refused, and it is said for what.</summary>
public sealed class ProvenanceAdversaryTests(SandboxFixture fixture) : IDisposable
{
    private const string Required = "signatures = [\"bundle\", \"provenance\"]";

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("source-repository", "SERVER/acme/hello-pysign", "SERVER/acme/other", "source repository")]
    [InlineData("commit", "714a629c0b401fdce83e847fc9589983fc6f46bc", "0000000000000000000000000000000000000000", "commit")]
    [InlineData("ref", "refs/tags/v{version}", "refs/heads/main", "ref")]
    [InlineData("workflow", ".gitlab-ci.yml", "other.yml", "workflow")]
    [InlineData("builder", "SERVER/acme/hello-pysign//.gitlab-ci.yml@refs/tags/v{version}", "SERVER/-/runners/7", "builder")]
    public async Task A_policy_takes_what_it_names_and_refuses_another(string key, string wanted, string other, string said)
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        var server = (await fixture.Sandbox).Info.BaseUrl.AbsoluteUri.TrimEnd('/');
        foreach (var name in new[] { PublishedRelease.Wheel, PublishedRelease.Sdist })
        {
            await published.PutProvenanceAsync(name);
        }

        // The builder is the certificate's name, which is always of https.
        var at = key == "builder" ? server.Replace("http:", "https:", StringComparison.Ordinal) : server;
        string Rule(string value) => $"[provenance]\n{key} = \"{value.Replace("SERVER", at, StringComparison.Ordinal)}\"\n";
        published.WritePolicy(published.PolicyWith("").Replace("[[signers]]", Rule(other) + "\n[[signers]]", StringComparison.Ordinal));
        await published.RefusedAsync(PublishedRelease.Wheel, ReleaseFailure.ProvenanceRefused, $"expected the {said} ");
        published.WritePolicy(published.PolicyWith("").Replace("[[signers]]", Rule(wanted) + "\n[[signers]]", StringComparison.Ordinal));
        Assert.Equal(2, (await published.VerifyAsync()).Files.Count);
    }

    [Theory]
    [InlineData("none", ReleaseFailure.ProvenanceMissing, "There is no")]
    [InlineData("a signature", ReleaseFailure.ProvenanceRefused, "found a signature")]
    [InlineData("publish attestation", ReleaseFailure.ProvenanceRefused, "provenance/v1")]
    [InlineData("another commit", ReleaseFailure.ProvenanceRefused, "commit of the certificate")]
    [InlineData("another run", ReleaseFailure.ProvenanceRefused, "run of the certificate")]
    [InlineData("another digest", ReleaseFailure.ProvenanceRefused, "SubjectMismatch")]
    [InlineData("another file", ReleaseFailure.ProvenanceRefused, "one subject")]
    [InlineData("two subjects", ReleaseFailure.ProvenanceRefused, "one subject")]
    [InlineData("wrong signer", ReleaseFailure.ProvenanceRefused, "mallory")]
    [InlineData("wrong ref", ReleaseFailure.ProvenanceRefused, "refs/tags/v0.9.0")]
    [InlineData("altered", ReleaseFailure.ProvenanceRefused, "Signature")]
    [InlineData("unsigned", ReleaseFailure.ProvenanceRefused, "Parse")]
    [InlineData("two predicates", ReleaseFailure.ProvenanceRefused, "expected")]
    [InlineData("two bundles", ReleaseFailure.ProvenanceRefused, "Parse")]
    public async Task What_is_not_this_files_provenance_is_refused(string what, ReleaseFailure reason, string said)
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        published.WritePolicy(published.PolicyWithRelease(Required));
        await published.PutProvenanceAsync(PublishedRelease.Sdist);
        await PutAsync(published, what);
        await published.RefusedAsync(PublishedRelease.Wheel, reason, said);
    }

    private static async Task PutAsync(PublishedRelease published, string what)
    {
        const string Wheel = PublishedRelease.Wheel;
        var sha256 = SampleDistribution.Sha256(published.Content[Wheel]);
        switch (what)
        {
            case "none":
                break;
            case "a signature":
                var signed = await published.SignAsync(Wheel, published.Content[Wheel]);
                await published.PutAsync(Wheel + SignatureNames.Provenance, await File.ReadAllBytesAsync(signed.Bundle.FullPath));
                break;
            case "publish attestation":
                await published.PutProvenanceAsync(Wheel, s => s["predicateType"] = "https://docs.pypi.org/attestations/publish/v1");
                break;
            case "another commit":
                await published.PutProvenanceAsync(Wheel, s => Source(s)["digest"]!["gitCommit"] = new string('0', 40));
                break;
            case "another run":
                await published.PutProvenanceAsync(Wheel, s => Details(s)["metadata"]!["invocationId"] = "https://x.example/1");
                break;
            case "another digest":
                await published.PutProvenanceAsync(Wheel, s => s["subject"]![0]!["digest"]!["sha256"] = new string('0', 64));
                break;
            case "another file":
                await published.PutProvenanceAsync(Wheel, s => s["subject"]![0]!["name"] = PublishedRelease.Sdist);
                break;
            case "two subjects":
                await published.PutProvenanceAsync(Wheel, s => s["subject"]!.AsArray().Add(s["subject"]![0]!.DeepClone()));
                break;
            case "wrong signer":
                await published.PutProvenanceAsync(Wheel, project: "mallory/hello-pysign");
                break;
            case "wrong ref":
                await published.PutProvenanceAsync(Wheel, tag: "v0.9.0");
                break;
            default:
                await PutBrokenAsync(published, what);
                break;
        }
    }

    private static async Task PutBrokenAsync(PublishedRelease published, string what)
    {
        var bundle = JsonNode.Parse(await published.ProvenanceAsync(PublishedRelease.Wheel))!;
        var envelope = bundle["dsseEnvelope"]!;
        var payload = Encoding.UTF8.GetString(Convert.FromBase64String((string)envelope["payload"]!));
        switch (what)
        {
            case "altered":
                payload = payload.Replace("714a629c", "714a629d", StringComparison.Ordinal);
                break;
            case "unsigned":
                envelope["signatures"] = new JsonArray();
                break;
            case "two predicates":
                payload = payload.Replace("\"predicate\":", "\"predicate\":{},\"predicate\":", StringComparison.Ordinal);
                break;
            default:
                envelope["signatures"]!.AsArray().Add(envelope["signatures"]![0]!.DeepClone());
                break;
        }

        envelope["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(payload));
        await published.PutAsync(PublishedRelease.Wheel + SignatureNames.Provenance, Encoding.UTF8.GetBytes(bundle.ToJsonString()));
    }

    private static JsonNode Details(JsonNode statement) => statement["predicate"]!["runDetails"]!;

    private static JsonNode Source(JsonNode statement) => statement["predicate"]!["buildDefinition"]!["resolvedDependencies"]![0]!;
}
