using System.Text.RegularExpressions;

namespace PySign.Packaging.Distributions;

/// <summary>The platform tags that PyPI takes (warehouse's list of platforms; PEP 513, 571, 599, 600, 656, 730, 738, 783).</summary>
internal static partial class PlatformTags
{
    private static readonly HashSet<string> _fixed =
    [
        "any",
        "win32",
        "win_arm64",
        "win_amd64",
        "win_ia64",
        "linux_armv6l",
        "linux_armv7l",
        .. Each("manylinux1", "x86_64", "i686"),
        .. Each("manylinux2010", "x86_64", "i686"),
        .. Each("manylinux2014", "x86_64", "i686", "aarch64", "armv7l", "ppc64", "ppc64le", "s390x"),
    ];

    public static bool IsTaken(string platform) =>
        _fixed.Contains(platform)
        || ManyLinux().IsMatch(platform)
        || MuslLinux().IsMatch(platform)
        || MacOs().IsMatch(platform)
        || Ios().IsMatch(platform)
        || Android().IsMatch(platform)
        || Emscripten().IsMatch(platform);

    public static string Advice(string platform) =>
        platform.StartsWith("linux_", StringComparison.Ordinal)
            ? "Repair the wheel with auditwheel (cibuildwheel does it) so that it gets a manylinux or musllinux tag; or publish the source "
                + "distribution alone, or to an index that takes it."
        : platform.StartsWith("macosx_", StringComparison.Ordinal)
            ? "Set MACOSX_DEPLOYMENT_TARGET to 10.x or to a version with minor 0, such as 11.0, and build again."
        : platform.StartsWith("pyodide_", StringComparison.Ordinal) ? "Build with a Pyodide whose wheels are tagged pyemscripten_."
        : "Build for a platform that PyPI knows, or publish this wheel elsewhere.";

    private static IEnumerable<string> Each(string policy, params string[] machines) => machines.Select(machine => $"{policy}_{machine}");

    [GeneratedRegex(
        @"\Amanylinux_\d+_\d+_(?:x86_64|i686|aarch64|armv7l|ppc64|ppc64le|s390x|riscv64)\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex ManyLinux();

    [GeneratedRegex(
        @"\Amusllinux_\d+_\d+_(?:x86_64|i686|aarch64|armv7l|ppc64le|s390x|riscv64)\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex MuslLinux();

    [GeneratedRegex(
        @"\Amacosx_(?:10_\d+|(?:11|12|13|14|15|26)_0)_(?:ppc|ppc64|i386|x86_64|arm64|intel|fat|fat3|fat64|universal|universal2)\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex MacOs();

    [GeneratedRegex(
        @"\Aios_\d+_\d+_(?:arm64|x86_64)_(?:iphoneos|iphonesimulator)\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Ios();

    [GeneratedRegex(@"\Aandroid_\d+_(?:armeabi_v7a|arm64_v8a|x86|x86_64)\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Android();

    [GeneratedRegex(@"\Apyemscripten_\d+_\d+_wasm32\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Emscripten();
}
