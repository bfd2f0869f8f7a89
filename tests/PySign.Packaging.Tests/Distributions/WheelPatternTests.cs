using PySign.Packaging.Distributions;

namespace PySign.Packaging.Tests.Distributions;

public sealed class WheelPatternTests
{
    [Theory]
    [InlineData("cp312-manylinux_x86_64", "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64")]
    [InlineData("cp312-manylinux_x86_64", "cp312-cp312-manylinux1_x86_64")]
    [InlineData("cp312-musllinux_aarch64", "cp312-cp312-musllinux_1_2_aarch64")]
    [InlineData("cp312-macosx_universal2", "cp312-cp312-macosx_10_13_universal2")]
    [InlineData("cp312-win_amd64", "cp312-cp312-win_amd64")]
    [InlineData("cp313t-win_arm64", "cp313-cp313t-win_arm64")]
    [InlineData("pp310-manylinux_x86_64", "pp310-pypy310_pp73-manylinux_2_17_x86_64")]
    [InlineData("gp311_250-macosx_arm64", "graalpy311-graalpy250_311_native-macosx_11_0_arm64")]
    [InlineData("cp313-android_arm64_v8a", "cp313-cp313-android_24_arm64_v8a")]
    [InlineData("cp313-ios_arm64_iphoneos", "cp313-cp313-ios_13_0_arm64_iphoneos")]
    [InlineData("cp312-pyodide_wasm32", "cp312-cp312-pyodide_2024_0_wasm32")]
    [InlineData("cp312-cp312-manylinux*", "cp312-cp312-manylinux_2_28_x86_64")]
    [InlineData("*-musllinux_*", "cp39-cp39-musllinux_1_1_i686")]
    [InlineData("cp3?-win32", "cp39-cp39-win32")]
    [InlineData("cp31[0-2]-*", "cp311-cp311-win32")]
    [InlineData("cp3[0-9][0-9]-*", "cp311-cp311-win32")]
    [InlineData("cp31[!0-]-win32", "cp311-cp311-win32")]
    [InlineData("py3-none-any", "py3-none-any")]
    [InlineData("cp312-manylinux_x86_64", "cp39-abi3-manylinux_2_17_x86_64")]
    [InlineData("cp39-manylinux_x86_64", "cp39-abi3-manylinux_2_17_x86_64")]
    [InlineData("cp312-win_amd64", "py3-none-win_amd64")]
    public void A_pattern_covers_the_wheels_that_it_speaks_of(string pattern, string tag) => Assert.True(Covers(pattern, tag));

    [Theory]
    [InlineData("cp312-manylinux_x86_64", "cp312-cp312-musllinux_1_2_x86_64")]
    [InlineData("cp312-manylinux_x86_64", "cp312-cp312-manylinux_2_17_aarch64")]
    [InlineData("cp312-manylinux_x86_64", "cp313-cp313-manylinux_2_17_x86_64")]
    [InlineData("cp313-win_amd64", "cp313-cp313t-win_amd64")]
    [InlineData("cp38-manylinux_x86_64", "cp39-abi3-manylinux_2_17_x86_64")]
    [InlineData("cp313t-manylinux_x86_64", "cp39-abi3-manylinux_2_17_x86_64")]
    [InlineData("cp312-win_amd64", "py3-none-any")]
    [InlineData("cp31[!0]-win32", "cp310-cp310-win32")]
    public void A_pattern_does_not_cover_another_wheel(string pattern, string tag) => Assert.False(Covers(pattern, tag));

    [Fact]
    public void Commas_blanks_and_braces_divide_a_list()
    {
        Assert.Equal(
            ["cp310-win32", "cp311-win32", "cp310-a", "cp310-b", "cp311-a", "cp311-b", "x"],
            WheelPattern.ParseList("cp3{10, 11}-win32 cp3{10,11}-{a,b},x,\n").Select(pattern => pattern.Text)
        );
        Assert.Empty(WheelPattern.ParseList(" , "));
    }

    [Theory]
    [InlineData("cp3{10,11")]
    [InlineData("cp3{1{0},11}-x")]
    [InlineData("demo-1.0-py3-none-any.whl")]
    [InlineData("cp310 (manylinux)")]
    [InlineData("cp31[0-*")]
    [InlineData("cp31[9-0]-*")]
    [InlineData("cp31[]-*")]
    [InlineData("cp31[!]-*")]
    [InlineData("cp31]0[-*")]
    public void What_is_no_pattern_is_refused(string text) =>
        Assert.Equal(PackagingFailure.InvalidTag, Assert.Throws<PackagingException>(() => WheelPattern.ParseList(text)).Reason);

    private static bool Covers(string pattern, string tag) =>
        WheelPattern.ParseList(pattern).Single().Covers(DistributionFileName.Parse($"demo-1.0-{tag}.whl"));
}
