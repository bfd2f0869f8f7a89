using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>What options allow, and that they allow nothing else.</summary>
public sealed class OptionTests
{
    private const string V01 = "application/vnd.dev.sigstore.bundle+json;version=0.1";

    [Theory]
    [InlineData("leaf ca root", null)]
    [InlineData("leaf ca", null)]
    [InlineData("leaf", null)]
    [InlineData("leaf ca foreign-ca", null)]
    [InlineData("leaf root", VerificationFailure.RootCertificateInBundle)]
    [InlineData("leaf root ca", VerificationFailure.RootCertificateInBundle)]
    [InlineData("leaf ca root root", VerificationFailure.RootCertificateInBundle)]
    [InlineData("root leaf ca", VerificationFailure.RootCertificateInBundle)]
    [InlineData("root", VerificationFailure.RootCertificateInBundle)]
    public void An_old_bundles_root_stands_last_or_not_at_all_and_counts_for_nothing(string chain, VerificationFailure? refusal)
    {
        var forge = new Forge { Options = new VerifierOptions { AcceptOldBundles = true } };
        var foreign = new Forge();
        forge.EditBundle = bundle =>
        {
            var material = bundle["verificationMaterial"]!.AsObject();
            var leaf = Convert.FromBase64String(material["certificate"]!["rawBytes"]!.GetValue<string>());
            bundle["mediaType"] = V01;
            material.Remove("certificate");
            material["x509CertificateChain"] = new JsonObject
            {
                ["certificates"] = new JsonArray([
                    .. chain
                        .Split(' ')
                        .Select(name => new JsonObject
                        {
                            ["rawBytes"] = Convert.ToBase64String(
                                name switch
                                {
                                    "leaf" => leaf,
                                    "ca" => forge.Ca().RawData,
                                    "foreign-ca" => foreign.Ca().RawData,
                                    _ => forge.RootCertificate,
                                }
                            ),
                        }),
                ]),
            };
        };
        if (refusal is { } reason)
        {
            Assert.Equal(reason, forge.Refusal());
        }
        else
        {
            Assert.Equal(Forge.Identity, forge.Verify().Identity);
        }

        // Unless it is asked for, no root may come along, and whoever brings one at its right place is told of the option.
        forge.Options = new VerifierOptions();
        if (chain.Contains("root", StringComparison.Ordinal))
        {
            var refused = Spoken.AssertWhole(Assert.Throws<VerificationException>(() => forge.Verify()));
            Assert.Equal(VerificationFailure.RootCertificateInBundle, refused.Reason);
            Assert.Equal(refusal is null, refused.Advice.Contains(nameof(VerifierOptions.AcceptOldBundles), StringComparison.Ordinal));
            Assert.Equal(refusal is null, refused.Advice.Contains("old format 0.1 ", StringComparison.Ordinal));
            var edit = forge.EditBundle;
            forge.EditBundle = bundle =>
            {
                edit(bundle);
                bundle["mediaType"] = V01.Replace("0.1", "0.2", StringComparison.Ordinal);
            };
            refused = Spoken.AssertWhole(Assert.Throws<VerificationException>(() => forge.Verify()));
            Assert.Equal(refusal is null, refused.Advice.Contains("old format 0.2 ", StringComparison.Ordinal));
        }
        else
        {
            Assert.Equal(Forge.Identity, forge.Verify().Identity);
        }
    }

    [Fact]
    public void The_root_of_an_old_bundle_makes_no_other_authority_trusted()
    {
        var forge = new Forge { Options = new VerifierOptions { AcceptOldBundles = true } };
        forge.EditBundle = bundle =>
        {
            var material = bundle["verificationMaterial"]!.AsObject();
            bundle["mediaType"] = V01;
            var leaf = material["certificate"]!.DeepClone();
            material.Remove("certificate");
            material["x509CertificateChain"] = new JsonObject
            {
                ["certificates"] = new JsonArray(
                    leaf,
                    new JsonObject { ["rawBytes"] = Convert.ToBase64String(forge.Ca().RawData) },
                    new JsonObject { ["rawBytes"] = Convert.ToBase64String(forge.RootCertificate) }
                ),
            };
        };
        var other = new Forge().TrustedRootJson();
        forge.EditTrustedRoot = root => root["certificateAuthorities"] = other["certificateAuthorities"]!.DeepClone();
        Assert.Equal(VerificationFailure.CertificateSignatureInvalid, forge.Refusal());
    }

    [Fact]
    public void Without_a_log_a_trusted_authority_must_say_when()
    {
        var forge = Unlogged();
        forge.Options = new VerifierOptions();
        Assert.Equal(VerificationFailure.LogEntryMissing, forge.Refusal());

        forge = Unlogged();
        Assert.Equal(TimeSource.TimestampAuthority, Assert.Single(forge.Verify().Timestamps).Source);

        forge = Unlogged();
        forge.Timestamp = null;
        Assert.Equal(VerificationFailure.NoVerifiedTime, forge.Refusal());

        forge = Unlogged();
        forge.Timestamp!.SignedBy = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal(VerificationFailure.TimestampSignatureInvalid, forge.Refusal());

        forge = Unlogged();
        forge.Timestamp!.GenTime = Forge.Now.AddDays(1);
        Assert.Equal(VerificationFailure.CertificateNotValidAtTime, forge.Refusal());
    }

