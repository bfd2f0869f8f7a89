using System.Text.Json;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Bundles;

/// <summary>Reads a bundle's verification material: certificates or a key's hint, log entries, timestamps.</summary>
internal static class MaterialReader
{
    public const string At = "verificationMaterial";

    private static ProtoJson Json => ProtoJson.Bundle;

    public static VerificationMaterial Read(JsonElement element)
    {
        ReadOnlyMemory<byte>[]? certificate = null,
            chain = null;
        string? hint = null;
        TransparencyLogEntry[] entries = [];
        ReadOnlyMemory<byte>[] timestamps = [];
        foreach (var property in Json.Object(element, At))
        {
            var value = property.Value;
            if (ProtoJson.IsNull(value))
            {
                continue;
            }

            switch (Json.Name(property))
            {
                case "certificate":
                    certificate = [ReadCertificate(value)];
                    break;
                case "x509CertificateChain":
                    chain = ReadChain(value);
                    break;
                case "publicKey":
                    hint = ReadHint(value);
                    break;
                case "tlogEntries":
                    entries = ReadEntries(value);
                    break;
                case "timestampVerificationData":
                    timestamps = ReadTimestamps(value);
                    break;
                default:
                    throw Json.Unknown(property, At);
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
        var der = LogEntryReader.OneBytesOf(Json, value, "rawBytes", At + ".certificate", Limits.CertificateBytes);
        return der is { Length: > 0 } ? der : throw Json.Missing(At + ".certificate.rawBytes");
    }

    private static ReadOnlyMemory<byte>[] ReadChain(JsonElement value)
    {
        ReadOnlyMemory<byte>[] chain = [];
        foreach (var property in Json.Object(value, At + ".x509CertificateChain"))
        {
            if (!property.NameEquals("certificates"u8))
            {
                throw Json.Unknown(property, At + ".x509CertificateChain");
            }

            var items = Json.Array(property.Value, At + ".x509CertificateChain.certificates", Limits.ChainCertificates);
            chain = new ReadOnlyMemory<byte>[ProtoJson.Count(property.Value)];
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
        foreach (var property in Json.Object(value, At + ".publicKey"))
        {
            hint = property.NameEquals("hint"u8)
                ? Json.Text(property.Value, At + ".publicKey.hint")
                : throw Json.Unknown(property, At + ".publicKey");
        }

        return hint;
    }

    private static TransparencyLogEntry[] ReadEntries(JsonElement value)
    {
        var items = Json.Array(value, At + ".tlogEntries", Limits.LogEntries);
        var entries = new TransparencyLogEntry[ProtoJson.Count(value)];
        var i = 0;
        foreach (var item in items)
        {
            entries[i++] = LogEntryReader.Read(item);
        }

        return entries;
    }

    private static ReadOnlyMemory<byte>[] ReadTimestamps(JsonElement value)
    {
        const string Where = At + ".timestampVerificationData";
        ReadOnlyMemory<byte>[] timestamps = [];
        foreach (var property in Json.Object(value, Where))
        {
            if (!property.NameEquals("rfc3161Timestamps"u8))
            {
                throw Json.Unknown(property, Where);
            }

            var items = Json.Array(property.Value, Where + ".rfc3161Timestamps", Limits.Timestamps);
            timestamps = new ReadOnlyMemory<byte>[ProtoJson.Count(property.Value)];
            var i = 0;
            foreach (var item in items)
            {
                var bytes = LogEntryReader.OneBytesOf(Json, item, "signedTimestamp", Where + ".rfc3161Timestamps[]", Limits.TimestampBytes);
                timestamps[i++] = bytes is { Length: > 0 } ? bytes : throw Json.Missing(Where + ".rfc3161Timestamps[].signedTimestamp");
            }
        }

        return timestamps;
    }
}
