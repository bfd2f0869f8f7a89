using Cake.Core.IO;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Build;

/// <summary>One distribution that was built and read back: a wheel or an sdist.</summary>
/// <param name="Path">The file, absolute.</param>
/// <param name="Kind">Wheel or sdist.</param>
/// <param name="Name">The project's name as its core metadata has it (not normalized).</param>
/// <param name="Version">The version as its core metadata has it.</param>
/// <param name="Sha256">SHA-256 of the file, lower-case hex.</param>
public sealed record PyDistribution(FilePath Path, DistributionKind Kind, string Name, string Version, string Sha256);
