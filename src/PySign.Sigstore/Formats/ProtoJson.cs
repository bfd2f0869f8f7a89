using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Formats;

/// <summary>
/// Reads proto-JSON strictly: no duplicate names, bounded depth, int64 as string or number, enums as name or number, and binary fields
/// only as canonical, padded, standard base64. (Proto-JSON readers may also take the URL-safe alphabet; no Sigstore client writes it, so
/// a file that has it was not written by one.) A field that is absent, null or empty has its type's default, everywhere: writers differ
/// in which of the three they write (protobuf ProtoJSON, "Presence and default-values").
/// </summary>
internal sealed class ProtoJson(VerificationStep step)
{
    public static readonly ProtoJson Bundle = new(VerificationStep.Parse);
    public static readonly ProtoJson TrustedRoot = new(VerificationStep.TrustedRoot);

    private const int LongestFieldName = 32;

    /// <summary>The fields of a bundle: reading one does not make their names again, of which there are more bytes than of some of their
    /// values. A name that is missing here costs no more than that.</summary>
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _fieldNames = new HashSet<string>(StringComparer.Ordinal)
    {
        "mediaType",
        "verificationMaterial",
        "messageSignature",
        "dsseEnvelope",
        "certificate",
        "x509CertificateChain",
        "publicKey",
        "tlogEntries",
        "timestampVerificationData",
        "logIndex",
        "logId",
        "kindVersion",
        "kind",
        "version",
        "integratedTime",
        "inclusionPromise",
        "inclusionProof",
        "canonicalizedBody",
        "rootHash",
        "treeSize",
        "hashes",
        "checkpoint",
        "messageDigest",
        "signature",
        "algorithm",
        "digest",
        "payload",
        "payloadType",
        "signatures",
        "sig",
        "keyid",
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly JsonDocumentOptions _options = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = Limits.JsonDepth,
    };

    public JsonDocument Parse(ReadOnlyMemory<byte> utf8, int maxBytes)
    {
        if (utf8.Length > maxBytes)
        {
            throw Fail(VerificationFailure.DocumentTooLarge, $"at most {maxBytes} bytes", $"{utf8.Length} bytes");
        }

        // The framework checks text only where it is read; names and text that are never read must be text, too.
        if (!Utf8.IsValid(utf8.Span))
        {
            throw Fail(VerificationFailure.JsonMalformed, "UTF-8", "something else");
        }

        try
        {
            return JsonDocument.Parse(utf8, _options);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Refusal.Document(
                VerificationFailure.JsonMalformed,
                step,
                "well-formed JSON without repeated names",
                e.Message.TrimEnd('.'),
                e
            );
        }
    }

