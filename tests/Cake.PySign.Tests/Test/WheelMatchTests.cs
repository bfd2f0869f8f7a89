using Cake.PySign.Test;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Tests.Test;

public sealed class WheelMatchTests
{
    [Theory]
    [InlineData("py3-none-any", true)]
    [InlineData("py2.py3-none-any", true)]
    [InlineData("py2-none-any", false)]
    [InlineData("py39-none-any", true)]
    [InlineData("py313-none-any", false)]
    [InlineData("cp312-none-any", true)]
    [InlineData("cp3-none-any", true)]
    [InlineData("pp310-none-any", false)]
    [InlineData("cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64", true)]
    [InlineData("cp312-cp312-musllinux_1_2_x86_64", true)]
    [InlineData("cp312-cp312-linux_x86_64", true)]
    [InlineData("cp312-cp312-manylinux_2_17_aarch64", false)]
    [InlineData("cp312-cp312-macosx_11_0_universal2", false)]
    [InlineData("cp312-cp312-win_amd64", false)]
    [InlineData("cp311-cp311-linux_x86_64", false)]
    [InlineData("cp312-cp312t-linux_x86_64", false)]
    [InlineData("cp39-abi3-manylinux_2_17_x86_64", true)]
    [InlineData("cp313-abi3-manylinux_2_17_x86_64", false)]
    public void CPython_3_12_on_Linux_takes(string tags, bool expected) =>
        Assert.Equal(expected, Fits(Interpreter("CPython", 3, 12, "cp312", "linux_x86_64"), tags));

    [Theory]
    [InlineData("CPython", 13, "cp313t", "linux_x86_64", "cp313-cp313t-linux_x86_64", true)]
    [InlineData("CPython", 13, "cp313t", "linux_x86_64", "cp39-abi3-linux_x86_64", false)]
    [InlineData("CPython", 13, "cp313t", "linux_x86_64", "py3-none-any", true)]
    [InlineData("PyPy", 10, "pypy310_pp73", "linux_x86_64", "pp310-pypy310_pp73-manylinux_2_17_x86_64", true)]
    [InlineData("PyPy", 10, "pypy310_pp73", "linux_x86_64", "cp310-cp310-manylinux_2_17_x86_64", false)]
    [InlineData("PyPy", 10, "pypy310_pp73", "linux_x86_64", "py3-none-any", true)]
    [InlineData("CPython", 13, "cp313", "win_amd64", "cp313-cp313-win_amd64", true)]
    [InlineData("CPython", 13, "cp313", "win_amd64", "cp313-cp313-win32", false)]
    [InlineData("CPython", 13, "cp313", "macosx_14_0_arm64", "cp313-cp313-macosx_11_0_arm64", true)]
    [InlineData("CPython", 13, "cp313", "macosx_14_0_arm64", "cp313-cp313-macosx_10_13_universal2", true)]
    [InlineData("CPython", 13, "cp313", "macosx_14_0_arm64", "cp313-cp313-macosx_10_13_x86_64", false)]
    public void Other_interpreters_and_systems_take(
        string implementation,
        int minor,
        string abi,
        string platform,
        string tags,
        bool expected
    ) => Assert.Equal(expected, Fits(Interpreter(implementation, 3, minor, abi, platform), tags));

    [Theory]
    [InlineData(null, false)]
    [InlineData("18.1", false)]
    [InlineData("22.2.2", false)]
    [InlineData("22.3", true)]
    [InlineData("23.0.1", true)]
    [InlineData("nonsense", false)]
    public void A_pip_installs_into_another_environment_since_22_3(string? pip, bool expected) =>
        Assert.Equal(expected, (Interpreter("CPython", 3, 12, "cp312", "linux_x86_64") with { Pip = pip }).CanInstallElsewhere);

    private static bool Fits(InterpreterFacts interpreter, string tags) =>
        DistributionFileName.Parse($"demo-1.0-{tags}.whl").Tags.Any(tag => WheelMatch.Fits(interpreter, tag));

    private static InterpreterFacts Interpreter(string implementation, int major, int minor, string abi, string platform) =>
        new()
        {
            Path = "/usr/bin/python",
            Origin = "PATH",
            Implementation = implementation,
            Version = $"{major}.{minor}.0",
            Major = major,
            Minor = minor,
            Abi = abi,
            Platform = platform,
            RealPath = "/usr/bin/python",
            IsVirtual = false,
            HasVenv = true,
            HasEnsurePip = true,
        };
}
