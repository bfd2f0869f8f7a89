using PySign.Packaging.Toml;

namespace PySign.Packaging.Projects;

/// <summary>Looks below a table that may not be there, by a path of keys; another type than the one asked for is as good as
/// nothing.</summary>
internal static class TomlPath
{
    public static TomlTable? Table(TomlTable? table, params ReadOnlySpan<string> path) => Value(table, path) as TomlTable;

    public static string? Text(TomlTable? table, params ReadOnlySpan<string> path) => (Value(table, path) as TomlString)?.Value;

    public static bool IsTrue(TomlTable? table, params ReadOnlySpan<string> path) => Value(table, path) is TomlBoolean { Value: true };

    /// <summary>The strings of an array, or the one string that stands instead of it.</summary>
    public static IReadOnlyList<string> Texts(TomlTable? table, params ReadOnlySpan<string> path) =>
        Value(table, path) switch
        {
            TomlString text => [text.Value],
            TomlArray array => [.. array.Items.OfType<TomlString>().Select(item => item.Value)],
            _ => [],
        };

    public static TomlValue? Value(TomlTable? table, params ReadOnlySpan<string> path)
    {
        TomlValue? value = table;
        foreach (var key in path)
            value = value is TomlTable inner && inner.TryGetValue(key, out var next) ? next : null;
        return value;
    }

    /// <summary>What stands at the end of a path in which <c>*</c> is every key, and every item of a list.</summary>
    public static IEnumerable<TomlValue> Values(TomlTable? table, params string[] path)
    {
        IEnumerable<TomlValue> found = table is null ? [] : [table];
        foreach (var key in path)
            found = [.. found.SelectMany(value => Below(value, key))];
        return found;
    }

    private static IEnumerable<TomlValue> Below(TomlValue value, string key) =>
        value switch
        {
            TomlTable table when key == "*" => table.Keys.Select(inner => Value(table, inner)).OfType<TomlValue>(),
            TomlTable table => Value(table, key) is { } found ? [found] : [],
            TomlArray array when key == "*" => array.Items,
            _ => [],
        };

    private static TomlValue? Value(TomlTable table, string key) => table.TryGetValue(key, out var value) ? value : null;
}
