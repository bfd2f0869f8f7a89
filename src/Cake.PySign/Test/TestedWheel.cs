using System.IO.Compression;
using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Packaging;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace Cake.PySign.Test;

/// <summary>A wheel that is installed and tested: one copy of its bytes, for all interpreters the same.</summary>
internal sealed record TestedWheel : HashedFile
{
    /// <summary>What it says of itself.</summary>
    public required Distribution Distribution { get; init; }

    /// <summary>The modules at its top level: whatever is tested must come from there.</summary>
    public required IReadOnlyList<string> Modules { get; init; }

    /// <summary>Whether pip has anything to fetch for the wheel alone.</summary>
    public bool HasRequirements =>
        Distribution.Metadata.RequiresDist.Any(requirement => !requirement.Contains("extra ==", StringComparison.Ordinal));

    /// <summary>Whether the project's <c>requires-python</c> lets the interpreter in. One that cannot be read is left to pip.</summary>
    public bool IsFor(InterpreterFacts interpreter) =>
        !VersionSpecifier.TryParse(Distribution.Metadata.RequiresPython, out var required)
        || !PythonVersion.TryParse(interpreter.Version, out var version)
        || required.Contains(version, allowPrereleases: true);

    /// <summary>Copies and reads the wheels. They must be of one project and version.</summary>
    public static IReadOnlyList<TestedWheel> Read(IReadOnlyList<FilePath> files, DirectoryPath folder)
    {
        var wheels = new List<TestedWheel>();
        foreach (var file in files)
        {
            var copy = folder.CombineWithFilePath(file.GetFilename());
            File.Copy(file.FullPath, copy.FullPath, overwrite: false);
            try
            {
                var distribution = Distribution.Read(copy.FullPath);
                if (distribution.Kind != DistributionKind.Wheel)
                {
                    throw new PySignException(PySignFailure.InvalidSettings, $"'{file}' is not a wheel.", "Name the .whl that was built.");
                }

                wheels.Add(
                    new TestedWheel
                    {
                        Path = copy,
                        Sha256 = FileDigest.Of(copy),
                        Distribution = distribution,
                        Modules = [.. TopLevel(copy)],
                    }
                );
            }
            catch (Exception e) when (e is PackagingException or InvalidDataException)
            {
                throw new PySignException(PySignFailure.InvalidMetadata, $"'{file}' cannot be tested: {e.Message}", innerException: e);
            }
        }

        return wheels.FirstOrDefault(wheel => !SameRelease(wheel.Distribution, wheels[0].Distribution)) is { } other
            ? throw new PySignException(
                PySignFailure.InvalidSettings,
                $"The wheels are of different releases: {wheels[0].FileName} and {other.FileName}.",
                "Name the wheels of one release in Wheels."
            )
            : wheels;
    }

    private static bool SameRelease(Distribution one, Distribution other) =>
        ProjectName.Parse(one.Name).Normalized == ProjectName.Parse(other.Name).Normalized
        && PythonVersion.Parse(one.Version).Equals(PythonVersion.Parse(other.Version));

    // What lies at the root of the archive, or in the parts of NAME.data that go to the same place.
    private static IEnumerable<string> TopLevel(FilePath wheel)
    {
        using var zip = ZipFile.OpenRead(wheel.FullPath);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries)
        {
            var parts = entry.FullName.Split('/', StringSplitOptions.RemoveEmptyEntries).AsSpan();
            if (parts is [var data, "purelib" or "platlib", .. var rest] && data.EndsWith(".data", StringComparison.Ordinal))
            {
                parts = rest;
            }

            var name = parts switch
            {
                [var file]
                    when file.EndsWith(".py", StringComparison.Ordinal)
                        || file.EndsWith(".so", StringComparison.Ordinal)
                        || file.EndsWith(".pyd", StringComparison.Ordinal) => file.Split('.')[0],
                [var package, _, ..] => package,
                _ => null,
            };
            if (name is { Length: > 0 } && !name.Contains('.', StringComparison.Ordinal) && !name.Contains('-', StringComparison.Ordinal))
            {
                names.Add(name);
            }
        }

        return names.Order(StringComparer.Ordinal);
    }
}
