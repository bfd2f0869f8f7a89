namespace PySign.Packaging.Toml;

/// <summary>Bounds on documents. Real ones stay far below.</summary>
internal static class TomlLimits
{
    /// <summary>UTF-16 units of one document.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    /// <summary>Tables and arrays inside each other, whichever way they are written. Bounds recursion.</summary>
    public const int MaxDepth = 256;
}
