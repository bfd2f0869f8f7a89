using PySign.Packaging.Versions;

namespace PySign.Packaging.Tests.Versions;

public sealed class PythonVersionTests
{
    // The orders that PEP 440 and its packaging specification print, in one list.
    private static readonly string[] _ordered =
    [
        "1.dev0",
        "1.0.dev456",
        "1.0a1",
        "1.0a2.dev456",
        "1.0a12.dev456",
        "1.0a12",
        "1.0b1.dev456",
        "1.0b2",
        "1.0b2.post345.dev456",
        "1.0b2.post345",
        "1.0rc1.dev456",
        "1.0rc1",
        "1.0",
        "1.0+abc.5",
        "1.0+abc.7",
        "1.0+5",
        "1.0.post456.dev34",
        "1.0.post456",
        "1.0.15",
        "1.1.dev1",
        "1.1",
        "2013.10",
        "1!0.1",
        "1!1.0",
    ];

    [Theory]
    [InlineData("1.1RC1", "1.1rc1")]
    [InlineData("00", "0")]
    [InlineData("09000", "9000")]
    [InlineData("1.0+foo0100", "1.0+foo0100")]
    [InlineData("1.1.a1", "1.1a1")]
    [InlineData("1.1-a1", "1.1a1")]
    [InlineData("1.1_a_1", "1.1a1")]
    [InlineData("1.1alpha1", "1.1a1")]
    [InlineData("1.1beta2", "1.1b2")]
    [InlineData("1.1c3", "1.1rc3")]
    [InlineData("1.1pre3", "1.1rc3")]
    [InlineData("1.1preview3", "1.1rc3")]
    [InlineData("1.2a", "1.2a0")]
    [InlineData("1.2-post2", "1.2.post2")]
    [InlineData("1.2post2", "1.2.post2")]
    [InlineData("1.2.post-2", "1.2.post2")]
    [InlineData("1.0-r4", "1.0.post4")]
    [InlineData("1.0-rev4", "1.0.post4")]
    [InlineData("1.2.post", "1.2.post0")]
    [InlineData("1.0-1", "1.0.post1")]
    [InlineData("1.2-dev2", "1.2.dev2")]
    [InlineData("1.2dev2", "1.2.dev2")]
    [InlineData("1.2.dev", "1.2.dev0")]
    [InlineData("1.0+ubuntu-1", "1.0+ubuntu.1")]
    [InlineData("1.0+UBUNTU_01", "1.0+ubuntu.1")]
    [InlineData("v1.0", "1.0")]
    [InlineData(" 1.0\n", "1.0")]
    [InlineData("0!1.0", "1.0")]
    [InlineData("2!01.0", "2!1.0")]
    [InlineData("1.2.3-beta.4", "1.2.3b4")]
    [InlineData("1.0a1.post2.dev3+l.1", "1.0a1.post2.dev3+l.1")]
    [InlineData("1.0.a.post1", "1.0a0.post1")]
    [InlineData("1.0a..dev2", "1.0a0.dev2")]
    [InlineData("1.0RC.", "1.0rc0")]
    [InlineData("20260101.99999999999999999999999", "20260101.99999999999999999999999")]
    public void Every_permitted_spelling_has_one_normal_form(string written, string normalized)
    {
        var version = PythonVersion.Parse(written);
        Assert.Equal(normalized, version.Normalized);
        Assert.Equal(version, PythonVersion.Parse(normalized));
        Assert.Equal(normalized, PythonVersion.Parse(normalized).Normalized);
    }

    [Fact]
    public void Versions_are_ordered_as_the_specification_prints_them()
    {
        for (var i = 0; i < _ordered.Length; i++)
        {
            for (var j = 0; j < _ordered.Length; j++)
                Assert.True(
                    Math.Sign(PythonVersion.Parse(_ordered[i]).CompareTo(PythonVersion.Parse(_ordered[j]))) == Math.Sign(i - j),
                    $"{_ordered[i]} and {_ordered[j]}"
                );
        }
    }

    // "Examples of compliant version schemes".
    [Theory]
    [InlineData("0.1 0.2 0.3 1.0 1.1")]
    [InlineData("1.1.0 1.1.1 1.1.2 1.2.0")]
    [InlineData("0.9 1.0a1 1.0a2 1.0b1 1.0rc1 1.0 1.1a1")]
    [InlineData("0.9 1.0.dev1 1.0.dev2 1.0.dev3 1.0.dev4 1.0c1 1.0c2 1.0 1.0.post1 1.1.dev1")]
    [InlineData("2012.1 2012.2 2012.3 2012.15 2013.1 2013.2")]
    [InlineData("2013.10 2014.04 1!1.0 1!1.1 1!2.0")]
    public void Each_scheme_that_the_specification_shows_is_in_order(string versions)
    {
        var parsed = versions.Split(' ').Select(PythonVersion.Parse).ToList();
        Assert.Equal(parsed, parsed.Order());
        Assert.Equal(parsed, parsed.AsEnumerable().Reverse().Order());
    }

    [Fact]
    public void Trailing_zeros_do_not_make_another_version_but_are_kept_in_the_normal_form()
    {
        var (shorter, longer) = (PythonVersion.Parse("1.0"), PythonVersion.Parse("1.0.0"));
        Assert.True(shorter == longer);
        Assert.Equal(shorter.GetHashCode(), longer.GetHashCode());
        Assert.Equal("1.0.0", longer.Normalized);
    }

    [Theory]
    [InlineData("1.2.3-SNAPSHOT", "1.2.3.dev0")]
    [InlineData("1.2.3-alpha.1.2", "1.2.3a1+2")]
    [InlineData("1.2.3-5-gabc1234", "1.2.3.post5+gabc1234")]
    [InlineData("v1.2.3-x.7.z.92", "1.2.3+x.7.z.92")]
    public void A_semantic_version_that_is_not_one_of_python_is_refused_with_the_nearest_form(string written, string nearest)
    {
        var refused = Assert.Throws<PackagingException>(() => PythonVersion.Parse(written));
        Assert.Equal(PackagingFailure.InvalidVersion, refused.Reason);
        Assert.Contains($"'{nearest}'", refused.Advice, StringComparison.Ordinal);
        Assert.Equal(nearest, PythonVersion.Parse(nearest).Normalized);
    }

    [Theory]
    [InlineData("")]
    [InlineData("one")]
    [InlineData("1.0+")]
    [InlineData("1.0+a..b")]
    [InlineData("1..0")]
    [InlineData("1.0.")]
    [InlineData("!1")]
    [InlineData("1.0a1b2")]
    [InlineData("1.0 beta")]
    [InlineData("../1.0")]
    [InlineData("١.٠")]
    [InlineData("vv1")]
    public void What_is_not_a_version_is_refused(string written)
    {
        Assert.False(PythonVersion.TryParse(written, out _));
        Assert.Equal(PackagingFailure.InvalidVersion, Assert.Throws<PackagingException>(() => PythonVersion.Parse(written)).Reason);
    }
}
