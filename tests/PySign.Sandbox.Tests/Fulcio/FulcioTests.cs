using System.Formats.Asn1;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Tests.Fulcio;

public sealed class FulcioTests
{
    private const string Path = "/api/v2/signingCert";
    private const string Arc = "1.3.6.1.4.1.57264.1.";
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_GitLab_job_gets_a_certificate_with_everything_its_token_says()
    {
        await using var rig = await SandboxRig.Start();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var token = rig.Services.MintGitLabToken(
            new JsonObject
            {
                ["ref"] = "main",
                ["ref_type"] = "branch",
                ["environment"] = "release",
            }
        );
        using var leaf = await Certify(rig, token, "project_path:acme/hello-pysign:ref_type:branch:ref:main", key);

        const string Config = "https://localhost/acme/hello-pysign//.gitlab-ci.yml@refs/heads/main";
        Assert.Equal(Config, SubjectUri(leaf));
        Assert.Equal("http://localhost", Encoding.UTF8.GetString(leaf.Extensions[Arc + "1"]!.RawData));
        Dictionary<int, string> expected = new()
        {
            [8] = "http://localhost",
            [9] = Config,
            [10] = "714a629c0b401fdce83e847fc9589983fc6f46bc",
            [11] = "self-hosted",
            [12] = "http://localhost/acme/hello-pysign",
            [13] = "714a629c0b401fdce83e847fc9589983fc6f46bc",
            [14] = "refs/heads/main",
            [15] = "42",
            [16] = "http://localhost/acme",
            [17] = "7",
            [18] = Config,
            [19] = "714a629c0b401fdce83e847fc9589983fc6f46bc",
            [20] = "push",
            [21] = "http://localhost/acme/hello-pysign/-/jobs/3407",
            [22] = "public",
            [23] = "release",
            [24] = "project_path:acme/hello-pysign:ref_type:branch:ref:main",
        };
        Assert.Equal(expected, Texts(leaf));
    }

    [Fact]
    public async Task A_GitHub_job_gets_the_old_and_the_new_extensions()
    {
        await using var rig = await SandboxRig.Start();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = await Certify(rig, rig.Services.MintGitHubToken(), "repo:acme/hello-pysign:ref:refs/tags/v1.0.0", key);
        const string Workflow = "https://github.com/acme/hello-pysign/.github/workflows/release.yml@refs/tags/v1.0.0";
        Assert.Equal(Workflow, SubjectUri(leaf));
        string[] raw =
        [
            "http://localhost/github-oidc",
            "push",
            "714a629c0b401fdce83e847fc9589983fc6f46bc",
            "release",
            "acme/hello-pysign",
            "refs/tags/v1.0.0",
        ];
        Assert.Equal(raw, Enumerable.Range(1, 6).Select(n => Encoding.UTF8.GetString(leaf.Extensions[$"{Arc}{n}"]!.RawData)));
        var texts = Texts(leaf);
        Assert.Equal([8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 24], texts.Keys.Order());
        Assert.Equal(Workflow, texts[18]);
        Assert.Equal("https://github.com/acme/hello-pysign/actions/runs/9001/attempts/1", texts[21]);
    }

