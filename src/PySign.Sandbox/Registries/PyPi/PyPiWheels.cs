using System.IO.Compression;

namespace PySign.Sandbox.Registries.PyPi;

/// <summary>What PyPI looks at in a wheel before it takes it.</summary>
internal static class PyPiWheels
{
    private static readonly string[] _required = ["METADATA", "WHEEL", "RECORD"];

    /// <returns>The reason phrase of the refusal; null for a wheel that is taken.</returns>
    public static string? Problem(string fileName, byte[] bytes, string project, string version)
    {
        var parts = fileName.EndsWith(".whl", StringComparison.Ordinal) ? fileName[..^4].Split('-') : [];
        if (parts.Length is not (5 or 6))
        {
            return $"Invalid filename: '{fileName}'.";
        }

        if (PyPiIndex.Normalize(parts[0]) != project)
        {
            return $"Start filename for '{project}' with '{project.Replace('-', '_')}'.";
        }

        if (parts[1] != version)
        {
            return $"Version in filename should be '{version}' not '{parts[1]}'.";
        }

        if (parts[^1].Split('.').FirstOrDefault(static tag => tag.StartsWith("linux_", StringComparison.Ordinal)) is { } platform)
        {
            return $"Binary wheel '{fileName}' has an unsupported platform tag '{platform}'.";
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
}
