using System.IO.Compression;
using System.Text.RegularExpressions;

namespace PySign.Sandbox.Registries.PyPi;

/// <summary>What PyPI looks at in a wheel before it takes it.</summary>
internal static partial class PyPiWheels
{
    private static readonly string[] _required = ["METADATA", "WHEEL", "RECORD"];

    /// <returns>The reason phrase of the refusal; null for a wheel that is taken.</returns>
    public static string? Problem(string fileName, byte[] bytes, string project, string version)
    {
        var parts = fileName.EndsWith(".whl", StringComparison.Ordinal) ? fileName[..^4].Split('-') : [];
        return parts.Length is 5 or 6
            ? NameProblem(fileName, parts, project, version) ?? ContentProblem(fileName, parts, bytes)
            : $"Invalid filename: '{fileName}'.";
    }

    private static string? NameProblem(string fileName, string[] parts, string project, string version)
    {
        if (parts.Length == 6 && !char.IsAsciiDigit(parts[2].FirstOrDefault()))
        {
            return $"Invalid build number: {parts[2]} in '{fileName}'";
        }

        if (PyPiIndex.Normalize(parts[0]) != project)
        {
            return $"Start filename for '{project}' with '{project.Replace('-', '_')}'.";
        }

        if (parts[0] != project.Replace('-', '_'))
        {
            return $"Filename '{fileName}' should contain the normalized project name '{project.Replace('-', '_')}', not '{parts[0]}'.";
        }

        if (Trimmed(parts[1]) != Trimmed(version))
        {
            return $"Version in filename should be '{version}' not '{parts[1]}'.";
        }

        return parts[^1].Split('.').FirstOrDefault(static tag => !Platforms().IsMatch(tag)) is { } platform
            ? $"Binary wheel '{fileName}' has an unsupported platform tag '{platform}'."
            : null;
    }

    private static string? ContentProblem(string fileName, string[] parts, byte[] bytes)
    {
        if (Streamed(bytes))
        {
            return "Invalid distribution file. ZIP archive not accepted: ZIP contains a data descriptor. See "
                + "https://docs.pypi.org/archives for more information";
        }

        try
        {
            using var zip = new ZipArchive(new MemoryStream(bytes), ZipArchiveMode.Read);
            var info = $"{parts[0]}-{parts[1]}.dist-info";
            return _required.FirstOrDefault(name => zip.GetEntry($"{info}/{name}") is null) is { } missing
                ? $"Wheel '{fileName}' does not contain the required {missing} file: {info}/{missing}"
                : null;
        }
        catch (InvalidDataException)
        {
            return "Invalid distribution file. File is not a zipfile";
        }
    }

    // 1.0 and 1.0.0 are one version.
    private static string Trimmed(string version)
    {
        while (version.EndsWith(".0", StringComparison.Ordinal))
        {
            version = version[..^2];
        }

        return version;
    }

    /// <summary>Whether the first record says that sizes stand behind the data (bit 3 of its flags).</summary>
    private static bool Streamed(byte[] bytes) => bytes.AsSpan().StartsWith("PK\u0003\u0004"u8) && bytes.Length > 8 && (bytes[6] & 8) != 0;

    [GeneratedRegex(
        """
            \A(?:any|win32|win_(?:amd64|arm64|ia64)|linux_armv[67]l
            |manylinux(?:1|2010)_(?:x86_64|i686)|manylinux2014_(?:x86_64|i686|aarch64|armv7l|ppc64|ppc64le|s390x)
            |manylinux_[0-9]+_[0-9]+_(?:x86_64|i686|aarch64|armv7l|ppc64|ppc64le|s390x|riscv64)
            |musllinux_[0-9]+_[0-9]+_(?:x86_64|i686|aarch64|armv7l|ppc64le|s390x|riscv64)
            |macosx_(?:10_[0-9]+|(?:1[1-5]|26)_0)_(?:ppc|ppc64|i386|x86_64|arm64|intel|fat|fat3|fat64|universal|universal2)
            |ios_[0-9]+_[0-9]+_(?:arm64|x86_64)_iphone(?:os|simulator)
            |android_[0-9]+_(?:armeabi_v7a|arm64_v8a|x86|x86_64)|pyemscripten_[0-9]+_[0-9]+_wasm32)\z
            """,
        RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace | RegexOptions.NonBacktracking
    )]
    private static partial Regex Platforms();
}
