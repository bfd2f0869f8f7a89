using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PySign.Sandbox.Tests.Transparency;

public sealed class RekorV2Tests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "rekor-v2.sandbox.localhost")]
    [InlineData("/rekor-v2-ecdsa", "rekor-v2-ecdsa.sandbox.localhost")]
    public async Task An_entry_comes_back_canonical_and_included_without_any_time(string root, string origin)
    {
        await using var rig = await SandboxRig.Start();
        using var thing = new SignedThing();
        var (response, entry) = await rig.PostJson($"{root}/api/v2/log/entries", thing.ForV2());
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.False(entry.TryGetProperty("inclusionPromise", out _));
        Assert.False(entry.TryGetProperty("integratedTime", out _));
        Assert.Equal("0.0.2", entry.GetProperty("kindVersion").GetProperty("version").GetString());

        var body = entry.GetProperty("canonicalizedBody").GetBytesFromBase64();
        var expected =
            """{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256","digest":"<DIGEST>"},"signature":{"content":"<SIGNATURE>","verifier":{"keyDetails":"PKIX_ECDSA_P256_SHA_256","publicKey":{"rawBytes":"<SPKI>"}}}}}}"""
                .Replace("<DIGEST>", Convert.ToBase64String(thing.Digest), StringComparison.Ordinal)
                .Replace("<SIGNATURE>", Convert.ToBase64String(thing.Signature), StringComparison.Ordinal)
                .Replace("<SPKI>", Convert.ToBase64String(thing.Spki), StringComparison.Ordinal);
        Assert.Equal(expected, Encoding.UTF8.GetString(body));

        var proof = entry.GetProperty("inclusionProof");
        var checkpoint = Checkpoints.Read(proof.GetProperty("checkpoint").GetProperty("envelope").GetString()!);
        Assert.Equal((origin, origin), (checkpoint.Origin, checkpoint.Signer));
        Assert.Equal(Number(proof, "treeSize"), checkpoint.Size);
        Assert.Equal(proof.GetProperty("rootHash").GetString(), checkpoint.Root);
        Assert.True(
            ReferenceProofs.Includes(
                Number(proof, "logIndex"),
                Number(proof, "treeSize"),
                ReferenceProofs.Leaf(body),
                [.. proof.GetProperty("hashes").EnumerateArray().Select(hash => hash.GetBytesFromBase64())],
                Convert.FromBase64String(checkpoint.Root)
            )
        );

        var log = TrustedLog(rig, origin);
        var keyId = entry.GetProperty("logId").GetProperty("keyId").GetBytesFromBase64();
        Assert.Equal(log.GetProperty("logId").GetProperty("keyId").GetBytesFromBase64(), keyId);
        Assert.Equal(keyId[..4], checkpoint.Hint);
        var spki = log.GetProperty("publicKey").GetProperty("rawBytes").GetBytesFromBase64();
        if (root.Length == 0)
        {
            Assert.Equal(SHA256.HashData([.. Encoding.UTF8.GetBytes(origin), 10, 1, .. spki[^32..]]), keyId);
            Assert.Equal(64, checkpoint.Signature.Length);
        }
        else
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(spki, out _);
            Assert.Equal(SHA256.HashData(spki), keyId);
            Assert.True(
                key.VerifyData(checkpoint.Signed, checkpoint.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
            );
        }
    }

    [Fact]
    public async Task A_duplicate_is_a_conflict_that_tells_the_index()
    {
        await using var rig = await SandboxRig.Start();
        using var thing = new SignedThing();
        var (_, entry) = await rig.PostJson("/api/v2/log/entries", thing.ForV2());
        var (response, _) = await rig.PostJson("/api/v2/log/entries", thing.ForV2());
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal(entry.GetProperty("logIndex").GetString(), Assert.Single(response.Headers.GetValues("x-log-index")));
    }

    [Fact]
    public async Task A_frozen_log_takes_nothing()
    {
        await using var rig = await SandboxRig.Start();
        using var thing = new SignedThing();
        await rig.Fault("rekor-v2", "frozen");
        var (frozen, _) = await rig.PostJson("/api/v2/log/entries", thing.ForV2());
        Assert.Equal(HttpStatusCode.MethodNotAllowed, frozen.StatusCode);
        var (thawed, _) = await rig.PostJson("/api/v2/log/entries", thing.ForV2());
        Assert.Equal(HttpStatusCode.Created, thawed.StatusCode);
    }

    [Fact]
    public async Task A_wrong_signature_a_wrong_key_type_and_another_kind_are_refused()
    {
        await using var rig = await SandboxRig.Start();
        using var thing = new SignedThing();
        using var other = new SignedThing("else");
        thing.Signature = other.Signature;
        object[] refused =
        [
            thing.ForV2(),
            other.ForV2("PKIX_ECDSA_P384_SHA_384"),
            new { dsseRequestV002 = new { } },
            new { hashedRekordRequestV002 = new { digest = 7 } },
        ];
        foreach (var request in refused)
        {
            var (response, body) = await rig.PostJson("/api/v2/log/entries", request);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Equal(3, body.GetProperty("code").GetInt32());
        }

        Assert.Equal(1, rig.Services.RekorV2.Size);
    }

    [Fact]
    public async Task Tiles_and_checkpoint_tell_the_same_tree()
    {
        await using var rig = await SandboxRig.Start();
        for (var number = 0; number < 259; number++)
        {
            using var thing = new SignedThing(number.ToString(CultureInfo.InvariantCulture));
            await rig.PostJson("/api/v2/log/entries", thing.ForV2());
        }

        var checkpoint = Checkpoints.Read(await rig.Client.GetStringAsync("/api/v2/checkpoint", Stop));
        Assert.Equal(260, checkpoint.Size);
        byte[] hashes =
        [
            .. await rig.Client.GetByteArrayAsync("/api/v2/tile/0/000", Stop),
            .. await rig.Client.GetByteArrayAsync("/api/v2/tile/0/001.p/4", Stop),
        ];
        var leaves = hashes.Chunk(32).ToArray();
        Assert.Equal(checkpoint.Root, Convert.ToBase64String(ReferenceProofs.Root(leaves)));
        Assert.Equal(ReferenceProofs.Root(leaves[..256]), await rig.Client.GetByteArrayAsync("/api/v2/tile/1/000.p/1", Stop));

        var bundle = await rig.Client.GetByteArrayAsync("/api/v2/tile/entries/001.p/4", Stop);
        var position = 0;
        for (var index = 256; index < 260; index++)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(bundle.AsSpan(position));
            Assert.Equal(leaves[index], ReferenceProofs.Leaf(bundle[(position + 2)..(position + 2 + length)]));
            position += 2 + length;
        }

        Assert.Equal(bundle.Length, position);
    }

    [Theory]
    [InlineData("0/001")]
    [InlineData("0/000.p/2")]
    [InlineData("0/000.p/256")]
    [InlineData("0/0")]
    [InlineData("9/000")]
    [InlineData("entries/x001/000")]
    [InlineData("else/000")]
    public async Task A_tile_that_does_not_exist_is_not_found(string tile)
    {
        await using var rig = await SandboxRig.Start();
        using var response = await rig.Client.GetAsync($"/api/v2/tile/{tile}", Stop);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static long Number(JsonElement json, string name) =>
        long.Parse(json.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static JsonElement TrustedLog(SandboxRig rig, string origin) =>
        JsonDocument
            .Parse(rig.Services.TrustedRootJson())
            .RootElement.GetProperty("tlogs")
            .EnumerateArray()
            .Single(log => log.GetProperty("baseUrl").GetString() == $"https://{origin}");
}
