using Cake.Core.IO;
using PySign.Formats;
using PySign.Packaging.Distributions;
using PySign.Sigstore.Verification;

namespace Cake.PySign;

/// <summary>A file of this machine with its digest: what every result about a file begins with.</summary>
public abstract record HashedFile
{
    private protected HashedFile() { }

    /// <summary>The file.</summary>
    /// <value>An absolute path.</value>
    public required FilePath Path { get; init; }

    /// <summary>The SHA-256 of its bytes.</summary>
    /// <value>Prints, and compares with text, as 64 lower-case hexadecimal digits.</value>
    public required Sha256Digest Sha256 { get; init; }

    /// <summary>The file's name.</summary>
    /// <value>Without a folder.</value>
    public string FileName => Path.GetFilename().FullPath;
}

/// <summary>A wheel or an sdist of this machine.</summary>
public abstract record DistributionFile : HashedFile
{
    private protected DistributionFile() { }

    /// <summary>Which of the two.</summary>
    /// <value>Wheel or sdist.</value>
    public required DistributionKind Kind { get; init; }

    /// <summary>The project's name.</summary>
    /// <value>As the metadata has it, not normalized; as the file name has it where the file was not opened.</value>
    public required string Name { get; init; }

    /// <summary>The version.</summary>
    /// <value>As the metadata has it; as the file name has it, in normal form, where the file was not opened.</value>
    public required string Version { get; init; }
}

/// <summary>A file whose signature, or a signed statement about it, was made or verified.</summary>
public abstract record ProvenFile : HashedFile
{
    private protected ProvenFile() { }

    /// <summary>Who signed: the certificate's subject alternative name.</summary>
    /// <value>Empty for a key.</value>
    public required string Identity { get; init; }

    /// <summary>Who vouched for the signer: the certificate's OIDC issuer.</summary>
    /// <value>Empty for a key.</value>
    public required string Issuer { get; init; }

    /// <summary>Where it is logged.</summary>
    /// <value>Empty where it is in no log.</value>
    public required IReadOnlyList<SignedLogEntry> LogEntries { get; init; }
}

/// <summary>A statement about which files a release consists of, that was signed or verified.</summary>
public abstract record ProvenStatement
{
    private protected ProvenStatement() { }

    /// <summary>The bundle with the statement.</summary>
    /// <value>An absolute <c>{name}-{version}.release.sigstore.json</c>, with an in-toto statement.</value>
    public required FilePath Bundle { get; init; }

    /// <summary>The version that it is about.</summary>
    /// <value>A package URL, such as <c>pkg:pypi/hello-pysign@1.0.0</c>.</value>
    public required string PackageUrl { get; init; }

    /// <summary>Every distribution of the version.</summary>
    /// <value>File name, and SHA-256.</value>
    public required IReadOnlyDictionary<string, Sha256Digest> FileDigests { get; init; }

    /// <summary>Who signed: the certificate's subject alternative name.</summary>
    /// <value>Empty for a key.</value>
    public required string Identity { get; init; }

    /// <summary>Who vouched for the signer: the certificate's OIDC issuer.</summary>
    /// <value>Empty for a key.</value>
    public required string Issuer { get; init; }

    /// <summary>Where it is logged.</summary>
    /// <value>Empty where it is in no log.</value>
    public required IReadOnlyList<SignedLogEntry> LogEntries { get; init; }
}

/// <summary>An entry of a transparency log.</summary>
/// <param name="Log">The log's base URL as the trusted root names it.</param>
/// <param name="Index">The entry's index in the log, from 0.</param>
/// <param name="IntegratedTime">When the log says it took the entry (UTC); logs of version 2 promise no time.</param>
public sealed record SignedLogEntry(string Log, long Index, DateTimeOffset? IntegratedTime)
{
    internal static IReadOnlyList<SignedLogEntry> From(VerifiedArtifact proof) =>
        [.. proof.LogEntries.Select(entry => new SignedLogEntry(entry.BaseUrl, entry.LogIndex, entry.IntegratedTime))];
}
