using System.Security.Cryptography;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Verification;

/// <summary>A public key that the verifier already has and trusts, for signatures made without a certificate.</summary>
public sealed class ManagedKey
{
    private ManagedKey(VerificationKey key) => Key = key;

    internal VerificationKey Key { get; }

    /// <summary>The hint that bundles carry for this key: base64 of the SHA-256 of its SubjectPublicKeyInfo.</summary>
    public string Hint => Convert.ToBase64String(SHA256.HashData(Key.Spki.Span));

    /// <summary>Reads a PEM public key (SubjectPublicKeyInfo): P-256, P-384, P-521, RSA of 2048 to 4096 bits, or Ed25519.</summary>
    /// <param name="pem">Text with exactly one <c>PUBLIC KEY</c> block.</param>
    /// <exception cref="VerificationException">It is not such a key.</exception>
    public static ManagedKey ParsePem(string pem)
    {
        ArgumentNullException.ThrowIfNull(pem);
        if (
            pem.Length > Limits.PemChars
            || !PemEncoding.TryFind(pem, out var fields)
            || pem.AsSpan()[fields.Label] is not "PUBLIC KEY"
            || !string.IsNullOrWhiteSpace(pem[fields.Location.End..])
        )
        {
            throw Fail("one PEM block PUBLIC KEY", "something else");
        }

        var spki = Convert.FromBase64String(pem[fields.Base64Data]);
        return new ManagedKey(
            VerificationKey.TryRead(spki, out var problem)
                ?? throw Fail("a P-256, P-384, P-521, RSA (2048 to 4096 bits) or Ed25519 key", problem)
        );
    }

    /// <summary>Checks a bundle's hint; the hint's form is free, so only one that looks like a fingerprint can contradict the
    /// key.</summary>
    internal VerificationException? RefuseHint(string hint) =>
        hint.Length == 0 || hint == Hint || ProtoJson.DecodeBase64(System.Text.Encoding.UTF8.GetBytes(hint), 32) is not { Length: 32 }
            ? null
            : new VerificationException(
                VerificationFailure.ManagedKeyHintMismatch,
                VerificationStep.Identity,
                $"a bundle signed with the key {Hint}",
                $"one that names the key {hint}",
                "The artifact was signed with another key than the given one; do not use it, or give the right key."
            );

    private static VerificationException Fail(string expected, string actual) =>
        new(
            VerificationFailure.KeyUnsupported,
            VerificationStep.Signature,
            expected,
            actual,
            "Give the signer's public key as a PEM file."
        );
}
