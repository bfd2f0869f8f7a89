using System.Buffers;
using System.Text.Json;

namespace Cake.PySign.Audit.Reports;

/// <summary>JSON as reports have it: indented, line feeds on every system, ASCII.</summary>
internal static class ReportJson
{
    private static readonly JsonWriterOptions _options = new() { Indented = true, NewLine = "\n" };

    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(64 << 10);
        using (var json = new Utf8JsonWriter(buffer, _options))
        {
            write(json);
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    public static void Optional(this Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    public static void Array<T>(this Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            write(item);
        }

        json.WriteEndArray();
    }

    public static void Object(this Utf8JsonWriter json, string name, Action write)
    {
        json.WriteStartObject(name);
        write();
        json.WriteEndObject();
    }

    public static void Object(this Utf8JsonWriter json, Action write)
    {
        json.WriteStartObject();
        write();
        json.WriteEndObject();
    }
}
