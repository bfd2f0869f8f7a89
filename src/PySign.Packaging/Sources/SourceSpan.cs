namespace PySign.Packaging.Sources;

/// <summary>A value that stands in a file: where its characters are and what they say.</summary>
internal readonly record struct SourceSpan(int Start, int End, string Value);
