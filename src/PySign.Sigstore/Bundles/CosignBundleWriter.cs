using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PySign.Sigstore.Bundles;

/// <summary>Writes what cosign 2 writes with <c>--bundle</c> in its old format (cosign pkg/cosign LocalSignedPayload): the same members in
/// the same order.</summary>
internal static class CosignBundleWriter
{
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="signature">The signature, DER.</param>
    /// <param name="verifierPem">Certificate or public key, PEM with an end of line at the end.</param>
    /// <param name="entry">A Rekor v1 entry, with the log's promise.</param>
    public static byte[] Write(ReadOnlySpan<byte> signature, string verifierPem, TransparencyLogEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>(4 << 10);
        using (var json = new Utf8JsonWriter(buffer, _options))
        {
            json.WriteStartObject();
            json.WriteBase64String("base64Signature", signature);
            json.WriteBase64String("cert", Encoding.ASCII.GetBytes(verifierPem));
            json.WriteStartObject("rekorBundle");
            json.WriteBase64String("SignedEntryTimestamp", entry.SignedEntryTimestamp!.Value.Span);
            json.WriteStartObject("Payload");
            json.WriteBase64String("body", entry.CanonicalizedBody.Span);
            json.WriteNumber("integratedTime", entry.IntegratedTime!.Value);
            json.WriteNumber("logIndex", entry.LogIndex);
            json.WriteString("logID", Convert.ToHexStringLower(entry.LogId.Span));
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
