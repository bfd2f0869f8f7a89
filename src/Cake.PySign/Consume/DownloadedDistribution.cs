using Cake.Core.IO;
using PySign.Formats;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Consume;

/// <summary>A distribution that was fetched from an index, and not opened. Its digest was computed here.</summary>
/// <param name="Path">The local file, absolute.</param>
/// <param name="Kind">Wheel or sdist.</param>
/// <param name="Name">The project as the file name has it.</param>
/// <param name="Version">The version as the file name has it, in normal form.</param>
/// <param name="Url">Where it came from.</param>
/// <param name="Sha256">SHA-256.</param>
/// <param name="Size">Its number of bytes.</param>
public sealed record DownloadedDistribution(
    FilePath Path,
    DistributionKind Kind,
    string Name,
    string Version,
    Uri Url,
    Sha256Digest Sha256,
    long Size
);

/// <summary>What an index had of one version.</summary>
/// <param name="Files">Every distribution of exactly this version, downloaded.</param>
/// <param name="AlsoInstallable">Files, not downloaded, that an installer takes for the version though they are of another or in no form
/// that the standards know.</param>
internal sealed record DownloadedVersion(IReadOnlyList<DownloadedDistribution> Files, IReadOnlyList<string> AlsoInstallable);

/// <summary>A file that was fetched. Its digest was computed here, over the bytes that arrived.</summary>
/// <param name="Path">The local file, absolute.</param>
/// <param name="Url">Where it came from.</param>
/// <param name="Sha256">SHA-256.</param>
/// <param name="Size">Its number of bytes.</param>
public sealed record DownloadedFile(FilePath Path, Uri Url, Sha256Digest Sha256, long Size);
