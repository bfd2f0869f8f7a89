using System.Text.RegularExpressions;

namespace PySign.Packaging.Distributions;

/// <summary>
/// What the name of an extension module says (PEP 3149): <c>_speed.cpython-312-x86_64-linux-gnu.so</c>, <c>_speed.cp312-win_amd64.pyd</c>.
/// Only the interpreter whose own suffix this is imports it. Without such a part any may.
/// </summary>
internal sealed partial record ModuleName(string File, string Abi, string System)
{
    // A wheel's architecture, and the processors that Python's configure writes for it into the suffix.
    private static readonly Dictionary<string, string[]> _processors = new(StringComparer.Ordinal)
    {
        ["x86_64"] = ["x86_64"],
        ["i686"] = ["i386", "i486", "i586", "i686"],
        ["aarch64"] = ["aarch64"],
        ["armv7l"] = ["arm", "armv7l", "armv8l"],
        ["armv6l"] = ["arm", "armv6l"],
        ["ppc64le"] = ["powerpc64le", "ppc64le"],
        ["ppc64"] = ["powerpc64", "ppc64"],
        ["s390x"] = ["s390x"],
        ["riscv64"] = ["riscv64"],
        ["loongarch64"] = ["loongarch64"],
    };

    public static bool IsLibrary(string name) =>
        name.EndsWith(".so", StringComparison.Ordinal)
        || name.EndsWith(".pyd", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".dylib", StringComparison.Ordinal);

    /// <summary>Reads the path of a library; <see langword="null"/> when its name says nothing of an interpreter.</summary>
    public static ModuleName? Read(string path) =>
        Versioned().Match(path) is { Success: true } match
            ? new ModuleName(path, "cp" + match.Groups[1].Value, match.Groups[2].Value)
            : null;

    /// <summary>Why the wheel's interpreters do not import it; <see langword="null"/> when one of them does.</summary>
    public string? Problem(DistributionFileName wheel)
    {
        var tags = wheel.Tags;
        if (tags.All(tag => tag.Abi == "abi3"))
            return $"its name says abi3, and {File} is for {Abi} alone";
        if (!tags.Any(tag => tag.Abi == Abi || (tag.Abi == "none" && tag.Python == Abi)))
            return tags.Any(tag => tag.Abi.StartsWith("cp", StringComparison.Ordinal)) ? $"{File} is for {Abi}, its name is not" : null;
        return tags.Any(tag => IsFor(tag.Platform)) ? null : $"{File} is for {System}, its name says {tags[0].Platform}";
    }

    private bool IsFor(string platform)
    {
        if (platform.StartsWith("win", StringComparison.Ordinal))
            return System == platform;
        if (platform.StartsWith("macosx_", StringComparison.Ordinal))
            return System == "darwin";
        if (!platform.Contains("linux", StringComparison.Ordinal))
            return true;

        // manylinux_2_17_x86_64, musllinux_1_2_aarch64, linux_armv7l: the architecture is what ends the tag.
        var processors = _processors
            .Where(one => platform.EndsWith("_" + one.Key, StringComparison.Ordinal))
            .OrderByDescending(one => one.Key.Length)
            .Select(one => one.Value)
            .FirstOrDefault();
        return processors is null || (System.Split('-') is [var processor, "linux", ..] && processors.Contains(processor));
    }

    [GeneratedRegex(@"\.(?:cpython-|cp)(3[0-9]+t?)-([^/]*)\.(?:so|pyd)\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Versioned();
}
