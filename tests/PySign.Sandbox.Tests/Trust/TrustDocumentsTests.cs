using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using PySign.Sandbox.Trust;

namespace PySign.Sandbox.Tests.Trust;

public sealed class TrustDocumentsTests
{
    [Fact]
    public async Task The_trusted_root_names_every_service_with_windows_that_began_before_now()
    {
        await using var rig = await SandboxRig.Start();
        var root = JsonDocument.Parse(rig.Services.TrustedRootJson()).RootElement;
        Assert.Equal("application/vnd.dev.sigstore.trustedroot+json;version=0.1", root.GetProperty("mediaType").GetString());
        Assert.Equal(
            ["PKIX_ECDSA_P256_SHA_256", "PKIX_ED25519", "PKIX_ECDSA_P256_SHA_256"],
            root.GetProperty("tlogs").EnumerateArray().Select(log => log.GetProperty("publicKey").GetProperty("keyDetails").GetString())
        );
        foreach (var name in new[] { "certificateAuthorities", "timestampAuthorities" })
        {
            var retired = root.GetProperty(name)[0].GetProperty("validFor").GetProperty("end").GetDateTimeOffset();
            Assert.True(retired < rig.Clock.Now);
            Assert.Equal(2, root.GetProperty(name).GetArrayLength());
            var authority = root.GetProperty(name)[1];
            Assert.True(Start(authority) < rig.Clock.Now);
            Assert.False(authority.GetProperty("validFor").TryGetProperty("end", out _));
            var chain = authority
                .GetProperty("certChain")
                .GetProperty("certificates")
                .EnumerateArray()
                .Select(certificate => X509CertificateLoader.LoadCertificate(certificate.GetProperty("rawBytes").GetBytesFromBase64()))
                .ToArray();
            Assert.Equal(2, chain.Length);
            Assert.Equal(chain[0].Issuer, chain[1].Subject);
            Assert.Equal(chain[1].Issuer, chain[1].Subject);
        }

        Assert.All(
            root.GetProperty("tlogs").EnumerateArray().Concat(root.GetProperty("ctlogs").EnumerateArray()),
            log => Assert.True(Start(log.GetProperty("publicKey")) < rig.Clock.Now)
        );
    }

    [Theory]
    [InlineData(SigningConfigKind.RekorV1, "http://localhost", 1, "ANY", 1)]
    [InlineData(SigningConfigKind.RekorV2, "http://localhost", 2, "ANY", 1)]
    [InlineData(SigningConfigKind.RekorV2Ecdsa, "http://localhost/rekor-v2-ecdsa", 2, "ANY", 1)]
    [InlineData(SigningConfigKind.Both, "http://localhost", 2, "ALL", 2)]
    public async Task A_signing_config_names_the_logs_of_its_kind(
        SigningConfigKind kind,
        string url,
        int version,
        string selector,
        int logs
    )
    {
        await using var rig = await SandboxRig.Start();
        var config = JsonDocument.Parse(rig.Services.SigningConfigJson(kind)).RootElement;
        var services = config.GetProperty("rekorTlogUrls");
        Assert.Equal(logs, services.GetArrayLength());
        Assert.Equal((url, version), (services[0].GetProperty("url").GetString(), services[0].GetProperty("majorApiVersion").GetInt32()));
        Assert.Equal(selector, config.GetProperty("rekorTlogConfig").GetProperty("selector").GetString());
        Assert.Equal("http://localhost/api/v1/timestamp", config.GetProperty("tsaUrls")[0].GetProperty("url").GetString());
        Assert.Equal("http://localhost", config.GetProperty("caUrls")[0].GetProperty("url").GetString());
    }

    [Fact]
    public async Task Every_start_has_keys_of_its_own()
    {
        await using var first = await SandboxRig.Start();
        await using var second = await SandboxRig.Start();
        Assert.NotEqual(first.Services.TrustedRootJson(), second.Services.TrustedRootJson());
    }

    private static DateTimeOffset Start(JsonElement owner) =>
        DateTimeOffset.Parse(owner.GetProperty("validFor").GetProperty("start").GetString()!, CultureInfo.InvariantCulture);
}
