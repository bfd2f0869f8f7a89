using Cake.Core.IO;
using Cake.PySign.Verify;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Consume;

/// <summary>A release that an independent consumer downloaded and that satisfied the policy in every file.</summary>
/// <param name="Name">The project, as its metadata has it.</param>
/// <param name="Version">The version, as its metadata has it.</param>
/// <param name="IndexUrl">The simple index it came from.</param>
/// <param name="Files">Every file of the version, ordered by name; never empty.</param>
public sealed record VerifiedRelease(string Name, string Version, Uri IndexUrl, IReadOnlyList<VerifiedReleaseFile> Files)
{
    /// <summary>The signed statement that the release is <see cref="Files"/> and nothing else.</summary>
    /// <value><see langword="null"/> where the policy asks for none: whether a file is hidden is not known then.</value>
    public VerifiedReleaseStatement? Statement { get; init; }

    /// <summary>The result for people: a line for each file, and who signed it.</summary>
    /// <returns>Text of several lines.</returns>
    public string ToTable() => ReleaseReport.Table(this);

    /// <summary>The result for programs.</summary>
    /// <returns>JSON, schema 1: <c>name</c>, <c>version</c>, <c>index</c>, <c>files</c>, <c>statement</c>.</returns>
    public string ToJson() => ReleaseReport.Json(this);

    /// <summary>A line for pip's hash-checking mode, with the digest of every file.</summary>
    /// <returns><c>name==version --hash=sha256:… …</c>, ended by a line feed.</returns>
    public string ToRequirements() => ReleaseReport.Requirements(this);
}

/// <summary>A verified file of a release.</summary>
public sealed record VerifiedReleaseFile : ProvenFile
{
    /// <summary>What it is.</summary>
    /// <value>Wheel or sdist.</value>
    public required DistributionKind Kind { get; init; }

    /// <summary>Where it came from.</summary>
    /// <value>The address in the end, redirects followed.</value>
    public required Uri Url { get; init; }

    /// <summary>How large it is.</summary>
    /// <value>In bytes.</value>
    public required long Size { get; init; }

    /// <summary>The bundle that proves it.</summary>
    /// <value>An absolute path.</value>
    public required FilePath Bundle { get; init; }

    /// <summary>The source repository that the certificate names.</summary>
    /// <value>An address, or <see langword="null"/>.</value>
    public string? SourceRepository { get; init; }

    /// <summary>The ref that the certificate names.</summary>
    /// <value>Such as <c>refs/tags/v1.0.0</c>, or <see langword="null"/>.</value>
    public string? Ref { get; init; }

    /// <summary>The commit that the certificate names.</summary>
    /// <value>In full, or <see langword="null"/>.</value>
    public string? Commit { get; init; }
}
