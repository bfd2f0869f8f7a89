using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>Who vouches for a time, and with which certificate (RFC 3161 2.2, 2.3; RFC 5652 5.3; RFC 5035; RFC 2634 5.4).</summary>
public sealed class TimestampVerificationTests
{
    [Theory]
    [InlineData("SHA256", "SHA256")]
    [InlineData("SHA384", "SHA256")]
    [InlineData("SHA512", "SHA384")]
    [InlineData("SHA256", "SHA512")]
    [InlineData("SHA256", "SHA1")]
    public void Imprint_and_certificate_may_be_named_by_any_hash_of_the_standards(string imprint, string certificate)
    {
        var forge = With(static _ => { });
        (forge.Timestamp!.ImprintHash, forge.Timestamp.CertificateHash) = (
            new HashAlgorithmName(imprint),
            new HashAlgorithmName(certificate)
        );
        Assert.Equal(TimeSource.TimestampAuthority, Assert.Single(forge.Verify().Timestamps).Source);
        forge.Timestamp.WrongCertificateHash = true;
        Assert.Equal(VerificationFailure.TimestampAuthorityUntrusted, forge.Refusal());
    }

    [Fact]
    public void The_time_and_the_authority_are_those_of_the_token()
    {
        var time = Assert.Single(With(static tsa => tsa.GenTime = Forge.Now.AddMilliseconds(1500)).Verify().Timestamps);
        Assert.Equal(Forge.Now.AddMilliseconds(1500), time.Time);
        Assert.Equal("https://tsa.example", time.Authority);
    }

    [Fact]
    public void A_signer_is_named_by_issuer_and_serial_number_or_by_its_key()
    {
        byte[] identifier = [7, 8, 9];
        var forge = With(tsa => tsa.MoreExtensions.Add(new X509SubjectKeyIdentifierExtension(identifier, false)));
        forge.EditBundle = Signer(signer => NameByKey(signer, identifier));
        Assert.Single(forge.Verify().Timestamps);
        forge.EditBundle = Signer(static signer => NameByKey(signer, [7, 8]));
        Assert.Equal(VerificationFailure.TimestampAuthorityUntrusted, forge.Refusal());
        forge.EditBundle = Signer(static signer => signer[1][1].Content = [8]);
        Assert.Equal(VerificationFailure.TimestampAuthorityUntrusted, forge.Refusal());
        forge.EditBundle = Signer(static signer => signer[1].Parts[0] = DerTree.Parse(new X500DistinguishedName("CN=other").RawData));
        Assert.Equal(VerificationFailure.TimestampAuthorityUntrusted, forge.Refusal());
    }

    [Fact]
    public void An_authority_without_a_key_identifier_is_not_named_by_an_empty_one()
    {
        var forge = With(static _ => { });
        forge.EditBundle = Signer(static signer => NameByKey(signer, []));
        Assert.Equal(VerificationFailure.TimestampAuthorityUntrusted, forge.Refusal());
    }

    [Fact]
    public void A_certificate_for_time_stamping_is_a_leaf_that_may_sign()
    {
        Assert.Single(With(static tsa => tsa.KeyUsage = null).Verify().Timestamps);
        Assert.Single(
            With(static tsa => tsa.KeyUsage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation).Verify().Timestamps
        );
        Assert.Equal(
            VerificationFailure.TimestampCertificateUnsuitable,
            With(static tsa => tsa.KeyUsage = X509KeyUsageFlags.NonRepudiation).Refusal()
        );
        var authority = With(static tsa =>
        {
            tsa.KeyUsage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign;
            tsa.MoreExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        });
        Assert.Equal(VerificationFailure.TimestampCertificateUnsuitable, authority.Refusal());
        Assert.Single(
            With(static tsa => tsa.MoreExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true))).Verify().Timestamps
        );
    }

    [Fact]
    public void The_whole_chain_of_the_authority_is_valid_at_the_time() =>
        Assert.Equal(VerificationFailure.TimestampCertificateExpired, With(static tsa => tsa.RootNotAfter = Forge.Now).Refusal());

    [Fact]
    public void The_authoritys_own_certificate_may_come_along_and_no_other_instead()
    {
        Assert.Single(With(static tsa => tsa.EmbedOwn = true).Verify().Timestamps);
        var foreign = new ForgedTimestamp();
        Assert.Equal(VerificationFailure.TimestampAuthorityUntrusted, With(tsa => tsa.Embedded = foreign.Certificate.RawData).Refusal());
    }

    [Fact]
    public void An_authority_that_stands_twice_is_believed_in_any_of_its_windows()
    {
        var forge = With(static _ => { });
        forge.EditTrustedRoot = static root => Twice(root, "2026-01-02T00:00:00Z", null);
        Assert.Single(forge.Verify().Timestamps);
        forge.EditTrustedRoot = static root => Twice(root, null, "2026-01-02T00:00:00Z");
        Assert.Single(forge.Verify().Timestamps);
        forge.EditTrustedRoot = static root => Twice(root, "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z");
        Assert.Equal(VerificationFailure.TimestampOutsideAuthorityWindow, forge.Refusal());
    }

    [Fact]
    public void The_first_refusal_of_several_timestamps_is_told_and_a_good_one_is_enough()
    {
        var forge = With(static _ => { });
        forge.EditBundle = static bundle =>
        {
            var timestamps = bundle["verificationMaterial"]!["timestampVerificationData"]!["rfc3161Timestamps"]!.AsArray();
            timestamps.Insert(0, new JsonObject { ["signedTimestamp"] = "AAAA" });
        };
        Assert.Single(forge.Verify().Timestamps);
        forge.Timestamp!.Status = 2;
        Assert.Equal(VerificationFailure.TimestampMalformed, forge.Refusal());
    }

    /// <summary>A bundle whose only time is the timestamp's.</summary>
    private static Forge With(Action<ForgedTimestamp> edit)
    {
        var forge = new Forge { RekorV2 = true };
        edit(forge.Timestamp!);
        return forge;
    }

    private static void Twice(JsonNode root, string? firstEnd, string? secondEnd)
    {
        var authorities = root["timestampAuthorities"]!.AsArray();
        authorities.Add(authorities[0]!.DeepClone());
        authorities[0]!["validFor"]!["end"] = firstEnd;
        authorities[1]!["validFor"]!["end"] = secondEnd;
    }

    /// <summary>Version 3 and [0] in place of version 1 and issuerAndSerialNumber; neither is signed.</summary>
    private static void NameByKey(DerTree signer, byte[] identifier)
    {
        signer[0].Content = [3];
        signer.Parts[1] = DerTree.Parse([0x80, (byte)identifier.Length, .. identifier]);
    }

    private static Action<JsonNode> Signer(Action<DerTree> edit) =>
        bundle =>
        {
            var timestamp = bundle["verificationMaterial"]!["timestampVerificationData"]!["rfc3161Timestamps"]![0]!;
            var response = DerTree.Parse(Convert.FromBase64String(timestamp["signedTimestamp"]!.GetValue<string>()));
            edit(response[1][1][0][^1][0]);
            timestamp["signedTimestamp"] = Convert.ToBase64String(response.Encode());
        };
}
