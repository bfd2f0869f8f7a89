using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Transparency;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

public sealed class OldFormatTests
{
    private static readonly VerificationPolicy _policy = VerificationPolicy.Exact(Forge.Identity, Forge.Issuer);

    [Fact]
    public void What_cosign_2_wrote_with_bundle_verifies_like_a_bundle()
    {
        var forge = new Forge { Timestamp = null };
        var cosign = CosignJson(forge.BundleJson());
        var bundle = Bundle.ParseCosign(Encoding.UTF8.GetBytes(cosign.ToJsonString()));
        Assert.Equal(Forge.Identity, Verifier(forge).Verify(bundle, Artifact.FromBytes(forge.Artifact), _policy).Identity);

        cosign["rekorBundle"]!["Payload"]!["integratedTime"] = Forge.Now.ToUnixTimeSeconds() + 1;
        var forged = Bundle.ParseCosign(Encoding.UTF8.GetBytes(cosign.ToJsonString()));
        Assert.Equal(
            VerificationFailure.SignedEntryTimestampInvalid,
            Assert.Throws<VerificationException>(() => Verifier(forge).Verify(forged, Artifact.FromBytes(forge.Artifact), _policy)).Reason
        );
    }

    [Theory]
    [InlineData("rekorBundle")]
    [InlineData("cert")]
    [InlineData("base64Signature")]
    public void An_old_bundle_without_one_of_its_parts_is_refused(string part)
    {
        var cosign = CosignJson(new Forge { Timestamp = null }.BundleJson());
        cosign.Remove(part);
        Assert.Throws<VerificationException>(() => Bundle.ParseCosign(Encoding.UTF8.GetBytes(cosign.ToJsonString())));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("rekorBundle", false)]
    [InlineData("Payload", true)]
    public void An_old_bundle_with_an_unknown_field_is_refused(string part, bool isInner)
    {
        var cosign = CosignJson(new Forge { Timestamp = null }.BundleJson());
        var place =
            isInner ? cosign["rekorBundle"]![part]!
            : part.Length > 0 ? cosign[part]!
            : cosign;
        place["future"] = 1;
        Assert.Equal(
            VerificationFailure.FieldUnknown,
            Assert.Throws<VerificationException>(() => Bundle.ParseCosign(Encoding.UTF8.GetBytes(cosign.ToJsonString()))).Reason
        );
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "")]
    [InlineData(HttpStatusCode.OK, "not JSON")]
    [InlineData(HttpStatusCode.OK, "{}")]
    public async Task A_search_without_an_answer_proves_nothing(HttpStatusCode status, string body)
    {
        var forge = new Forge { Timestamp = null };
        using var log = new ScriptedHandler(_ => ScriptedHandler.Answer(status, body));
        var refused = await Assert.ThrowsAsync<VerificationException>(() =>
            Verifier(forge)
                .VerifyDetachedAsync(
                    Pair(forge.BundleJson(), rawSignature: false, plainPem: true),
                    Artifact.FromBytes(forge.Artifact),
                    _policy,
                    new RekorSearch(new Uri("http://127.0.0.1:1/"), log),
                    TestContext.Current.CancellationToken
                )
        );
        Assert.Equal(VerificationFailure.OnlineSearchUnavailable, Spoken.AssertWhole(refused).Reason);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_detached_pair_is_verified_with_the_logs_search_in_every_form_that_cosign_writes(bool rawSignature, bool plainPem)
    {
        var forge = new Forge { Timestamp = null };
        var bundle = forge.BundleJson();
        using var log = new SearchStub(bundle);
        var verified = await Verifier(forge)
            .VerifyDetachedAsync(
                Pair(bundle, rawSignature, plainPem),
                Artifact.FromBytes(forge.Artifact),
                _policy,
                new RekorSearch(new Uri("http://127.0.0.1:1/"), log),
                TestContext.Current.CancellationToken
            );
        Assert.Equal(Forge.Identity, verified.Identity);
        Assert.Contains(Convert.ToBase64String(Pair(bundle, rawSignature, plainPem).Signature.Span), log.Asked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wrapped")]
    [InlineData("wrapped with carriage returns")]
    [InlineData("with spaces around")]
    [InlineData("with a byte order mark")]
    public void A_signature_file_with_wrapped_base64_is_the_signature(string form)
    {
        var bundle = new Forge().BundleJson();
        var base64 = bundle["messageSignature"]!["signature"]!.GetValue<string>();
        var text = form switch
        {
            "wrapped" => base64[..64] + "\n" + base64[64..] + "\n",
            "wrapped with carriage returns" => base64[..76] + "\r\n" + base64[76..] + "\r\n",
            "with spaces around" => "  " + base64 + " \n\n",
            _ => "\uFEFF" + base64,
        };
        var pair = DetachedSignature.Parse(Encoding.UTF8.GetBytes(text), Encoding.ASCII.GetBytes(Pem(bundle)));
        Assert.Equal(Convert.FromBase64String(base64), pair.Signature.ToArray());
    }

    [Theory]
    [InlineData("MEUCIQDx!")]
    [InlineData("MEUCIQDxA")]
    [InlineData("-----BEGIN SIGNATURE-----\nMEUC\n-----END SIGNATURE-----\n")]
    [InlineData("{\"signature\":\"MEUC\"}")]
    [InlineData("MEUC-_==")]
    [InlineData("\uFEFFnot base64")]
    public void Text_that_is_not_base64_is_never_taken_for_a_signatures_bytes(string text) =>
        Assert.Equal(
            VerificationFailure.Base64Invalid,
            Assert
                .Throws<VerificationException>(() =>
                    DetachedSignature.Parse(Encoding.UTF8.GetBytes(text), Encoding.ASCII.GetBytes(Pem(new Forge().BundleJson())))
                )
                .Reason
        );

    [Fact]
    public void Text_in_another_encoding_is_never_taken_for_a_signatures_bytes()
    {
        var bundle = new Forge().BundleJson();
        var base64 = bundle["messageSignature"]!["signature"]!.GetValue<string>();
        byte[] utf16 = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(base64)];
        Assert.Equal(
            VerificationFailure.Base64Invalid,
            Assert.Throws<VerificationException>(() => DetachedSignature.Parse(utf16, Encoding.ASCII.GetBytes(Pem(bundle)))).Reason
        );
    }

    [Theory]
    [InlineData("text before", true)]
    [InlineData("base64 wrapped", true)]
    [InlineData("base64 of text before", true)]
    [InlineData("carriage returns", true)]
    [InlineData("two certificates", false)]
    [InlineData("text after", false)]
    [InlineData("a private key before", false)]
    [InlineData("der", false)]
    public void A_certificate_file_holds_one_certificate_in_any_of_its_forms(string form, bool isRead)
    {
        var bundle = new Forge().BundleJson();
        var pem = Pem(bundle);
        const string Text = "subject=O = Acme Fußball\nissuer=CN = sigstore-intermediate\n";
        byte[] file = form switch
        {
            "text before" => Encoding.UTF8.GetBytes(Text + pem),
            "base64 wrapped" => Encoding.ASCII.GetBytes(
                string.Join('\n', Convert.ToBase64String(Encoding.ASCII.GetBytes(pem)).Chunk(76).Select(static line => new string(line)))
            ),
            "base64 of text before" => Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(Text + pem))),
            "carriage returns" => Encoding.ASCII.GetBytes(pem.Replace("\n", "\r\n", StringComparison.Ordinal)),
            "two certificates" => Encoding.ASCII.GetBytes(pem + pem),
            "text after" => Encoding.ASCII.GetBytes(pem + "and more"),
            "a private key before" => Encoding.ASCII.GetBytes("-----BEGIN EC PRIVATE KEY-----\nMEUC\n-----END EC PRIVATE KEY-----\n" + pem),
            _ => Convert.FromBase64String(bundle["verificationMaterial"]!["certificate"]!["rawBytes"]!.GetValue<string>()),
        };
        var signature = Encoding.ASCII.GetBytes(bundle["messageSignature"]!["signature"]!.GetValue<string>());
        if (isRead)
        {
            Assert.False(DetachedSignature.Parse(signature, file).Certificate.IsEmpty);
        }
        else
        {
            Assert.Equal(
                VerificationFailure.FieldInvalid,
                Assert.Throws<VerificationException>(() => DetachedSignature.Parse(signature, file)).Reason
            );
        }
    }

    [Fact]
    public async Task A_detached_pair_without_search_is_refused_with_that_reason()
    {
        var forge = new Forge { Timestamp = null };
        var pair = Pair(forge.BundleJson(), rawSignature: false, plainPem: false);
        var failure = await Assert.ThrowsAsync<VerificationException>(() =>
            Verifier(forge)
                .VerifyDetachedAsync(pair, Artifact.FromBytes(forge.Artifact), _policy, null, TestContext.Current.CancellationToken)
        );
        Assert.Equal(VerificationFailure.OnlineSearchNotAllowed, failure.Reason);
    }

    [Fact]
    public async Task A_log_that_finds_nothing_or_another_entry_proves_nothing()
    {
        var forge = new Forge { Timestamp = null };
        var bundle = forge.BundleJson();
        var artifact = Artifact.FromBytes(forge.Artifact);
        using var empty = new SearchStub();
        var search = new RekorSearch(new Uri("http://127.0.0.1:1/"), empty);
        var nothing = await Assert.ThrowsAsync<VerificationException>(() =>
            Verifier(forge)
                .VerifyDetachedAsync(Pair(bundle, false, false), artifact, _policy, search, TestContext.Current.CancellationToken)
        );
        Assert.Equal(VerificationFailure.OnlineSearchFoundNothing, nothing.Reason);

        using var other = new SearchStub(forge.BundleJson());
        var mismatch = await Assert.ThrowsAsync<VerificationException>(() =>
            Verifier(forge)
                .VerifyDetachedAsync(
                    Pair(bundle, false, false),
                    artifact,
                    _policy,
                    new RekorSearch(new Uri("http://127.0.0.1:1/"), other),
                    TestContext.Current.CancellationToken
                )
        );
        Assert.Equal(VerificationFailure.LogEntryMismatch, mismatch.Reason);
    }

    [Fact]
    public async Task Of_several_entries_one_that_verifies_decides_and_otherwise_the_earliest_is_told_of()
    {
        var forge = new Forge { Timestamp = null };
        var good = forge.BundleJson();
        var another = forge.BundleJson();
        var atAnotherTime = good.DeepClone().AsObject();
        atAnotherTime["verificationMaterial"]!["tlogEntries"]![0]!["integratedTime"] = $"{Forge.Now.ToUnixTimeSeconds() + 1}";
        Assert.Null(await RefusalAsync(forge, good, another, atAnotherTime, good));
        Assert.Equal(VerificationFailure.LogEntryMismatch, await RefusalAsync(forge, good, another, atAnotherTime));
        Assert.Equal(VerificationFailure.SignedEntryTimestampInvalid, await RefusalAsync(forge, good, atAnotherTime));
        Assert.Equal(VerificationFailure.LogEntryMismatch, await RefusalAsync(forge, good, atAnotherTime, another));
    }

    private static async Task<VerificationFailure?> RefusalAsync(Forge forge, JsonObject bundle, params JsonObject[] found)
    {
        using var log = new SearchStub(found);
        try
        {
            var search = new RekorSearch(new Uri("http://127.0.0.1:1/"), log);
            var artifact = Artifact.FromBytes(forge.Artifact);
            await Verifier(forge)
                .VerifyDetachedAsync(Pair(bundle, false, false), artifact, _policy, search, TestContext.Current.CancellationToken);
            return null;
        }
        catch (VerificationException refusal)
        {
            return Spoken.AssertWhole(refusal).Reason;
        }
    }

    [Fact]
    public void A_file_of_lines_holds_one_bundle_a_line()
    {
        var line = new Forge().BundleJson().ToJsonString();
        Assert.Equal(2, Bundle.ParseLines(Encoding.UTF8.GetBytes(line + "\n\n" + line + "\r\n")).Count);
        Assert.Equal(
            VerificationFailure.ContentMissing,
            Assert.Throws<VerificationException>(() => Bundle.ParseLines("\n"u8.ToArray())).Reason
        );
        Assert.Equal(
            VerificationFailure.JsonMalformed,
            Assert.Throws<VerificationException>(() => Bundle.ParseLines(Encoding.UTF8.GetBytes(line + line))).Reason
        );
    }

    private static SigstoreVerifier Verifier(Forge forge) =>
        new(TrustedRoot.Parse(Encoding.UTF8.GetBytes(forge.TrustedRootJson().ToJsonString())));

    private static DetachedSignature Pair(JsonObject bundle, bool rawSignature, bool plainPem)
    {
        var signature = bundle["messageSignature"]!["signature"]!.GetValue<string>();
        var pem = Encoding.ASCII.GetBytes(Pem(bundle));
        return DetachedSignature.Parse(
            rawSignature ? Convert.FromBase64String(signature) : Encoding.ASCII.GetBytes(signature),
            plainPem ? pem : Encoding.ASCII.GetBytes(Convert.ToBase64String(pem))
        );
    }

    private static string Pem(JsonObject bundle) =>
        System.Security.Cryptography.PemEncoding.WriteString(
            "CERTIFICATE",
            Convert.FromBase64String(bundle["verificationMaterial"]!["certificate"]!["rawBytes"]!.GetValue<string>())
        ) + "\n";

    private static JsonObject CosignJson(JsonObject bundle)
    {
        var entry = bundle["verificationMaterial"]!["tlogEntries"]![0]!;
        return new JsonObject
        {
            ["base64Signature"] = bundle["messageSignature"]!["signature"]!.DeepClone(),
            ["cert"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(Pem(bundle))),
            ["rekorBundle"] = new JsonObject
            {
                ["SignedEntryTimestamp"] = entry["inclusionPromise"]!["signedEntryTimestamp"]!.DeepClone(),
                ["Payload"] = new JsonObject
                {
                    ["body"] = entry["canonicalizedBody"]!.DeepClone(),
                    ["integratedTime"] = long.Parse(
                        entry["integratedTime"]!.GetValue<string>(),
                        System.Globalization.CultureInfo.InvariantCulture
                    ),
                    ["logIndex"] = long.Parse(entry["logIndex"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture),
                    ["logID"] = Convert.ToHexStringLower(Convert.FromBase64String(entry["logId"]!["keyId"]!.GetValue<string>())),
                },
            },
        };
    }

    /// <summary>Rekor v1's search over the entries of bundles.</summary>
    private sealed class SearchStub(params JsonObject[] bundles) : HttpMessageHandler
    {
        public string Asked { get; private set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal("/api/v1/log/entries/retrieve", request.RequestUri!.AbsolutePath);
            Asked = await request.Content!.ReadAsStringAsync(cancellationToken);
            var answer = new JsonArray([
                .. bundles.Select(static (bundle, i) => new JsonObject { [new string('a', 79) + i] = Entry(bundle) }),
            ]);
            return new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent(answer.ToJsonString(), Encoding.UTF8, "application/json"),
                RequestMessage = request,
            };
        }

        private static JsonObject Entry(JsonObject bundle)
        {
            var entry = bundle["verificationMaterial"]!["tlogEntries"]![0]!;
            var proof = entry["inclusionProof"]!;
            string Hex(JsonNode? node) => Convert.ToHexStringLower(Convert.FromBase64String(node!.GetValue<string>()));
            return new JsonObject
            {
                ["body"] = entry["canonicalizedBody"]!.DeepClone(),
                ["integratedTime"] = entry["integratedTime"]!.DeepClone(),
                ["logID"] = Hex(entry["logId"]!["keyId"]),
                ["logIndex"] = entry["logIndex"]!.DeepClone(),
                ["verification"] = new JsonObject
                {
                    ["signedEntryTimestamp"] = entry["inclusionPromise"]!["signedEntryTimestamp"]!.DeepClone(),
                    ["inclusionProof"] = new JsonObject
                    {
                        ["checkpoint"] = proof["checkpoint"]!["envelope"]!.DeepClone(),
                        ["hashes"] = new JsonArray(Hex(proof["hashes"]![0])),
                        ["logIndex"] = 1,
                        ["rootHash"] = Hex(proof["rootHash"]),
                        ["treeSize"] = 2,
                    },
                },
            };
        }
    }
}
