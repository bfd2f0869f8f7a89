namespace PySign.Packaging.Toml;

/// <summary>Bounds on documents. Real ones stay far below.</summary>
internal static class TomlLimits
{
    /// <summary>UTF-16 units of one document.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    /// <summary>Lines, blank ones included; each is kept as it is written, so ten million empty ones would cost most of a
    /// gigabyte.</summary>
    public const int MaxStatements = 500_000;

    /// <summary>Values and tables of one document, however they are written: five million numbers of one array, or empty tables of one
    /// dotted key each, would cost as much as as many lines.</summary>
    public const int MaxValues = 500_000;

    /// <summary>Tables and arrays inside each other, whichever way they are written. Bounds recursion.</summary>
    public const int MaxDepth = 256;
}
