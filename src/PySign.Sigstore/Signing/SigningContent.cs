using System.Security.Cryptography;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Errors;
using PySign.Sigstore.InToto;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Signing;

/// <summary>
/// What is signed: an artifact, or a statement about artifacts in its envelope. <see cref="Digest"/> is what the key signs and what logs
/// are told, and <see cref="Proof"/> the artifact with which the result is verified.
/// </summary>
internal sealed record SigningContent(HashAlgorithmName Hash, byte[] Digest, Artifact Proof, DsseEnvelope? Envelope)
{
    /// <summary>Reads the artifact, once.</summary>
    /// <exception cref="VerificationException">It cannot be read.</exception>
    public static SigningContent Of(Artifact artifact, HashAlgorithmName hash, CancellationToken cancellationToken)
    {
        var digests = artifact.Compute(hash, default, cancellationToken);
        return new SigningContent(hash, digests.Signed, Artifact.FromDigests(artifact.Name, hash, digests), null);
    }

    public static SigningContent Of(Statement statement, HashAlgorithmName hash)
    {
        var envelope = new DsseEnvelope
        {
            PayloadType = InTotoStatement.PayloadType,
            Payload = statement.Utf8Json,
            Signature = default,
        };
        Span<byte> digest = stackalloc byte[64];
        return new SigningContent(
            hash,
            Digests.Hash(hash, envelope.PreAuthenticationEncoding(), digest).ToArray(),
            Artifact.FromSha256(statement.FirstSha256),
            envelope
        );
    }

    /// <exception cref="VerificationException">The parts make no bundle.</exception>
    public Bundle Bundle(
        SigningCredential credential,
        byte[] signature,
        IReadOnlyList<TransparencyLogEntry> entries,
        IReadOnlyList<ReadOnlyMemory<byte>> timestamps
    ) =>
        new(
            Bundles.Bundle.MediaTypeV03,
            new VerificationMaterial
            {
                Certificates = credential.Certificate is { } certificate ? [certificate.Der] : [],
                PublicKeyHint = credential.Certificate is null ? Convert.ToBase64String(SHA256.HashData(credential.Key.Spki.Span)) : null,
                LogEntries = entries,
                Timestamps = timestamps,
            },
            Envelope is null
                ? new MessageSignature
                {
                    Signature = signature,
                    Digest = new MessageDigest { Algorithm = Digests.ProtoName(Hash), Value = Digest },
                }
                : null,
            Envelope is null ? null : Envelope with { Signature = signature }
        );
}
