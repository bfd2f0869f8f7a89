using System.Globalization;
using System.Text.Json;

namespace PySign.Sigstore.Tuf;

/// <summary>A value inside metadata together with its path, so that every complaint names both. Unknown members are simply not asked
/// for.</summary>
internal readonly record struct MetadataJson(JsonElement Value, string Subject, string Path)
{
    public MetadataJson RequireObject() => Value.ValueKind == JsonValueKind.Object ? this : throw Wrong("an object");

    public MetadataJson Member(string name) =>
        Optional(name) ?? throw TufRefusal.Malformed(Subject, $"{Path} with a member {name}", "none");

    public MetadataJson? Optional(string name) =>
        RequireObject().Value.TryGetProperty(name, out var value)
            ? new MetadataJson(value, Subject, $"{Path}.{TufRefusal.Shown(name)}")
            : null;

    public IEnumerable<(string Name, MetadataJson Value)> Members()
    {
        foreach (var member in RequireObject().Value.EnumerateObject())
        {
            yield return (member.Name, new MetadataJson(member.Value, Subject, $"{Path}.{TufRefusal.Shown(member.Name)}"));
        }
    }

    public IEnumerable<MetadataJson> Items()
    {
        if (Value.ValueKind != JsonValueKind.Array)
        {
            throw Wrong("an array");
        }

        var index = 0;
        foreach (var item in Value.EnumerateArray())
        {
            yield return new MetadataJson(item, Subject, string.Create(CultureInfo.InvariantCulture, $"{Path}[{index++}]"));
        }
    }

    public string Text() => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : throw Wrong("a string");

    public bool Flag() => Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? Value.GetBoolean() : throw Wrong("true or false");

    public long Integer(long least) =>
        Value.ValueKind == JsonValueKind.Number && Value.TryGetInt64(out var number) && number >= least
            ? number
            : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"an integer of at least {least}"));

    public DateTimeOffset Time() =>
        DateTimeOffset.TryParseExact(
            Shortened(Text()),
            ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : throw Wrong("a time such as 2030-01-31T12:00:00Z");

    // Some writers give nanoseconds; .NET reads seven digits of a fraction.
    private static string Shortened(string time)
    {
        var dot = time.IndexOf('.', StringComparison.Ordinal);
        var zone = dot < 0 ? -1 : time.AsSpan(dot + 1).IndexOfAnyExceptInRange('0', '9');
        return zone is > 7 and <= 9 ? string.Concat(time.AsSpan(0, dot + 8), time.AsSpan(dot + 1 + zone)) : time;
    }

    private TufException Wrong(string expected)
    {
        var raw = Value.GetRawText();
        return TufRefusal.Malformed(Subject, $"{expected} in {Path}", TufRefusal.Shown(raw));
    }
}
