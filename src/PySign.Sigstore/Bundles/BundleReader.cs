using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Bundles;

/// <summary>Reads a bundle from proto-JSON, field by field; what is not understood is refused.</summary>
internal static class BundleReader
{
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
                case "mediaType":
                    mediaType = Json.Text(value, "mediaType");
                    break;
                case MaterialReader.At:
                    material = MaterialReader.Read(value);
                    break;
                case "messageSignature":
                    message = MessageSignatureReader.Read(value);
                    break;
                case "dsseEnvelope":
                    envelope = EnvelopeReader.Read(value);
                    break;
                default:
                    throw Json.Unknown(property, "the bundle");
            }
        }

        if (mediaType is not { Length: > 0 })
        {
            throw Json.Missing("mediaType");
        }

        return new Bundle(mediaType, material ?? throw Json.Missing(MaterialReader.At), message, envelope);
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
            if (line.Span.Trim(" \t\r"u8).IsEmpty)
            {
                continue;
            }

            if (bundles.Count >= Limits.BundleLines)
            {
                throw Refusal.Bundle(TooManyItems, $"at most {Limits.BundleLines} bundles", "more");
            }

            bundles.Add(Read(line));
        }

        return bundles.Count > 0 ? bundles : throw Refusal.Bundle(ContentMissing, "at least one bundle", "an empty file");
    }
}