    [Fact]
    public void Without_a_log_a_certificate_must_still_be_published_where_the_instance_publishes_them()
    {
        var forge = Unlogged();
        forge.SctCount = 0;
        Assert.Equal(VerificationFailure.SctMissing, forge.Refusal());

        forge = Unlogged();
        forge.SctCount = 0;
        forge.EditTrustedRoot = static root => root.AsObject().Remove("ctlogs");
        Assert.Equal(Forge.Identity, forge.Verify().Identity);

        // Logs that are named and cannot be used are not reason to ask for none.
        forge = Unlogged();
        forge.SctCount = 0;
        forge.EditTrustedRoot = static root => root["ctlogs"]![0]!["futureField"] = 1;
        Assert.Equal(VerificationFailure.SctMissing, forge.Refusal());
    }

    [Fact]
    public void Without_requiring_a_log_an_entry_that_is_there_must_be_right()
    {
        var forge = new Forge
        {
            Options = new VerifierOptions { RequireLog = false },
            CheckpointSignedBy = ECDsa.Create(),
        };
        Assert.Equal(VerificationFailure.CheckpointSignatureMissing, forge.Refusal());
        forge = new Forge { Options = new VerifierOptions { RequireLog = false } };
        forge.EditTrustedRoot = static root => root["tlogs"] = new JsonArray();
        Assert.Equal(VerificationFailure.LogUnknown, forge.Refusal());
    }

    [Fact]
    public void GitHubs_own_attestation_of_a_release_is_recognized_named_and_believed_only_as_that()
    {
        var forge = Unlogged();
        forge.LeafExtensions.RemoveAll(static e => e.Oid!.Value is "1.3.6.1.4.1.57264.1.1" or "1.3.6.1.4.1.57264.1.8");
        forge.Replace(NameOf("https://dotcom.releases.github.com"));
        var refusal = Assert.Throws<VerificationException>(() => forge.Verify());
        Assert.Equal(VerificationFailure.IdentityMismatch, refusal.Reason);
        Assert.Contains("GitHub's own attestation of a release", refusal.Actual, StringComparison.Ordinal);
        var ofSomebody = Assert.Throws<VerificationException>(() => new Forge().Verify(VerificationPolicy.Exact("somebody", Forge.Issuer)));
        Assert.DoesNotContain("attestation of a release", ofSomebody.Actual, StringComparison.Ordinal);
        Assert.Equal(
            VerificationFailure.IssuerMismatch,
            forge.Refusal(VerificationPolicy.Exact("https://dotcom.releases.github.com", Forge.Issuer))
        );
        Assert.Equal("", forge.Verify(VerificationPolicy.GitHubRelease()).Issuer);

        // An issuer's word for the name is not GitHub's own, and the service of a tenant is not that of github.com.
        var vouched = new Forge();
        vouched.Replace(NameOf("https://dotcom.releases.github.com"));
        Assert.Equal(VerificationFailure.IdentityMismatch, vouched.Refusal(VerificationPolicy.GitHubRelease()));
        forge.Replace(NameOf("https://acme.releases.github.com"));
        Assert.Equal(VerificationFailure.IdentityMismatch, forge.Refusal(VerificationPolicy.GitHubRelease()));
        Assert.Equal("", forge.Verify(VerificationPolicy.GitHubRelease("acme")).Issuer);

        // Anybody else without an issuer is nobody.
        forge.Replace(NameOf("https://dotcom.releases.github.com.example"));
        Assert.Equal(VerificationFailure.IssuerInvalid, forge.Refusal(VerificationPolicy.GitHubRelease()));
        Assert.Equal(VerificationFailure.IdentityMismatch, new Forge().Refusal(VerificationPolicy.GitHubRelease()));
    }

    [Fact]
    public void A_private_log_is_known_by_its_key_whatever_it_calls_itself()
    {
        var forge = new Forge { Origin = "rekor-0 - 12", SignatureName = "rekor-0" };
        Assert.Equal(Forge.Identity, forge.Verify().Identity);
        forge.EditTrustedRoot = static root => root["tlogs"]![0]!.AsObject().Remove("baseUrl");
        Assert.Equal(Forge.Identity, forge.Verify().Identity);
        forge.EditTrustedRoot = static root => root["tlogs"]![0]!["baseUrl"] = "rekor.internal:3000";
        Assert.Equal(Forge.Identity, forge.Verify().Identity);
        forge.EditTrustedRoot = static root => root["tlogs"]![0]!["baseUrl"] = "::not an address::";
        Assert.Equal(Forge.Identity, forge.Verify().Identity);
    }

    [Fact]
    public void Every_reason_has_a_kind_of_its_own_choosing()
    {
        foreach (var kind in Enum.GetValues<RefusalKind>())
        {
            Assert.Contains(Enum.GetValues<VerificationFailure>(), reason => RefusalKinds.Of(reason) == kind);
        }
    }

    private static Forge Unlogged() =>
        new()
        {
            Options = new VerifierOptions { RequireLog = false },
            EditBundle = static bundle => bundle["verificationMaterial"]!["tlogEntries"] = new JsonArray(),
        };

    /// <summary>A name exactly as given; the framework would write a URI again.</summary>
    private static X509Extension NameOf(string uri)
    {
        var names = new AsnWriter(AsnEncodingRules.DER);
        using (names.PushSequence())
        {
            names.WriteOctetString(Encoding.ASCII.GetBytes(uri), new Asn1Tag(TagClass.ContextSpecific, 6));
        }

        return new X509Extension("2.5.29.17", names.Encode(), true);
    }
}
