namespace PySign.Packaging.Toml;

/// <summary>One part of a dotted key: its text, quotes and escapes resolved, and where it is written.</summary>
internal readonly record struct TomlKeyPart(string Text, TomlSpan Span);
