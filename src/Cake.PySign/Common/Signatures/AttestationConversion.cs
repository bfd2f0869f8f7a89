using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PySign.Formats;
using PySign.Packaging.Attestations;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;

namespace Cake.PySign.Common.Signatures;

/// <summary>An attestation and a bundle with an in-toto statement hold the same in two forms; nothing is lost either way (PEP 740,
/// "Attestation objects").</summary>
internal static class AttestationConversion
{
    private static readonly JsonWriterOptions _writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="VerificationException">A log entry or the certificate is not one that a bundle can hold.</exception>
    public static Bundle ToBundle(Attestation attestation)
    {
        var buffer = new ArrayBufferWriter<byte>(8 << 10);
        using (var json = new Utf8JsonWriter(buffer, _writing))
        {
            json.WriteStartObject();
            json.WriteString("mediaType", Bundle.MediaTypeV03);
            json.WriteStartObject("verificationMaterial");
            json.WriteStartObject("certificate");
            json.WriteBase64String("rawBytes", attestation.Certificate.Span);
            json.WriteEndObject();
            json.WriteStartArray("tlogEntries");
            foreach (var entry in attestation.TransparencyEntries)
            {
                json.WriteRawValue(entry.Span);
            }

            json.WriteEndArray();
            WriteTimestamps(json, attestation.Timestamps);
            json.WriteEndObject();
            json.WriteStartObject("dsseEnvelope");
            json.WriteBase64String("payload", attestation.Statement.Span);
            json.WriteString("payloadType", InTotoStatement.PayloadType);
            json.WriteStartArray("signatures");
            json.WriteStartObject();
            json.WriteBase64String("sig", attestation.Signature.Span);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Bundle.Parse(buffer.WrittenMemory);
    }

    /// <exception cref="PySignException">The bundle holds no statement, or is not signed with a certificate.</exception>
    public static Attestation FromBundle(Bundle bundle)
    {
        if (
            bundle.DsseEnvelope is not { PayloadType: InTotoStatement.PayloadType } envelope
            || bundle.VerificationMaterial.Certificates.Count == 0
        )
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "The bundle is not an attestation: it holds no in-toto statement, or is signed with a key instead of an identity.",
                "Have the distribution attested with PyPiAttest."
            );
        }

        using var document = JsonDocument.Parse(bundle.ToJson());
        var entries = document.RootElement.GetProperty("verificationMaterial").GetProperty("tlogEntries").EnumerateArray();
        return Attestation.Create(
            bundle.VerificationMaterial.Certificates[0],
            [.. entries.Select(entry => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(entry.GetRawText()))],
            bundle.VerificationMaterial.Timestamps,
            envelope.Payload,
            envelope.Signature
        );
    }

    private static void WriteTimestamps(Utf8JsonWriter json, IReadOnlyList<ReadOnlyMemory<byte>> timestamps)
    {
        if (timestamps.Count == 0)
        {
            return;
        }

        json.WriteStartObject("timestampVerificationData");
        json.WriteStartArray("rfc3161Timestamps");
        foreach (var timestamp in timestamps)
        {
            json.WriteStartObject();
            json.WriteBase64String("signedTimestamp", timestamp.Span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
