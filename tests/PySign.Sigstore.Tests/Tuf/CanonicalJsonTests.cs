using System.Text;
using System.Text.Json;
using PySign.Sigstore.Tuf;

namespace PySign.Sigstore.Tests.Tuf;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("{}", "{}")]
    [InlineData(" [ ] ", "[]")]
    [InlineData("[1, 2 ,3]", "[1,2,3]")]
    [InlineData("{\"b\":1,\"a\":{\"d\":null,\"c\":[true,false]}}", "{\"a\":{\"c\":[true,false],\"d\":null},\"b\":1}")]
    [InlineData("{\"a\":-0,\"b\":-12,\"c\":123456789012345678901234567890}", "{\"a\":0,\"b\":-12,\"c\":123456789012345678901234567890}")]
    [InlineData("\"a\\\"b\\\\c\\/d\"", "\"a\\\"b\\\\c/d\"")]
    [InlineData("\"\\n\\t\\u0001\\u00e9\\ud83d\\ude00\"", "\"\n\t\u0001é😀\"")]
    public void The_canonical_form_is_the_one_that_signatures_are_made_over(string json, string canonical)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Equal(canonical, Encoding.UTF8.GetString(CanonicalJson.Encode(document.RootElement)));
    }

    [Fact]
    public void Names_are_sorted_by_code_point_not_by_utf16_unit()
    {
        // U+FF61 comes before U+10000, although its UTF-16 unit is higher than a surrogate.
        using var document = JsonDocument.Parse("{\"\\ud800\\udc00\":1,\"\\uff61\":2,\"Z\":3,\"a\":4,\"\":5}");
        Assert.Equal(
            "{\"\":5,\"Z\":3,\"a\":4,\"\uff61\":2,\"\U00010000\":1}",
            Encoding.UTF8.GetString(CanonicalJson.Encode(document.RootElement))
        );
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("[1e3]")]
    [InlineData("{\"a\":1E3}")]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"\\ud800\":1}")]
    public void What_has_no_canonical_form_is_refused(string json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Throws<FormatException>(() => CanonicalJson.Encode(document.RootElement));
    }
}
