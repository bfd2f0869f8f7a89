using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PySign.Sandbox.Tests.Transparency;

public sealed class RekorV1Tests
{
    private const string Entries = "/api/v1/log/entries";
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_entry_comes_back_canonical_included_and_promised()
    {
        await using var rig = await SandboxRig.Start();
        using var thing = new SignedThing();
        var (response, body) = await rig.PostJson(Entries, thing.ForV1());
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var (uuid, entry) = Only(body);
        Assert.Equal(80, uuid.Length);
        Assert.Equal($"{Entries}/{uuid}", response.Headers.Location!.OriginalString);

        var canonical = entry.GetProperty("body").GetBytesFromBase64();
        var pem = PemEncoding.WriteString("PUBLIC KEY", thing.Spki) + "\n";
        var key = Convert.ToBase64String(Encoding.UTF8.GetBytes(pem));
        var expected =
            """{"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"sha256","value":"<DIGEST>"}},"signature":{"content":"<SIGNATURE>","publicKey":{"content":"<KEY>"}}}}"""
                .Replace("<DIGEST>", Convert.ToHexStringLower(thing.Digest), StringComparison.Ordinal)
                .Replace("<SIGNATURE>", Convert.ToBase64String(thing.Signature), StringComparison.Ordinal)
                .Replace("<KEY>", key, StringComparison.Ordinal);
        Assert.Equal(expected, Encoding.UTF8.GetString(canonical));
        Assert.Equal(uuid[16..], Convert.ToHexStringLower(ReferenceProofs.Leaf(canonical)));

        await AssertVerified(rig, entry);
        Assert.NotEqual(
            entry.GetProperty("logIndex").GetInt64(),
            entry.GetProperty("verification").GetProperty("inclusionProof").GetProperty("logIndex").GetInt64()
        );
    }

    [Fact]
    public async Task The_same_entry_again_is_a_conflict_that_names_the_first()
    {
        await using var rig = await SandboxRig.Start();
        using var thing = new SignedThing();
        var (first, _) = await rig.PostJson(Entries, thing.ForV1());
        var (second, body) = await rig.PostJson(Entries, thing.ForV1());
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.StartsWith(
            "an equivalent entry already exists in the transparency log with UUID ",
            body.GetProperty("message").GetString(),
            StringComparison.Ordinal
        );
        await AssertVerified(rig, Only(await rig.GetJson(second.Headers.Location!.OriginalString)).Entry);
    }

    [Fact]
    public async Task Another_layout_of_the_same_PEM_is_the_same_entry()
    {
        await using var rig = await SandboxRig.Start();
        using var thing = new SignedThing();
        await rig.PostJson(Entries, thing.ForV1());
        var oneLine = $"-----BEGIN PUBLIC KEY-----\r\n{Convert.ToBase64String(thing.Spki)}\r\n-----END PUBLIC KEY-----";
        var (response, _) = await rig.PostJson(Entries, thing.ForV1(oneLine));
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
    }

