using System.Text;
using System.Text.Json.Nodes;
using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Trust;

/// <summary>Trusted roots and signing configs as cosign writes them and as people edit them.</summary>
public sealed class DeploymentTests
{
    private static readonly DateTimeOffset _now = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>File, usable logs, CT logs, authorities, timestamp authorities, and what the warnings name.</summary>
    public static TheoryData<string, string, string> Roots() =>
        new()
        {
            { "cosign-trusted-root/cosign2.json", "2 1 1 1", "" },
            { "cosign-trusted-root/cosign3.json", "2 1 1 1", "" },
            { "cosign-trusted-root/cosign3-with-start.json", "2 1 1 1", "" },
            { "cosign-trusted-root/sandbox_trusted_root.json", "3 1 2 2", "" },
            { "selfhosted-rekor-origin/scaffolding.json", "1 1 1 0", "" },
            { "selfhosted-rekor-origin/scaffolding-baseurl-is-pod.json", "1 1 1 0", "" },
            { "trustroot-variants/ca-no-start.json", "2 2 2 1", "" },
            { "trustroot-variants/explicit-port.json", "2 2 2 1", "" },
            { "trustroot-variants/four-byte-logid.json", "2 2 2 1", "tlogs[2]" },
            { "trustroot-variants/no-baseurl.json", "2 2 2 1", "" },
            { "trustroot-variants/numeric-enum.json", "2 2 2 1", "" },
            { "trustroot-variants/rekor-at-other-host.json", "2 2 2 1", "" },
            { "trustroot-variants/schemeless-baseurl.json", "2 2 2 1", "" },
            { "trustroot-variants/schemeless-tlogs-only.json", "2 2 2 1", "" },
            { "trustroot-variants/tlog-no-validfor.json", "0 2 2 1", "tlogs[0] tlogs[1]" },
            { "trustroot-variants/trailing-slash.json", "2 2 2 1", "" },
            { "trustroot-variants/unknown-field-in-tlog.json", "1 2 2 1", "tlogs[0]" },
            { "trustroot-variants/unknown-field.json", "2 2 2 1", "futureField" },
            { "trustroot-variants/unknown-key-kind.json", "2 2 2 1", "https://pq.example" },
            { "trustroot-variants/uppercase-host.json", "2 2 2 1", "" },
            { "trustroot-variants/v01new.json", "2 2 2 1", "" },
            { "trustroot-variants/v02.json", "2 2 2 1", "" },
        };

