using System.Security.Cryptography;
using System.Text;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Transparency;

namespace PySign.Sigstore.Tests.Transparency;

/// <summary>Rekor v2 names an RSA key by its padding too (PublicKeyDetails); the name must be that of the signature's padding.</summary>
public sealed class RsaEntryTests
{
    private static readonly byte[] _digest = SHA256.HashData("a wheel"u8);
    private static readonly RSA _rsa = RSA.Create(2048);

    [Theory]
    [InlineData("PKCS1V15", true)]
    [InlineData("PSS", true)]
    [InlineData("PKCS1V15", false)]
    [InlineData("PSS", false)]
    public void An_entry_matches_under_the_name_of_the_padding_that_was_used(string named, bool used)
    {
        using var key = VerificationKey.TryRead(_rsa.ExportSubjectPublicKeyInfo(), out _)!;
        var signature = _rsa.SignHash(
            _digest,
            HashAlgorithmName.SHA256,
            named == "PSS" == used ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1
        );
        var body =
            """{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256","digest":"DIGEST"},"signature":{"content":"CONTENT","verifier":{"keyDetails":"PKIX_RSA_NAMED_2048_SHA256","publicKey":{"rawBytes":"KEY"}}}}}}"""
                .Replace("DIGEST", Convert.ToBase64String(_digest), StringComparison.Ordinal)
                .Replace("CONTENT", Convert.ToBase64String(signature), StringComparison.Ordinal)
                .Replace("NAMED", named, StringComparison.Ordinal)
                .Replace("\"KEY\"", $"\"{Convert.ToBase64String(key.Spki.Span)}\"", StringComparison.Ordinal);
        var entry = new TransparencyLogEntry
        {
            LogIndex = 1,
            LogId = new byte[32],
            Kind = "hashedrekord",
            KindVersion = "0.0.2",
            CanonicalizedBody = Encoding.UTF8.GetBytes(body),
        };
        Assert.Equal(used, ExpectedEntry.Matches(entry, new EntryFacts(signature, default, key, HashAlgorithmName.SHA256, _digest, null)));
    }
}
