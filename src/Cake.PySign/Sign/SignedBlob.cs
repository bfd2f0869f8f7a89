using Cake.Core.IO;
using PySign.Formats;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Sign;

/// <summary>One file that was signed, and what was written beside it.</summary>
/// <param name="Path">The signed file, absolute.</param>
/// <param name="Bundle">Its Sigstore bundle, <c>{file}.sigstore.json</c>.</param>
/// <param name="Signature">cosign's <c>{file}.sig</c> (base64 of the DER signature), if asked for.</param>
/// <param name="Certificate">cosign's <c>{file}.crt</c> (base64 of the PEM certificate), if asked for.</param>
/// <param name="Sha256">SHA-256 of the signed bytes.</param>
/// <param name="Identity">The identity in the certificate (its subject alternative name); empty for a key.</param>
/// <param name="Issuer">The OIDC issuer in the certificate.</param>
/// <param name="LogEntries">Where the signature was logged.</param>
public sealed record SignedBlob(
    FilePath Path,
    FilePath Bundle,
    FilePath? Signature,
    FilePath? Certificate,
    Sha256Digest Sha256,
    string Identity,
    string Issuer,
    IReadOnlyList<SignedLogEntry> LogEntries
)
{
    /// <summary>The bundle in cosign's old format.</summary>
    /// <value><c>{file}.bundle</c>, if asked for.</value>
    public FilePath? CosignBundle { get; init; }
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

/// <summary>One file that something was said of, and the bundle that says it.</summary>
/// <param name="Path">The file, absolute.</param>
/// <param name="Bundle">The Sigstore bundle with the in-toto statement, <c>{file}.{name}.sigstore.json</c>.</param>
/// <param name="PredicateType">What the predicate is.</param>
/// <param name="Sha256">SHA-256 of the file.</param>
/// <param name="Identity">The identity in the certificate; empty for a key.</param>
/// <param name="Issuer">The OIDC issuer in the certificate; empty for a key.</param>
/// <param name="LogEntries">Where the statement was logged.</param>
public sealed record AttestedBlob(
    FilePath Path,
    FilePath Bundle,
    string PredicateType,
    Sha256Digest Sha256,
    string Identity,
    string Issuer,
    IReadOnlyList<SignedLogEntry> LogEntries
);

/// <summary>One distribution and its publish attestation.</summary>
/// <param name="Path">The distribution, absolute.</param>
/// <param name="Attestation">The attestation, <c>{file}.publish.attestation</c>.</param>
/// <param name="Sha256">SHA-256 of the distribution.</param>
/// <param name="Identity">The identity in the certificate.</param>
/// <param name="Issuer">The OIDC issuer in the certificate.</param>
/// <param name="LogEntries">Where the attestation was logged.</param>
public sealed record AttestedDistribution(
    FilePath Path,
    FilePath Attestation,
    Sha256Digest Sha256,
    string Identity,
    string Issuer,
    IReadOnlyList<SignedLogEntry> LogEntries
);

/// <summary>A signed statement about which files a release consists of.</summary>
/// <param name="Bundle">The Sigstore bundle with the in-toto statement, <c>{name}-{version}.release.sigstore.json</c>.</param>
/// <param name="PackageUrl">The version that it is about, as a package URL such as <c>pkg:pypi/hello-pysign@1.0.0</c>.</param>
/// <param name="Files">Every distribution of the version: file name, and SHA-256.</param>
/// <param name="Identity">The identity in the certificate; empty for a key.</param>
/// <param name="Issuer">The OIDC issuer in the certificate; empty for a key.</param>
/// <param name="LogEntries">Where the statement was logged.</param>
public sealed record SignedReleaseStatement(
    FilePath Bundle,
    string PackageUrl,
    IReadOnlyDictionary<string, Sha256Digest> Files,
    string Identity,
    string Issuer,
    IReadOnlyList<SignedLogEntry> LogEntries
);
