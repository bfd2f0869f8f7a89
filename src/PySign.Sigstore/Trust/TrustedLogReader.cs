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
            if (ProtoJson.IsNull(value))
            {
                continue;
            }

            switch (Json.Name(property))
            {
                case "baseUrl":
                    baseUrl = Json.Text(value, at + ".baseUrl");
                    break;
                case "hashAlgorithm":
                    hashAlgorithm = Json.Text(value, at + ".hashAlgorithm");
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

        if (hashAlgorithm != "SHA2_256")
        {
            throw Json.Fail(TrustedRootInvalid, $"SHA2_256 in {at}.hashAlgorithm", $"\"{ProtoJson.Shorten(hashAlgorithm)}\"");
        }

        if (logId is not { Length: 32 })
        {
            throw Json.Fail(TrustedRootInvalid, $"32 bytes in {at}.logId.keyId", $"{logId?.Length ?? 0}");
        }

        var (raw, details, window) = key ?? throw Json.Missing(at + ".publicKey");
        var url = Uri.TryCreate(baseUrl, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" ? uri : null;
        if (url is null && baseUrl.Length > 0)
        {
            throw Json.Fail(TrustedRootInvalid, $"an http or https URL in {at}.baseUrl", ProtoJson.Shorten(baseUrl));
        }

        // A key of an unknown kind makes its own log unusable, not the whole root: new logs appear before clients know their keys.
        var verificationKey = VerificationKey.TryRead(raw, out _);
        if (verificationKey is not null && !DetailsFit(details, verificationKey))
        {
            throw Json.Fail(
                TrustedRootInvalid,
                $"the kind of key that {at}.publicKey.keyDetails names ({ProtoJson.Shorten(details)})",
                verificationKey.KeyDetails
            );
        }

        return new TrustedLog
        {
            BaseUrl = baseUrl,
            Host = url?.Host ?? "",
            Authority = url?.Authority ?? "",
            LogId = logId,
            Spki = raw,
            Key = verificationKey,
            Hash = HashOf(details),
            Window = window,
            CheckpointKeyId = checkpointKeyId is null or { Length: >= 4 }
                ? checkpointKeyId
                : throw Json.Fail(TrustedRootInvalid, $"at least 4 bytes in {at}.checkpointKeyId.keyId", $"{checkpointKeyId.Length}"),
        };
    }

    /// <summary>The kind of key must be the named one; hash and padding are how it is used, and are read from the name.</summary>
    private static bool DetailsFit(string details, VerificationKey key) =>
        key switch
        {
            RsaKey => details.Contains("RSA", StringComparison.Ordinal),
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
                    details = Json.Text(property.Value, at + ".keyDetails");
                    break;
                case "validFor":
                    window = ProtoJson.IsNull(property.Value) ? null : ValidityWindowReader.Read(property.Value, at + ".validFor");
                    break;
                default:
                    throw Json.Unknown(property, at);
            }
        }

        return (raw ?? throw Json.Missing(at + ".rawBytes"), details, window ?? throw Json.Missing(at + ".validFor"));
    }
}
