using System.Formats.Asn1;
using System.Security.Cryptography;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Tests.Forging;

namespace PySign.Sigstore.Tests.Cryptography;

/// <summary>Keys, algorithms and signatures have one form; what stands in another is not read as it might be meant.</summary>
public sealed class KeyFormTests
{
    private const string Sha256 = "2.16.840.1.101.3.4.2.1";
    private const string Sha384 = "2.16.840.1.101.3.4.2.2";
    private const string Mgf1 = "1.2.840.113549.1.1.8";

    private static readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static readonly Dictionary<string, Action<DerTree>> _rsa = new(StringComparer.Ordinal)
    {
        ["parameters that are not NULL"] = t => t[0].Parts[1] = DerTree.Parse([0x30, 0x00]),
        ["a NULL with content"] = t => t[0][1].Content = [0],
        ["no parameters"] = t => t[0].Parts.RemoveAt(1),
        ["more after the parameters"] = t => t[0].Parts.Add(t[0][1]),
        ["more after the key"] = t => t.Parts.Add(t[0][1]),
        ["a key that is not of whole bytes"] = t => t[1].Content[0] = 1,
        ["an even modulus"] = t => Numbers(t, numbers => numbers[0].Content[^1] &= 0xFE),
        ["a modulus of 1024 bits"] = t => Numbers(t, numbers => numbers[0].Content = numbers[0].Content[^128..]),
        ["an even exponent"] = t => Numbers(t, numbers => numbers[1].Content = [2]),
        ["the exponent 1"] = t => Numbers(t, numbers => numbers[1].Content = [1]),
        ["a negative exponent"] = t => Numbers(t, numbers => numbers[1].Content = [0x81]),
        ["an exponent of 48 bits"] = t => Numbers(t, numbers => numbers[1].Content = [1, 0, 0, 0, 0, 1]),
        ["a third number"] = t => Numbers(t, numbers => numbers.Parts.Add(numbers[1])),
    };

    public static TheoryData<string> Rsa => [.. _rsa.Keys];

    [Theory]
    [MemberData(nameof(Rsa))]
    public void An_rsa_key_is_refused_for(string form)
    {
        var tree = DerTree.Parse(RsaSpki);
        Assert.IsType<RsaKey>(VerificationKey.TryRead(tree.Encode(), out _));
        _rsa[form](tree);
        Assert.Null(VerificationKey.TryRead(tree.Encode(), out var problem));
        Assert.NotEmpty(problem);
    }

    /// <summary>RFC 4055 3.1: what is left out is SHA-1, so that everything must be said.</summary>
    [Theory]
    [InlineData(Sha256, Mgf1, Sha256, 32, true)]
    [InlineData(Sha384, Mgf1, Sha384, 48, true)]
    [InlineData(Sha256, Mgf1, Sha384, 32, false)]
    [InlineData(Sha256, Sha256, Sha256, 32, false)]
    [InlineData(Sha256, Mgf1, Sha256, 20, false)]
    [InlineData(Sha256, Mgf1, Sha256, 48, false)]
    [InlineData("1.3.14.3.2.26", Mgf1, "1.3.14.3.2.26", 20, false)]
    public void Pss_has_one_hash_and_a_salt_of_its_length(string hash, string mask, string maskHash, int salt, bool isOne)
    {
        var encoded = Pss(hash, mask, maskHash, salt);
        if (isOne)
        {
            Assert.Equal(SignatureScheme.RsaPss, SignatureAlgorithm.Read(encoded).Scheme);
            for (var field = 0; field < 3; field++)
            {
                var tree = DerTree.Parse(encoded);
                tree[1].Parts.RemoveAt(field);
                Assert.Throws<AsnContentException>(() => SignatureAlgorithm.Read(tree.Encode()));
            }

            return;
        }

        Assert.Throws<AsnContentException>(() => SignatureAlgorithm.Read(encoded));
    }

