using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Trust;

namespace PySign.Sigstore.Tests.Certificates;

/// <summary>The own certificate reader and path rules beside the framework's.</summary>
public sealed class CertificateTests
{
    [Fact]
    public void Every_certificate_of_the_corpora_is_read_as_the_framework_reads_it()
    {
        var count = 0;
        foreach (var authority in TrustedRoot.PublicGood().CertificateAuthorities.Concat(TrustedRoot.PublicGood().TimestampAuthorities))
        {
            foreach (var certificate in authority.Chain)
            {
                AssertSame(certificate);
                count++;
            }
        }

        AssertSame(Certificate.Parse(new Forge().Leaf()));
        Assert.Equal(5, count);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-100, false)]
    [InlineData(100, false)]
    public void A_path_is_valid_where_the_frameworks_chain_is(int days, bool valid)
    {
        var forge = new Forge
        {
            NotBefore = Forge.Now.AddDays(-50),
            NotAfter = Forge.Now.AddDays(50),
            SctTime = Forge.Now,
        };
        var time = Forge.Now.AddDays(days);
        Assert.Equal(valid, FrameworkChainIsValid(forge, forge.Ca().RawData, time));
        forge.IntegratedTime = time.ToUnixTimeSeconds();
        forge.Timestamp = null;
        forge.EditTrustedRoot = static root => root["tlogs"]![0]!["publicKey"]!["validFor"]!["start"] = "2020-01-01T00:00:00Z";
        Assert.Equal(valid, Verifies(forge));
    }

    [Fact]
    public void A_path_with_a_broken_authority_is_invalid_to_both()
    {
        var forge = new Forge { CaConstraints = new X509BasicConstraintsExtension(false, false, 0, true) };
        Assert.False(FrameworkChainIsValid(forge, forge.Ca().RawData, Forge.Now));
        Assert.False(Verifies(forge));
        forge = new Forge { CaKeyUsage = new X509KeyUsageExtension(X509KeyUsageFlags.CrlSign, true) };
        Assert.False(FrameworkChainIsValid(forge, forge.Ca().RawData, Forge.Now));
        Assert.False(Verifies(forge));
    }

    private static bool Verifies(Forge forge)
    {
        try
        {
            return forge.Verify().Identity == Forge.Identity;
        }
        catch (VerificationException)
        {
            return false;
        }
    }

    private static bool FrameworkChainIsValid(Forge forge, byte[] ca, DateTimeOffset time)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(forge.RootCertificate));
        chain.ChainPolicy.ExtraStore.Add(X509CertificateLoader.LoadCertificate(ca));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = time.UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.3"));
        return chain.Build(X509CertificateLoader.LoadCertificate(forge.Leaf()));
    }

    private static void AssertSame(Certificate own)
    {
        using var framework = X509CertificateLoader.LoadCertificate(own.Der.Span);
        Assert.Equal(framework.NotBefore.ToUniversalTime(), own.NotBefore.UtcDateTime);
        Assert.Equal(framework.NotAfter.ToUniversalTime(), own.NotAfter.UtcDateTime);
        Assert.Equal(framework.SubjectName.RawData, own.Subject.ToArray());
        Assert.Equal(framework.IssuerName.RawData, own.Issuer.ToArray());
        Assert.Equal(framework.SerialNumberBytes.ToArray(), own.SerialNumber.ToArray());
        Assert.Equal(framework.PublicKey.ExportSubjectPublicKeyInfo(), own.Spki.ToArray());
        Assert.Equal(framework.Extensions.Select(static e => e.Oid!.Value), own.Extensions.Select(static e => Oids.Dotted(e.Oid.Span)));
        Assert.Equal(framework.Extensions.Select(static e => e.Critical), own.Extensions.Select(static e => e.Critical));
        Assert.Equal(framework.Extensions.Select(static e => e.RawData), own.Extensions.Select(static e => e.Value.ToArray()));
    }
}
