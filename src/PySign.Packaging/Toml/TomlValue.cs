namespace PySign.Packaging.Toml;

/// <summary>A value of a TOML document.</summary>
public abstract class TomlValue
{
    private protected TomlValue(TomlSpan span) => Span = span;

    /// <summary>Where the value is written. Empty for tables that are not inline tables and for arrays of tables.</summary>
    internal TomlSpan Span { get; private protected set; }
}

/// <summary>A string.</summary>
public sealed class TomlString : TomlValue
{
    internal TomlString(TomlSpan span, string value)
        : base(span) => Value = value;

    /// <summary>The text, escapes resolved, line ends as line feeds.</summary>
    public string Value { get; }
}

/// <summary>A 64-bit integer.</summary>
public sealed class TomlInteger : TomlValue
{
    internal TomlInteger(TomlSpan span, long value)
        : base(span) => Value = value;

    /// <summary>The number.</summary>
    public long Value { get; }
}

/// <summary>A floating-point number.</summary>
public sealed class TomlFloat : TomlValue
{
    internal TomlFloat(TomlSpan span, double value)
        : base(span) => Value = value;

    /// <summary>The number; infinities and not-a-number are possible.</summary>
    public double Value { get; }
}

/// <summary>True or false.</summary>
public sealed class TomlBoolean : TomlValue
{
    internal TomlBoolean(TomlSpan span, bool value)
        : base(span) => Value = value;

    /// <summary>The truth value.</summary>
    public bool Value { get; }
}

/// <summary>The four kinds of dates and times.</summary>
public enum TomlDateTimeKind
{
    /// <summary>Date, time and offset from UTC: a moment.</summary>
    OffsetDateTime,

    /// <summary>Date and time without offset.</summary>
    LocalDateTime,

    /// <summary>A date alone.</summary>
    LocalDate,

    /// <summary>A time of day alone.</summary>
    LocalTime,
}

/// <summary>A date, a time, or both.</summary>
public sealed class TomlDateTime : TomlValue
{
    internal TomlDateTime(TomlSpan span, TomlDateTimeKind kind, string value)
        : base(span)
    {
        Kind = kind;
        Value = value;
    }

    /// <summary>Which of the four kinds.</summary>
    public TomlDateTimeKind Kind { get; }

    /// <summary>The RFC 3339 form with <c>T</c> and <c>Z</c> in upper case and every written digit of a second, at least three when there
    /// are any.</summary>
    public string Value { get; }
}

/// <summary>An array of values, or an array of tables.</summary>
public sealed class TomlArray : TomlValue
{
    private readonly List<TomlValue> _items = [];

    internal TomlArray(TomlSpan span, bool isArrayOfTables)
        : base(span) => IsArrayOfTables = isArrayOfTables;

    /// <summary>The values in order.</summary>
    public IReadOnlyList<TomlValue> Items => _items;

    /// <summary>Whether it is written with <c>[[headers]]</c>.</summary>
    public bool IsArrayOfTables { get; }

    internal void Add(TomlValue item) => _items.Add(item);

    internal void EndAt(int end) => Span = Span with { End = end };
}
