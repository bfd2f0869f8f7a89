using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PySign.Formats;
using PySign.Packaging.Attestations;
using PySign.Packaging.Distributions;

namespace PySign.Packaging.Tests.Attestations;

public sealed class AttestationTests
{
    private const string Sample = """
        {"version":1,"verification_material":{"certificate":"AQID","transparency_entries":[{"logIndex":"1"}]},"envelope":{"statement":"e30=","signature":"BAU="}}
        """;

    [Fact]
    public void Every_attestation_of_the_corpus_is_read_and_written_back_equal()
    {
        var files = Directory.GetFiles(Corpora.Require("pypi-attestations"), "*.attestation");
        Assert.Equal(4, files.Length);
        foreach (var file in files)
        {
            var attestation = Attestation.Load(file);
            using var written = JsonDocument.Parse(attestation.ToJson());
            using var original = JsonDocument.Parse(File.ReadAllBytes(file));
            Assert.True(JsonElement.DeepEquals(original.RootElement, written.RootElement), file);
            Assert.Equal(attestation, Attestation.Parse(Encoding.UTF8.GetBytes(attestation.ToJson())));
            var name = Path.GetFileName(file)[..(Path.GetFileName(file).IndexOf(".attestation", StringComparison.Ordinal))]
                .Replace(".publish", "", StringComparison.Ordinal);
            var distribution = Path.Combine(Path.GetDirectoryName(file)!, name);
            var sha256 = Sha256Digest.Of(File.ReadAllBytes(distribution));
            attestation.ReadStatement().EnsureAbout(DistributionFileName.Parse(name), sha256);
            Assert.Equal(AttestationStatement.PublishType, attestation.ReadStatement().PredicateType);
        }
    }

    [Fact]
    public void What_is_written_is_exactly_this()
    {
        Assert.Equal(Sample.Trim(), Parse(Sample).ToJson());
        var stamped = Sample.Trim().Replace("]}", "],\"timestamps\":[\"Bg==\"]}", StringComparison.Ordinal);
        Assert.Equal(stamped, Parse(stamped).ToJson());
    }

