using System.Security.Cryptography;

namespace PySign.Sigstore.Signing;

/// <summary>
/// A key of the user's own, which needs no certificate and does not expire. It signs SHA-256 whatever its curve, as cosign does and
/// demands; a Rekor v2 log takes from each curve only its own hash (rekor-tiles CLIENTS.md).
/// </summary>
internal sealed class ManagedCredential : ICredentialSource
{
    public ManagedCredential(PrivateKey key, bool forRekorV2)
    {
        Hash = forRekorV2 ? key.Public.ProperHash : HashAlgorithmName.SHA256;
        Current = new SigningCredential(new ManagedSigningKey(key, Hash), null);
    }

    public SigningCredential Current { get; }

    public HashAlgorithmName Hash { get; }

    public Task<SigningCredential> GetAsync(CancellationToken cancellationToken) => Task.FromResult(Current);

    public bool IsFresh(SigningCredential credential) => true;

    public void Dispose() => Current.Key.Dispose();
}

/// <summary>Lends a private key to a signer; the key stays the caller's.</summary>
internal sealed class ManagedSigningKey(PrivateKey key, HashAlgorithmName hash) : SigningKey
{
    public override ReadOnlyMemory<byte> Spki => key.Public.Spki;

    public override HashAlgorithmName Hash => hash;

    public override string KeyDetails => key.Public.KeyDetails;

    public override Task<byte[]> SignAsync(ReadOnlyMemory<byte> digest, CancellationToken cancellationToken) =>
        key.SignAsync(new DigestToSign(hash, digest), cancellationToken);

    public override void Dispose()
    {
        // The caller made the key, and may sign on with it.
    }
}
