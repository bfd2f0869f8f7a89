using PySign.Packaging.Versions;

namespace PySign.Packaging.Tests.Versions;

public sealed class ReleaseVersionTests
{
    [Fact]
    public void The_first_that_states_a_version_gives_its_spelling()
    {
        Assert.Null(ReleaseVersion.Choose());
        var chosen = ReleaseVersion.Choose(new("the parameter", "v1.2"), new("the tag v1.2.0", "1.2.0"), new("pyproject.toml", "1.2"));
        Assert.Equal(("1.2", "the parameter"), (chosen!.Version.Normalized, chosen.Origin));
    }

    [Fact]
    public void Two_that_differ_stop_and_both_are_named()
    {
        var e = Assert.Throws<PackagingException>(() =>
            ReleaseVersion.Choose(new("the tag v1.2.3", "1.2.3"), new("PACKAGE_VERSION", "1.2.3"), new("pyproject.toml", "1.2.2"))
        );
        Assert.Equal(PackagingFailure.ConflictingVersions, e.Reason);
        Assert.Equal("the tag v1.2.3 says 1.2.3, pyproject.toml says 1.2.2", e.Input);
    }

    [Fact]
    public void One_that_is_no_version_stops_even_behind_others()
    {
        var e = Assert.Throws<PackagingException>(() => ReleaseVersion.Choose(new("the tag v1", "1"), new("PACKAGE_VERSION", "latest")));
        Assert.Equal((PackagingFailure.InvalidVersion, "PACKAGE_VERSION says 'latest'"), (e.Reason, e.Input));
    }

    [Theory]
    [InlineData("v1.2.3", null, "1.2.3")]
    [InlineData("V1.2.3", null, "1.2.3")]
    [InlineData("1.2.3rc1", null, "1.2.3rc1")]
    [InlineData("v1.2.3-SNAPSHOT", null, "1.2.3-SNAPSHOT")]
    [InlineData("nightly", null, null)]
    [InlineData("v", null, null)]
    [InlineData("version-5", null, null)]
    [InlineData("pkg-1.0", "pkg-{version}", "1.0")]
    [InlineData("1.0-final", "{version}-final", "1.0")]
    public void A_tag_states_what_its_form_says(string tag, string? pattern, string? version) =>
        Assert.Equal(version, VersionTag.Read(tag, pattern)?.Text);

    [Theory]
    [InlineData("v1", "pkg-{version}", PackagingFailure.InvalidVersion)]
    [InlineData("pkg-", "pkg-{version}", PackagingFailure.InvalidVersion)]
    [InlineData("v1", "v", PackagingFailure.InvalidValue)]
    [InlineData("v1", "{version}{version}", PackagingFailure.InvalidValue)]
    public void A_tag_of_another_form_and_a_pattern_without_a_place_are_refused(string tag, string pattern, PackagingFailure reason) =>
        Assert.Equal(reason, Assert.Throws<PackagingException>(() => VersionTag.Read(tag, pattern)).Reason);
}
