using Cake.Core.IO;
using PySign.Formats;

namespace Cake.PySign.Verify;

/// <summary>One file whose signature holds in every step.</summary>
public sealed record VerifiedBlob : ProvenFile
{
    /// <summary>The bundle that proves it.</summary>
    /// <value>An absolute path.</value>
    public required FilePath Bundle { get; init; }

    /// <summary>The statement about the file, where one was asked for.</summary>
    /// <value>An in-toto statement, JSON; <see langword="null"/> for a signature over the file itself.</value>
    public string? StatementJson { get; init; }
}

/// <summary>A statement about which files a release consists of, that holds in every step and names exactly the files that are
/// there.</summary>
/// <param name="Bundle">The bundle that proves it.</param>
/// <param name="PackageUrl">The version that it is about, as a package URL such as <c>pkg:pypi/hello-pysign@1.0.0</c>.</param>
/// <param name="FileDigests">Every distribution of the version: file name, and SHA-256.</param>
/// <param name="Identity">The identity in the certificate; empty for a key.</param>
/// <param name="Issuer">The OIDC issuer in the certificate; empty for a key.</param>
/// <param name="LogEntries">The log entries that were checked.</param>
public sealed record VerifiedReleaseStatement(
    FilePath Bundle,
    string PackageUrl,
    IReadOnlyDictionary<string, Sha256Digest> FileDigests,
    string Identity,
    string Issuer,
    IReadOnlyList<SignedLogEntry> LogEntries
);
