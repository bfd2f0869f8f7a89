using PySign.Packaging.Distributions;

namespace Cake.PySign.Build;

/// <summary>A distribution that two builds gave with the same bytes.</summary>
/// <param name="FileName">The file's name.</param>
/// <param name="Kind">Wheel or sdist.</param>
/// <param name="Name">The project's name as its core metadata has it.</param>
/// <param name="Version">The version as its core metadata has it.</param>
/// <param name="Sha256">SHA-256 of both files, lower-case hex.</param>
public sealed record ReproducedDistribution(string FileName, DistributionKind Kind, string Name, string Version, string Sha256);
