using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Transparency;

/// <summary>
/// RFC 8785 for what the logs write: objects whose members are given in sorted order, ASCII strings and integers.
/// </summary>
internal static class CanonicalJson
{
    private static readonly JsonSerializerOptions _options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = false,
    };

    public static byte[] Write(JsonObject value) => JsonSerializer.SerializeToUtf8Bytes(value, _options);
}
