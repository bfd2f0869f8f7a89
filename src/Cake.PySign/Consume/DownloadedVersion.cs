namespace Cake.PySign.Consume;

/// <summary>What an index had of one version.</summary>
/// <param name="Files">Every distribution of exactly this version, downloaded.</param>
/// <param name="AlsoInstallable">Files, not downloaded, that an installer takes for the version though they are of another or in no form
/// that the standards know.</param>
internal sealed record DownloadedVersion(IReadOnlyList<DownloadedDistribution> Files, IReadOnlyList<string> AlsoInstallable);
