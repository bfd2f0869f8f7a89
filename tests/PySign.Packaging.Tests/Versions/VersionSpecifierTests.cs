using PySign.Packaging.Versions;

namespace PySign.Packaging.Tests.Versions;

/// <summary>Every example of the version specifiers specification, and the edges around them.</summary>
public sealed class VersionSpecifierTests
{
    [Theory]
    // The section's first example shows the form; taken together its clauses allow nothing, because ~= 0.9 ends before 1.
    [InlineData("~= 0.9, >= 1.0, != 1.3.4.*, < 2.0", "", "0.9 1.0 1.3.3 1.3.4 1.9 2.0")]
    // Compatible release, and its equivalents.
    [InlineData("~= 2.2", "2.2 2.3 2.9.1 2.2.post1", "2.1 3.0 2.2.dev1 2.2rc1 3.0.dev0")]
    [InlineData(">= 2.2, == 2.*", "2.2 2.3 2.9.1 2.2.post1", "2.1 3.0 2.2.dev1 3.0.dev0")]
    [InlineData("~= 1.4.5", "1.4.5 1.4.99", "1.4.4 1.5 1.5.0")]
    [InlineData("~= 2.2.post3", "2.2.post3 2.2.post4 2.3", "2.2 2.2.post2 3.0")]
    [InlineData("~= 1.4.5a4", "1.4.5a4 1.4.5a5 1.4.5 1.4.6", "1.4.5a3 1.5")]
    [InlineData("~= 2.2.0", "2.2 2.2.0 2.2.9", "2.3 2.1.9")]
    [InlineData("~= 1.4.5.0", "1.4.5 1.4.5.9", "1.4.6 1.4.4")]
    [InlineData("~= 1!2.2", "1!2.2 1!2.9", "2.2 1!3.0 2!2.3")]
    // Version matching.
    [InlineData("== 1.1", "1.1 1.1.0 1.1+local", "1.1.post1 1.1a1 1.1.dev1 1.1.1")]
    [InlineData("== 1.1.post1", "1.1.post1", "1.1 1.1.post2")]
    [InlineData("== 1.1.*", "1.1 1.1.post1 1.1.0 1.1.9 1.1+local", "1.2 1.11 1 1.0.9")]
    [InlineData("== 1.1a1", "1.1a1 1.1.0a1 v1.1-alpha.1", "1.1 1.1a2 1.1a1.post1")]
    [InlineData("== 1.1.dev1", "1.1.dev1", "1.1")]
    [InlineData("== 1.1.0", "1.1 1.1.0 1.1.0.0", "1.1.1")]
    [InlineData("== 1.0+ubuntu.1", "1.0+ubuntu.1 1.0+ubuntu-1", "1.0 1.0+ubuntu.2")]
    [InlineData("== 1.1a1.*", "1.1a1 1.1a1.post2 1.1.0a1", "1.1a2 1.1.1a1 1.1")]
    [InlineData("== 1.1.post1.*", "1.1.post1", "1.1 1.1.post2 1.1a1.post1")]
    [InlineData("== 1!1.*", "1!1.0 1!1.5", "1.0 1!2.0")]
    // Version exclusion.
    [InlineData("!= 1.1", "1.1.post1 1.2", "1.1 1.1.0 1.1+x")]
    [InlineData("!= 1.1.post1", "1.1 1.1.post2", "1.1.post1")]
    [InlineData("!= 1.1.*", "1.2 1.0", "1.1 1.1.post1 1.1.5")]
    // Ordered comparison, inclusive and exclusive.
    [InlineData(">= 3.9", "3.9 3.9.0 3.10 3.9+x 3.9.post1", "3.8.99 3.9rc1")]
    [InlineData("<= 3.9", "3.9 3.9.0 3.9+x 3.8", "3.9.1 3.9.post1 3.10")]
    [InlineData("> 1.7", "1.7.1 1.8", "1.7 1.7.0 1.7.0.post1 1.7+x")]
    [InlineData("> 1.7.post2", "1.7.1 1.7.0.post3", "1.7.0 1.7.post2 1.7.post1 1.7.post2+x")]
    [InlineData("< 2.0", "1.9 1.9.post1 1.99+x", "2.0 2.0rc1 2.0.dev1 2.0+x")]
    [InlineData("< 2.0.rc1", "1.9 2.0b1 2.0.dev1", "2.0rc1 2.0")]
    // Arbitrary equality.
    [InlineData("===1.0", "1.0", "1.0+downstream1 1.0.0")]
    [InlineData("===1.0RC1", "1.0rc1 1.0RC1", "1.0.0rc1 1.0")]
    // The section's list of examples.
    [InlineData("~=3.1", "3.1 3.9", "4.0 3.0.9")]
    [InlineData("~=3.1.2", "3.1.2 3.1.9", "3.2.0 3.1.1")]
    [InlineData("~=3.1a1", "3.1a1 3.1 3.9", "4.0 3.0")]
    [InlineData("== 3.1", "3.1 3.1.0", "3.1rc1 3.1.post1 3.1.dev1 3.1.1")]
    [InlineData("== 3.1.*", "3.1 3.1.5", "3.2 3.0")]
    [InlineData("~=3.1.0, != 3.1.3", "3.1.0 3.1.2 3.1.4", "3.1.3 3.2.0 3.0.9")]
    [InlineData("", "1.0 99", "")]
    [InlineData(" >=3.9,<4 , ", "3.9 3.14", "4 3.8")]
    public void A_specifier_matches_what_the_specification_says(string specifier, string matching, string others)
    {
        var read = VersionSpecifier.Parse(specifier);
        Assert.All(
            matching.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            version => Assert.True(read.Contains(PythonVersion.Parse(version)), version)
        );
        Assert.All(
            others.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            version => Assert.False(read.Contains(PythonVersion.Parse(version)), version)
        );
        Assert.Equal(specifier, read.ToString());
    }

