using System.Security.Cryptography;

namespace PySign.Sandbox.Transparency;

/// <summary>
/// A log's own first entry. Proto-JSON drops index 0 and an empty proof, which some clients cannot read, so no user's
/// entry shall be the first.
/// </summary>
internal sealed record SeedEntry(byte[] Digest, byte[] Signature, LoggedKey Key)
{
    public static SeedEntry Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var digest = SHA256.HashData("the first entry of a rehearsal log"u8);
        return new SeedEntry(
            digest,
            key.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence),
            LoggedKey.FromSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo())
        );
    }
}
