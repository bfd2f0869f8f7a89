using System.Formats.Asn1;
using System.Security.Cryptography;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Timestamps;

namespace PySign.Sigstore.Tests.Timestamps;

/// <summary>The form of a timestamp response (RFC 3161 2.4.2, RFC 5652 5): one field of a good one changed, and it is refused as
/// malformed before anything in it is believed.</summary>
public sealed class TimestampTokenTests
{
    private static readonly byte[] _signature = [1, 2, 3];
    private static readonly byte[] _anotherOid = [0x2A, 0x03];

    private static readonly Dictionary<string, Action<Response>> _malformed = new(StringComparer.Ordinal)
    {
        ["content type other than SignedData"] = r => r.ContentInfo[0].Content = _anotherOid,
        ["SignedData of version 1"] = r => r.SignedData[0].Content = [1],
        ["SignedData of version 4"] = r => r.SignedData[0].Content = [4],
        ["content other than TSTInfo"] = r => r.SignedData[2][0].Content = _anotherOid,
        ["more after the token"] = r => r.Whole.Parts.Add(r.SignedData[0]),
        ["more after SignedData"] = r => r.SignedData.Parts.Add(r.SignedData[0]),
        ["more beside SignedData"] = r => r.ContentInfo[1].Parts.Add(r.SignedData[0]),
        ["more beside TSTInfo"] = r => r.SignedData[2][1].Parts.Add(r.SignedData[0]),
        ["more in a signed attribute"] = r => r.Attribute(0).Parts.Add(r.SignedData[0]),
        ["signer of version 2 that names nobody"] = r =>
        {
            r.Signer[0].Content = [2];
            r.Signer.Parts.RemoveAt(1);
        },
        ["more in ContentInfo"] = r => r.ContentInfo.Parts.Add(r.SignedData[0]),
        ["more beside the content"] = r => r.SignedData[2].Parts.Add(r.SignedData[0]),
        ["no signer"] = r => r.SignedData[^1].Parts.Clear(),
        ["two signers"] = r => r.SignedData[^1].Parts.Add(r.Signer),
        ["the signer's digest algorithm not listed"] = r => r.SignedData[1].Parts.Clear(),
        ["signer of version 0"] = r => r.Signer[0].Content = [0],
        ["signer of version 2"] = r => r.Signer[0].Content = [2],
        ["signer of version 4"] = r => r.Signer[0].Content = [4],
        ["signer of version 3 by issuer and serial number"] = r => r.Signer[0].Content = [3],
        ["no signed attributes"] = r => r.Signer.Parts.RemoveAt(3),
        ["more after the signature"] = r => r.Signer.Parts.Add(r.Signer[0]),
        ["more beside issuer and serial number"] = r => r.Signer[1].Parts.Add(r.Signer[0]),
        ["signed content type other than TSTInfo"] = r => r.Attribute(0)[1][0].Content = _anotherOid,
        ["two signed content types"] = r => r.Signer[3].Parts.Insert(0, r.Attribute(0)),
        ["two values of the content type"] = r => r.Attribute(0)[1].Parts.Add(r.Attribute(0)[1][0]),
        ["no signed content type"] = r => r.Signer[3].Parts.RemoveAt(0),
        ["no message digest"] = r => r.Signer[3].Parts.RemoveAt(1),
        ["two message digests"] = r => r.Signer[3].Parts.Insert(1, r.Attribute(1)),
        ["two values of the message digest"] = r => r.Attribute(1)[1].Parts.Add(r.Attribute(1)[1][0]),
        ["no signing certificate"] = r => r.Signer[3].Parts.RemoveAt(2),
        ["two signing certificates"] = r => r.Signer[3].Parts.Add(r.Attribute(2)),
        ["two values of the signing certificate"] = r => r.Attribute(2)[1].Parts.Add(r.Attribute(2)[1][0]),
        ["TSTInfo of version 2"] = r => r.Info[0].Content = [2],
        ["imprint shorter than its hash"] = r => r.Info[2][1].Content = r.Info[2][1].Content[1..],
        ["imprint longer than its hash"] = r => r.Info[2][1].Content = [.. r.Info[2][1].Content, 0],
        ["imprint with a third part"] = r => r.Info[2].Parts.Add(r.Info[0]),
        ["no time"] = r => r.Info.Parts.RemoveAt(4),
        ["more behind TSTInfo"] = r => r.SignedData[2][1][0].Content = [.. r.SignedData[2][1][0].Content, 0x05, 0x00],
        ["UTCTime"] = r => (r.Info[4].Tag, r.Info[4].Content) = (0x17, "260301120001Z"u8.ToArray()),
        ["a time without a Z"] = r => r.Info[4].Content = r.Info[4].Content[..^1],
        ["a 61st second"] = r => r.Info[4].Content = "20260301120061Z"u8.ToArray(),
        ["the 29th of February of a common year"] = r => r.Info[4].Content = "20260229120000Z"u8.ToArray(),
        ["extensions"] = r => r.Info.Parts.Add(Element(0xA1, 0x30, 0x00)),
        ["something unknown at the end of TSTInfo"] = r => r.Info.Parts.Add(Element(0xA2, 0x30, 0x00)),
        ["accuracy after ordering"] = r => r.Info.Parts.AddRange([Element(0x01, 0xFF), Element(0x30)]),
        ["an ordering that is not DER"] = r => r.Info.Parts.Add(Element(0x01, 0x01)),
    };

