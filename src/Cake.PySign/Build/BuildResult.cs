namespace Cake.PySign.Build;

/// <summary>What a build left, and with what it was made.</summary>
/// <param name="Distributions">The files in the output folder.</param>
/// <param name="Tools">Name to version: Python, the build front end, the back end and its requirements.</param>
internal sealed record BuildResult(IReadOnlyList<PyDistribution> Distributions, IReadOnlyDictionary<string, string> Tools);
