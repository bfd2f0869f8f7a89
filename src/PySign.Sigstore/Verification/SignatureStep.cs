using System.Security.Cryptography;
using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Errors;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Verification;

/// <summary>What step 7 found: the artifact's SHA-256, the digest that the log entry must carry, and the statement.</summary>
internal readonly record struct SignedContent(byte[] Sha256, HashAlgorithmName Hash, byte[] Digest, InTotoStatement? Statement);

/// <summary>Step 7: the key has signed the artifact, or a statement that names it. A digest in the bundle must be right, and is never
/// relied on.</summary>
internal static class SignatureStep
{
    public static SignedContent Run(Bundle bundle, Artifact artifact, in SignerKey signer, CancellationToken cancellationToken) =>
        bundle.DsseEnvelope is { } envelope
            ? RunEnvelope(envelope, artifact, signer.Key, cancellationToken)
            : RunMessage(bundle.MessageSignature!, artifact, signer.Key, cancellationToken);

    private static SignedContent RunMessage(
        MessageSignature message,
        Artifact artifact,
        VerificationKey key,
        CancellationToken cancellationToken
    )
    {
        var hash = HashOf(message, key);
        var signature = message.Signature.Span;
        var ed25519 = key as Ed25519Key;

        // Ed25519 hashes R, A and the message; the prehashed form (SHA-512 named as digest) needs only the artifact's SHA-512.
        var pure = ed25519 is not null && hash == HashAlgorithmName.SHA256;
        byte[] prefix = pure && signature.Length == Ed25519.SignatureBytes ? [.. signature[..32], .. ed25519!.Raw] : [];
        var digests = artifact.Compute(hash, prefix, cancellationToken);
        if (message.Digest is { } stated && !stated.Value.Span.SequenceEqual(digests.Signed))
        {
            throw Fail(
                MessageDigestMismatch,
                $"an artifact with the bundle's digest {Convert.ToHexStringLower(stated.Value.Span)}",
                Convert.ToHexStringLower(digests.Signed)
            );
        }

        var valid =
            ed25519 is null ? key.VerifyHash(hash, digests.Signed, signature)
            : pure ? ed25519.VerifyChallenge(digests.Challenge, signature)
            : ed25519.VerifyPrehashed(digests.Signed, signature);
        return valid
            ? new SignedContent(digests.Sha256, hash, digests.Signed, null)
            : throw Fail(SignatureInvalid, $"a signature over {artifact.Name} by the bundle's key", "an invalid one");
    }

    /// <summary>
    /// The hash that the signature is over: the one that the bundle names, if the key may be used with it, else the key's own. Naming a
    /// wrong one gains nothing: the signature then does not verify.
    /// </summary>
    private static HashAlgorithmName HashOf(MessageSignature message, VerificationKey key)
    {
        var named = message.Digest is { } digest ? Digests.FromProtoName(digest.Algorithm) : null;
        if (key.SignsWholeMessage)
        {
            return named == HashAlgorithmName.SHA512 ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;
        }

        // cosign signs SHA-256 with every curve; anything else must be the curve's own hash. RSA goes with every SHA-2.
        var hash = named ?? key.ProperHash;
        return hash == key.ProperHash || hash == HashAlgorithmName.SHA256 || key is RsaKey
            ? hash
            : throw Fail(SignatureInvalid, $"a digest that keys of kind {key.KeyDetails} sign", hash.Name!);
    }

    private static SignedContent RunEnvelope(
        DsseEnvelope envelope,
        Artifact artifact,
        VerificationKey key,
        CancellationToken cancellationToken
    )
    {
        var encoded = envelope.PreAuthenticationEncoding();
        Span<byte> buffer = stackalloc byte[64];
        var hash = key.SignsWholeMessage ? HashAlgorithmName.SHA256 : key.ProperHash;
        var valid = key.VerifyData(encoded, envelope.Signature.Span);
        if (!valid && !key.SignsWholeMessage && hash != HashAlgorithmName.SHA256)
        {
            // cosign signs envelopes with SHA-256 whatever the curve.
            hash = HashAlgorithmName.SHA256;
            valid = key.VerifyHash(hash, Digests.Hash(hash, encoded, buffer), envelope.Signature.Span);
        }

        if (!valid)
        {
            throw Fail(SignatureInvalid, "a signature over the envelope by the bundle's key", "an invalid one");
        }

        var statement = envelope.ReadStatement();
        var sha256 = CheckSubject(statement, artifact, cancellationToken);
        return new SignedContent(sha256, hash, Digests.Hash(hash, encoded, buffer).ToArray(), statement);
    }

    /// <summary>The artifact is a subject when at least one digest of a known algorithm that was computed is the subject's, and all such
    /// digests are.</summary>
    /// <returns>The artifact's SHA-256.</returns>
    private static byte[] CheckSubject(InTotoStatement statement, Artifact artifact, CancellationToken cancellationToken)
    {
        // Of a bare digest nothing else can be computed; subjects without SHA-256 then cannot be it.
        var hash = artifact.IsDigestOnly ? HashAlgorithmName.SHA256 : NeededHash(statement);
        var digests = artifact.Compute(hash, default, cancellationToken);
        var sha256 = Convert.ToHexStringLower(digests.Sha256);
        var other = hash == HashAlgorithmName.SHA256 ? null : Convert.ToHexStringLower(digests.Signed);
        foreach (var subject in statement.Subjects)
        {
            var (saidSha256, saidOther) = (subject.Text("sha256"), other is null ? null : subject.Text(Digests.LowerName(hash)));
            var sha256Fits = saidSha256 is null || saidSha256 == sha256;
            var otherFits = saidOther is null || saidOther == other;
            if (sha256Fits && otherFits && (saidSha256 is not null || saidOther is not null))
            {
                return digests.Sha256;
            }
        }

        throw Fail(
            SubjectMismatch,
            $"{artifact.Name} (sha256 {sha256}) among the statement's {statement.Subjects.Count} subjects",
            "others only"
        );
    }

    /// <summary>A second hash is computed only when a subject has no SHA-256; the first such subject says which.</summary>
    private static HashAlgorithmName NeededHash(InTotoStatement statement) =>
        statement.Subjects.FirstOrDefault(static subject => subject.Text("sha256") is null) switch
        {
            { } subject when subject.Text("sha512") is not null => HashAlgorithmName.SHA512,
            { } subject when subject.Text("sha384") is not null => HashAlgorithmName.SHA384,
            _ => HashAlgorithmName.SHA256,
        };

    private static VerificationException Fail(VerificationFailure reason, string expected, string actual) =>
        new(
            reason,
            VerificationStep.Signature,
            expected,
            actual,
            "The artifact is not what was signed: it was changed, or the bundle belongs to another file. Fetch both again from where "
                + "they were published."
        );
}
