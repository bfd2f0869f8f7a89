using System.Text;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Trust;

namespace PySign.Sigstore.Tests.Trust;

public sealed class TrustedRootTests
{
    [Fact]
    public void The_embedded_root_is_the_public_instances()
    {
        var root = TrustedRoot.PublicGood();
        Assert.Equal(["rekor.sigstore.dev", "log2025-1.rekor.sigstore.dev"], root.TransparencyLogs.Select(static log => log.Host));
        Assert.All(root.TransparencyLogs, static log => Assert.NotNull(log.Key));
        Assert.Equal(2, root.CertificateAuthorities.Count);
        Assert.Equal(2, root.CertificateTransparencyLogs.Count);
        Assert.Single(root.TimestampAuthorities);
        Assert.Same(root, TrustedRoot.PublicGood());
    }

    [Theory]
    [InlineData("production_trusted_root.json", 2)]
    [InlineData("staging_trusted_root.json", 4)]
    public void The_public_roots_are_read(string file, int logs) =>
        Assert.Equal(logs, TrustedRoot.Load(Corpora.Require("trust/" + file)).TransparencyLogs.Count);

    [Fact]
    public void A_root_inside_a_client_trust_configuration_is_read()
    {
        var root = new Forge().TrustedRootJson().ToJsonString();
        var config =
            $$$"""{"mediaType":"application/vnd.dev.sigstore.clienttrustconfig.v0.1+json","trustedRoot":{{{root}}},"signingConfig":{}}""";
        Assert.Single(TrustedRoot.Parse(Encoding.UTF8.GetBytes(config)).TransparencyLogs);
        Assert.Equal(
            VerificationFailure.MediaTypeUnknown,
            Assert
                .Throws<VerificationException>(() =>
                    TrustedRoot.Parse(Encoding.UTF8.GetBytes(config.Replace("v0.1+json", "v9+json", StringComparison.Ordinal)))
                )
                .Reason
        );
    }

    [Fact]
    public void A_timestamp_key_in_two_windows_is_trusted_in_either()
    {
        var forge = new Forge { RekorV2 = true };
        forge.EditTrustedRoot = static root =>
        {
            var authorities = root["timestampAuthorities"]!.AsArray();
            var old = authorities[0]!.DeepClone();
            old["validFor"]!["end"] = "2026-02-01T00:00:00Z";
            authorities.Insert(0, old);
        };
        Assert.NotNull(forge.Verify().Sha256);
    }

    [Fact]
    public void A_log_key_in_two_windows_is_trusted_in_either()
    {
        var forge = new Forge();
        forge.EditTrustedRoot = static root =>
        {
            var logs = root["tlogs"]!.AsArray();
            var old = logs[0]!.DeepClone();
            old["publicKey"]!["validFor"]!["end"] = "2026-02-01T00:00:00Z";
            logs.Insert(0, old);
        };
        Assert.NotNull(forge.Verify().Sha256);
    }
}
