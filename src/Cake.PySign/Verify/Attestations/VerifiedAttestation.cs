using Cake.Core.IO;
using Cake.PySign.Sign;
using PySign.Formats;

namespace Cake.PySign.Verify;

/// <summary>One attestation that holds in every step.</summary>
/// <param name="Path">The distribution, absolute.</param>
/// <param name="Source">The file or the address that the attestation comes from.</param>
/// <param name="PredicateType">What it says: <c>https://docs.pypi.org/attestations/publish/v1</c> or
/// <c>https://slsa.dev/provenance/v1</c>.</param>
/// <param name="Sha256">SHA-256 of the verified bytes.</param>
/// <param name="Identity">The identity in the certificate.</param>
/// <param name="Issuer">The OIDC issuer in the certificate.</param>
/// <param name="LogEntries">The log entries that were checked.</param>
public sealed record VerifiedAttestation(
    FilePath Path,
    string Source,
    string PredicateType,
    Sha256Digest Sha256,
    string Identity,
    string Issuer,
    IReadOnlyList<SignedLogEntry> LogEntries
);
