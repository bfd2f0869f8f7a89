using PySign.Formats;

namespace Cake.PySign.Import;

/// <summary>A distribution that another job built.</summary>
public sealed record ImportedDistribution : DistributionFile
{
    /// <summary>How large it is.</summary>
    /// <value>In bytes.</value>
    public required long Size { get; init; }

    /// <summary>Where it came from.</summary>
    /// <value>The folder, and what its build job said.</value>
    public required PyImportOrigin Origin { get; init; }
}

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
    public string? AttestationFileName { get; init; }

    /// <summary>The SHA-256 of <see cref="AttestationFileName"/>. It was not verified.</summary>
    public Sha256Digest? AttestationSha256 { get; init; }
}
