using System.Security.Cryptography;

namespace PySign.Sigstore.Cryptography;

/// <summary>The SHA-2 hashes by name: lengths, computing, and the names that the formats give them.</summary>
internal static class Digests
{
    public static int LengthOf(HashAlgorithmName hash) =>
        hash.Name switch
        {
            nameof(HashAlgorithmName.SHA256) => 32,
            nameof(HashAlgorithmName.SHA384) => 48,
            nameof(HashAlgorithmName.SHA512) => 64,
            _ => throw new ArgumentOutOfRangeException(nameof(hash), hash.Name, "Only SHA-256, SHA-384 and SHA-512 are used."),
        };

    /// <summary>Hashes into <paramref name="destination"/> (64 bytes suffice) and returns the part that was written.</summary>
    public static Span<byte> Hash(HashAlgorithmName hash, ReadOnlySpan<byte> data, Span<byte> destination)
    {
        var length = LengthOf(hash);
        _ = length switch
        {
            32 => SHA256.HashData(data, destination),
            48 => SHA384.HashData(data, destination),
            _ => SHA512.HashData(data, destination),
        };
        return destination[..length];
    }

    /// <summary>The hash that a protobuf-specs name stands for; null for an unknown name.</summary>
    public static HashAlgorithmName? FromProtoName(string name) =>
        name switch
        {
            "SHA2_256" => HashAlgorithmName.SHA256,
            "SHA2_384" => HashAlgorithmName.SHA384,
            "SHA2_512" => HashAlgorithmName.SHA512,
            _ => null,
        };

    public static string ProtoName(HashAlgorithmName hash) =>
        LengthOf(hash) switch
        {
            32 => "SHA2_256",
            48 => "SHA2_384",
            _ => "SHA2_512",
        };

    /// <summary>The name in Rekor v1 entries and in-toto statements.</summary>
    public static string LowerName(HashAlgorithmName hash) =>
        LengthOf(hash) switch
        {
            32 => "sha256",
            48 => "sha384",
            _ => "sha512",
        };
}
