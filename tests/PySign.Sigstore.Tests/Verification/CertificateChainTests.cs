using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>The path from a leaf over an authority of the bundle to a trusted one (RFC 5280 6.1): whatever comes along in a bundle is
/// trusted for nothing but what the trusted authority lets it do.</summary>
public sealed class CertificateChainTests
{
    private static readonly Dictionary<string, (VerificationFailure Reason, Action<Forge, ForgedIntermediate> Change)> _broken = new(
        StringComparer.Ordinal
    )
    {
        ["an issuer that is a leaf itself"] = (
            VerificationFailure.CertificateConstraintViolated,
            static (_, between) => Replace(between, 0, new X509BasicConstraintsExtension(false, false, 0, true))
        ),
        ["an issuer that does not say what it is"] = (
            VerificationFailure.CertificateConstraintViolated,
            static (_, between) => between.Extensions.RemoveAt(0)
        ),
        ["an issuer that may not sign certificates"] = (
            VerificationFailure.CertificateConstraintViolated,
            static (_, between) => Replace(between, 1, new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true))
        ),
        ["an issuer for time stamping"] = (
            VerificationFailure.CertificateConstraintViolated,
            static (_, between) => between.Extensions.Add(Forge.Usage(false, "1.3.6.1.5.5.7.3.8"))
        ),
        ["an issuer with an unknown critical extension"] = (
            VerificationFailure.CertificateCriticalExtensionUnknown,
            static (_, between) => between.Extensions.Add(new X509Extension("1.2.3.4", [5, 0], true))
        ),
        ["an authority that allows none below it"] = (
            VerificationFailure.CertificateConstraintViolated,
            static (forge, _) => forge.CaConstraints = new X509BasicConstraintsExtension(true, true, 0, true)
        ),
        ["an issuer that was not valid yet"] = (
            VerificationFailure.AuthorityCertificateNotValidAtTime,
            static (_, between) => between.NotBefore = Forge.Now.AddSeconds(1)
        ),
        ["an issuer that was not valid any more"] = (
            VerificationFailure.AuthorityCertificateNotValidAtTime,
            static (_, between) => between.NotAfter = Forge.Now.AddSeconds(-1)
        ),
        ["an issuer that the authority did not sign"] = (
            VerificationFailure.CertificateSignatureInvalid,
            static (_, between) => between.SignedBy = between.Key
        ),
        ["a leaf that the issuer did not sign"] = (
            VerificationFailure.CertificateSignatureInvalid,
            static (_, between) => between.Signs = ECDsa.Create(ECCurve.NamedCurves.nistP256)
        ),
        ["an issuer that did not come along"] = (
            VerificationFailure.CertificateAuthorityUnknown,
            static (forge, _) => forge.EditBundle = static bundle => Chain(bundle).RemoveAt(1)
        ),
        ["a certificate of an unknown issuer in between"] = (
            VerificationFailure.CertificateConstraintViolated,
            static (forge, _) =>
                forge.EditBundle = static bundle =>
                    Chain(bundle)
                        .Insert(1, new JsonObject { ["rawBytes"] = Convert.ToBase64String(new ForgedTimestamp().Certificate.RawData) })
        ),
        ["a certificate of somebody else in between"] = (
            VerificationFailure.CertificateConstraintViolated,
            static (forge, _) =>
                forge.EditBundle = static bundle =>
                    Chain(bundle).Insert(1, new JsonObject { ["rawBytes"] = Convert.ToBase64String(new Forge().Leaf()) })
        ),
    };

    public static TheoryData<string> Broken => [.. _broken.Keys];

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_path_with_one_link_broken_is_refused_for_that(string what)
    {
        var forge = WithIntermediate();
        _broken[what].Change(forge, forge.Intermediate!);
        Assert.Equal(_broken[what].Reason, forge.Refusal());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(2)]
    public void An_authority_of_the_bundle_may_stand_between(int? pathLength)
    {
        var forge = WithIntermediate();
        forge.CaConstraints = new X509BasicConstraintsExtension(true, pathLength is not null, pathLength ?? 0, true);
        Assert.Equal(Forge.Identity, forge.Verify().Identity);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_authorities_with_one_name_any_that_fits_will_do_and_the_nearest_says_why_not(bool rightFirst)
    {
        var namesake = new Forge().TrustedRootJson()["certificateAuthorities"]![0]!;
        var forge = new Forge { EditTrustedRoot = root => Add(root, namesake, rightFirst) };
        Assert.Equal(Forge.Identity, forge.Verify().Identity);

        forge.EditTrustedRoot = root =>
        {
            root["certificateAuthorities"]![0]!["validFor"]!["end"] = "2026-02-28T00:00:00Z";
            Add(root, namesake, rightFirst);
        };
        Assert.Equal(VerificationFailure.OutsideAuthorityWindow, forge.Refusal());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Of_two_refusals_that_of_the_authority_that_was_trusted_then_is_told(int trusted)
    {
        var forge = new Forge
        {
            CaNotAfter = Forge.Now.AddSeconds(-1),
            EditTrustedRoot = root =>
            {
                var authorities = root["certificateAuthorities"]!.AsArray();
                authorities.Add(authorities[0]!.DeepClone());
                authorities[1 - trusted]!["validFor"]!["end"] = "2026-02-28T00:00:00Z";
            },
        };
        Assert.Equal(VerificationFailure.AuthorityCertificateNotValidAtTime, forge.Refusal());
    }

    [Fact]
    public void An_authority_is_trusted_at_every_time_of_the_signature()
    {
        // The log's time is 12:00:00, the timestamp's 12:00:01.
        var forge = new Forge
        {
            EditTrustedRoot = static root => root["certificateAuthorities"]![0]!["validFor"]!["end"] = "2026-03-01T12:00:00Z",
        };
        Assert.Equal(VerificationFailure.OutsideAuthorityWindow, forge.Refusal());
        forge.EditTrustedRoot = static root => root["certificateAuthorities"]![0]!["validFor"]!["end"] = "2026-03-01T12:00:01Z";
        Assert.Equal(Forge.Identity, forge.Verify().Identity);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public void An_authority_that_issued_itself_anew_does_not_count_as_one_below(int pathLength, bool isValid)
    {
        // RFC 5280 6.1.4 (l): root, the root's older key certified by its newer one, the authority, the leaf.
        using var newer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var forge = new Forge();
        using var older = X509CertificateLoader.LoadCertificate(forge.RootCertificate);
        var chain = new[]
        {
            forge.Ca().RawData,
            Issue(new CertificateRequest(older.SubjectName, older.PublicKey, HashAlgorithmName.SHA256), newer, null),
            Issue(new CertificateRequest(older.SubjectName, newer, HashAlgorithmName.SHA256), newer, pathLength),
        };
        forge.EditTrustedRoot = root =>
            root["certificateAuthorities"]![0]!["certChain"]!["certificates"] = new JsonArray([
                .. chain.Select(static der => new JsonObject { ["rawBytes"] = Convert.ToBase64String(der) }),
            ]);
        if (isValid)
        {
            Assert.Equal(Forge.Identity, forge.Verify().Identity);
        }
        else
        {
            Assert.Equal(VerificationFailure.TrustedRootChainInvalid, forge.Refusal());
        }
    }

    private static byte[] Issue(CertificateRequest request, ECDsa key, int? pathLength)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, pathLength is not null, pathLength ?? 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var signs = X509SignatureGenerator.CreateForECDsa(key);
        return request.Create(request.SubjectName, signs, Forge.Now.AddYears(-2), Forge.Now.AddYears(2), [9]).RawData;
    }

    private static Forge WithIntermediate() =>
        new() { CaConstraints = new X509BasicConstraintsExtension(true, false, 0, true), Intermediate = new ForgedIntermediate() };

    private static void Replace(ForgedIntermediate between, int at, X509Extension extension) => between.Extensions[at] = extension;

    private static JsonArray Chain(JsonNode bundle) => bundle["verificationMaterial"]!["x509CertificateChain"]!["certificates"]!.AsArray();

    private static void Add(JsonNode root, JsonNode authority, bool atEnd)
    {
        var authorities = root["certificateAuthorities"]!.AsArray();
        authorities.Insert(atEnd ? 1 : 0, authority.DeepClone());
    }
}
