using PySign.Formats;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Build;

/// <summary>One distribution that was built and read back: a wheel or an sdist.</summary>
public sealed record BuiltDistribution : DistributionFile;

/// <summary>What a build left, and with what it was made.</summary>
/// <param name="Distributions">The files in the output folder.</param>
/// <param name="Tools">Name to version: Python, the build front end, the back end and its requirements.</param>
internal sealed record BuildResult(IReadOnlyList<BuiltDistribution> Distributions, IReadOnlyDictionary<string, string> Tools);

/// <summary>A distribution that two builds gave with the same bytes.</summary>
/// <param name="FileName">The file's name.</param>
/// <param name="Kind">Wheel or sdist.</param>
/// <param name="Name">The project's name as its core metadata has it.</param>
/// <param name="Version">The version as its core metadata has it.</param>
/// <param name="Sha256">SHA-256 of both files.</param>
public sealed record ReproducedDistribution(string FileName, DistributionKind Kind, string Name, string Version, Sha256Digest Sha256);
