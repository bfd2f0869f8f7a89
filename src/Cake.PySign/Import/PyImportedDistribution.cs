using Cake.Core.IO;
using PySign.Formats;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Import;

/// <summary>A distribution that another job built.</summary>
/// <param name="Path">Where it is now.</param>
/// <param name="Kind">Wheel or sdist.</param>
/// <param name="Name">The project's name as its metadata writes it.</param>
/// <param name="Version">The version as its metadata writes it.</param>
/// <param name="Sha256">SHA-256 of the bytes that were checked.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Origin">Where it came from.</param>
public sealed record PyImportedDistribution(
    FilePath Path,
    DistributionKind Kind,
    string Name,
    string Version,
    Sha256Digest Sha256,
    long Size,
    PyImportOrigin Origin
);

/// <summary>Where an imported distribution came from. What a build job says of itself is its own word.</summary>
/// <param name="Folder">The artifact's folder, relative to the one that was searched; empty for that itself.</param>
/// <param name="Job">The job that built it; <see langword="null"/> where nobody said.</param>
/// <param name="Runner">The machine that built it.</param>
/// <param name="Commit">The commit that it was built from.</param>
/// <param name="Run">The run or pipeline, as a number or an address.</param>
public sealed record PyImportOrigin(string Folder, string? Job = null, string? Runner = null, string? Commit = null, string? Run = null)
{
    /// <summary>Whether a build job named the file's digest through the CI service's own channel.</summary>
    public bool IsHandedOn { get; init; }

    /// <summary>An attestation that lay beside it, by its builder: the file's name.</summary>
    public string? Attestation { get; init; }

    /// <summary>The SHA-256 of <see cref="Attestation"/>. It was not verified.</summary>
    public Sha256Digest? AttestationSha256 { get; init; }
}
