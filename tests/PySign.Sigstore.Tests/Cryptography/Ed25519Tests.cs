using System.Text;
using System.Text.Json;
using PySign.Sigstore.Cryptography;

namespace PySign.Sigstore.Tests.Cryptography;

public sealed class Ed25519Tests
{
    /// <summary>RFC 8032 7.1.</summary>
    [Theory]
    [InlineData(
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )]
    [InlineData(
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )]
    [InlineData(
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )]
    public void The_signatures_of_the_standard_verify_and_no_neighbour_does(string key, string message, string signature)
    {
        var verifier = Ed25519.TryRead(Convert.FromHexString(key))!;
        var data = Convert.FromHexString(message);
        var bytes = Convert.FromHexString(signature);
        Assert.True(verifier.Verify(data, bytes));
        Assert.False(verifier.Verify([.. data, 0], bytes));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var changed = (byte[])bytes.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(verifier.Verify(data, changed));
        }
    }

    [Fact]
    public void A_signature_whose_scalar_is_not_reduced_is_refused()
    {
        var verifier = Ed25519.TryRead(Convert.FromHexString("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))!;
        var signature = Convert.FromHexString(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        );
        var order = Convert.FromHexString("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        var carry = 0;
        for (var i = 0; i < 32; i++)
        {
            carry += signature[32 + i] + order[i];
            signature[32 + i] = (byte)carry;
            carry >>= 8;
        }

        Assert.False(verifier.Verify([], signature));
    }

    /// <summary>
    /// The rule is stated by the flags: accepted is exactly what has no small-order and no non-canonical point and satisfies the equation
    /// without cofactor; a point with a small-order component is allowed, as it is by every rule that uses no blocklist.
    /// </summary>
    [Fact]
    public void Every_edge_case_vector_is_decided_by_the_stated_rule()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Corpora.Require("ed25519/ed25519vectors.json")));
        int count = 0,
            accepted = 0;
        foreach (var vector in document.RootElement.EnumerateArray())
        {
            count++;
            string[] flags = vector.GetProperty("flags") is { ValueKind: JsonValueKind.Array } list
                ? [.. list.EnumerateArray().Select(static f => f.GetString()!)]
                : [];
            var expected = !flags.Any(static f =>
                f is "low_order_A" or "low_order_R" or "non_canonical_A" or "non_canonical_R" or "low_order_residue" or "reencoded_k"
            );
            var key = Ed25519.TryRead(Convert.FromHexString(vector.GetProperty("key").GetString()!));
            var actual =
                key is not null
                && key.Verify(
                    Encoding.UTF8.GetBytes(vector.GetProperty("msg").GetString()!),
                    Convert.FromHexString(vector.GetProperty("sig").GetString()!)
                );
            Assert.True(expected == actual, $"vector {vector.GetProperty("number")} [{string.Join(' ', flags)}]: {actual}");
            accepted += actual ? 1 : 0;
        }

        Assert.Equal(914, count);
        Assert.InRange(accepted, 1, 913);
    }
}
