using System.Security.Cryptography;
using System.Text.Json;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Formats;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Trust;

/// <summary>Reads a log of the trusted root: its address, its key and since when, and its ids (TransparencyLogInstance).</summary>
internal static class TrustedLogReader
{
    private static ProtoJson Json => ProtoJson.TrustedRoot;

    public static TrustedLog Read(JsonElement element, string at)
    {
        string baseUrl = "",
            hashAlgorithm = "";
        (byte[] Raw, string Details, ValidityWindow Window)? key = null;
        byte[]? logId = null,
            checkpointKeyId = null;
        foreach (var property in Json.Object(element, at))
        {
            var value = property.Value;
            switch (Json.Name(property))
            {
                case "baseUrl":
                    baseUrl = Json.Text(value, at + ".baseUrl");
                    break;
                case "hashAlgorithm":
                    hashAlgorithm = Json.Enum(value, at + ".hashAlgorithm", ProtoEnums.HashAlgorithm);
                    break;
                case "publicKey":
                    key = ReadKey(value, at + ".publicKey");
                    break;
                case "logId":
                    logId = ReadId(value, at + ".logId");
                    break;
                case "checkpointKeyId":
                    checkpointKeyId = ReadId(value, at + ".checkpointKeyId");
                    break;
                case "operator":
                    Json.Text(value, at + ".operator");
                    break;
                default:
                    throw Json.Unknown(property, at);
            }
        }

        RequireSha256(hashAlgorithm, at);
        RequireIds(logId, checkpointKeyId, at);
        var (raw, details, window) = key ?? throw Json.Missing(at + ".publicKey");
        var address = AddressOf(baseUrl);
        return new TrustedLog
        {
            BaseUrl = baseUrl,
            Host = address?.Host ?? "",
            Authority = address?.Authority ?? "",
            LogId = logId!,
            Spki = raw,
            Key = ReadUsableKey(raw, details, at),
            Hash = HashOf(details),
            Window = window,
            CheckpointKeyId = checkpointKeyId,
        };
    }

    private static void RequireSha256(string hashAlgorithm, string at)
    {
        if (hashAlgorithm != "SHA2_256")
        {
            var actual = hashAlgorithm.Length == 0 ? "none" : $"\"{ProtoJson.Shorten(hashAlgorithm)}\"";
            throw Json.Fail(TrustedRootInvalid, $"SHA2_256 in {at}.hashAlgorithm", actual);
        }
    }

    private static void RequireIds(byte[]? logId, byte[]? checkpointKeyId, string at)
    {
        if (logId is not { Length: 32 })
        {
            throw Json.Fail(TrustedRootInvalid, $"32 bytes in {at}.logId.keyId", $"{logId?.Length ?? 0}");
        }

        if (checkpointKeyId is { Length: > 0 and < 4 })
        {
            throw Json.Fail(TrustedRootInvalid, $"at least 4 bytes in {at}.checkpointKeyId.keyId", $"{checkpointKeyId.Length}");
        }
    }

    /// <summary>The log's address. Roots are also written with a bare host name, and cosign 2 writes none; a log whose address cannot be
    /// read has none, which matters only where it binds something (Rekor v2's origin).</summary>
    internal static Uri? AddressOf(string baseUrl) =>
        Uri.TryCreate(baseUrl.Contains("://", StringComparison.Ordinal) ? baseUrl : "https://" + baseUrl, UriKind.Absolute, out var uri)
        && uri.Scheme is "https" or "http"
            ? uri
            : null;

    /// <summary>The key; null for one of an unknown kind, so that its own log is known and not believed: new logs appear before clients
    /// know their keys.</summary>
    private static VerificationKey? ReadUsableKey(byte[] raw, string details, string at)
    {
        var key = VerificationKey.TryRead(raw, out _);
        if (key is null || DetailsFit(details, key))
        {
            return key;
        }

        var where = $"{at}.publicKey.keyDetails";
        throw details.Length == 0
            ? Json.Fail(TrustedRootInvalid, $"a kind of key in {where}", "none")
            : Json.Fail(TrustedRootInvalid, $"the kind of key that {where} names ({ProtoJson.Shorten(details)})", key.KeyDetails);
    }

    /// <summary>The kind of key must be the named one; hash and padding are how it is used, and are read from the name.</summary>
    private static bool DetailsFit(string details, VerificationKey key) =>
        key switch
        {
            // Logs sign with PKCS #1 v1.5; one that says PSS is not understood.
            RsaKey => details.Contains("RSA_PKCS1V", StringComparison.Ordinal),
            Ed25519Key => details == "PKIX_ED25519",
            _ => details.Length > 15 && details.StartsWith(key.KeyDetails[..15], StringComparison.Ordinal),
        };

    private static HashAlgorithmName HashOf(string details) =>
        details.EndsWith("384", StringComparison.Ordinal) ? HashAlgorithmName.SHA384
        : details.EndsWith("512", StringComparison.Ordinal) ? HashAlgorithmName.SHA512
        : HashAlgorithmName.SHA256;

    private static byte[]? ReadId(JsonElement value, string at) => LogEntryReader.OneBytesOf(Json, value, "keyId", at, 64);

    private static (byte[] Raw, string Details, ValidityWindow Window) ReadKey(JsonElement element, string at)
    {
        byte[]? raw = null;
        var details = "";
        ValidityWindow? window = null;
        foreach (var property in Json.Object(element, at))
        {
            switch (Json.Name(property))
            {
                case "rawBytes":
                    raw = Json.Bytes(property.Value, at + ".rawBytes", Limits.PublicKeyBytes);
                    break;
                case "keyDetails":
                    details = Json.Enum(property.Value, at + ".keyDetails", ProtoEnums.PublicKeyDetails);
                    break;
                case "validFor":
                    window = ValidityWindowReader.Read(property.Value, at + ".validFor");
                    break;
                default:
                    throw Json.Unknown(property, at);
            }
        }

        if (raw is not { Length: > 0 })
        {
            throw Json.Missing(at + ".rawBytes");
        }

        return (raw, details, window ?? throw Json.Missing(at + ".validFor"));
    }
}
