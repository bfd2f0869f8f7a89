using Cake.Core.IO;

namespace Cake.PySign.Sign;

/// <summary>A signed statement about which files a release consists of.</summary>
/// <param name="Bundle">The Sigstore bundle with the in-toto statement, <c>{name}-{version}.release.sigstore.json</c>.</param>
/// <param name="PackageUrl">The version that it is about, as a package URL such as <c>pkg:pypi/hello-pysign@1.0.0</c>.</param>
/// <param name="Files">Every distribution of the version: file name, and SHA-256 in lower-case hex.</param>
/// <param name="Identity">The identity in the certificate; empty for a key.</param>
/// <param name="Issuer">The OIDC issuer in the certificate; empty for a key.</param>
/// <param name="LogEntries">Where the statement was logged.</param>
public sealed record SignedReleaseStatement(
    FilePath Bundle,
    string PackageUrl,
    IReadOnlyDictionary<string, string> Files,
    string Identity,
    string Issuer,
    IReadOnlyList<SignedLogEntry> LogEntries
);
