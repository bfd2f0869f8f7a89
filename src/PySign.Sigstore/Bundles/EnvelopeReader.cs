using System.Text.Json;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Bundles;

/// <summary>Reads a DSSE envelope; one signature exactly, as the bundle format demands.</summary>
internal static class EnvelopeReader
{
    private const string At = "dsseEnvelope";

    private static ProtoJson Json => ProtoJson.Bundle;

    public static DsseEnvelope Read(JsonElement element)
    {
        string? payloadType = null;
        byte[]? payload = null,
            signature = null;
        var keyId = "";
        foreach (var property in Json.Object(element, At))
        {
            switch (Json.Name(property))
            {
                case "payloadType":
                    payloadType = Json.Text(property.Value, At + ".payloadType");
                    break;
                case "payload":
                    payload = Json.Bytes(property.Value, At + ".payload", Limits.DocumentBytes);
                    break;
                case "signatures":
                    (signature, keyId) = ReadSignatures(property.Value);
                    break;
                default:
                    throw Json.Unknown(property, At);
            }
        }

        return new DsseEnvelope
        {
            PayloadType = payloadType is { Length: > 0 } ? payloadType : throw Json.Missing(At + ".payloadType"),
            Payload = payload is { Length: > 0 } ? payload : throw Json.Missing(At + ".payload"),
            Signature = signature is { Length: > 0 } ? signature : throw Json.Missing(At + ".signatures"),
            KeyId = keyId,
        };
    }

    private static (byte[]? Signature, string KeyId) ReadSignatures(JsonElement value)
    {
        var items = Json.Array(value, At + ".signatures", Limits.LogEntries);
        if (ProtoJson.Count(value) != 1)
        {
            throw Refusal.Bundle(
                VerificationFailure.EnvelopeSignatureCount,
                "exactly one signature in the DSSE envelope",
                $"{ProtoJson.Count(value)}"
            );
        }

        byte[]? signature = null;
        var keyId = "";
        foreach (var item in items)
        {
            foreach (var property in Json.Object(item, At + ".signatures[]"))
            {
                switch (Json.Name(property))
                {
                    case "sig":
                        signature = Json.Bytes(property.Value, At + ".signatures[].sig", Limits.SignatureBytes);
                        break;
                    case "keyid":
                        keyId = Json.Text(property.Value, At + ".signatures[].keyid");
                        break;
                    default:
                        throw Json.Unknown(property, At + ".signatures[]");
                }
            }
        }

        return (signature, keyId);
    }
}
