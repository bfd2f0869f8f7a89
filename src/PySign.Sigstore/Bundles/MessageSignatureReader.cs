using System.Text.Json;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Bundles;

/// <summary>Reads the signature over a file, and the digest that comes with it as a hint.</summary>
internal static class MessageSignatureReader
{
    private static ProtoJson Json => ProtoJson.Bundle;

    public static MessageSignature Read(JsonElement element)
    {
        byte[]? signature = null;
        MessageDigest? digest = null;
        foreach (var property in Json.Object(element, "messageSignature"))
        {
            switch (Json.Name(property))
            {
                case "signature":
                    signature = Json.Bytes(property.Value, "messageSignature.signature", Limits.SignatureBytes);
                    break;
                case "messageDigest":
                    digest = ReadDigest(property.Value);
                    break;
                default:
                    throw Json.Unknown(property, "messageSignature");
            }
        }

        return new MessageSignature
        {
            Signature = signature is { Length: > 0 } ? signature : throw Json.Missing("messageSignature.signature"),
            Digest = digest,
        };
    }

    private static MessageDigest? ReadDigest(JsonElement element)
    {
        string? algorithm = null;
        byte[]? value = null;
        foreach (var property in Json.Object(element, "messageSignature.messageDigest"))
        {
            switch (Json.Name(property))
            {
                case "algorithm":
                    algorithm = Json.Enum(property.Value, "messageSignature.messageDigest.algorithm", ProtoEnums.HashAlgorithm);
                    break;
                case "digest":
                    value = Json.Bytes(property.Value, "messageSignature.messageDigest.digest", 64);
                    break;
                default:
                    throw Json.Unknown(property, "messageSignature.messageDigest");
            }
        }

        if (string.IsNullOrEmpty(algorithm) && value is null or { Length: 0 })
        {
            return null;
        }

        var length = algorithm switch
        {
            "SHA2_256" => 32,
            "SHA2_384" => 48,
            "SHA2_512" => 64,
            _ => 0,
        };
        if (length == 0 || value?.Length != length)
        {
            throw Refusal.Bundle(
                FieldInvalid,
                "a messageDigest of SHA2_256, SHA2_384 or SHA2_512",
                $"{ProtoJson.Shorten(algorithm ?? "none")} of {value?.Length ?? 0} bytes"
            );
        }

        return new MessageDigest { Algorithm = algorithm!, Value = value };
    }
}
