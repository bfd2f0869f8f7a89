using PySign.Packaging.Distributions;

namespace PySign.Packaging.Tests.Distributions;

public sealed class DistributionFileNameTests
{
    [Theory]
    [InlineData("demo_pkg-1.0.0.tar.gz", "demo-pkg", "1.0.0")]
    [InlineData("Demo.Pkg-1.0.0.tar.gz", "demo-pkg", "1.0.0")]
    [InlineData("Demo-Pkg-1.0.0.tar.gz", "demo-pkg", "1.0.0")]
    [InlineData("old-2.0rc1.zip", "old", "2.0rc1")]
    [InlineData("py-3-1.0.tar.gz", "py-3", "1.0")]
    [InlineData("local-1.0+ubuntu.1.tar.gz", "local", "1.0+ubuntu.1")]
    public void Source_distributions_of_old_and_new_back_ends_are_read(string fileName, string name, string version)
    {
        var parsed = DistributionFileName.Parse(fileName);
        Assert.Equal((DistributionKind.Sdist, name, version), (parsed.Kind, parsed.Name.Normalized, parsed.Version.Normalized));
        Assert.Empty(parsed.Tags);
    }

    [Fact]
    public void A_wheel_with_build_tag_and_compressed_tag_sets_is_read()
    {
        var parsed = DistributionFileName.Parse("Demo.Pkg-1.0.0-2local-py2.py3-none-manylinux1_x86_64.manylinux_2_17_x86_64.whl");
        Assert.Equal(
            (DistributionKind.Wheel, "demo-pkg", "1.0.0", "2local"),
            (parsed.Kind, parsed.Name.Normalized, parsed.Version.Normalized, parsed.BuildTag)
        );
        Assert.Equal(
            [
                "py2-none-manylinux1_x86_64",
                "py2-none-manylinux_2_17_x86_64",
                "py3-none-manylinux1_x86_64",
                "py3-none-manylinux_2_17_x86_64",
            ],
            parsed.Tags.Select(tag => tag.ToString())
        );
    }

    [Theory]
    [InlineData("distribution-1.0-1-py27-none-any.whl", "1", "py27-none-any")]
    [InlineData("sampleproject-1.2.0-py2.py3-none-any.whl", null, "py2-none-any py3-none-any")]
    [InlineData(
        "MarkupSafe-2.1.5-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        null,
        "cp311-cp311-manylinux_2_17_x86_64 cp311-cp311-manylinux2014_x86_64"
    )]
    [InlineData("x-1!2.0+local.1-cp39-abi3-macosx_11_0_arm64.whl", null, "cp39-abi3-macosx_11_0_arm64")]
    [InlineData("a_b-1.0.post1.dev2-10_x-cp312-cp312t-win_amd64.whl", "10_x", "cp312-cp312t-win_amd64")]
    public void Wheel_names_are_taken_apart(string fileName, string? build, string tags)
    {
        var parsed = DistributionFileName.Parse(fileName);
        Assert.Equal((build, tags), (parsed.BuildTag, string.Join(' ', parsed.Tags)));
        Assert.Equal(fileName, parsed.ToString());
    }

    [Theory]
    [InlineData("../x-1.0.tar.gz", PackagingFailure.InvalidFileName)]
    [InlineData("a/x-1.0.tar.gz", PackagingFailure.InvalidFileName)]
    [InlineData("a\\x-1.0.tar.gz", PackagingFailure.InvalidFileName)]
    [InlineData("x-1..0.tar.gz", PackagingFailure.InvalidFileName)]
    [InlineData("x-1.0\n.tar.gz", PackagingFailure.InvalidFileName)]
    [InlineData("-x-1.0.tar.gz", PackagingFailure.InvalidFileName)]
    [InlineData("x-1.0.tar.gz:evil", PackagingFailure.InvalidFileName)]
    [InlineData("x-1.0.tar.bz2", PackagingFailure.InvalidFileName)]
    [InlineData("x.tar.gz", PackagingFailure.InvalidFileName)]
    [InlineData("x-one.tar.gz", PackagingFailure.InvalidVersion)]
    [InlineData("your-package-name-1.0.0-py3-none-any.whl", PackagingFailure.InvalidFileName)]
    [InlineData("x-1.0-none-any.whl", PackagingFailure.InvalidFileName)]
    [InlineData("x-1.0-build-py3-none-any.whl", PackagingFailure.InvalidTag)]
    [InlineData("x-1.0-py3..py2-none-any.whl", PackagingFailure.InvalidFileName)]
    [InlineData("x-1.0-py3.-none-any.whl", PackagingFailure.InvalidTag)]
    [InlineData("", PackagingFailure.InvalidFileName)]
    public void What_is_not_a_plain_distribution_file_name_is_refused(string fileName, PackagingFailure reason)
    {
        Assert.Equal(reason, Assert.Throws<PackagingException>(() => DistributionFileName.Parse(fileName)).Reason);
        Assert.False(DistributionFileName.TryParse(fileName, out _));
    }
}