    [Fact]
    public void Pkcs1_has_null_parameters_and_ecdsa_has_none()
    {
        // sha256WithRSAEncryption and ecdsa-with-SHA256.
        var rsa = DerTree.Parse(Convert.FromHexString("300d06092a864886f70d01010b0500"));
        Assert.Equal(SignatureScheme.RsaPkcs1, SignatureAlgorithm.Read(rsa.Encode()).Scheme);
        rsa[1].Content = [0];
        Assert.Throws<AsnContentException>(() => SignatureAlgorithm.Read(rsa.Encode()));
        rsa.Parts.RemoveAt(1);
        Assert.Throws<AsnContentException>(() => SignatureAlgorithm.Read(rsa.Encode()));
        var ecdsa = DerTree.Parse(Convert.FromHexString("300a06082a8648ce3d040302"));
        Assert.Equal(SignatureScheme.Ecdsa, SignatureAlgorithm.Read(ecdsa.Encode()).Scheme);
        ecdsa.Parts.Add(DerTree.Parse([0x05, 0x00]));
        Assert.Throws<AsnContentException>(() => SignatureAlgorithm.Read(ecdsa.Encode()));
    }

    [Fact]
    public void An_ecdsa_signature_is_two_numbers_of_the_field_and_nothing_else()
    {
        var digest = SHA256.HashData("data"u8);
        var good = _key.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence);
        using var key = VerificationKey.TryRead(_key.ExportSubjectPublicKeyInfo(), out _)!;
        Assert.True(Verifies(good));
        Assert.False(Verifies([]));
        Assert.False(Verifies([.. good, 0]));
        Assert.False(Verifies(good[..^1]));
        Assert.False(Verifies(new byte[good.Length]));
        Assert.False(Verifies(_key.SignHash(digest)));
        foreach (
            var (number, content) in (IEnumerable<(int, byte[])>)
                [
                    (0, [.. Enumerable.Repeat((byte)0x7F, 33)]), // More than the field has.
                    (1, [.. Enumerable.Repeat((byte)0x7F, 33)]),
                    (0, [0xFF]), // Negative.
                    (1, [0xFF]),
                    (0, [0]),
                    (1, [0]),
                ]
        )
        {
            var tree = DerTree.Parse(good);
            tree[number].Content = content;
            Assert.False(Verifies(tree.Encode()));
        }

        var three = DerTree.Parse(good);
        three.Parts.Add(three[0]);
        Assert.False(Verifies(three.Encode()));

        bool Verifies(byte[] signature) => key.VerifyHash(HashAlgorithmName.SHA256, digest, signature);
    }

    [Fact]
    public void A_key_verifies_no_scheme_but_its_own()
    {
        var signature = _key.SignData("data"u8.ToArray(), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        using var key = VerificationKey.TryRead(_key.ExportSubjectPublicKeyInfo(), out _)!;
        foreach (var scheme in Enum.GetValues<SignatureScheme>())
        {
            var algorithm = new SignatureAlgorithm(scheme, HashAlgorithmName.SHA256);
            Assert.Equal(scheme == SignatureScheme.Ecdsa, key.VerifyData(algorithm, "data"u8, signature));
        }

        using var rsa = VerificationKey.TryRead(RsaSpki, out _)!;
        foreach (var scheme in (SignatureScheme[])[SignatureScheme.Ecdsa, SignatureScheme.Ed25519])
        {
            Assert.False(rsa.VerifyData(new SignatureAlgorithm(scheme, HashAlgorithmName.SHA256), "data"u8, new byte[256]));
        }
    }

    private static byte[] RsaSpki => RsaSignatures.All[0].Spki;

    private static void Numbers(DerTree spki, Action<DerTree> edit)
    {
        var numbers = DerTree.Parse(spki[1].Content[1..]);
        edit(numbers);
        spki[1].Content = [0, .. numbers.Encode()];
    }

    private static byte[] Pss(string hash, string mask, string maskHash, int salt)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier("1.2.840.113549.1.1.10");
            using (writer.PushSequence())
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(hash);
                }

                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(mask);
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(maskHash);
                    }
                }

                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
                {
                    writer.WriteInteger(salt);
                }
            }
        }

        return writer.Encode();
    }
}
