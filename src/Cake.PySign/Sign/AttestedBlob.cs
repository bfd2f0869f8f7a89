using Cake.Core.IO;

namespace Cake.PySign.Sign;

/// <summary>One file that something was said of, and the bundle that says it.</summary>
/// <param name="Path">The file, absolute.</param>
/// <param name="Bundle">The Sigstore bundle with the in-toto statement, <c>{file}.{name}.sigstore.json</c>.</param>
/// <param name="PredicateType">What the predicate is.</param>
/// <param name="Sha256">SHA-256 of the file, lower-case hex.</param>
/// <param name="Identity">The identity in the certificate; empty for a key.</param>
/// <param name="Issuer">The OIDC issuer in the certificate; empty for a key.</param>
/// <param name="LogEntries">Where the statement was logged.</param>
public sealed record AttestedBlob(
    FilePath Path,
    FilePath Bundle,
    string PredicateType,
    string Sha256,
    string Identity,
    string Issuer,
    IReadOnlyList<SignedLogEntry> LogEntries
);
