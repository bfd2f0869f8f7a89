using System.Text;
using System.Text.Json.Nodes;
using Cake.PySign.Common;
using Cake.PySign.Common.Provenance;
using Cake.PySign.Tests.Rig;
using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Releases;

/// <summary>The provenance of a release, judged by cosign, sigstore-go and npm's sigstore.</summary>
public sealed class ProvenanceTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    private const string Wheel = "hello_pysign-1.0.0-py3-none-any.whl";
    private const string Sdist = "hello_pysign-1.0.0.tar.gz";

    [Fact]
    public async Task Every_verifier_takes_the_provenance_and_refuses_it_with_any_field_file_or_signer_changed()
    {
        using var jobs = await ReleaseJobs.CreateAsync(sandbox.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAsync("PySign-Sign");
        var signature = jobs.Dist.ReadSigned().Files.Single(file => file.Name == Wheel).Signature!;
        var bundle = jobs.Dist.File(Wheel + SignatureNames.Provenance).FullPath;
        var artifact = jobs.Dist.File(Wheel).FullPath;
        VerificationCase[] cases =
        [
            new("as signed", bundle, sandbox.TrustedRoot, artifact, signature.Identity, signature.Issuer),
            new("another signer", bundle, sandbox.TrustedRoot, artifact, signature.Identity + "x", signature.Issuer),
            new("another issuer", bundle, sandbox.TrustedRoot, artifact, signature.Identity, signature.Issuer + "x"),
            new("another file", bundle, sandbox.TrustedRoot, jobs.Dist.File(Sdist).FullPath, signature.Identity, signature.Issuer),
            .. Changed(jobs, bundle)
                .Select(one => new VerificationCase(
                    one.What,
                    one.Path,
                    sandbox.TrustedRoot,
                    artifact,
                    signature.Identity,
                    signature.Issuer
                )),
        ];
        foreach (
            var (verify, alsoTakes) in new (Func<IReadOnlyList<VerificationCase>, Task<Verdict[]>>, string?)[]
            {
                (Verifiers.Cosign3, null),
                (Verifiers.SigstoreGo, null),
                // It verifies the envelope and leaves its subjects to the caller (npm compares them itself).
                (Verifiers.Npm, "another file"),
            }
        )
        {
            var verdicts = await verify(cases);
            Assert.Equal(
                alsoTakes is null ? ["as signed"] : ["as signed", alsoTakes],
                cases.Zip(verdicts).Where(pair => pair.Second.Accepted).Select(pair => pair.First.Name)
            );
        }
    }

    /// <summary>The bundle with one field of the statement changed, and the signature as it was.</summary>
    private static IEnumerable<(string What, string Path)> Changed(ReleaseJobs jobs, string bundle)
    {
        (string What, Action<JsonNode> Change)[] changes =
        [
            ("another commit", s => Build(s)["resolvedDependencies"]![0]!["digest"]!["gitCommit"] = new string('0', 40)),
            ("another source", s => Build(s)["resolvedDependencies"]![0]!["uri"] = "git+https://example.org/a@refs/tags/v1"),
            ("another workflow", s => Build(s)["externalParameters"]!["workflow"]!["path"] = "other.yml"),
            ("another builder", s => s["predicate"]!["runDetails"]!["builder"]!["id"] = "https://example.org/b"),
            ("another run", s => s["predicate"]!["runDetails"]!["metadata"]!["invocationId"] = "https://example.org/1"),
            ("another predicate type", s => s["predicateType"] = "https://slsa.dev/provenance/v0.2"),
            ("another name", s => s["subject"]![0]!["name"] = "other.whl"),
        ];
        foreach (var (what, change) in changes)
        {
            var json = JsonNode.Parse(File.ReadAllText(bundle))!;
            var statement = JsonNode.Parse(Convert.FromBase64String((string)json["dsseEnvelope"]!["payload"]!))!;
            Assert.Equal(SlsaProvenance.PredicateType, (string?)statement["predicateType"]);
            change(statement);
            json["dsseEnvelope"]!["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(statement.ToJsonString()));
            yield return (what, jobs.Folder.Write($"{what.Replace(' ', '-')}.sigstore.json", json.ToJsonString()).FullPath);
        }
    }

    private static JsonNode Build(JsonNode statement) => statement["predicate"]!["buildDefinition"]!;
}
