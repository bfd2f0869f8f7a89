using Cake.Core.IO;
using Cake.PySign.Sign;

namespace Cake.PySign.Verify;

/// <summary>A statement about which files a release consists of, that holds in every step and names exactly the files that are
/// there.</summary>
/// <param name="Bundle">The bundle that proves it.</param>
/// <param name="PackageUrl">The version that it is about, as a package URL such as <c>pkg:pypi/hello-pysign@1.0.0</c>.</param>
/// <param name="Files">Every distribution of the version: file name, and SHA-256 in lower-case hex.</param>
/// <param name="Identity">The identity in the certificate; empty for a key.</param>
/// <param name="Issuer">The OIDC issuer in the certificate; empty for a key.</param>
/// <param name="LogEntries">The log entries that were checked.</param>
public sealed record VerifiedReleaseStatement(
    FilePath Bundle,
    string PackageUrl,
    IReadOnlyDictionary<string, string> Files,
    string Identity,
    string Issuer,
    IReadOnlyList<SignedLogEntry> LogEntries
);
