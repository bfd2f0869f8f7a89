using System.Security.Cryptography;
using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Signing;

/// <summary>
/// What is signed: an artifact, or a statement about artifacts in its envelope. <see cref="Digest"/> is what the key signs and what logs
/// are told, and <see cref="Proof"/> the artifact with which the result is verified.
/// </summary>
internal sealed record SigningContent(HashAlgorithmName Hash, byte[] Digest, Artifact Proof, DsseEnvelope? Envelope)
{
    /// <summary>Half of a bundle, which carries the statement as base64.</summary>
    private const int MaxStatementBytes = Limits.DocumentBytes / 2;

    /// <summary>Reads the artifact, once.</summary>
    /// <exception cref="VerificationException">It cannot be read.</exception>
    public static SigningContent Of(Artifact artifact, HashAlgorithmName hash, CancellationToken cancellationToken)
    {
        var digests = artifact.Compute(hash, default, cancellationToken);
        return new SigningContent(hash, digests.Signed, Artifact.FromDigests(artifact.Name, hash, digests), null);
    }

    /// <exception cref="SigningException">It is too large for a bundle, or no verifier could tell what it is about.</exception>
    public static SigningContent Of(InTotoStatement statement, HashAlgorithmName hash)
    {
        if (statement.Utf8Json.Length > MaxStatementBytes)
        {
            throw Unusable($"it has {statement.Utf8Json.Length} bytes; at most {MaxStatementBytes} are signed");
        }

        var sha256 = statement.FirstSha256 ?? throw Unusable("no subject has a SHA-256 digest of 64 lower-case hexadecimal digits");
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
            Artifact.FromSha256(sha256),
            envelope
        );
    }

    private static SigningException Unusable(string what) =>
        new(
            SigningFailure.StatementInvalid,
            "",
            "The in-toto statement cannot be signed: " + what,
            "Correct the statement, or let it be written from subjects and a predicate."
        );

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
