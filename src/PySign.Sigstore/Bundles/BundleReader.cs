using System.Text.Json;
using PySign.Sigstore.Verification;
using static PySign.Sigstore.Verification.VerificationFailure;

namespace PySign.Sigstore.Bundles;

/// <summary>Reads a bundle from proto-JSON, field by field; what is not understood is refused.</summary>
internal static class BundleReader
{
    private const string MaterialAt = "verificationMaterial";

    private static ProtoJson Json => ProtoJson.Bundle;

    public static Bundle Read(ReadOnlyMemory<byte> utf8)
    {
        using var document = Json.Parse(utf8, Limits.DocumentBytes);
        string? mediaType = null;
        VerificationMaterial? material = null;
        MessageSignature? message = null;
        DsseEnvelope? envelope = null;
        foreach (var property in Json.Object(document.RootElement, "the bundle"))
        {
            var value = property.Value;
            if (ProtoJson.IsNull(value))
            {
                continue;
            }

            switch (Json.Name(property))
            {
                case "mediaType": mediaType = Json.Text(value, "mediaType"); break;
                case MaterialAt: material = ReadMaterial(value); break;
                case "messageSignature": message = ReadMessage(value); break;
                case "dsseEnvelope": envelope = EnvelopeReader.Read(value); break;
                default: throw Json.Unknown(property, "the bundle");
            }
        }

        return new Bundle(mediaType ?? throw Json.Missing("mediaType"), material ?? throw Json.Missing(MaterialAt), message, envelope);
    }

    public static IReadOnlyList<Bundle> ReadLines(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > Limits.DocumentBytes)
        {
            throw Refusal.Bundle(DocumentTooLarge, $"at most {Limits.DocumentBytes} bytes", $"{utf8.Length} bytes");
        }

        List<Bundle> bundles = [];
        while (!utf8.IsEmpty)
        {
            var end = utf8.Span.IndexOf((byte)'\n');
            var line = end < 0 ? utf8 : utf8[..end];
            utf8 = end < 0 ? default : utf8[(end + 1)..];
            if (!line.Span.Trim(" \t\r"u8).IsEmpty)
            {
                bundles.Add(bundles.Count < Limits.BundleLines
                    ? Read(line)
                    : throw Refusal.Bundle(TooManyItems, $"at most {Limits.BundleLines} bundles", "more"));
            }
        }

