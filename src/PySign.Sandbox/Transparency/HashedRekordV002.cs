using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Transparency;

/// <summary>hashedrekord 0.0.2: a Rekor v2 request, checked and written as canonical JSON.</summary>
internal static class HashedRekordV002
{
    /// <exception cref="EntryRejectedException">The request is malformed or its signature does not verify.</exception>
    public static byte[] Canonicalize(JsonElement request) =>
        EntryRejectedException.For("invalid hashedrekord request", () => Read(Entry(request)));

    private static JsonElement Entry(JsonElement request) =>
        request.TryGetProperty("hashedRekordRequestV002", out var entry)
            ? entry
            : throw new EntryRejectedException("invalid type, must be hashedrekord");

    public static byte[] Write(byte[] digest, string hashName, byte[] signature, string keyDetails, LoggedKey key)
    {
        var material = new JsonObject { ["rawBytes"] = Convert.ToBase64String(key.Der) };
        var verifier = new JsonObject { ["keyDetails"] = keyDetails, [key.IsCertificate ? "x509Certificate" : "publicKey"] = material };
        return CanonicalJson.Write(
            new JsonObject
            {
                ["apiVersion"] = "0.0.2",
                ["kind"] = "hashedrekord",
                ["spec"] = new JsonObject
                {
                    ["hashedRekordV002"] = new JsonObject
                    {
                        ["data"] = new JsonObject { ["algorithm"] = hashName, ["digest"] = Convert.ToBase64String(digest) },
                        ["signature"] = new JsonObject { ["content"] = Convert.ToBase64String(signature), ["verifier"] = verifier },
                    },
                },
            }
        );
    }

    private static byte[] Read(JsonElement entry)
    {
        var digest = entry.GetProperty("digest").GetBytesFromBase64();
        var signature = entry.GetProperty("signature");
        var content = signature.GetProperty("content").GetBytesFromBase64();
        var verifier = signature.GetProperty("verifier");
        var key = verifier.TryGetProperty("x509Certificate", out var certificate)
            ? LoggedKey.FromCertificate(certificate.GetProperty("rawBytes").GetBytesFromBase64())
            : LoggedKey.FromSubjectPublicKeyInfo(verifier.GetProperty("publicKey").GetProperty("rawBytes").GetBytesFromBase64());
        var details = verifier.GetProperty("keyDetails").GetString() ?? "";
        if (details != key.KeyDetails())
        {
            throw new EntryRejectedException($"key details {details} do not match the key or are not supported");
        }

        var (algorithm, hashName, length) = details switch
        {
            "PKIX_ECDSA_P384_SHA_384" => (HashAlgorithmName.SHA384, "SHA2_384", 48),
            "PKIX_ECDSA_P521_SHA_512" => (HashAlgorithmName.SHA512, "SHA2_512", 64),
            _ => (HashAlgorithmName.SHA256, "SHA2_256", 32),
        };
        if (digest.Length != length)
        {
            throw new EntryRejectedException($"digest has {digest.Length} bytes, {length} expected");
        }

        if (!key.VerifyDigest(digest, algorithm, content))
        {
            throw new EntryRejectedException("verifying signature: invalid signature");
        }

        return Write(digest, hashName, content, details, key);
    }
}
