using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Tests.Forging;

namespace PySign.Sigstore.Tests.Certificates;

/// <summary>Who may issue certificates (RFC 5280 6.1.4), and for what.</summary>
public sealed class PathValidationTests
{
    private const X509KeyUsageFlags Issues = X509KeyUsageFlags.KeyCertSign;

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(0, 1, false)]
    [InlineData(1, 1, true)]
    [InlineData(1, 2, false)]
    [InlineData(null, 9, true)]
    public void A_path_length_bounds_the_authorities_below(int? length, int below, bool allowed) =>
        AssertAllowed(allowed, Authority(Issues, length), below);

    [Theory]
    [InlineData("", true)]
    [InlineData("1.3.6.1.5.5.7.3.3", true)]
    [InlineData("1.3.6.1.5.5.7.3.8 1.3.6.1.5.5.7.3.3", true)]
    [InlineData("2.5.29.37.0", true)]
    [InlineData("1.3.6.1.5.5.7.3.8", false)]
    public void An_authority_passes_on_only_the_usages_that_it_has(string usages, bool allowed) =>
        AssertAllowed(allowed, Authority(Issues, null, usages.Split(' ', StringSplitOptions.RemoveEmptyEntries)), 0);

    [Fact]
    public void An_issuer_without_the_right_to_issue_is_refused()
    {
        AssertAllowed(false, Authority(X509KeyUsageFlags.CrlSign, null), 0);
        AssertAllowed(false, Certificate.Parse(new Forge().Leaf()), 0);
    }

    [Fact]
    public void A_link_needs_the_issuers_name_and_the_issuers_signature()
    {
        var forge = new Forge();
        var leaf = Certificate.Parse(forge.Leaf());
        var issuer = Certificate.Parse(forge.Ca().RawData);
        PathValidation.CheckLink(leaf, issuer, 0, Oids.CodeSigning);
        Assert.True(leaf.IsSignedBy(issuer));

        var root = Certificate.Parse(forge.RootCertificate);
        Assert.Equal(
            VerificationFailure.CertificateConstraintViolated,
            Refusal(() => PathValidation.CheckLink(leaf, root, 0, Oids.CodeSigning))
        );

        var namesake = Certificate.Parse(new Forge().Ca().RawData);
        Assert.Equal(
            VerificationFailure.CertificateSignatureInvalid,
            Refusal(() => PathValidation.CheckLink(leaf, namesake, 0, Oids.CodeSigning))
        );
        PathValidation.CheckLink(leaf, namesake, 0, Oids.CodeSigning, checkSignature: false);
    }

    private static void AssertAllowed(bool allowed, Certificate authority, int below)
    {
        if (allowed)
        {
            PathValidation.CheckAuthority(authority, below, Oids.CodeSigning);
            return;
        }

        Assert.Equal(
            VerificationFailure.CertificateConstraintViolated,
            Refusal(() => PathValidation.CheckAuthority(authority, below, Oids.CodeSigning))
        );
    }

    private static VerificationFailure Refusal(Action check) => Spoken.AssertWhole(Assert.Throws<VerificationException>(check)).Reason;

    private static Certificate Authority(X509KeyUsageFlags usage, int? pathLength, params string[] extendedUsages)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, pathLength is not null, pathLength ?? 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        if (extendedUsages.Length > 0)
        {
            request.CertificateExtensions.Add(Forge.Usage(false, extendedUsages));
        }

        using var certificate = request.CreateSelfSigned(Forge.Now.AddYears(-1), Forge.Now.AddYears(1));
        return Certificate.Parse(certificate.RawData);
    }
}
