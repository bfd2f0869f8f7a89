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

    [Fact]
    public async Task Every_verifier_takes_the_provenance_and_refuses_it_with_another_commit_or_signer()
    {
        using var jobs = await ReleaseJobs.CreateAsync(sandbox.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAsync("PySign-Sign");
        var signature = jobs.Dist.ReadSigned().Files.Single(file => file.Name == Wheel).Signature!;
        var bundle = jobs.Dist.File(Wheel + SignatureNames.Provenance).FullPath;
        var changed = jobs.Folder.File("changed.sigstore.json").FullPath;
        var json = JsonNode.Parse(await File.ReadAllTextAsync(bundle, TestContext.Current.CancellationToken))!;
        var statement = JsonNode.Parse(Convert.FromBase64String((string)json["dsseEnvelope"]!["payload"]!))!;
        Assert.Equal(SlsaProvenance.PredicateType, (string?)statement["predicateType"]);
        statement["predicate"]!["buildDefinition"]!["resolvedDependencies"]![0]!["digest"]!["gitCommit"] = new string('0', 40);
        json["dsseEnvelope"]!["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(statement.ToJsonString()));
        await File.WriteAllTextAsync(changed, json.ToJsonString(), TestContext.Current.CancellationToken);

        var artifact = jobs.Dist.File(Wheel).FullPath;
        VerificationCase[] cases =
        [
            new("as signed", bundle, sandbox.TrustedRoot, artifact, signature.Identity, signature.Issuer),
            new("another commit", changed, sandbox.TrustedRoot, artifact, signature.Identity, signature.Issuer),
            new("another signer", bundle, sandbox.TrustedRoot, artifact, signature.Identity + "x", signature.Issuer),
        ];
        foreach (
            var verify in new Func<IReadOnlyList<VerificationCase>, Task<Verdict[]>>[]
            {
                Verifiers.Cosign3,
                Verifiers.SigstoreGo,
                Verifiers.Npm,
            }
        )
        {
            Assert.Equal([true, false, false], (await verify(cases)).Select(verdict => verdict.Accepted));
        }
    }
}