    [Fact]
    public async Task A_signature_that_does_not_verify_is_refused()
    {
        await using var rig = await SandboxRig.Start();
        using var thing = new SignedThing();
        using var other = new SignedThing("something else");
        thing.Signature = other.Signature;
        var (response, body) = await rig.PostJson(Entries, thing.ForV1());
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith("error processing entry: ", body.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, rig.Services.RekorV1.Size);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"kind":"intoto","apiVersion":"0.0.1","spec":{}}""")]
    [InlineData("""{"kind":"hashedrekord","apiVersion":"0.0.9","spec":{}}""")]
    [InlineData("""{"kind":"hashedrekord","apiVersion":"0.0.1","spec":{"signature":7}}""")]
    [InlineData("""{"kind":7}""")]
    [InlineData("""{"kind":"dsse","apiVersion":"0.0.2","spec":{}}""")]
    [InlineData("""{"kind":"dsse","apiVersion":"0.0.1","spec":{"proposedContent":{"envelope":"no JSON","verifiers":[]}}}""")]
    [InlineData("not JSON")]
    public async Task A_malformed_proposal_is_refused(string body)
    {
        await using var rig = await SandboxRig.Start();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await rig.Client.PostAsync(Entries, content, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task An_entry_is_found_by_proposal_by_id_and_by_index()
    {
        await using var rig = await SandboxRig.Start();
        using var thing = new SignedThing();
        using var unknown = new SignedThing("never logged");
        var (_, added) = await rig.PostJson(Entries, thing.ForV1());
        var (uuid, entry) = Only(added);
        var index = entry.GetProperty("logIndex").GetInt64();

        var (_, byProposal) = await rig.PostJson($"{Entries}/retrieve", new { entries = new[] { thing.ForV1(), unknown.ForV1() } });
        var (_, byId) = await rig.PostJson($"{Entries}/retrieve", new { entryUUIDs = new[] { uuid } });
        var (_, byIndex) = await rig.PostJson($"{Entries}/retrieve", new { logIndexes = new[] { index, 9999 } });
        foreach (var found in new[] { byProposal, byId, byIndex })
        {
            Assert.Equal(uuid, Only(Assert.Single(found.EnumerateArray())).Uuid);
        }

        Assert.Equal(uuid, Only(await rig.GetJson($"{Entries}?logIndex={index}")).Uuid);
        var (missing, nothing) = await rig.PostJson($"{Entries}/retrieve", new { entries = new[] { unknown.ForV1() } });
        Assert.Equal(HttpStatusCode.OK, missing.StatusCode);
        Assert.Equal(0, nothing.GetArrayLength());
        var (many, _) = await rig.PostJson($"{Entries}/retrieve", new { logIndexes = Enumerable.Range(0, 11) });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, many.StatusCode);
    }

    [Fact]
    public async Task An_envelope_is_logged_by_its_hashes_and_found_again()
    {
        await using var rig = await SandboxRig.Start();
        using var envelope = new SignedEnvelope();
        var (response, body) = await rig.PostJson(Entries, envelope.ForV1());
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var (uuid, entry) = Only(body);
        var expected =
            """{"apiVersion":"0.0.1","kind":"dsse","spec":{"envelopeHash":{"algorithm":"sha256","value":"<ENVELOPE>"},"payloadHash":{"algorithm":"sha256","value":"<PAYLOAD>"},"signatures":[{"signature":"<SIGNATURE>","verifier":"<KEY>"}]}}"""
                .Replace(
                    "<ENVELOPE>",
                    Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(envelope.Json))),
                    StringComparison.Ordinal
                )
                .Replace("<PAYLOAD>", Convert.ToHexStringLower(SHA256.HashData(envelope.Payload)), StringComparison.Ordinal)
                .Replace("<SIGNATURE>", Convert.ToBase64String(envelope.Signature), StringComparison.Ordinal)
                .Replace("<KEY>", Convert.ToBase64String(Encoding.UTF8.GetBytes(envelope.Pem + "\n")), StringComparison.Ordinal);
        Assert.Equal(expected, Encoding.UTF8.GetString(entry.GetProperty("body").GetBytesFromBase64()));
        await AssertVerified(rig, entry);

        var (again, _) = await rig.PostJson(Entries, envelope.ForV1());
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        var (_, found) = await rig.PostJson($"{Entries}/retrieve", new { entries = new[] { envelope.ForV1() } });
        Assert.Equal(uuid, Only(Assert.Single(found.EnumerateArray())).Uuid);
    }

    [Theory]
    [InlineData("another payload", null, null)]
    [InlineData(null, "text/plain", null)]
    [InlineData(null, null, "another key")]
    [InlineData(null, null, "no signature")]
    public async Task An_envelope_whose_signature_does_not_cover_it_is_refused(string? payload, string? type, string? other)
    {
        await using var rig = await SandboxRig.Start();
        using var envelope = new SignedEnvelope();
        using var stranger = new SignedEnvelope();
        envelope.Payload = payload is null ? envelope.Payload : Encoding.UTF8.GetBytes(payload);
        envelope.PayloadType = type ?? envelope.PayloadType;
        var proposal = other switch
        {
            "another key" => envelope.ForV1(stranger.Pem),
            "no signature" => envelope.ForV1(json: """{"payloadType":"text/plain","payload":"e30=","signatures":[]}"""),
            _ => envelope.ForV1(),
        };
        var (response, body) = await rig.PostJson(Entries, proposal);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith("error processing entry: ", body.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, rig.Services.RekorV1.Size);
    }

    [Theory]
    [InlineData("wrong-set")]
    [InlineData("wrong-root")]
    public async Task A_fault_makes_one_answer_that_does_not_verify(string kind)
    {
        await using var rig = await SandboxRig.Start();
        using var first = new SignedThing("first");
        using var second = new SignedThing("second");
        await rig.Fault("rekor-v1", kind);
        var (_, spoilt) = await rig.PostJson(Entries, first.ForV1());
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => AssertVerified(rig, Only(spoilt).Entry));
        var (_, good) = await rig.PostJson(Entries, second.ForV1());
        await AssertVerified(rig, Only(good).Entry);
    }

    [Fact]
    public async Task The_log_tells_its_size_and_proves_that_it_only_grew()
    {
        await using var rig = await SandboxRig.Start();
        using var thing = new SignedThing();
        await rig.PostJson(Entries, thing.ForV1());
        var log = await rig.GetJson("/api/v1/log");
        Assert.Equal(2, log.GetProperty("treeSize").GetInt64());
        Assert.Contains(
            $" - {log.GetProperty("treeID").GetString()}\n",
            log.GetProperty("signedTreeHead").GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal(1, log.GetProperty("inactiveShards").GetArrayLength());
        var proof = await rig.GetJson("/api/v1/log/proof?firstSize=1&lastSize=2");
        Assert.Equal(log.GetProperty("rootHash").GetString(), proof.GetProperty("rootHash").GetString());
        Assert.Equal(1, proof.GetProperty("hashes").GetArrayLength());
    }

    private static (string Uuid, JsonElement Entry) Only(JsonElement map)
    {
        var property = Assert.Single(map.EnumerateObject());
        return (property.Name, property.Value);
    }

    private static async Task AssertVerified(SandboxRig rig, JsonElement entry)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(await rig.Client.GetStringAsync("/api/v1/log/publicKey", Stop));
        var logId = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
        Assert.Equal(logId, entry.GetProperty("logID").GetString());

        var verification = entry.GetProperty("verification");
        var proof = verification.GetProperty("inclusionProof");
        var root = Convert.FromHexString(proof.GetProperty("rootHash").GetString()!);
        var size = proof.GetProperty("treeSize").GetInt64();
        Assert.True(
            ReferenceProofs.Includes(
                proof.GetProperty("logIndex").GetInt64(),
                size,
                ReferenceProofs.Leaf(entry.GetProperty("body").GetBytesFromBase64()),
                [.. proof.GetProperty("hashes").EnumerateArray().Select(hash => Convert.FromHexString(hash.GetString()!))],
                root
            ),
            "inclusion proof"
        );

        var checkpoint = Checkpoints.Read(proof.GetProperty("checkpoint").GetString()!);
        Assert.Matches(@"^rekor-v1\.sandbox\.localhost - \d+$", checkpoint.Origin);
        Assert.Equal("rekor-v1.sandbox.localhost", checkpoint.Signer);
        Assert.Equal((size, Convert.ToBase64String(root)), (checkpoint.Size, checkpoint.Root));
        Assert.Equal(logId[..8], Convert.ToHexStringLower(checkpoint.Hint));
        Assert.True(
            key.VerifyData(checkpoint.Signed, checkpoint.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence),
            "checkpoint"
        );

        var promised =
            $$"""{"body":"{{entry.GetProperty("body").GetString()}}","integratedTime":{{entry.GetProperty("integratedTime").GetRawText()}},"logID":"{{logId}}","logIndex":{{entry.GetProperty("logIndex").GetRawText()}}}""";
        Assert.True(
            key.VerifyData(
                Encoding.UTF8.GetBytes(promised),
                verification.GetProperty("signedEntryTimestamp").GetBytesFromBase64(),
                HashAlgorithmName.SHA256,
                DSASignatureFormat.Rfc3279DerSequence
            ),
            "signed entry timestamp"
        );
    }
}
