using Cake.Core.IO;
using Cake.PySign.Sign;
using Cake.PySign.Verify;
using PySign.Formats;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Consume;

/// <summary>A release that an independent consumer downloaded and that satisfied the policy in every file.</summary>
/// <param name="Name">The project, as its metadata has it.</param>
/// <param name="Version">The version, as its metadata has it.</param>
/// <param name="Index">The simple index it came from.</param>
/// <param name="Files">Every file of the version, ordered by name; never empty.</param>
public sealed record VerifiedRelease(string Name, string Version, Uri Index, IReadOnlyList<VerifiedReleaseFile> Files)
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
/// <param name="Path">Where it was downloaded to.</param>
/// <param name="Kind">Wheel or sdist.</param>
/// <param name="Url">Where it came from.</param>
/// <param name="Sha256">SHA-256 of the verified bytes.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Bundle">The bundle that proves it.</param>
/// <param name="Identity">Who signed.</param>
/// <param name="Issuer">Who vouched for the signer.</param>
/// <param name="SourceRepository">The source repository that the certificate names, or <see langword="null"/>.</param>
/// <param name="SourceRef">The ref that the certificate names, or <see langword="null"/>.</param>
/// <param name="SourceDigest">The commit that the certificate names, or <see langword="null"/>.</param>
/// <param name="LogEntries">Where the signature is logged.</param>
public sealed record VerifiedReleaseFile(
    FilePath Path,
    DistributionKind Kind,
    Uri Url,
    Sha256Digest Sha256,
    long Size,
    FilePath Bundle,
    string Identity,
    string Issuer,
    string? SourceRepository,
    string? SourceRef,
    string? SourceDigest,
    IReadOnlyList<SignedLogEntry> LogEntries
);
