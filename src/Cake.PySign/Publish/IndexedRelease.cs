using Cake.PySign.Common.Network;

namespace Cake.PySign.Publish;

/// <summary>What an index has under name and version of the distributions at hand.</summary>
/// <param name="Served">What it serves under the name of each; those that it does not list are missing.</param>
/// <param name="Foreign">Files of the same version that are not among them.</param>
/// <param name="AlsoInstallable">Files of no such version that an installer takes for it all the same.</param>
internal sealed record IndexedRelease(
    IReadOnlyDictionary<LocalDistribution, RegistryDownload> Served,
    IReadOnlyList<string> Foreign,
    IReadOnlyList<string> AlsoInstallable
);
