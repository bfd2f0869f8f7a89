using System.Text;
using PySign.Sandbox.Registries.PyPi;

namespace PySign.Sandbox.Tests.Registries.PyPi;

public sealed class Blake2bTests
{
    [Fact]
    public void The_example_of_the_standard_is_computed() =>
        Assert.Equal(
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
            Convert.ToHexStringLower(Blake2b.Hash("abc"u8, 64))
        );

    [Theory]
    [InlineData(0, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8")]
    [InlineData(128, "c3582f71ebb2be66fa5dd750f80baae97554f3b015663c8be377cfcb2488c1d1")]
    [InlineData(129, "f7f3c46ba2564ff4c4c162da1f5b605f9f1c4aa6a20652a9f9a337c1a2f5b9c9")]
    [InlineData(1000, "b372d0608f720c8c3dd41e9c8eecb10143b41abe520b616607e754bf79c08331")]
    public void Lengths_around_a_block_are_those_that_other_implementations_give(int length, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Blake2b.Hash([.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))], 32)));

    [Fact]
    public void One_changed_bit_is_another_digest() =>
        Assert.NotEqual(Blake2b.Hash(Encoding.ASCII.GetBytes("abc"), 32), Blake2b.Hash(Encoding.ASCII.GetBytes("abb"), 32));
}