    /// <summary>
    /// What people make and save (a trusted root, a signing config), without the byte order mark that shells on Windows put before it;
    /// readers may ignore it (RFC 8259 8.1). A bundle is made by programs, and none writes one.
    /// </summary>
    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> utf8) => utf8.Span.StartsWith("\ufeff"u8) ? utf8[3..] : utf8;

    public JsonElement.ObjectEnumerator Object(JsonElement value, string path) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject(),
            JsonValueKind.Null => default,
            _ => throw Type(value, path, "an object"),
        };

    /// <summary>The property's name; a name that is not text (a lone surrogate) is refused.</summary>
    public string Name(JsonProperty property)
    {
        Span<char> text = stackalloc char[LongestFieldName];
        var raw = JsonMarshal.GetRawUtf8PropertyName(property);
        if (
            raw.Length <= text.Length
            && System.Text.Encoding.UTF8.TryGetChars(raw, text, out var length)
            && _fieldNames.TryGetValue(text[..length], out var known)
        )
        {
            return known;
        }

        try
        {
            return property.Name;
        }
        catch (InvalidOperationException e)
        {
            throw Refusal.Document(VerificationFailure.JsonMalformed, step, "names that are text", "invalid Unicode", e);
        }
    }

    public JsonElement.ArrayEnumerator Array(JsonElement value, string path, int max)
    {
        if (IsNull(value))
        {
            return default;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Type(value, path, "an array");
        }

        return value.GetArrayLength() <= max
            ? value.EnumerateArray()
            : throw Fail(VerificationFailure.TooManyItems, $"at most {max} items in {path}", $"{value.GetArrayLength()}");
    }

    /// <summary>How many items <see cref="Array"/> has.</summary>
    public static int Count(JsonElement array) => array.ValueKind == JsonValueKind.Array ? array.GetArrayLength() : 0;

    /// <summary>An enum value's name; a number that stands for none stays a number.</summary>
    /// <param name="value">The value: a name, or a number.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="names">The names by number; the first is the default, "unspecified".</param>
    public string Enum(JsonElement value, string path, IReadOnlyList<string> names)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            var isKnown = value.TryGetInt32(out var number) && number >= 0 && number < names.Count;
            return isKnown ? Named(names[number]) : Shorten(value.GetRawText());
        }

        return Named(Text(value, path));

        string Named(string name) => name == names[0] ? "" : name;
    }

    public string Text(JsonElement value, string path, int maxChars = Limits.ShortTextChars)
    {
        var text = RawText(value, path);
        return text.Length <= maxChars
            ? text
            : throw Fail(VerificationFailure.FieldInvalid, $"at most {maxChars} characters in {path}", $"{text.Length}");
    }

    public byte[] Bytes(JsonElement value, string path, int maxBytes)
    {
        if (IsNull(value))
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            throw Type(value, path, "a base64 string");
        }

        return DecodeBase64(Utf8Text(value, path), maxBytes)
            ?? throw Fail(
                VerificationFailure.Base64Invalid,
                $"canonical standard base64 of at most {maxBytes} bytes in {path}",
                "something else"
            );
    }

    /// <summary>Decodes canonical, padded, standard base64; null for anything else, white space and stray trailing bits included.</summary>
    public static byte[]? DecodeBase64(ReadOnlySpan<byte> text, int maxBytes)
    {
        if (text.Length % 4 != 0 || text.Length / 4 * 3 > maxBytes + 2L)
        {
            return null;
        }

        var padding =
            text.EndsWith("=="u8) ? 2
            : text.EndsWith("="u8) ? 1
            : 0;
        var bytes = new byte[text.Length / 4 * 3 - padding];
        if (
            bytes.Length > maxBytes
            || Base64.DecodeFromUtf8(text, bytes, out var consumed, out var written) != System.Buffers.OperationStatus.Done
            || consumed != text.Length
            || written != bytes.Length
        )
        {
            return null;
        }

        // Only the last group can hide bits that decoding drops: encode it again and compare.
        Span<byte> last = stackalloc byte[4];
        var tail = bytes.Length == 0 ? 0 : 3 - padding;
        Base64.EncodeToUtf8(bytes.AsSpan(bytes.Length - tail), last, out _, out var lastLength);
        return text.EndsWith(last[..lastLength]) ? bytes : null;
    }

    public long Number(JsonElement value, string path)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.Null => "0"u8,
            JsonValueKind.Number => JsonMarshal.GetRawUtf8Value(value),
            JsonValueKind.String => Utf8Text(value, path),
            _ => throw Type(value, path, "an integer"),
        };
        return TryNumber(text, out var number)
            ? number
            : throw Fail(
                VerificationFailure.NumberInvalid,
                $"an integer from 0 to 2^63-1 in {path}",
                Shorten(System.Text.Encoding.UTF8.GetString(text))
            );
    }

    /// <summary>Reads an integer from 0 to 2^63-1 that is written in one way alone: digits, without a sign and leading zeros.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        return text.Length is > 0 and <= 19
            && !(text.Length > 1 && text[0] == (byte)'0')
            && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    public static bool IsNull(JsonElement value) => value.ValueKind == JsonValueKind.Null;

    public VerificationException Unknown(JsonProperty property, string path) =>
        Fail(VerificationFailure.FieldUnknown, $"only known fields in {path}", $"\"{Shorten(Name(property))}\"");

    public VerificationException Missing(string path) => Fail(VerificationFailure.FieldMissing, $"a field {path}", "none");

    public VerificationException Fail(VerificationFailure reason, string expected, string actual) =>
        Refusal.Document(reason, step, expected, actual);

    public static string Shorten(ReadOnlySpan<char> text) => text.Length <= 200 ? text.ToString() : $"{text[..200]}…";

    /// <summary>A string's bytes. Some writers escape '/' or '+'; the text is what counts, so it is unescaped first.</summary>
    private ReadOnlySpan<byte> Utf8Text(JsonElement value, string path)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        return raw.Contains((byte)'\\') ? System.Text.Encoding.UTF8.GetBytes(RawText(value, path)) : raw;
    }

    private string RawText(JsonElement value, string path)
    {
        if (IsNull(value))
        {
            return "";
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            throw Type(value, path, "a string");
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // A lone surrogate escape is not text.
            throw Refusal.Document(VerificationFailure.JsonMalformed, step, $"valid text in {path}", "invalid Unicode", e);
        }
    }

    private VerificationException Type(JsonElement value, string path, string expected) =>
        Fail(VerificationFailure.FieldInvalid, $"{expected} in {path}", value.ValueKind.ToString());
}
