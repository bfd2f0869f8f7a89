using System.Diagnostics.CodeAnalysis;

namespace PySign.Packaging.Toml;

/// <summary>How a table came to be, which decides who may still add to it (TOML 1.0, "Table").</summary>
internal enum TomlTableForm
{
    /// <summary>The document itself.</summary>
    Root,

    /// <summary>Only named on the way to a deeper header.</summary>
    Implicit,

    /// <summary>Has its own <c>[header]</c>.</summary>
    Header,

    /// <summary>Made by dotted keys.</summary>
    Dotted,

    /// <summary>Written in braces, closed for good.</summary>
    Inline,
}

/// <summary>A key of a table, with its value and where both are written.</summary>
/// <param name="Key">The key, quotes and escapes resolved.</param>
/// <param name="Value">The value.</param>
/// <param name="KeySpan">The written key: the last part of a dotted key or header.</param>
/// <param name="Statement">Index of the statement that first made this entry.</param>
internal sealed record TomlEntry(string Key, TomlValue Value, TomlSpan KeySpan, int Statement);

/// <summary>A table: keys in the order in which they were first written.</summary>
public sealed class TomlTable : TomlValue
{
    // Most tables have a few keys; only larger ones are worth an index.
    private const int Indexed = 8;

    private readonly List<TomlEntry> _entries = [];
    private Dictionary<string, TomlEntry>? _index;

    internal TomlTable(TomlSpan span, TomlTableForm form, int depth)
        : base(span)
    {
        Form = form;
        Depth = depth;
    }

    /// <summary>The keys in the order in which they were first written.</summary>
    public IEnumerable<string> Keys => _entries.Select(entry => entry.Key);

    /// <summary>Whether the table is written in braces.</summary>
    public bool IsInline => Form == TomlTableForm.Inline;

    /// <summary>How many keys the table has.</summary>
    public int Count => _entries.Count;

    internal TomlTableForm Form { get; set; }

    internal int Depth { get; }

    /// <summary>The statement after which a new line of this table belongs: its header, or its last key.</summary>
    internal int LastStatement { get; set; } = -1;

    /// <summary>For a table made by dotted keys: the written key up to and with this table's part.</summary>
    internal TomlSpan Prefix { get; set; }

    /// <summary>For a table made by dotted keys between braces: the inline table it stands in.</summary>
    internal TomlTable? InlineOwner { get; set; }

    /// <summary>For an inline table: behind its last value.</summary>
    internal int ContentEnd { get; set; }

    internal IReadOnlyList<TomlEntry> Entries => _entries;

    /// <summary>The value of a key.</summary>
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public TomlValue this[string key] =>
        TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"the table has no key '{key}'");

    /// <summary>The value of a key; false when there is none.</summary>
    public bool TryGetValue(string key, [NotNullWhen(true)] out TomlValue? value)
    {
        value = Find(key)?.Value;
        return value is not null;
    }

    internal TomlEntry? Find(string key)
    {
        if (_index is not null)
            return _index.GetValueOrDefault(key);
        foreach (var entry in _entries)
        {
            if (entry.Key == key)
                return entry;
        }

        return null;
    }

    internal void Add(TomlEntry entry)
    {
        _entries.Add(entry);
        if (_index is not null)
            _index.Add(entry.Key, entry);
        else if (_entries.Count > Indexed)
            _index = _entries.ToDictionary(known => known.Key, StringComparer.Ordinal);
    }

    internal void EndAt(int end) => Span = Span with { End = end };
}
