using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PySign.Packaging.Attestations;

/// <summary>
/// Reads the JSON of attestations strictly: no name twice, base64 in its one canonical form, every bound kept. Names that are not known are
/// passed over, as PEP 740 lets indexes add some; nothing that is read here gets its meaning from them.
/// </summary>
internal static class AttestationJson
{
    private static readonly JsonDocumentOptions _reading = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    private static readonly JsonWriterOptions _writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, int maxBytes)
    {
        if (utf8.Length > maxBytes)
            throw TooLarge($"{utf8.Length} bytes", $"at most {maxBytes} bytes");
        try
        {
            return JsonDocument.Parse(utf8, _reading);
        }
        catch (JsonException e)
        {
            throw Invalid("the document", "well-formed JSON without repeated names", e);
        }
    }

    public static JsonElement Object(JsonElement element, string name) => Require(element, JsonValueKind.Object, name);

    public static JsonElement Member(JsonElement element, string name, JsonValueKind kind) =>
        element.TryGetProperty(name, out var value) ? Require(value, kind, name) : throw Invalid($"no {name}", $"the key {name}");

    public static IReadOnlyList<JsonElement> Items(JsonElement array, string name, int max) =>
        array.GetArrayLength() <= max
            ? [.. array.EnumerateArray()]
            : throw TooLarge($"{name} with {array.GetArrayLength()} items", $"at most {max}");

    public static string Text(JsonElement element, string name)
    {
        var text = Characters(Member(element, name, JsonValueKind.String), name);
        return text.Length > 0 ? text : throw Invalid($"an empty {name}", "text");
    }

    /// <summary>Text that may be absent; null and empty are absent too (indexes write all three).</summary>
    public static string? OptionalText(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var text = Characters(Require(value, JsonValueKind.String, name), name);
        return text.Length > 0 ? text : null;
    }

    /// <summary>A list that may be absent; null and empty are absent too.</summary>
    public static IReadOnlyList<JsonElement> OptionalItems(JsonElement element, string name, int max) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? Items(Require(value, JsonValueKind.Array, name), name, max)
            : [];

    public static byte[] Base64(JsonElement element, string name)
    {
        // Attestations from before pypi-attestations 0.0.12 wrap their base64 (RFC 2045 6.8).
        var text = Characters(Require(element, JsonValueKind.String, name), name)
            .Replace("\r\n", "", StringComparison.Ordinal)
            .Replace("\n", "", StringComparison.Ordinal);
        var bytes = new byte[text.Length];
        return
            Convert.TryFromBase64String(text, bytes, out var length)
            && length > 0
            && Convert.ToBase64String(bytes.AsSpan(0, length)) == text
            ? bytes[..length]
            : throw Invalid(name, "base64 (RFC 4648 section 4), not empty");
    }

    public static void Version(JsonElement root, string what)
    {
        var version = Member(root, "version", JsonValueKind.Number);
        if (!version.TryGetInt32(out var number) || number != 1)
            throw new PackagingException(
                PackagingFailure.UnsupportedAttestationVersion,
                $"{what} of version {version}",
                "version 1",
                "Update Cake.PySign if a newer version exists."
            );
    }

    public static JsonElement Require(JsonElement element, JsonValueKind kind, string name) =>
        element.ValueKind == kind ? element : throw Invalid($"{name}: {element.ValueKind}", $"a JSON {kind} as {name}");

    public static PackagingException Invalid(string input, string expected, Exception? inner = null) =>
        new(
            PackagingFailure.InvalidAttestation,
            input,
            expected,
            "It is damaged, or not an attestation of PEP 740: get it again from where it came from.",
            inner
        );

    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(8 << 10);
        using (var json = new Utf8JsonWriter(buffer, _writing))
            write(json);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The bytes of a value as they were read.</summary>
    public static ReadOnlyMemory<byte> Raw(JsonElement element) => Encoding.UTF8.GetBytes(element.GetRawText());

    private static string Characters(JsonElement element, string name)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw Invalid(name, "text that is well-formed Unicode", e);
        }
    }

    public static PackagingException TooLarge(string input, string expected) =>
        new(PackagingFailure.AttestationTooLarge, input, expected, "No honest index or signer needs that much: do not use it.");
}
