using PySign.Sigstore.Tuf;

namespace PySign.Sigstore.Tests.Tuf;

public sealed class PathPatternTests
{
    [Theory]
    [InlineData("*", "file", true)]
    [InlineData("*", "folder/file", false)]
    [InlineData("*/*", "folder/file", true)]
    [InlineData("folder/*", "folder/", true)]
    [InlineData("targets/*.tgz", "targets/foo.tgz", true)]
    [InlineData("targets/*.tgz", "targets/foo.txt", false)]
    [InlineData("targets/*.tgz", "foo.tgz", false)]
    [InlineData("foo-version-?.tgz", "foo-version-2.tgz", true)]
    [InlineData("foo-version-?.tgz", "foo-version-alpha.tgz", false)]
    [InlineData("foo?bar", "foo/bar", false)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    [InlineData("**", "", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("FILE", "file", false)]
    [InlineData("[ab].txt", "b.txt", true)]
    [InlineData("[ab].txt", "c.txt", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[!a-c]x", "bx", false)]
    [InlineData("[!a-c]x", "dx", true)]
    [InlineData("[]]x", "]x", true)]
    [InlineData("[!]]x", "ax", true)]
    [InlineData("[a-]x", "-x", true)]
    [InlineData("[ab", "[ab", true)]
    [InlineData("[", "[", true)]
    [InlineData("[!", "[!", true)]
    [InlineData("a.c", "abc", false)]
    [InlineData("file.txt", "file.txt\n", false)]
    public void A_pattern_matches_within_folders_only(string pattern, string target, bool matches) =>
        Assert.Equal(matches, PathPattern.Matches(pattern, target));

    [Fact]
    public Task No_pattern_takes_time_that_grows_like_a_power()
    {
        var pattern = string.Concat(Enumerable.Repeat("*a", 2000)) + "b";
        return HangGuard.RunAsync(() => Assert.False(PathPattern.Matches(pattern, new string('a', 20_000))));
    }
}
