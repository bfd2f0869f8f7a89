using Cake.Core.IO;

namespace Cake.PySign.Sign;

/// <summary>One distribution and its publish attestation.</summary>
/// <param name="Path">The distribution, absolute.</param>
/// <param name="Attestation">The attestation, <c>{file}.publish.attestation</c>.</param>
/// <param name="Sha256">SHA-256 of the distribution, lower-case hex.</param>
/// <param name="Identity">The identity in the certificate.</param>
/// <param name="Issuer">The OIDC issuer in the certificate.</param>
/// <param name="LogEntries">Where the attestation was logged.</param>
public sealed record AttestedDistribution(
    FilePath Path,
    FilePath Attestation,
    string Sha256,
    string Identity,
    string Issuer,
    IReadOnlyList<SignedLogEntry> LogEntries
);
