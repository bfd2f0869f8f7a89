using PySign.Formats;
using PySign.Packaging.Distributions;

namespace PySign.Packaging.Indexes;

/// <summary>One file of a project page of a simple index.</summary>
/// <param name="Distribution">The file name, taken apart. It is plain: it may be joined to a folder.</param>
/// <param name="Url">Where the file is: absolute, http or https, without user name, password or fragment.</param>
/// <param name="Sha256">The digest the index announces, or null.</param>
/// <param name="RequiresPython">The version specifier the index announces, or null when there is none or it is empty.</param>
/// <param name="Yanked">The reason when the file is yanked (PEP 592; may be empty), or null when it is not.</param>
/// <param name="HasMetadata">Whether the index announces the file's metadata as a file of its own, at the same address with
/// <c>.metadata</c> behind it (PEP 658 and 714). Installers resolve dependencies from it.</param>
public sealed record SimpleIndexFile(
    DistributionFileName Distribution,
    Uri Url,
    Sha256Digest? Sha256,
    string? RequiresPython,
    string? Yanked,
    bool HasMetadata = false
)
{
    /// <summary>The file name as the index writes it.</summary>
    public string FileName => Distribution.Value;

    /// <summary>Where the index says the file's provenance is (PEP 740), as the index writes it and not checked; null where it has
    /// none.</summary>
    public string? Provenance { get; init; }

    /// <summary>Whether the page says of this file that there is or is not provenance. A page below API 1.3 says nothing, and neither does
    /// one that leaves the key out.</summary>
    public bool SaysProvenance { get; init; }

    /// <summary>The file's size in bytes as the index gives it, or null.</summary>
    public long? Size { get; init; }

    /// <summary>When the file was uploaded as the index says, or null.</summary>
    public DateTimeOffset? UploadedAt { get; init; }

    /// <summary>Where the announced metadata is.</summary>
    public Uri MetadataUrl => new UriBuilder(Url) { Path = Url.AbsolutePath + ".metadata" }.Uri;
}
