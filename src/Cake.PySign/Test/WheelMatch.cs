using System.Globalization;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Test;

/// <summary>
/// Which wheel an interpreter can take, by the compatibility tags of its file name (PEP 425). The platform is compared by its architecture
/// alone; pip, which knows the machine's C library, has the last word when it installs.
/// </summary>
internal static class WheelMatch
{
    /// <summary>The first wheel that fits, or <see langword="null"/>.</summary>
    public static TestedWheel? For(InterpreterFacts interpreter, IEnumerable<TestedWheel> wheels) =>
        wheels.FirstOrDefault(wheel => wheel.Distribution.FileName.Tags.Any(tag => Fits(interpreter, tag)));

    internal static bool Fits(InterpreterFacts interpreter, WheelTag tag) =>
        FitsPython(interpreter, tag) && FitsPlatform(interpreter.Platform, tag.Platform);

    private static bool FitsPython(InterpreterFacts interpreter, WheelTag tag)
    {
        var own = $"{interpreter.TagPrefix}{interpreter.Major}{interpreter.Minor}";
        return tag.Abi switch
        {
            "none" => tag.Python == own
                || tag.Python == $"{interpreter.TagPrefix}{interpreter.Major}"
                || IsUpTo(tag.Python, "py", interpreter),
            "abi3" => !interpreter.IsFreeThreaded && interpreter.TagPrefix == "cp" && IsUpTo(tag.Python, "cp", interpreter),
            _ => tag.Python == own && tag.Abi == interpreter.Abi,
        };
    }

    // py3, py39 and cp39 fit 3.9 and everything after it within 3.
    private static bool IsUpTo(string tag, string prefix, InterpreterFacts interpreter)
    {
        var digits = tag.StartsWith(prefix, StringComparison.Ordinal) ? tag[prefix.Length..] : "";
        return digits.Length > 0
            && digits.All(char.IsAsciiDigit)
            && digits[0] - '0' == interpreter.Major
            && (
                digits.Length == 1
                || (int.TryParse(digits[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var minor) && minor <= interpreter.Minor)
            );
    }

    private static bool FitsPlatform(string own, string wanted)
    {
        if (wanted == "any" || wanted == own)
        {
            return true;
        }

        var system = own.Split('_')[0];
        var systems = system switch
        {
            "linux" => new[] { "linux", "manylinux", "musllinux" },
            _ => [system],
        };
        if (!systems.Any(name => wanted.StartsWith(name, StringComparison.Ordinal)))
        {
            return false;
        }

        var architectures = new[] { "x86_64", "aarch64", "arm64", "i686", "armv7l", "ppc64le", "s390x", "riscv64", "amd64" };
        var architecture = architectures.FirstOrDefault(name => own.EndsWith("_" + name, StringComparison.Ordinal));
        return architecture is not null && wanted.EndsWith("_" + architecture, StringComparison.Ordinal)
            || (
                system == "macosx"
                && (wanted.EndsWith("_universal2", StringComparison.Ordinal) || own.EndsWith("_universal2", StringComparison.Ordinal))
            );
    }
}
