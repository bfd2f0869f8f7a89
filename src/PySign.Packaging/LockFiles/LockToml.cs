using PySign.Packaging.Toml;

namespace PySign.Packaging.LockFiles;

/// <summary>The values of a TOML lock file, with the lines they stand in. A value of another type than expected is refused.</summary>
internal sealed class LockToml
{
    private readonly List<int> _lineStarts = [0];

    public LockToml(TomlDocument document)
    {
        Root = document.Root;
        for (var at = document.Text.IndexOf('\n', StringComparison.Ordinal); at >= 0; at = document.Text.IndexOf('\n', at + 1))
            _lineStarts.Add(at + 1);
    }

    public TomlTable Root { get; }

    /// <summary>Where a table is written: the line of its name, else of its first key.</summary>
    public int Line(TomlTable table)
    {
        var entry = table.Find("name") ?? (table.Entries.Count > 0 ? table.Entries[0] : null);
        return LineAt(entry?.KeySpan.Start ?? table.Span.Start);
    }

    public int Line(TomlValue value) => value is TomlTable table ? Line(table) : LineAt(value.Span.Start);

    public string? Text(TomlTable table, string key)
    {
        if (!table.TryGetValue(key, out var value))
            return null;
        return value is TomlString text ? text.Value : throw Wrong(table, key, "text");
    }

    public string RequireText(TomlTable table, string key) =>
        Text(table, key) is { Length: > 0 } text ? text : throw Wrong(table, key, "text");

    public bool Flag(TomlTable table, string key)
    {
        if (!table.TryGetValue(key, out var value))
            return false;
        return value is TomlBoolean flag ? flag.Value : throw Wrong(table, key, "true or false");
    }

    public TomlTable? Table(TomlTable table, string key)
    {
        if (!table.TryGetValue(key, out var value))
            return null;
        return value as TomlTable ?? throw Wrong(table, key, "a table");
    }

    public IReadOnlyList<TomlTable> Tables(TomlTable table, string key) => Items<TomlTable>(table, key, "an array of tables");

    public IReadOnlyList<string> Texts(TomlTable table, string key) =>
        [.. Items<TomlString>(table, key, "an array of strings").Select(text => text.Value)];

    public PackagingException Wrong(TomlTable table, string key, string expected) =>
        LockText.Invalid(key, $"{expected} as {key}", Line(table));

    private List<T> Items<T>(TomlTable table, string key, string expected)
        where T : TomlValue
    {
        if (!table.TryGetValue(key, out var value))
            return [];
        if (value is not TomlArray array || array.Items.Any(item => item is not T))
            throw Wrong(table, key, expected);
        return [.. array.Items.Cast<T>()];
    }

    private int LineAt(int position)
    {
        var found = _lineStarts.BinarySearch(position);
        return found >= 0 ? found + 1 : ~found;
    }
}
