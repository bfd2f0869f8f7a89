using System.Security.Cryptography;
using System.Text.Json;

namespace PySign.Formats.Tests;

public sealed class Sha256DigestTests
{
    private const string Lower = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private static readonly string _upper = Lower.ToUpperInvariant();

    [Fact]
    public void Text_and_bytes_lead_to_the_same_digest_and_back()
    {
        byte[] data = [1, 2, 3];
        var expected = SHA256.HashData(data);
        var digest = Sha256Digest.Of(data);
        Assert.Equal(expected, digest.ToBytes());
        Assert.Equal(Convert.ToHexStringLower(expected), digest.Hex);
        Assert.Equal(digest.Hex, $"{digest}");
        Assert.Equal(digest, Sha256Digest.FromBytes(expected));
        Assert.Equal(digest, Sha256Digest.Parse(digest.Hex.ToUpperInvariant()));
        using var stream = new MemoryStream(data);
        Assert.Equal(digest, Sha256Digest.Of(stream));
        Assert.Equal(digest.GetHashCode(), Sha256Digest.Of(data).GetHashCode());
    }

    /// <summary>A script compares with the text of a digest.</summary>
    [Fact]
    public void A_digest_is_compared_with_its_text_as_it_stands()
    {
        var digest = Sha256Digest.Parse(Lower);
        Assert.True(digest == Lower);
        Assert.False(digest == _upper);
        Assert.True(Sha256Digest.Of([]) != digest);
        Assert.True((Sha256Digest?)null != digest);
        Assert.Null((string?)(Sha256Digest?)null);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123456789abcdef")]
    [InlineData(Lower + "0")]
    [InlineData(" " + Lower)]
    [InlineData("0x23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("０123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void What_is_not_64_hexadecimal_digits_is_refused(string? text)
    {
        Assert.False(Sha256Digest.TryParse(text, out var digest));
        Assert.Null(digest);
        Assert.False(Sha256Digest.TryParseLower(text, out _));
        Assert.Throws<FormatException>(() => Sha256Digest.Parse(text!));
    }

    [Fact]
    public void One_upper_case_digit_is_another_text_where_only_lower_case_is_allowed()
    {
        Assert.True(Sha256Digest.TryParseLower(Lower, out _));
        for (var i = 10; i < 64; i = i % 16 == 15 ? i + 11 : i + 1)
        {
            var mixed = Lower[..i] + char.ToUpperInvariant(Lower[i]) + Lower[(i + 1)..];
            Assert.True(Sha256Digest.TryParse(mixed, out _));
            Assert.False(Sha256Digest.TryParseLower(mixed, out _), mixed);
        }
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    public void Other_lengths_are_refused(int length) => Assert.Throws<ArgumentException>(() => Sha256Digest.FromBytes(new byte[length]));

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(48)]
    public void Digests_that_differ_in_one_part_alone_differ_in_their_hash_codes(int at)
    {
        var digests = Enumerable.Range(0, 1000).Select(i => Sha256Digest.Parse($"{Lower[..at]}{i:x16}{Lower[(at + 16)..]}"));
        Assert.InRange(digests.Select(static digest => digest.GetHashCode()).Distinct().Count(), 900, 1000);
    }

    [Fact]
    public void Json_holds_the_text_and_refuses_every_other()
    {
        var json = JsonSerializer.Serialize(new Dictionary<string, Sha256Digest> { ["a"] = Sha256Digest.Parse(Lower) });
        Assert.Equal($$"""{"a":"{{Lower}}"}""", json);
        Assert.Equal(Sha256Digest.Parse(Lower), JsonSerializer.Deserialize<Dictionary<string, Sha256Digest>>(json)!["a"]);
        foreach (var other in new[] { $"\"{Lower.ToUpperInvariant()}\"", "\"\"", "1", "{}", "[]", "true" })
        {
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Sha256Digest>(other));
        }
    }
}
