namespace PySign.Packaging.Toml;

/// <summary>A piece of the document's text.</summary>
/// <param name="Start">Index of its first UTF-16 unit.</param>
/// <param name="End">Index behind its last UTF-16 unit.</param>
internal readonly record struct TomlSpan(int Start, int End);