    [Fact]
    public async Task A_person_gets_a_certificate_for_the_verified_address()
    {
        await using var rig = await SandboxRig.Start();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = await Certify(rig, rig.Services.MintEmailToken(), "dev@example.org", key);
        var names = new AsnReader(leaf.Extensions["2.5.29.17"]!.RawData, AsnEncodingRules.DER).ReadSequence();
        Assert.Equal("dev@example.org", names.ReadCharacterString(UniversalTagNumber.IA5String, new Asn1Tag(TagClass.ContextSpecific, 1)));
        Assert.Equal([8], Texts(leaf).Keys);

        var (response, _) = await Ask(
            rig,
            rig.Services.MintEmailToken(new JsonObject { ["email_verified"] = false }),
            "dev@example.org",
            key
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task The_certificate_has_the_profile_of_the_specification_and_chains_to_the_root()
    {
        await using var rig = await SandboxRig.Start();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = await Certify(rig, rig.Services.MintGitLabToken(), Subject, key);
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), leaf.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.Equal("", leaf.Subject);
        Assert.Equal(TimeSpan.FromMinutes(10), leaf.NotAfter - leaf.NotBefore);
        Assert.Equal(rig.Clock.Now.UtcDateTime, leaf.NotBefore.ToUniversalTime());
        Assert.Equal("1.2.840.10045.4.3.3", leaf.SignatureAlgorithm.Value);
        Assert.Equal(X509KeyUsageFlags.DigitalSignature, Assert.Single(leaf.Extensions.OfType<X509KeyUsageExtension>()).KeyUsages);
        Assert.Equal(
            "1.3.6.1.5.5.7.3.3",
            Assert.Single(Assert.Single(leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>()).EnhancedKeyUsages.Cast<Oid>()).Value
        );
        Assert.Equal(
            ["2.5.29.15", "2.5.29.17"],
            leaf.Extensions.Where(extension => extension.Critical).Select(extension => extension.Oid!.Value!).Order(StringComparer.Ordinal)
        );

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(rig.Services.Fulcio.Root);
        chain.ChainPolicy.ExtraStore.Add(rig.Services.Fulcio.Intermediate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = leaf.NotBefore.AddMinutes(5);
        Assert.True(chain.Build(leaf), string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation)));
    }

    [Fact]
    public async Task The_embedded_promise_signs_the_certificate_without_itself()
    {
        await using var rig = await SandboxRig.Start();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var good = await Certify(rig, rig.Services.MintGitLabToken(), Subject, key);
        Assert.True(SctVerifies(rig, good));

        await rig.Fault("fulcio", "wrong-sct-key");
        using var spoilt = await Certify(rig, rig.Services.MintGitLabToken(), Subject, key);
        Assert.False(SctVerifies(rig, spoilt));
    }

    [Fact]
    public async Task The_promise_can_be_detached_or_missing()
    {
        await using var rig = await SandboxRig.Start();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await rig.Fault("fulcio", "detached-sct");
        var (_, detached) = await Ask(rig, rig.Services.MintGitLabToken(), Subject, key);
        var answer = detached.GetProperty("signedCertificateDetachedSct");
        var sct = JsonDocument.Parse(answer.GetProperty("signedCertificateTimestamp").GetBytesFromBase64()).RootElement;
        Assert.Equal(rig.Services.CtLog.LogId, sct.GetProperty("id").GetBytesFromBase64());

        await rig.Fault("fulcio", "no-sct");
        using var missing = await Certify(rig, rig.Services.MintGitLabToken(), Subject, key);
        Assert.Null(missing.Extensions["1.3.6.1.4.1.11129.2.4.2"]);
    }

    [Fact]
    public async Task A_signing_request_proves_its_key_by_itself()
    {
        await using var rig = await SandboxRig.Start();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var csr = new CertificateRequest("CN=ignored", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        var (response, body) = await Send(
            rig,
            new { certificateSigningRequest = Encoding.UTF8.GetBytes(csr) },
            rig.Services.MintGitLabToken()
        );
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var leaf = Leaf(body);
        Assert.Equal("", leaf.Subject);
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), leaf.PublicKey.ExportSubjectPublicKeyInfo());

