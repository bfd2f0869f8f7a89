using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using PySign.Packaging.Toml;

namespace PySign.Packaging.TomlTest;

/// <summary>toml-test's JSON: every value an object of its type and its text.</summary>
internal static class TaggedJson
{
    private static readonly JsonWriterOptions _options = new()
    {
        Indented = true,
        MaxDepth = 2000,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write(TomlDocument document)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, _options))
            Write(writer, document.Root);
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, TomlValue value)
    {
        switch (value)
        {
            case TomlTable table:
                writer.WriteStartObject();
                foreach (var key in table.Keys)
                {
                    writer.WritePropertyName(key);
                    Write(writer, table[key]);
                }

                writer.WriteEndObject();
                break;
            case TomlArray array:
                writer.WriteStartArray();
                foreach (var item in array.Items)
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                var (type, text) = Describe(value);
                writer.WriteStartObject();
                writer.WriteString("type", type);
                writer.WriteString("value", text);
                writer.WriteEndObject();
                break;
        }
    }

    private static (string Type, string Text) Describe(TomlValue value) =>
        value switch
        {
            TomlString text => ("string", text.Value),
            TomlInteger integer => ("integer", integer.Value.ToString(CultureInfo.InvariantCulture)),
            TomlBoolean boolean => ("bool", boolean.Value ? "true" : "false"),
            TomlFloat number => ("float", Describe(number.Value)),
            TomlDateTime { Kind: TomlDateTimeKind.OffsetDateTime } time => ("datetime", time.Value),
            TomlDateTime { Kind: TomlDateTimeKind.LocalDateTime } time => ("datetime-local", time.Value),
            TomlDateTime { Kind: TomlDateTimeKind.LocalDate } time => ("date-local", time.Value),
            TomlDateTime time => ("time-local", time.Value),
            _ => throw new InvalidOperationException($"no tag for {value.GetType()}"),
        };

    private static string Describe(double value) =>
        double.IsNaN(value) ? "nan"
        : double.IsInfinity(value) ? (value > 0 ? "inf" : "-inf")
        : value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
}