    [Theory]
    [InlineData("== 1.1.*", "1.1a1")]
    [InlineData(">= 3.9", "3.14.0rc1")]
    public void A_pre_release_matches_when_it_is_asked_for(string specifier, string version)
    {
        var read = VersionSpecifier.Parse(specifier);
        Assert.False(read.Contains(PythonVersion.Parse(version)));
        Assert.True(read.Contains(PythonVersion.Parse(version), allowPrereleases: true));
    }

    [Theory]
    [InlineData(">=1.0", "1.0 1.1rc1 0.9", "1.0")]
    [InlineData(">=1.0", "0.9 1.1rc1 1.1.dev1", "1.1rc1 1.1.dev1")]
    [InlineData(">=1.0rc1", "1.0rc1 1.0 1.1a1", "1.0rc1 1.0 1.1a1")]
    [InlineData("!=1.0rc1", "1.0rc1 1.0rc2 1.0", "1.0")]
    [InlineData(">=2", "1.0", "")]
    public void Pre_releases_are_taken_when_named_or_when_nothing_else_is_there(string specifier, string versions, string expected) =>
        Assert.Equal(expected, string.Join(' ', VersionSpecifier.Parse(specifier).Filter(versions.Split(' ').Select(PythonVersion.Parse))));

    [Theory]
    [InlineData("1.0")]
    [InlineData("=1.0")]
    [InlineData("~=1")]
    [InlineData("~=1.0+local")]
    [InlineData("~=1.0.*")]
    [InlineData(">=1.0.*")]
    [InlineData(">=1.0+local")]
    [InlineData("<1.0+local")]
    [InlineData("==1.0.dev1.*")]
    [InlineData("==1.0+foo1.*")]
    [InlineData("==foobar")]
    [InlineData("===")]
    [InlineData("===a b")]
    [InlineData(">=3.9 <4")]
    [InlineData("@ file:///x")]
    [InlineData("=>1")]
    public void What_is_no_specifier_is_refused(string text)
    {
        Assert.False(VersionSpecifier.TryParse(text, out _));
        Assert.Equal(PackagingFailure.InvalidSpecifier, Assert.Throws<PackagingException>(() => VersionSpecifier.Parse(text)).Reason);
    }
}