        var der = new CertificateRequest("CN=ignored", key, HashAlgorithmName.SHA256).CreateSigningRequest();
        der[^1] ^= 1;
        var (refused, _) = await Send(
            rig,
            new { certificateSigningRequest = Encoding.UTF8.GetBytes(PemEncoding.WriteString("CERTIFICATE REQUEST", der)) },
            rig.Services.MintGitLabToken()
        );
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task The_older_interface_answers_with_PEM()
    {
        await using var rig = await SandboxRig.Start();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/signingCert");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", rig.Services.MintGitLabToken());
        request.Content = JsonContent.Create(
            new
            {
                publicKey = new { content = key.ExportSubjectPublicKeyInfo(), algorithm = "ecdsa" },
                signedEmailAddress = key.SignData(
                    Encoding.UTF8.GetBytes(Subject),
                    HashAlgorithmName.SHA256,
                    DSASignatureFormat.Rfc3279DerSequence
                ),
            }
        );
        using var response = await rig.Client.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(await response.Content.ReadAsStringAsync(Stop));
        Assert.Equal(3, chain.Count);
    }

    public static TheoryData<string, string> BadTokens =>
        new()
        {
            { "expires_in", "-1" },
            { "aud", "\"pypi\"" },
            { "iss", "\"https://gitlab.example\"" },
            { "nbf", "99999999999" },
            { "ci_config_ref_uri", "null" },
            { "sha", "null" },
        };

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task A_token_that_does_not_hold_is_refused_without_saying_why(string claim, string value)
    {
        await using var rig = await SandboxRig.Start();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var token = rig.Services.MintGitLabToken(new JsonObject { [claim] = JsonNode.Parse(value) });
        var (response, body) = await Ask(rig, token, Subject, key);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("""{"code":3,"message":"There was an error processing the identity token","details":[]}""", body.GetRawText());
    }

    [Fact]
    public async Task A_forged_token_and_no_token_are_refused()
    {
        await using var rig = await SandboxRig.Start();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parts = rig.Services.MintGitLabToken().Split('.');
        var signature = (parts[2][0] == 'A' ? 'B' : 'A') + parts[2][1..];
        foreach (var token in new[] { $"{parts[0]}.{parts[1]}.{signature}", "", "a.b.c", "nonsense" })
        {
            var (response, _) = await Ask(rig, token, Subject, key);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }
    }

    [Fact]
    public async Task A_key_that_is_not_proven_unreadable_or_weak_is_refused_by_name()
    {
        await using var rig = await SandboxRig.Start();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (_, unproven) = await Ask(rig, rig.Services.MintGitLabToken(), "somebody else", key);
        Assert.Equal("The signature supplied in the request could not be verified", unproven.GetProperty("message").GetString());

        var (_, unreadable) = await Send(
            rig,
            new { publicKeyRequest = new { publicKey = new { content = "?" }, proofOfPossession = "" } },
            rig.Services.MintGitLabToken()
        );
        Assert.Equal("The public key supplied in the request could not be parsed", unreadable.GetProperty("message").GetString());

        using var weak = RSA.Create(1024);
        var (_, insecure) = await Send(
            rig,
            new { publicKeyRequest = new { publicKey = new { content = weak.ExportSubjectPublicKeyInfoPem() }, proofOfPossession = "" } },
            rig.Services.MintGitLabToken()
        );
        Assert.Equal("The public key supplied in the request is insecure", insecure.GetProperty("message").GetString());
    }

    [Fact]
    public async Task It_tells_its_chain_and_the_issuers_it_knows()
    {
        await using var rig = await SandboxRig.Start();
        var chain = (await rig.GetJson("/api/v2/trustBundle")).GetProperty("chains")[0].GetProperty("certificates");
        Assert.Equal(2, chain.GetArrayLength());
        var issuers = (await rig.GetJson("/api/v2/configuration"))
            .GetProperty("issuers")
            .EnumerateArray()
            .ToDictionary(
                issuer => issuer.GetProperty("issuerUrl").GetString()!,
                issuer => issuer.GetProperty("challengeClaim").GetString()
            );
        Assert.Equal("sub", issuers["http://localhost"]);
        Assert.Equal("sub", issuers["http://localhost/github-oidc"]);
        Assert.Equal("email", issuers["http://localhost/oauth"]);
    }

    private const string Subject = "project_path:acme/hello-pysign:ref_type:tag:ref:v1.0.0";

    private static async Task<X509Certificate2> Certify(SandboxRig rig, string token, string challenge, ECDsa key)
    {
        var (response, body) = await Ask(rig, token, challenge, key);
        Assert.True(response.StatusCode == HttpStatusCode.OK, body.GetRawText());
        return Leaf(body);
    }

    private static Task<(HttpResponseMessage Response, JsonElement Body)> Ask(SandboxRig rig, string token, string challenge, ECDsa key) =>
        Send(
            rig,
            new
            {
                credentials = new { oidcIdentityToken = token },
                publicKeyRequest = new
                {
                    publicKey = new { algorithm = "ECDSA", content = key.ExportSubjectPublicKeyInfoPem() },
                    proofOfPossession = key.SignData(
                        Encoding.UTF8.GetBytes(challenge),
                        HashAlgorithmName.SHA256,
                        DSASignatureFormat.Rfc3279DerSequence
                    ),
                },
            }
        );

    private static async Task<(HttpResponseMessage Response, JsonElement Body)> Send(SandboxRig rig, object body, string? bearer = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = JsonContent.Create(body) };
        if (bearer is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        var response = await rig.Client.SendAsync(request, Stop);
        return (response, await response.Content.ReadFromJsonAsync<JsonElement>(Stop));
    }

    private static X509Certificate2 Leaf(JsonElement body)
    {
        var certificates = body.GetProperty("signedCertificateEmbeddedSct").GetProperty("chain").GetProperty("certificates");
        Assert.Equal(3, certificates.GetArrayLength());
        return X509Certificate2.CreateFromPem(certificates[0].GetString());
    }

    private static string SubjectUri(X509Certificate2 leaf) =>
        new AsnReader(leaf.Extensions["2.5.29.17"]!.RawData, AsnEncodingRules.DER)
            .ReadSequence()
            .ReadCharacterString(UniversalTagNumber.IA5String, new Asn1Tag(TagClass.ContextSpecific, 6));

    private static Dictionary<int, string> Texts(X509Certificate2 leaf) =>
        Enumerable
            .Range(8, 20)
            .Select(number => (Number: number, Extension: leaf.Extensions[$"{Arc}{number}"]))
            .Where(pair => pair.Extension is not null)
            .ToDictionary(
                pair => pair.Number,
                pair => new AsnReader(pair.Extension!.RawData, AsnEncodingRules.DER).ReadCharacterString(UniversalTagNumber.UTF8String)
            );

    // RFC 6962 section 3.2: the TBS is written again without the one extension, everything else byte for byte.
    private static bool SctVerifies(SandboxRig rig, X509Certificate2 leaf)
    {
        var list = new AsnReader(leaf.Extensions["1.3.6.1.4.1.11129.2.4.2"]!.RawData, AsnEncodingRules.DER).ReadOctetString();
        Assert.Equal(list.Length - 2, list[0] << 8 | list[1]);
        var sct = list[4..];
        var (logId, timestamp, signature) = (sct[1..33], sct[33..41], sct[47..]);
        Assert.Equal([4, 3], sct[43..45]);

        var fields = new AsnReader(leaf.RawData, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        var extensionsTag = new Asn1Tag(TagClass.ContextSpecific, 3);
        using (writer.PushSequence())
        {
            while (fields.HasData)
            {
                if (!fields.PeekTag().HasSameClassAndValue(extensionsTag))
                {
                    writer.WriteEncodedValue(fields.ReadEncodedValue().Span);
                    continue;
                }

                var extensions = fields.ReadSequence(extensionsTag).ReadSequence();
                using (writer.PushSequence(extensionsTag))
                using (writer.PushSequence())
                {
                    while (extensions.HasData)
                    {
                        var extension = extensions.ReadEncodedValue();
                        if (
                            new AsnReader(extension, AsnEncodingRules.DER).ReadSequence().ReadObjectIdentifier()
                            != "1.3.6.1.4.1.11129.2.4.2"
                        )
                        {
                            writer.WriteEncodedValue(extension.Span);
                        }
                    }
                }
            }
        }

        var tbs = writer.Encode();
        var issuer = SHA256.HashData(rig.Services.Fulcio.Intermediate.PublicKey.ExportSubjectPublicKeyInfo());
        byte[] signed =
        [
            0,
            0,
            .. timestamp,
            0,
            1,
            .. issuer,
            (byte)(tbs.Length >> 16),
            (byte)(tbs.Length >> 8),
            (byte)tbs.Length,
            .. tbs,
            0,
            0,
        ];
        var spki = JsonDocument
            .Parse(rig.Services.TrustedRootJson())
            .RootElement.GetProperty("ctlogs")[0]
            .GetProperty("publicKey")
            .GetProperty("rawBytes")
            .GetBytesFromBase64();
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(spki, out _);
        return SHA256.HashData(spki).AsSpan().SequenceEqual(logId)
            && key.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