    [Theory]
    [MemberData(nameof(Roots))]
    public void A_root_has_the_members_that_can_be_used_and_names_the_others(string file, string members, string warned)
    {
        var root = Load(file);
        Assert.Equal(
            members,
            $"{root.TransparencyLogs.Count(static log => log.Key is not null)} {root.CertificateTransparencyLogs.Count} "
                + $"{root.CertificateAuthorities.Count} {root.TimestampAuthorities.Count}"
        );
        var named = warned.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(named.Length, root.Warnings.Count);
        Assert.All(named, name => Assert.Contains(root.Warnings, warning => warning.Contains(name, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_root_of_the_corpus_is_looked_at()
    {
        var folder = Corpora.Require("sigstore-deployments");
        var files = Directory
            .EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
            .Where(static path =>
                path.StartsWith("cosign-trusted-root/", StringComparison.Ordinal)
                || path.StartsWith("trustroot-variants/", StringComparison.Ordinal)
                || path.StartsWith("selfhosted-", StringComparison.Ordinal)
            )
            .Where(static path => !path.EndsWith(".sigstore.json", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        Assert.Equal(
            files,
            Roots().Select(static row => row.Data.Item1).Append("trustroot-variants/nomediatype.json").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void A_root_without_a_media_type_could_be_of_any_version_and_is_refused() =>
        Assert.Equal(
            VerificationFailure.MediaTypeUnknown,
            Assert.Throws<VerificationException>(() => Load("trustroot-variants/nomediatype.json")).Reason
        );

    [Theory]
    [InlineData("cosign2.json")]
    [InlineData("cosign3.json")]
    [InlineData("sandbox_trusted_root.json")]
    public void A_signature_of_an_instance_verifies_with_each_root_that_cosign_makes_of_its_keys(string file)
    {
        var folder = Corpora.Require("sigstore-deployments/cosign-trusted-root");
        var bundle = Bundle.Load(Path.Combine(folder, "Hello_PySign-1.0.0-py3-none-any.whl.sigstore.json"));
        var artifact = Artifact.FromFile(Path.Combine(folder, "Hello_PySign-1.0.0-py3-none-any.whl"));
        const string Issuer = "http://127.0.0.1:34931";
        const string Identity = "https://127.0.0.1:34931/acme/hello-pysign//.gitlab-ci.yml@refs/tags/v1.0.0";
        var verifier = new SigstoreVerifier(TrustedRoot.Load(Path.Combine(folder, file)));
        Assert.Equal(Identity, verifier.Verify(bundle, artifact, VerificationPolicy.Exact(Identity, Issuer)).Identity);
    }

    [Theory]
    [InlineData("scaffolding.json")]
    [InlineData("scaffolding-baseurl-is-pod.json")]
    public void A_log_that_calls_itself_its_pods_name_is_believed_for_its_key(string file)
    {
        var folder = Corpora.Require("sigstore-deployments/selfhosted-rekor-origin");
        var verifier = new SigstoreVerifier(TrustedRoot.Load(Path.Combine(folder, file)));
        var verified = verifier.Verify(
            Bundle.Load(Path.Combine(folder, "othername.sigstore.json")),
            Artifact.FromSha256(Sha256Digest.Parse("bc103b4a84971ef6459b294a2b98568a2bfb72cded09d4acd1e16366a401f95b")),
            VerificationPolicy.Exact("foo!oidc.local", "http://oidc.local:8080")
        );
        Assert.Equal("foo!oidc.local", verified.Identity);
    }

    [Theory]
    [InlineData("ca-no-start.json")]
    [InlineData("explicit-port.json")]
    [InlineData("four-byte-logid.json")]
    [InlineData("no-baseurl.json")]
    [InlineData("numeric-enum.json")]
    [InlineData("rekor-at-other-host.json")]
    [InlineData("schemeless-baseurl.json")]
    [InlineData("schemeless-tlogs-only.json")]
    [InlineData("trailing-slash.json")]
    [InlineData("unknown-field.json")]
    [InlineData("unknown-key-kind.json")]
    [InlineData("uppercase-host.json")]
    [InlineData("v01new.json")]
    [InlineData("v02.json")]
    public void A_public_signature_verifies_with_every_way_of_writing_the_public_root(string file)
    {
        var bundle = Bundle.Load(Path.Combine(Corpora.Require("real-bundles/bundles"), "012-a.txt.sigstore"));
        var artifact = Artifact.FromSha256(Sha256Digest.Parse("632579b5183d418ff3dc443994fd35e0e1a2a6ce89a1ee22fdca577f8e8bc9c3"));
        var policy = VerificationPolicy.Exact("a@tny.town", "https://github.com/login/oauth");
        Assert.Equal("a@tny.town", new SigstoreVerifier(Load("trustroot-variants/" + file)).Verify(bundle, artifact, policy).Identity);
    }

    [Fact]
    public void A_byte_order_mark_before_a_root_of_one_or_several_lines_is_not_part_of_it()
    {
        var root = File.ReadAllText(Path.Combine(Corpora.Require("real-bundles"), "roots", "prod.json"));
        using var document = System.Text.Json.JsonDocument.Parse(root);
        var line = System.Text.Json.JsonSerializer.Serialize(document.RootElement);
        foreach (var text in new[] { root, $"{line}\n{line}\n" })
        {
            Assert.Empty(TrustedRoot.Parse(System.Text.Encoding.UTF8.GetBytes("\ufeff" + text)).Warnings);
        }
    }

    [Theory]
    [InlineData("\"PKIX_ECDSA_P256_SHA_256\"", "null", "a kind of key in tlogs[0].publicKey.keyDetails; found none")]
    [InlineData("\"PKIX_ECDSA_P256_SHA_256\"", "99", "keyDetails names (99); found PKIX_ECDSA_P256_SHA_256")]
    [InlineData("\"SHA2_256\"", "0", "SHA2_256 in tlogs[0].hashAlgorithm; found none")]
    public void A_warning_says_what_is_there_and_what_is_not(string find, string replacement, string warning)
    {
        var root = File.ReadAllText(Path.Combine(Corpora.Require("real-bundles"), "roots", "prod.json"));
        var at = root.IndexOf(find, root.IndexOf("\"tlogs\"", StringComparison.Ordinal), StringComparison.Ordinal);
        var changed = root[..at] + replacement + root[(at + find.Length)..];
        Assert.Contains(
            warning,
            Assert.Single(TrustedRoot.Parse(System.Text.Encoding.UTF8.GetBytes(changed)).Warnings),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("tlog-no-validfor.json", VerificationFailure.FieldMissing)]
    [InlineData("unknown-field-in-tlog.json", VerificationFailure.FieldUnknown)]
    public void A_member_that_is_left_out_proves_nothing_and_the_refusal_says_why(string file, VerificationFailure reason)
    {
        var bundles = Corpora.Require("real-bundles/bundles");
        var bundle = Bundle.Load(Path.Combine(bundles, "012-a.txt.sigstore"));
        var verifier = new SigstoreVerifier(Load("trustroot-variants/" + file));
        var refusal = Assert.Throws<VerificationException>(() =>
            verifier.Verify(
                bundle,
                Artifact.FromSha256(Sha256Digest.Parse("632579b5183d418ff3dc443994fd35e0e1a2a6ce89a1ee22fdca577f8e8bc9c3")),
                VerificationPolicy.Exact("a@tny.town", "https://github.com/login/oauth")
            )
        );
        Assert.Equal((reason, RefusalKind.TrustUnusable), (refusal.Reason, refusal.Kind));
    }

    [Fact]
    public void The_signing_configs_that_cosign_writes_select_what_they_name()
    {
        var full = Config("full.json").Select(_now);
        Assert.Equal("https://fulcio.acme.example/", full.Fulcio!.AbsoluteUri);
        Assert.Equal(["https://tsa.acme.example/api/v1/timestamp"], full.TimestampAuthorities.Select(static u => u.AbsoluteUri));

        var withoutTsa = Config("no-tsa.json").Select(_now);
        Assert.Equal((1, 0), (withoutTsa.Logs.Count, withoutTsa.TimestampAuthorities.Count));

        var keyOnly = Config("key-only.json");
        Assert.Equal(SigningFailure.NoUsableService, Assert.Throws<SigningException>(() => keyOnly.Select(_now)).Reason);
        Assert.Equal((1, 0), (keyOnly.SelectForKey(_now).Logs.Count, keyOnly.SelectForKey(_now).TimestampAuthorities.Count));

        var empty = Config("empty.json").SelectForKey(_now);
        Assert.Equal((0, 0), (empty.Logs.Count, empty.TimestampAuthorities.Count));
    }

    [Fact]
    public void A_service_that_cannot_be_read_is_left_out_while_another_is_there()
    {
        const string Usable = """{"url":"https://log.example","majorApiVersion":1,"validFor":{"start":"2024-01-01T00:00:00Z"}}""";
        const string Unusable = """{"url":"log.example","majorApiVersion":1,"validFor":{"start":"2024-01-01T00:00:00Z"}}""";
        var config = Parse(Unusable + "," + Usable);
        Assert.Equal("https://log.example/", Assert.Single(config.SelectForKey(_now).Logs).Uri.AbsoluteUri);
        Assert.Contains("rekorTlogUrls[0]", Assert.Single(config.Warnings), StringComparison.Ordinal);
        Assert.Equal(SigningFailure.SigningConfigInvalid, Assert.Throws<SigningException>(() => Parse(Unusable)).Reason);

        static SigningConfig Parse(string logs) =>
            SigningConfig.Parse(
                Encoding.UTF8.GetBytes(
                    $$"""{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","caUrls":null,"rekorTlogUrls":[{{logs}}],"rekorTlogConfig":{"selector":2,"count":null},"tsaUrls":[],"tsaConfig":null}"""
                )
            );
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n\r\n")]
    public void A_root_on_one_line_is_a_root_and_two_are_two(string after)
    {
        var line = new Forge().TrustedRootJson().ToJsonString();
        Assert.Single(TrustedRoot.Parse(Encoding.UTF8.GetBytes(line + after)).TransparencyLogs);
        Assert.Equal(2, TrustedRoot.Parse(Encoding.UTF8.GetBytes($"{line}\n{after}{line}{after}")).Instances.Count);
    }

    [Fact]
    public void A_line_that_is_not_a_known_root_is_named_and_one_that_is_torn_refuses_the_file()
    {
        var line = new Forge().TrustedRootJson().ToJsonString();
        var root = TrustedRoot.Parse(Encoding.UTF8.GetBytes(line + "\n" + """{"mediaType":"application/x"}""" + "\n"));
        Assert.Contains("Line 2", Assert.Single(root.Warnings), StringComparison.Ordinal);
        Assert.Equal(
            VerificationFailure.JsonMalformed,
            Assert.Throws<VerificationException>(() => TrustedRoot.Parse(Encoding.UTF8.GetBytes(line + "\n" + line[..200]))).Reason
        );
        Assert.Equal(
            VerificationFailure.TooManyItems,
            Assert
                .Throws<VerificationException>(() =>
                    TrustedRoot.Parse(Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Repeat(line, 17))))
                )
                .Reason
        );
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("\"\"")]
    [InlineData("[]")]
    public void What_is_null_or_empty_is_absent(string value)
    {
        var bundle = new Forge { Timestamp = null }.BundleJson();
        var entry = bundle["verificationMaterial"]!["tlogEntries"]![0]!;
        var empty = JsonNode.Parse(value);
        switch (value)
        {
            case "null" or "{}":
                bundle["verificationMaterial"]!["timestampVerificationData"] = empty;
                bundle["messageSignature"]!["messageDigest"] = empty?.DeepClone();
                Assert.Equal(VerificationFailure.InclusionProofMissing, RefusalWith("inclusionProof"));
                Assert.Equal(VerificationFailure.FieldMissing, RefusalWith("logId"));
                Assert.Equal(VerificationFailure.FieldMissing, RefusalWith("kindVersion"));
                break;
            case "[]":
                bundle["verificationMaterial"]!["timestampVerificationData"] = new JsonObject { ["rfc3161Timestamps"] = empty };
                break;
            default:
                bundle["messageSignature"]!["messageDigest"] = new JsonObject { ["digest"] = empty };
                Assert.Equal(VerificationFailure.FieldMissing, RefusalWith("canonicalizedBody"));
                break;
        }

        Assert.NotNull(Parse(bundle));

        VerificationFailure RefusalWith(string field)
        {
            var other = bundle.DeepClone().AsObject();
            other["verificationMaterial"]!["tlogEntries"]![0]![field] = empty?.DeepClone();
            return Assert.Throws<VerificationException>(() => Parse(other)).Reason;
        }

        static Bundle Parse(JsonObject json) => Bundle.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    private static TrustedRoot Load(string file) => TrustedRoot.Load(Path.Combine(Corpora.Require("sigstore-deployments"), file));

    private static SigningConfig Config(string file) =>
        SigningConfig.Load(Path.Combine(Corpora.Require("sigstore-deployments"), "cosign-signing-config", file));
}
