using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Verification;

/// <summary>One artifact of a batch.</summary>
/// <param name="Bundle">Its bundle.</param>
/// <param name="Artifact">The artifact.</param>
/// <param name="Policy">Who must have signed it.</param>
public sealed record VerificationRequest(Bundle Bundle, Artifact Artifact, VerificationPolicy Policy);

/// <summary>What became of one artifact of a batch: exactly one of the two is not null.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Verified">The verified artifact.</param>
/// <param name="Failure">Why it is none.</param>
public sealed record VerificationResult(VerificationRequest Request, VerifiedArtifact? Verified, VerificationException? Failure);
