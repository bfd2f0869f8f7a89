using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace PySign.Sandbox.Tests.Timestamps;

public sealed class TimestampTests
{
    private static readonly byte[] _signature = [1, 2, 3];
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_query_is_answered_with_a_token_that_verifies(bool certificate)
    {
        await using var rig = await SandboxRig.Start();
        var request = Rfc3161TimestampRequest.CreateFromData(
            _signature,
            HashAlgorithmName.SHA256,
            new Oid("1.3.6.1.4.1.57264.2"),
            RandomNumberGenerator.GetBytes(8),
            requestSignerCertificates: certificate
        );
        var (status, reply) = await Post(rig, request.Encode());
        Assert.Equal(HttpStatusCode.Created, status);
        var token = request.ProcessResponse(reply, out var read);
        Assert.Equal(reply.Length, read);
        Assert.Equal(rig.Clock.Now, token.TokenInfo.Timestamp);
        Assert.Equal("1.3.6.1.4.1.57264.2", token.TokenInfo.PolicyId.Value);
        Assert.Equal(certificate ? 1 : 0, token.AsSignedCms().Certificates.Count);
        Assert.True(token.VerifySignatureForData(_signature, out var signer, [rig.Services.Timestamps.Leaf]));
        Assert.Equal(rig.Services.Timestamps.Leaf.RawData, signer!.RawData);
        Assert.False(token.VerifySignatureForData([9], out _, [rig.Services.Timestamps.Leaf]));
    }

    [Fact]
    public async Task The_authority_is_a_leaf_for_timestamps_alone_under_its_root()
    {
        await using var rig = await SandboxRig.Start();
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(await rig.Client.GetStringAsync("/api/v1/timestamp/certchain", Stop));
        var usage = Assert.Single(chain[0].Extensions.OfType<X509EnhancedKeyUsageExtension>());
        Assert.True(usage.Critical);
        Assert.Equal("1.3.6.1.5.5.7.3.8", Assert.Single(usage.EnhancedKeyUsages.Cast<Oid>()).Value);
        using var builder = new X509Chain();
        builder.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        builder.ChainPolicy.CustomTrustStore.Add(chain[1]);
        builder.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        builder.ChainPolicy.VerificationTime = rig.Clock.Now.LocalDateTime;
        Assert.True(builder.Build(chain[0]));
    }

    [Theory]
    [InlineData("wrong-imprint")]
    [InlineData("wrong-nonce")]
    public async Task A_fault_makes_one_answer_that_does_not_fit_its_query(string kind)
    {
        await using var rig = await SandboxRig.Start();
        var request = Rfc3161TimestampRequest.CreateFromData(
            _signature,
            HashAlgorithmName.SHA256,
            nonce: RandomNumberGenerator.GetBytes(8),
            requestSignerCertificates: true
        );
        await rig.Fault("tsa", kind);
        var (_, spoilt) = await Post(rig, request.Encode());
        Assert.Throws<CryptographicException>(() => request.ProcessResponse(spoilt, out _));
        var (_, good) = await Post(rig, request.Encode());
        Assert.NotNull(request.ProcessResponse(good, out _));
    }

    [Fact]
    public async Task A_weak_hash_another_policy_garbage_and_another_content_type_are_refused()
    {
        await using var rig = await SandboxRig.Start();
        byte[][] refused =
        [
            Rfc3161TimestampRequest.CreateFromHash(new byte[20], new Oid("1.3.14.3.2.26")).Encode(),
            Rfc3161TimestampRequest.CreateFromHash(new byte[20], new Oid("2.16.840.1.101.3.4.2.1")).Encode(),
            Rfc3161TimestampRequest.CreateFromData(_signature, HashAlgorithmName.SHA256, new Oid("1.2.3.4")).Encode(),
            [1, 2, 3],
            [],
        ];
        foreach (var query in refused)
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await Post(rig, query)).Status);
        }

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await Post(rig, [], "text/plain")).Status);
    }

    [Fact]
    public async Task A_JSON_query_is_answered_in_DER()
    {
        await using var rig = await SandboxRig.Start();
        var hash = SHA256.HashData(_signature);
        var query =
            $$"""{"artifactHash":"{{Convert.ToBase64String(hash)}}","hashAlgorithm":"sha256","certificates":true,"nonce":1123343434}""";
        var (status, reply) = await Post(rig, System.Text.Encoding.UTF8.GetBytes(query), "application/json");
        Assert.Equal(HttpStatusCode.Created, status);
        var sameRequest = Rfc3161TimestampRequest.CreateFromHash(
            hash,
            HashAlgorithmName.SHA256,
            nonce: new System.Numerics.BigInteger(1123343434).ToByteArray(isBigEndian: true),
            requestSignerCertificates: true
        );
        Assert.NotNull(sameRequest.ProcessResponse(reply, out _));
    }

    private static async Task<(HttpStatusCode Status, byte[] Reply)> Post(
        SandboxRig rig,
        byte[] query,
        string contentType = "application/timestamp-query"
    )
    {
        using var content = new ByteArrayContent(query);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        using var response = await rig.Client.PostAsync("/api/v1/timestamp", content, Stop);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(Stop));
    }
}
