using PySign.Packaging.Indexes;

namespace PySign.Packaging.Tests.Indexes;

public sealed class HtmlEntitiesTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("a&b", false)]
    [InlineData("&amp;&lt;&gt;&quot;&apos;", false)]
    [InlineData("&#1;&#1234567;&#x10FFFF;&#XaF;", false)]
    [InlineData("?a=1&copy=2", false)]
    [InlineData("&1a;", false)]
    [InlineData("&#", true)]
    [InlineData("&#;", true)]
    [InlineData("&#65", true)]
    [InlineData("&#12345678;", true)]
    [InlineData("&#x;", true)]
    [InlineData("&#x1234567;", true)]
    [InlineData("&#x41", true)]
    [InlineData("&amp;&period;", true)]
    [InlineData("&AMP;", true)]
    [InlineData("&&nbsp;", true)]
    public void What_readers_resolve_in_different_ways_is_odd(string text, bool odd) => Assert.Equal(odd, HtmlEntities.AreOdd(text));

    /// <summary>A name that never ends is looked at once, however often it begins.</summary>
    [Fact]
    public void Four_megabytes_of_beginnings_are_read() =>
        Assert.False(HtmlEntities.AreOdd(string.Concat(Enumerable.Repeat("&a&", 1 << 20))));
}