        return bundles.Count > 0 ? bundles : throw Refusal.Bundle(ContentMissing, "at least one bundle", "an empty file");
    }

    private static VerificationMaterial ReadMaterial(JsonElement element)
    {
        ReadOnlyMemory<byte>[]? certificate = null, chain = null;
        string? hint = null;
        TransparencyLogEntry[] entries = [];
        ReadOnlyMemory<byte>[] timestamps = [];
        foreach (var property in Json.Object(element, MaterialAt))
        {
            var value = property.Value;
            if (ProtoJson.IsNull(value))
            {
                continue;
            }

            switch (Json.Name(property))
            {
                case "certificate": certificate = [ReadCertificate(value)]; break;
                case "x509CertificateChain": chain = ReadChain(value); break;
                case "publicKey": hint = ReadHint(value); break;
                case "tlogEntries": entries = ReadEntries(value); break;
                case "timestampVerificationData": timestamps = ReadTimestamps(value); break;
                default: throw Json.Unknown(property, MaterialAt);
            }
        }

        if ((certificate is null ? 0 : 1) + (chain is null ? 0 : 1) + (hint is null ? 0 : 1) > 1)
        {
            throw Refusal.Bundle(KeyMaterialAmbiguous, "one of certificate, x509CertificateChain and publicKey", "several");
        }

        return new VerificationMaterial
        {
            Certificates = certificate ?? chain ?? [],
            IsChain = chain is not null,
            PublicKeyHint = hint,
            LogEntries = entries,
            Timestamps = timestamps,
        };
    }

    private static byte[] ReadCertificate(JsonElement value)
    {
        var der = LogEntryReader.OneBytesOf(Json, value, "rawBytes", MaterialAt + ".certificate", Limits.CertificateBytes);
        return der is { Length: > 0 } ? der : throw Json.Missing(MaterialAt + ".certificate.rawBytes");
    }

    private static ReadOnlyMemory<byte>[] ReadChain(JsonElement value)
    {
        ReadOnlyMemory<byte>[] chain = [];
        foreach (var property in Json.Object(value, MaterialAt + ".x509CertificateChain"))
        {
            if (!property.NameEquals("certificates"u8))
            {
                throw Json.Unknown(property, MaterialAt + ".x509CertificateChain");
            }

            var items = Json.Array(property.Value, MaterialAt + ".x509CertificateChain.certificates", Limits.ChainCertificates);
            chain = new ReadOnlyMemory<byte>[property.Value.GetArrayLength()];
            var i = 0;
            foreach (var item in items)
            {
                chain[i++] = ReadCertificate(item);
            }
        }

        return chain;
    }

    private static string ReadHint(JsonElement value)
    {
        var hint = "";
        foreach (var property in Json.Object(value, MaterialAt + ".publicKey"))
        {
            hint = property.NameEquals("hint"u8)
                ? Json.Text(property.Value, MaterialAt + ".publicKey.hint")
                : throw Json.Unknown(property, MaterialAt + ".publicKey");
        }

        return hint;
    }

    private static TransparencyLogEntry[] ReadEntries(JsonElement value)
    {
        var items = Json.Array(value, MaterialAt + ".tlogEntries", Limits.LogEntries);
        var entries = new TransparencyLogEntry[value.GetArrayLength()];
        var i = 0;
        foreach (var item in items)
        {
            entries[i++] = LogEntryReader.Read(item);
        }

        return entries;
    }

    private static ReadOnlyMemory<byte>[] ReadTimestamps(JsonElement value)
    {
        const string at = MaterialAt + ".timestampVerificationData";
        ReadOnlyMemory<byte>[] timestamps = [];
        foreach (var property in Json.Object(value, at))
        {
            if (!property.NameEquals("rfc3161Timestamps"u8))
            {
                throw Json.Unknown(property, at);
            }

            if (ProtoJson.IsNull(property.Value))
            {
                continue;
            }

            var items = Json.Array(property.Value, at + ".rfc3161Timestamps", Limits.Timestamps);
            timestamps = new ReadOnlyMemory<byte>[property.Value.GetArrayLength()];
            var i = 0;
            foreach (var item in items)
            {
                timestamps[i++] = LogEntryReader.OneBytesOf(Json, item, "signedTimestamp", at + ".rfc3161Timestamps[]", Limits.TimestampBytes)
                    ?? throw Json.Missing(at + ".rfc3161Timestamps[].signedTimestamp");
            }
        }

        return timestamps;
    }

    private static MessageSignature ReadMessage(JsonElement element)
    {
        byte[]? signature = null;
        MessageDigest? digest = null;
        foreach (var property in Json.Object(element, "messageSignature"))
        {
            switch (Json.Name(property))
            {
                case "signature": signature = Json.Bytes(property.Value, "messageSignature.signature", Limits.SignatureBytes); break;
                case "messageDigest": digest = ProtoJson.IsNull(property.Value) ? null : ReadDigest(property.Value); break;
                default: throw Json.Unknown(property, "messageSignature");
            }
        }

        return new MessageSignature { Signature = signature ?? throw Json.Missing("messageSignature.signature"), Digest = digest };
    }

    private static MessageDigest ReadDigest(JsonElement element)
    {
        string? algorithm = null;
        byte[]? value = null;
        foreach (var property in Json.Object(element, "messageSignature.messageDigest"))
        {
            switch (Json.Name(property))
            {
                case "algorithm": algorithm = Json.Text(property.Value, "messageSignature.messageDigest.algorithm"); break;
                case "digest": value = Json.Bytes(property.Value, "messageSignature.messageDigest.digest", 64); break;
                default: throw Json.Unknown(property, "messageSignature.messageDigest");
            }
        }

        var length = algorithm switch { "SHA2_256" => 32, "SHA2_384" => 48, "SHA2_512" => 64, _ => 0 };
        if (length == 0 || value?.Length != length)
        {
            throw Refusal.Bundle(
                FieldInvalid, "a messageDigest of SHA2_256, SHA2_384 or SHA2_512", $"{ProtoJson.Shorten(algorithm ?? "none")} of {value?.Length ?? 0} bytes");
        }

        return new MessageDigest { Algorithm = algorithm!, Value = value };
    }
}
