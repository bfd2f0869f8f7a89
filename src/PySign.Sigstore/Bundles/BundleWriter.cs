using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PySign.Sigstore.Bundles;

/// <summary>Writes a bundle as proto-JSON: lowerCamelCase, int64 as strings, zero and empty values left out, as Go's protojson
/// does.</summary>
internal static class BundleWriter
{
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(Bundle bundle)
    {
        var buffer = new ArrayBufferWriter<byte>(16 << 10);
        using (var json = new Utf8JsonWriter(buffer, _options))
        {
            json.WriteStartObject();
            json.WriteString("mediaType", bundle.MediaType);
            json.WriteStartObject("verificationMaterial");
            WriteMaterial(json, bundle.VerificationMaterial);
            json.WriteEndObject();
            WriteContent(json, bundle);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteMaterial(Utf8JsonWriter json, VerificationMaterial material)
    {
        if (material.PublicKeyHint is { } hint)
        {
            json.WriteStartObject("publicKey");
            json.WriteString("hint", hint);
            json.WriteEndObject();
        }
        else if (material.IsChain)
        {
            json.WriteStartObject("x509CertificateChain");
            json.WriteStartArray("certificates");
            foreach (var certificate in material.Certificates)
            {
                WriteOne(json, null, "rawBytes", certificate);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }
        else
        {
            WriteOne(json, "certificate", "rawBytes", material.Certificates[0]);
        }

        json.WriteStartArray("tlogEntries");
        foreach (var entry in material.LogEntries)
        {
            WriteEntry(json, entry);
        }

        json.WriteEndArray();
        if (material.Timestamps.Count > 0)
        {
            json.WriteStartObject("timestampVerificationData");
            json.WriteStartArray("rfc3161Timestamps");
            foreach (var timestamp in material.Timestamps)
            {
                WriteOne(json, null, "signedTimestamp", timestamp);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private static void WriteEntry(Utf8JsonWriter json, TransparencyLogEntry entry)
    {
        json.WriteStartObject();
        WriteNumber(json, "logIndex", entry.LogIndex);
        WriteOne(json, "logId", "keyId", entry.LogId);
        json.WriteStartObject("kindVersion");
        json.WriteString("kind", entry.Kind);
        json.WriteString("version", entry.KindVersion);
        json.WriteEndObject();
        WriteNumber(json, "integratedTime", entry.IntegratedTime ?? 0);
        if (entry.SignedEntryTimestamp is { } promise)
        {
            WriteOne(json, "inclusionPromise", "signedEntryTimestamp", promise);
        }

        if (entry.InclusionProof is { } proof)
        {
            json.WriteStartObject("inclusionProof");
            WriteNumber(json, "logIndex", proof.LogIndex);
            json.WriteBase64String("rootHash", proof.RootHash.Span);
            WriteNumber(json, "treeSize", proof.TreeSize);
            if (proof.Hashes.Count > 0)
            {
                json.WriteStartArray("hashes");
                foreach (var hash in proof.Hashes)
                {
                    json.WriteBase64StringValue(hash.Span);
                }

                json.WriteEndArray();
            }

            if (proof.Checkpoint is { } checkpoint)
            {
                json.WriteStartObject("checkpoint");
                json.WriteString("envelope", checkpoint);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteBase64String("canonicalizedBody", entry.CanonicalizedBody.Span);
        json.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter json, Bundle bundle)
    {
        if (bundle.MessageSignature is { } message)
        {
            json.WriteStartObject("messageSignature");
            if (message.Digest is { } digest)
            {
                json.WriteStartObject("messageDigest");
                json.WriteString("algorithm", digest.Algorithm);
                json.WriteBase64String("digest", digest.Value.Span);
                json.WriteEndObject();
            }

            json.WriteBase64String("signature", message.Signature.Span);
            json.WriteEndObject();
        }
        else if (bundle.DsseEnvelope is { } envelope)
        {
            json.WriteStartObject("dsseEnvelope");
            json.WriteBase64String("payload", envelope.Payload.Span);
            json.WriteString("payloadType", envelope.PayloadType);
            json.WriteStartArray("signatures");
            json.WriteStartObject();
            json.WriteBase64String("sig", envelope.Signature.Span);
            if (envelope.KeyId.Length > 0)
            {
                json.WriteString("keyid", envelope.KeyId);
            }

            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private static void WriteOne(Utf8JsonWriter json, string? property, string name, ReadOnlyMemory<byte> bytes)
    {
        if (property is null)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartObject(property);
        }

        json.WriteBase64String(name, bytes.Span);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long value)
    {
        if (value != 0)
        {
            json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
        }
    }
}
