using System.Security.Cryptography;

namespace PySign.Sigstore.Cryptography;

/// <summary>Ed25519 (RFC 8032), verified by <see cref="Ed25519"/>.</summary>
internal sealed class Ed25519Key : VerificationKey
{
    private readonly Ed25519 _key;

    private Ed25519Key(ReadOnlyMemory<byte> spki, Ed25519 key)
        : base(spki, HashAlgorithmName.SHA512) => _key = key;

    public override string KeyDetails => "PKIX_ED25519";

    public override bool SignsWholeMessage => true;

    /// <summary>The key's 32 bytes.</summary>
    public ReadOnlySpan<byte> Raw => Spki.Span[^Ed25519.KeyBytes..];

    public static Ed25519Key? Read(ReadOnlyMemory<byte> spki, ReadOnlySpan<byte> raw, out string problem)
    {
        var key = Ed25519.TryRead(raw);
        problem = key is null ? "an Ed25519 key that is not a canonical point of large order" : "";
        return key is null ? null : new Ed25519Key(spki, key);
    }

    /// <summary>Ed25519 as used here signs the message itself, so a hash alone verifies nothing.</summary>
    public override bool VerifyHash(HashAlgorithmName hash, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature) => false;

    public override bool VerifyData(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        algorithm.Scheme == SignatureScheme.Ed25519 && _key.Verify(data, signature);

    public override bool VerifyData(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => _key.Verify(data, signature);

    /// <summary>Verifies with k = SHA-512(R ‖ A ‖ M) computed elsewhere, so that M can be a stream.</summary>
    public bool VerifyChallenge(ReadOnlySpan<byte> sha512, ReadOnlySpan<byte> signature) => _key.VerifyChallenge(sha512, signature);

    /// <summary>Verifies Ed25519ph (RFC 8032 5.1) with an empty context: the message's SHA-512 is signed under a prefix of its
    /// own.</summary>
    public bool VerifyPrehashed(ReadOnlySpan<byte> sha512, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != Ed25519.SignatureBytes)
        {
            return false;
        }

        Span<byte> challenge = stackalloc byte[64];
        SHA512.HashData([.. "SigEd25519 no Ed25519 collisions"u8, 1, 0, .. signature[..32], .. Raw, .. sha512], challenge);
        return VerifyChallenge(challenge, signature);
    }
}