    [Fact]
    public void Two_are_equal_whatever_the_spaces_and_different_in_whatever_they_prove()
    {
        var spaced = JsonNode.Parse(Sample)!.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
        Assert.Equal(Parse(Sample), Parse(spaced));
        foreach (var (from, to) in new[] { ("AQID", "AQIE"), ("\"1\"", "\"2\""), ("e30=", "e3w="), ("BAU=", "BAY=") })
        {
            Assert.NotEqual(Parse(Sample), Parse(Sample.Replace(from, to, StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("\"version\":1", "\"version\":2", PackagingFailure.UnsupportedAttestationVersion)]
    [InlineData("\"version\":1", "\"version\":\"1\"", PackagingFailure.InvalidAttestation)]
    [InlineData("\"version\":1,", "", PackagingFailure.InvalidAttestation)]
    [InlineData("\"version\":1", "\"version\":1,\"version\":1", PackagingFailure.InvalidAttestation)]
    [InlineData("[{\"logIndex\":\"1\"}]", "[]", PackagingFailure.InvalidAttestation)]
    [InlineData("[{\"logIndex\":\"1\"}]", "[1]", PackagingFailure.InvalidAttestation)]
    [InlineData("AQID", "AQ ID", PackagingFailure.InvalidAttestation)]
    [InlineData("AQID", "AQJ=", PackagingFailure.InvalidAttestation)]
    [InlineData("AQID", "", PackagingFailure.InvalidAttestation)]
    [InlineData("AQID", "\\ud800", PackagingFailure.InvalidAttestation)]
    [InlineData("\"envelope\"", "\"other\"", PackagingFailure.InvalidAttestation)]
    [InlineData("\"BAU=\"", "5", PackagingFailure.InvalidAttestation)]
    [InlineData("{\"version\"", "[\"version\"", PackagingFailure.InvalidAttestation)]
    public void What_is_no_attestation_is_refused_by_name(string from, string to, PackagingFailure reason) =>
        Assert.Equal(reason, Assert.Throws<PackagingException>(() => Parse(Sample.Replace(from, to, StringComparison.Ordinal))).Reason);

    [Fact]
    public void Names_that_an_index_adds_are_passed_over_and_bounds_are_kept()
    {
        Assert.Equal(Parse(Sample), Parse(Sample.Replace("\"version\":1", "\"version\":1,\"new\":{}", StringComparison.Ordinal)));
        var entries = string.Join(',', Enumerable.Repeat("{}", 17));
        Assert.Equal(
            PackagingFailure.AttestationTooLarge,
            Assert.Throws<PackagingException>(() => Parse(Sample.Replace("{\"logIndex\":\"1\"}", entries, StringComparison.Ordinal))).Reason
        );
        Assert.Equal(
            PackagingFailure.AttestationTooLarge,
            Assert.Throws<PackagingException>(() => Attestation.Parse(new byte[Attestation.MaxBytes + 1])).Reason
        );
    }

    [Fact]
    public void Provenance_is_read_and_written_exactly_for_each_kind_of_publisher()
    {
        var publishers = new[]
        {
            """{"kind":"GitHub","repository":"o/r","workflow":"release.yml","environment":"pypi","claims":null}""",
            """{"kind":"GitLab","repository":"g/s/p","workflow_filepath":".gitlab-ci.yml","environment":null,"claims":null}""",
            """{"kind":"Google","email":"a@b.example","claims":null}""",
        };
        var json =
            $$"""{"version":1,"attestation_bundles":[{{string.Join(',', publishers.Select(publisher => $$"""{"publisher":{{publisher}},"attestations":[{{Sample.Trim()}}]}"""))}}]}""";
        var provenance = Provenance.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Equal(["o/r", "g/s/p", null], provenance.Bundles.Select(bundle => bundle.Publisher.Repository));
        Assert.Equal("a@b.example", provenance.Bundles[2].Publisher.Email);
        Assert.Equal(json, provenance.ToJson());
        Assert.Equal(
            "ActiveState",
            Provenance
                .Parse(Encoding.UTF8.GetBytes(json.Replace("Google", "ActiveState", StringComparison.Ordinal)))
                .Bundles[2]
                .Publisher.Kind
        );
        Assert.Equal(
            PackagingFailure.InvalidAttestation,
            Assert
                .Throws<PackagingException>(() =>
                    Provenance.Parse(Encoding.UTF8.GetBytes(json.Replace(publishers[0], "null", StringComparison.Ordinal)))
                )
                .Reason
        );
    }

    [Theory]
    [InlineData("""{"version":1,"attestation_bundles":[]}""")]
    [InlineData(
        """{"version":1,"attestation_bundles":[{"publisher":{"kind":"GitHub","repository":"o/r","workflow":"w"},"attestations":[]}]}"""
    )]
    public void Provenance_without_attestations_attests_nothing(string json) =>
        Assert.Empty(Provenance.Parse(Encoding.UTF8.GetBytes(json)).Bundles);

    [Fact]
    public void A_bundle_whose_attestations_are_not_a_list_cannot_be_read()
    {
        const string Json =
            """{"version":1,"attestation_bundles":[{"publisher":{"kind":"GitHub","repository":"o/r","workflow":"w"},"attestations":null}]}""";
        var bundle = Assert.Single(Provenance.Parse(Encoding.UTF8.GetBytes(Json)).Bundles);
        Assert.NotNull(bundle.Problem);
        Assert.Empty(bundle.Attestations);
    }

    [Theory]
    [InlineData("env-empty.json", 1, null)]
    [InlineData("env-set.json", 1, "pypi")]
    [InlineData("no-environment.json", 1, null)]
    [InlineData("extra-keys.json", 1, null)]
    [InlineData("timestamps-null.json", 1, null)]
    [InlineData("timestamps-empty.json", 1, null)]
    [InlineData("certificate-base64-wrapped-pre-0.0.12.json", 1, null)]
    [InlineData("slsa-only.json", 1, null)]
    [InlineData("duplicate.json", 1, null)]
    [InlineData("two-bundles-same-publisher.json", 2, null)]
    [InlineData("second-publisher-other.json", 1, null)]
    [InlineData("second-publisher-unknown-kind.json", 1, null)]
    [InlineData("repo-other-case.json", 0, null)]
    public void What_an_index_serves_for_a_publisher_is_found_whatever_else_it_serves(string file, int attestations, string? environment)
    {
        var provenance = Provenance.Parse(
            File.ReadAllBytes(Path.Combine(Corpora.Require("sigstore-deployments"), "provenance-variants", file))
        );
        var found = provenance.Of(static publisher => publisher is { Kind: Publisher.GitHub, Repository: "trailofbits/pypi-attestations" });
        Assert.Equal(attestations, found.Count);
        Assert.Equal(environment, provenance.Bundles[0].Publisher.Environment);
        Assert.Equal(provenance.ToJson(), Provenance.Parse(Encoding.UTF8.GetBytes(provenance.ToJson())).ToJson());
    }

    [Fact]
    public void PyPIs_own_example_with_an_empty_environment_is_read()
    {
        var folder = Path.Combine(Corpora.Require("sigstore-deployments"), "pypi-provenance-empty-environment");
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            Assert.Null(Assert.Single(Provenance.Parse(File.ReadAllBytes(file)).Bundles).Publisher.Environment);
        }
    }

    [Theory]
    [InlineData("\"attestations\":[{}]")]
    [InlineData("\"attestations\":[{\"version\":2}]")]
    [InlineData("\"attestations\":\"none\"")]
    public void A_strangers_bundle_that_cannot_be_read_concerns_only_who_expects_the_stranger(string attestations)
    {
        var json =
            $$$"""{"version":1,"attestation_bundles":[{"publisher":{"kind":"GitHub"},{{{attestations}}}},{"publisher":{"kind":"Google","email":"a@b.example"},"attestations":[{{{Sample.Trim()}}}]}]}""";
        var provenance = Provenance.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Single(provenance.Of(static publisher => publisher.Email == "a@b.example"));
        Assert.Throws<PackagingException>(() => provenance.Of(static publisher => publisher.Kind == Publisher.GitHub));
    }

    private static Attestation Parse(string json) => Attestation.Parse(Encoding.UTF8.GetBytes(json));
}
