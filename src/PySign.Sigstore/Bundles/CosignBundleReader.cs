using System.Text.Json;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Bundles;

/// <summary>
/// Reads what cosign 2 writes with <c>--bundle</c>: signature, certificate or key, and the log's promise. It has all that a bundle 0.1 must
/// have, so it becomes one and is verified as one.
/// </summary>
internal static class CosignBundleReader
{
    private const string PayloadAt = "rekorBundle.Payload";

    private static ProtoJson Json => ProtoJson.Bundle;

    public static Bundle Read(ReadOnlyMemory<byte> utf8)
    {
        using var document = Json.Parse(utf8, Limits.DocumentBytes);
        byte[]? signature = null,
            certificate = null;
        TransparencyLogEntry? entry = null;
        foreach (var property in Json.Object(document.RootElement, "the cosign bundle"))
        {
            var value = property.Value;
            switch (Json.Name(property))
            {
                case "base64Signature":
                    signature = Json.Bytes(value, "base64Signature", Limits.SignatureBytes);
                    break;
                case "cert":
                    certificate = Json.Bytes(value, "cert", Limits.PemChars);
                    break;
                case "rekorBundle":
                    entry = ProtoJson.IsNull(value) ? null : ReadEntry(value);
                    break;
                default:
                    throw Json.Unknown(property, "the cosign bundle");
            }
        }

        return Assemble(
            signature ?? throw Json.Missing("base64Signature"),
            CertificatePem.TryRead(certificate ?? throw Json.Missing("cert"))
                ?? throw Json.Fail(FieldInvalid, "one PEM certificate or public key in cert", "something else"),
            entry ?? throw Refusal.Bundle(LogEntryMissing, "a rekorBundle", "none")
        );
    }

    /// <summary>Makes the bundle 0.1 that a signature, its certificate or key and one log entry amount to.</summary>
    public static Bundle Assemble(byte[] signature, (string Label, byte[] Der) signer, TransparencyLogEntry entry)
    {
        var hasCertificate = signer.Label == CertificatePem.CertificateLabel;
        return new Bundle(
            "application/vnd.dev.sigstore.bundle+json;version=0.1",
            new VerificationMaterial
            {
                Certificates = hasCertificate ? [signer.Der] : [],
                IsChain = hasCertificate,
                PublicKeyHint = hasCertificate ? null : "",
                LogEntries = [entry],
            },
            new MessageSignature { Signature = signature },
            null
        );
    }

    private static TransparencyLogEntry ReadEntry(JsonElement element)
    {
        byte[]? promise = null;
        JsonElement? payload = null;
        foreach (var property in Json.Object(element, "rekorBundle"))
        {
            switch (Json.Name(property))
            {
                case "SignedEntryTimestamp":
                    promise = Json.Bytes(property.Value, "rekorBundle.SignedEntryTimestamp", Limits.SignatureBytes);
                    break;
                case "Payload":
                    payload = property.Value;
                    break;
                default:
                    throw Json.Unknown(property, "rekorBundle");
            }
        }

        return ReadPayload(payload ?? throw Json.Missing(PayloadAt), promise);
    }

    private static TransparencyLogEntry ReadPayload(JsonElement payload, byte[]? promise)
    {
        byte[]? body = null,
            logId = null;
        long integratedTime = 0,
            logIndex = 0;
        foreach (var property in Json.Object(payload, PayloadAt))
        {
            var value = property.Value;
            switch (Json.Name(property))
            {
                case "body":
                    body = Json.Bytes(value, PayloadAt + ".body", Limits.DocumentBytes);
                    break;
                case "integratedTime":
                    integratedTime = Json.Number(value, PayloadAt + ".integratedTime");
                    break;
                case "logIndex":
                    logIndex = Json.Number(value, PayloadAt + ".logIndex");
                    break;
                case "logID":
                    logId = ReadLogId(value);
                    break;
                default:
                    throw Json.Unknown(property, PayloadAt);
            }
        }

        var (kind, version) = LogEntryReader.ReadKind(body ?? throw Json.Missing(PayloadAt + ".body"));
        return new TransparencyLogEntry
        {
            LogIndex = logIndex,
            LogId = logId ?? throw Json.Missing(PayloadAt + ".logID"),
            Kind = kind,
            KindVersion = version,
            IntegratedTime = integratedTime,
            SignedEntryTimestamp = promise ?? throw Refusal.Bundle(InclusionPromiseMissing, "a SignedEntryTimestamp", "none"),
            CanonicalizedBody = body,
        };
    }

    private static byte[] ReadLogId(JsonElement value)
    {
        var text = Json.Text(value, PayloadAt + ".logID");
        return text.Length == 64 && text.AsSpan().ContainsOnlyHex()
            ? Convert.FromHexString(text)
            : throw Json.Fail(FieldInvalid, $"64 hexadecimal digits in {PayloadAt}.logID", $"\"{ProtoJson.Shorten(text)}\"");
    }
}