    public static TheoryData<string> Malformed => [.. _malformed.Keys];

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_field_of_another_form_is_refused_as_malformed(string field)
    {
        var response = new Response();
        _malformed[field](response);
        var refused = Spoken.AssertWhole(Assert.Throws<VerificationException>(() => TimestampToken.Parse(response.Encode())));
        Assert.Equal(VerificationFailure.TimestampMalformed, refused.Reason);
        Assert.Equal(VerificationStep.TrustedTime, refused.Step);
    }

    [Fact]
    public void A_good_response_is_read_whole()
    {
        var token = TimestampToken.Parse(new Response().Encode());
        Assert.Equal(Forge.Now.AddSeconds(1), token.GenTime);
        Assert.Equal(HashAlgorithmName.SHA256, token.ImprintHash);
        Assert.Equal(SHA256.HashData(_signature), token.Imprint.ToArray());
        Assert.True(token.Nonce.IsEmpty);
        Assert.Empty(token.Certificates);
        Assert.Equal(SHA256.HashData(token.TstInfo.Span), token.Signer.MessageDigest.ToArray());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(5, false)]
    public void Only_granted_with_or_without_changes_is_a_timestamp(int status, bool granted)
    {
        var response = new Response();
        response.Whole[0][0].Content = [(byte)status];
        if (granted)
        {
            Assert.Equal(Forge.Now.AddSeconds(1), TimestampToken.Parse(response.Encode()).GenTime);
            return;
        }

        var refused = Assert.Throws<VerificationException>(() => TimestampToken.Parse(response.Encode()));
        Assert.Equal(VerificationFailure.TimestampNotGranted, refused.Reason);
    }

    [Fact]
    public void Every_optional_field_is_read_over_and_the_nonce_is_kept()
    {
        var response = new Response();
        response.Info.Parts.AddRange([
            Element(0x30, 0x02, 0x01, 0x01),
            Element(0x01, 0xFF),
            Element(0x02, 0x05, 0x06),
            Element(0xA0, 0xA4, 0x00),
        ]);
        Assert.Equal(new byte[] { 5, 6 }, TimestampToken.Parse(response.Encode()).Nonce.ToArray());
    }

    [Fact]
    public void A_digest_algorithm_may_be_listed_among_others_and_twice()
    {
        var response = new Response();
        response.SignedData[1].Parts.Add(response.SignedData[1][0]);
        Assert.Equal(Forge.Now.AddSeconds(1), TimestampToken.Parse(response.Encode()).GenTime);
    }

    [Fact]
    public void A_signer_may_be_named_by_its_key()
    {
        var response = new Response();
        response.Signer[0].Content = [3];
        response.Signer.Parts[1] = Element(0x80, 7, 8, 9);
        var signer = TimestampToken.Parse(response.Encode()).Signer;
        Assert.Equal(new byte[] { 7, 8, 9 }, signer.KeyIdentifier.ToArray());
        Assert.True(signer.SerialNumber.IsEmpty);
    }

    [Fact]
    public void Unsigned_attributes_say_nothing()
    {
        var response = new Response();
        response.Signer.Parts.Add(Element(0xA1, 0x30, 0x00));
        Assert.Equal(Forge.Now.AddSeconds(1), TimestampToken.Parse(response.Encode()).GenTime);
    }

    [Fact]
    public void As_many_certificates_as_a_chain_may_have_are_read_and_one_more_is_refused()
    {
        var response = new Response();
        var certificates = Element(0xA0);
        certificates.Parts.AddRange(Enumerable.Range(0, Limits.ChainCertificates).Select(_ => Element(0x30, 0x05, 0x00)));
        response.SignedData.Parts.Insert(3, certificates);
        Assert.Equal(Limits.ChainCertificates, TimestampToken.Parse(response.Encode()).Certificates.Count);
        certificates.Parts.Add(Element(0x30, 0x05, 0x00));
        var refused = Spoken.AssertWhole(Assert.Throws<VerificationException>(() => TimestampToken.Parse(response.Encode())));
        Assert.Equal(VerificationFailure.TimestampMalformed, refused.Reason);
    }

    [Fact]
    public void A_response_over_the_bound_is_not_read()
    {
        var refused = Assert.Throws<VerificationException>(() => TimestampToken.Parse(new byte[Limits.TimestampBytes + 1]));
        Assert.Equal(VerificationFailure.TimestampMalformed, Spoken.AssertWhole(refused).Reason);
        Assert.IsNotType<AsnContentException>(refused.InnerException);
        refused = Assert.Throws<VerificationException>(() => TimestampToken.Parse(new byte[Limits.TimestampBytes]));
        Assert.IsType<AsnContentException>(refused.InnerException);
    }

    private static DerTree Element(byte tag, params byte[] content) => DerTree.Parse([tag, (byte)content.Length, .. content]);

    /// <summary>A good response, its parts by the names that the two documents give them.</summary>
    private sealed class Response
    {
        public DerTree Whole { get; } = DerTree.Parse(new ForgedTimestamp().Response(_signature));

        public DerTree ContentInfo => Whole[1];

        public DerTree SignedData => ContentInfo[1][0];

        public DerTree Signer => SignedData[^1][0];

        public DerTree Info => _info ??= DerTree.Parse(SignedData[2][1][0].Content);

        private DerTree? _info;

        /// <summary>Content type, message digest, signing certificate.</summary>
        public DerTree Attribute(int number) => Signer[3][number];

        public byte[] Encode()
        {
            if (_info is not null)
            {
                SignedData[2][1][0].Content = _info.Encode();
            }

            return Whole.Encode();
        }
    }
}
