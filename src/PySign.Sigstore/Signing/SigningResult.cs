using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Signing;

/// <summary>What became of one artifact of many: either signed or not.</summary>
/// <param name="Artifact">The artifact.</param>
/// <param name="Signature">The signature; null when there is none.</param>
/// <param name="Failure">A <see cref="SigningException"/> or <see cref="OperationCanceledException"/>; null when it is signed.</param>
public sealed record SigningResult(Artifact Artifact, SignedArtifact? Signature, Exception? Failure);
