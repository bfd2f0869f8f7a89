using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PySign.Packaging.Toml;

/// <summary>
/// A TOML document that keeps how it is written: comments, blank lines, quotes, key order, line ends, byte order mark.
/// Documents do not change; an edit gives a new one, in which every character not asked to change is the same.
/// </summary>
/// <remarks>
/// Without a version, a document is one of TOML 1.0: what 1.1 added (line breaks, comments and a last comma in inline tables, times without
/// seconds, <c>\e</c> and <c>\xHH</c>) is refused, because the readers of a Python project's files refuse it too.
/// </remarks>
public sealed class TomlDocument
{
    private readonly string _text;

    private TomlDocument(string text, TomlVersion version)
    {
        _text = text;
        Version = version;
        (Statements, Root) = TomlParser.Parse(text, version);
    }

    /// <summary>The version of TOML that the document was read as.</summary>
    public TomlVersion Version { get; }

    /// <summary>The document's tables and values.</summary>
    public TomlTable Root { get; }

    internal IReadOnlyList<TomlStatement> Statements { get; }

    /// <summary>The line end the document uses: that of its first line, or a line feed.</summary>
    internal string LineEnd => Statements[0].End - Statements[0].LineEnd == 2 ? "\r\n" : "\n";

    internal string Text => _text;

    /// <summary>Reads a document.</summary>
    /// <exception cref="TomlException">The text is not TOML 1.0, too long or nested too deeply.</exception>
    public static TomlDocument Parse(string text) => new(text, TomlVersion.V1_0);

    /// <summary>Reads a document of a version of TOML.</summary>
    /// <exception cref="TomlException">The text is not TOML of that version, too long or nested too deeply.</exception>
    public static TomlDocument Parse(string text, TomlVersion version) => new(text, version);

    /// <summary>Reads a document from UTF-8 bytes.</summary>
    /// <exception cref="TomlException">The bytes are not UTF-8, or the text is not TOML 1.0.</exception>
    public static TomlDocument Parse(ReadOnlySpan<byte> utf8) => Parse(utf8, TomlVersion.V1_0);

    /// <summary>Reads a document of a version of TOML from UTF-8 bytes.</summary>
    /// <exception cref="TomlException">The bytes are not UTF-8, or the text is not TOML of that version.</exception>
    public static TomlDocument Parse(ReadOnlySpan<byte> utf8, TomlVersion version)
    {
        if (utf8.Length > TomlLimits.MaxLength * 3L)
            throw new TomlException(TomlFailure.TooLarge, 1, 1, $"the document is longer than {TomlLimits.MaxLength} characters");
        try
        {
            return new TomlDocument(
                new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(utf8),
                version
            );
        }
        catch (DecoderFallbackException)
        {
            var valid = Encoding.UTF8.GetString(utf8[..ValidLength(utf8)]);
            throw TomlException.At(valid, valid.Length, TomlFailure.InvalidEncoding, "the bytes here are not UTF-8");
        }
    }

    /// <summary>The value at a path of keys, or null when any of them is missing or not a table.</summary>
    public TomlValue? Find(params ReadOnlySpan<string> path)
    {
        TomlValue? value = Root;
        foreach (var key in path)
            value = value is TomlTable table && table.TryGetValue(key, out var next) ? next : null;
        return value;
    }

    /// <summary>
    /// Gives the document with a string at a path of keys: an existing value is replaced in its place and, where the text allows, in
    /// its quotes; a missing one is added to the deepest table that exists, in the form which that table has.
    /// </summary>
    /// <exception cref="TomlException"><see cref="TomlFailure.NotATable"/>: the path leads to or through something that cannot be
    /// edited.</exception>
    public TomlDocument WithString(IReadOnlyList<string> path, string value) => TomlEditor.WithString(this, path, value);

    /// <summary>
    /// Gives the document with an inline table of strings at a path of keys: an existing inline table or value is replaced whole; a missing
    /// one is added to the deepest table that exists, in the form which that table has.
    /// </summary>
    /// <exception cref="TomlException"><see cref="TomlFailure.NotATable"/>: the path leads to or through something that cannot be
    /// edited.</exception>
    public TomlDocument WithInlineTable(IReadOnlyList<string> path, IReadOnlyList<KeyValuePair<string, string>> entries) =>
        TomlEditor.WithInlineTable(this, path, entries);

    /// <summary>The document as UTF-8 bytes.</summary>
    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(ToString());

    /// <summary>The document: the same text it was read from.</summary>
    public override string ToString() => _text;

    private static int ValidLength(ReadOnlySpan<byte> utf8)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(utf8[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
            at += length;
        return at;
    }
}

/// <summary>The versions of TOML that can be read. 1.1 takes everything that 1.0 takes.</summary>
[SuppressMessage(
    "Naming",
    "CA1707:Identifiers should not contain underscores",
    Justification = "The underscore stands for the point of the version's number."
)]
public enum TomlVersion
{
    /// <summary>TOML 1.0.0, which a pyproject.toml is written in.</summary>
    V1_0,

    /// <summary>TOML 1.1.0.</summary>
    V1_1,
}
