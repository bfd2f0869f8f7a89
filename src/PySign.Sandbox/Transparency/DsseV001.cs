using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Transparency;

/// <summary>
/// dsse 0.0.1: a proposed envelope is checked as Rekor v1 checks it (every signature by one of the proposed keys, over the
/// pre-authentication encoding, with SHA-256) and written as canonical JSON that keeps hashes, signatures and keys only.
/// </summary>
internal static class DsseV001
{
    /// <exception cref="EntryRejectedException">The proposal is malformed or a signature of its envelope does not verify.</exception>
    public static byte[] Canonicalize(JsonElement proposal) => EntryRejectedException.For("error processing entry", () => Read(proposal));

    private static byte[] Read(JsonElement proposal)
    {
        if (proposal.GetProperty("apiVersion").GetString() != "0.0.1")
        {
            throw new EntryRejectedException("error processing entry: unsupported apiVersion for dsse");
        }

        var proposed = proposal.GetProperty("spec").GetProperty("proposedContent");
        var text = proposed.GetProperty("envelope").GetString() ?? "";
        LoggedKey[] keys =
        [
            .. proposed.GetProperty("verifiers").EnumerateArray().Select(verifier => LoggedKey.FromPem(verifier.GetBytesFromBase64())),
        ];
        using var envelope = JsonDocument.Parse(text);
        var payload = envelope.RootElement.GetProperty("payload").GetBytesFromBase64();
        var payloadType = envelope.RootElement.GetProperty("payloadType").GetString() ?? "";
        var signed = SHA256.HashData(PreAuthenticationEncoding(payloadType, payload));
        var signatures = envelope
            .RootElement.GetProperty("signatures")
            .EnumerateArray()
            .Select(signature => Signature(signature.GetProperty("sig").GetBytesFromBase64(), keys, signed))
            .OrderBy(signature => signature.Base64, StringComparer.Ordinal)
            .ToList();
        if (signatures.Count == 0)
        {
            throw new EntryRejectedException("error processing entry: envelope has no signatures");
        }

        return Write(Encoding.UTF8.GetBytes(text), payload, signatures);
    }

    private static (string Base64, LoggedKey Key) Signature(byte[] signature, LoggedKey[] keys, byte[] signed) =>
        Array.Find(keys, key => key.VerifyDigest(signed, HashAlgorithmName.SHA256, signature)) is { } key
            ? (Convert.ToBase64String(signature), key)
            : throw new EntryRejectedException(
                "error processing entry: could not verify envelope: accepted signatures do not match threshold, Found: 0, Expected 1"
            );

    private static byte[] Write(byte[] envelope, byte[] payload, IEnumerable<(string Base64, LoggedKey Key)> signatures) =>
        CanonicalJson.Write(
            new JsonObject
            {
                ["apiVersion"] = "0.0.1",
                ["kind"] = "dsse",
                ["spec"] = new JsonObject
                {
                    ["envelopeHash"] = Hash(envelope),
                    ["payloadHash"] = Hash(payload),
                    ["signatures"] = new JsonArray([
                        .. signatures.Select(signature => new JsonObject
                        {
                            ["signature"] = signature.Base64,
                            ["verifier"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(signature.Key.Pem)),
                        }),
                    ]),
                },
            }
        );

    private static JsonObject Hash(byte[] content) =>
        new() { ["algorithm"] = "sha256", ["value"] = Convert.ToHexStringLower(SHA256.HashData(content)) };

    // DSSE v1.0.2, "Signature Definition": the lengths count bytes.
    private static byte[] PreAuthenticationEncoding(string type, byte[] payload) =>
        [
            .. Encoding.UTF8.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {Encoding.UTF8.GetByteCount(type)} {type} {payload.Length} ")
            ),
            .. payload,
        ];
}
