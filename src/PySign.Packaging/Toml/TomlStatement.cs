namespace PySign.Packaging.Toml;

/// <summary>What a line of a document is.</summary>
internal enum TomlStatementKind
{
    /// <summary>Nothing but white space and perhaps a comment.</summary>
    Blank,

    /// <summary><c>key = value</c>.</summary>
    KeyValue,

    /// <summary><c>[table]</c> or <c>[[table]]</c>.</summary>
    Header,
}

/// <summary>
/// One line, or several when its value spans lines. Statements lie side by side without gap: indentation, key, what stands between
/// key and value, value, what follows on the line (white space, comment) and the line end. Together they are the document.
/// </summary>
/// <param name="Kind">What the line is.</param>
/// <param name="Start">Where the line begins, indentation included.</param>
/// <param name="Key">The key as written, all parts of it; for a header, everything between and with the brackets.</param>
/// <param name="Value">The value as written; empty for headers and blank lines.</param>
/// <param name="LineEnd">Where the line end begins.</param>
/// <param name="End">Behind the line end.</param>
internal sealed record TomlStatement(TomlStatementKind Kind, int Start, TomlSpan Key, TomlSpan Value, int LineEnd, int End);

/// <summary>A piece of the document's text.</summary>
/// <param name="Start">Index of its first UTF-16 unit.</param>
/// <param name="End">Index behind its last UTF-16 unit.</param>
internal readonly record struct TomlSpan(int Start, int End);

/// <summary>One part of a dotted key: its text, quotes and escapes resolved, and where it is written.</summary>
internal readonly record struct TomlKeyPart(string Text, TomlSpan Span);
