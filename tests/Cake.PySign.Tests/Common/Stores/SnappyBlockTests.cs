using System.Text;
using Cake.PySign.Common.Stores;

namespace Cake.PySign.Tests.Common.Stores;

/// <summary>The block format, by bytes that were put together by hand from its description.</summary>
public sealed class SnappyBlockTests
{
    [Theory]
    [InlineData("00", "")]
    [InlineData("03 08 61 62 63", "abc")]
    // A literal whose length needs a byte of its own.
    [InlineData("03 F0 02 61 62 63", "abc")]
    // "ab", then eight bytes from two back: a copy that reaches into itself.
    [InlineData("0A 04 61 62 11 02", "ababababab")]
    [InlineData("0A 04 61 62 1E 02 00", "ababababab")]
    [InlineData("0A 04 61 62 1F 02 00 00 00", "ababababab")]
    public void Literals_and_all_kinds_of_copies_are_read(string block, string content) =>
        Assert.Equal(content, Encoding.ASCII.GetString(SnappyBlock.Decompress(Bytes(block), 100)));

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("FF FF FF FF FF 01")]
    [InlineData("03 08 61 62")]
    [InlineData("02 08 61 62 63")]
    [InlineData("04 08 61 62 63")]
    [InlineData("0A 04 61 62 11 03")]
    [InlineData("0A 04 61 62 11 00")]
    [InlineData("0A 04 61 62 1E 02")]
    [InlineData("03 FC FF FF FF FF 61 62 63")]
    [InlineData("65 08 61 62 63")]
    public void What_is_cut_off_too_large_or_points_elsewhere_is_refused(string block) =>
        Assert.Throws<InvalidDataException>(() => SnappyBlock.Decompress(Bytes(block), 100));

    [Fact]
    public void Arbitrary_bytes_are_read_or_refused_and_nothing_else()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var block = new byte[random.Next(40)];
            random.NextBytes(block);
            if (block.Length > 0)
            {
                block[0] &= 0x3f;
            }

            try
            {
                Assert.True(SnappyBlock.Decompress(block, 64).Length <= 64);
            }
            catch (InvalidDataException)
            {
                // Most are no such block.
            }
        }
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
