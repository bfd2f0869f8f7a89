using System.Text.Json.Nodes;
using Cake.PySign.Audit;
using PySign.Packaging;
using PySign.Packaging.Attestations;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Tests.Audit;

/// <summary>Provenance as PyPI serves it, and as its documentation shows it, against Sigstore's public root.</summary>
public sealed class RealProvenanceTests
{
    private readonly ProvenanceJudge _judge = new(new SigstoreVerifier(TrustedRoot.PublicGood()), new PublisherIssuers(null));

    [Fact]
    public void Documents_of_PyPI_verify_and_say_whom_they_come_from()
    {
        var folder = Path.Combine(Corpora.Require("sigstore-deployments"), "pypi-provenance-empty-environment");
        foreach (var file in Directory.EnumerateFiles(folder, "*.provenance"))
        {
            var verdict = Judge(File.ReadAllBytes(file));
            Assert.True(AuditState.Attested == verdict.State, $"{file}: {verdict}");
            Assert.Equal("GitHub", verdict.Publisher!.Kind);
            Assert.NotNull(verdict.Attestations[0].LoggedAt);
            Assert.True(verdict.Attestations[0].Claims.ContainsKey("source-digest"));
        }
    }

    [Theory]
    [InlineData(
        "gitlab_oidc_project-0.0.3.tar.gz.publish.attestation",
        "GitLab",
        "facutuesca/gitlab-oidc-project",
        ".gitlab-ci.yml",
        AuditState.Attested
    )]
    [InlineData(
        "pypi_attestation_models-0.0.4a2.tar.gz.attestation",
        "GitHub",
        "trailofbits/pypi-attestation-models",
        "release.yml",
        AuditState.Attested
    )]
    [InlineData(
        "pypi_attestation_models-0.0.4a2.tar.gz.attestation",
        "GitHub",
        "trailofbits/other",
        "release.yml",
        AuditState.Unverifiable
    )]
    [InlineData("rfc8785-0.1.2-py3-none-any.whl.attestation", "GitHub", "trailofbits/rfc8785.py", "release.yml", AuditState.Unverifiable)]
    [InlineData(
        "rfc8785-0.1.2-py3-none-any.whl.publish.attestation",
        "GitHub",
        "trailofbits/rfc8785.py",
        "release.yml",
        AuditState.Unverifiable
    )]
    public void Real_attestations_verify_for_their_publisher_and_those_of_staging_for_nobody(
        string file,
        string kind,
        string repository,
        string workflow,
        AuditState state
    )
    {
        var attestation = File.ReadAllText(Path.Combine(Corpora.Require("pypi-attestations"), file));
        var document = new JsonObject
        {
            ["version"] = 1,
            ["attestation_bundles"] = new JsonArray(
                new JsonObject
                {
                    ["publisher"] = new JsonObject
                    {
                        ["kind"] = kind,
                        ["repository"] = repository,
                        [kind == "GitLab" ? "workflow_filepath" : "workflow"] = workflow,
                    },
                    ["attestations"] = new JsonArray(JsonNode.Parse(attestation)),
                }
            ),
        };
        var verdict = Judge(System.Text.Encoding.UTF8.GetBytes(document.ToJsonString()));
        Assert.True(state == verdict.State, verdict.ToString());
    }

    [Fact]
    public void Every_variant_of_a_document_is_judged_and_none_is_attested_for_somebody_else()
    {
        var folder = Path.Combine(Corpora.Require("sigstore-deployments"), "provenance-variants");
        var states = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*.json"))
        {
            try
            {
                var verdict = Judge(File.ReadAllBytes(file));
                states[Path.GetFileNameWithoutExtension(file)] = $"{verdict.State} {verdict.Reason}";
            }
            catch (PackagingException e)
            {
                states[Path.GetFileNameWithoutExtension(file)] = e.Reason.ToString();
            }
        }

        Assert.Equal(13, states.Count);
        var wrong = states.Where(one =>
            one.Value
            != one.Key switch
            {
                "repo-other-case" => "Unverifiable AnotherSigner",
                _ => "Attested None",
            }
        );
        Assert.True(!wrong.Any(), string.Join('\n', wrong));
    }

    private FileVerdict Judge(byte[] document)
    {
        var provenance = Provenance.Parse(document);
        var statement = provenance.Bundles.SelectMany(bundle => bundle.Attestations).First().ReadStatement();
        return _judge.Judge(statement.Subject, statement.Sha256, provenance, []);
    }
}
