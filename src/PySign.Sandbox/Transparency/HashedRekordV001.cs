using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Transparency;

/// <summary>hashedrekord 0.0.1: the proposed entry is checked as Rekor v1 checks it and written as canonical JSON.</summary>
internal static class HashedRekordV001
{
    /// <exception cref="EntryRejectedException">The proposal is malformed or its signature does not verify.</exception>
    public static byte[] Canonicalize(JsonElement proposal) => EntryRejectedException.For("error processing entry", () => Read(proposal));

    public static byte[] Write(string algorithm, string hash, byte[] signature, LoggedKey key) =>
        CanonicalJson.Write(
            new JsonObject
            {
                ["apiVersion"] = "0.0.1",
                ["kind"] = "hashedrekord",
                ["spec"] = new JsonObject
                {
                    ["data"] = new JsonObject
                    {
                        ["hash"] = new JsonObject { ["algorithm"] = algorithm, ["value"] = hash },
                    },
                    ["signature"] = new JsonObject
                    {
                        ["content"] = Convert.ToBase64String(signature),
                        ["publicKey"] = new JsonObject { ["content"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(key.Pem)) },
                    },
                },
            }
        );

    private static byte[] Read(JsonElement proposal)
    {
        if (proposal.GetProperty("apiVersion").GetString() != "0.0.1")
        {
            throw new EntryRejectedException("error processing entry: unsupported apiVersion for hashedrekord");
        }

        var spec = proposal.GetProperty("spec");
        var hash = spec.GetProperty("data").GetProperty("hash");
        var name = hash.GetProperty("algorithm").GetString() ?? "";
        var (algorithm, length) = name switch
        {
            "sha256" => (HashAlgorithmName.SHA256, 32),
            "sha384" => (HashAlgorithmName.SHA384, 48),
            "sha512" => (HashAlgorithmName.SHA512, 64),
            _ => throw new EntryRejectedException($"error processing entry: invalid hash algorithm {name}"),
        };
        var digest = Convert.FromHexString(hash.GetProperty("value").GetString() ?? "");
        if (digest.Length != length)
        {
            throw new EntryRejectedException("error processing entry: invalid value for hash");
        }

        var signature = spec.GetProperty("signature");
        var signatureBytes = signature.GetProperty("content").GetBytesFromBase64();
        var key = LoggedKey.FromPem(signature.GetProperty("publicKey").GetProperty("content").GetBytesFromBase64());
        if (!key.VerifyDigest(digest, algorithm, signatureBytes))
        {
            throw new EntryRejectedException(
                "error processing entry: verifying signature: invalid signature when validating ASN.1 encoded signature"
            );
        }

        return Write(name, Convert.ToHexStringLower(digest), signatureBytes, key);
    }
}
