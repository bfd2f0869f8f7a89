using System.Text;

namespace PySign.Packaging.Toml;

/// <summary>Edits a document by replacing or inserting one piece of its text and reading the result again, so that an edit is always
/// valid.</summary>
internal static class TomlEditor
{
    public static TomlDocument WithString(TomlDocument document, IReadOnlyList<string> path, string value) =>
        With(document, path, old => TomlStringWriter.Write(value, old));

    /// <summary>Puts an inline table of strings at a path; one that is there is replaced whole.</summary>
    public static TomlDocument WithInlineTable(
        TomlDocument document,
        IReadOnlyList<string> path,
        IReadOnlyList<KeyValuePair<string, string>> entries
    )
    {
        var text = string.Join(
            ", ",
            entries.Select(one => $"{TomlStringWriter.WriteKey([one.Key])} = {TomlStringWriter.Write(one.Value)}")
        );
        return With(document, path, _ => $"{{ {text} }}");
    }

    /// <summary>Where a missing key of a table that is written with a header or in braces goes, and what is written there.</summary>
    /// <exception cref="TomlException">The table has another form.</exception>
    public static (TomlSpan At, string Text) Addition(TomlDocument document, TomlTable table, string line)
    {
        switch (table.Form)
        {
            case TomlTableForm.Inline when table.Count > 0:
                return (new TomlSpan(table.ContentEnd, table.ContentEnd), $", {line}");
            case TomlTableForm.Header:
                var statement = document.Statements[table.LastStatement];
                var indentation = document.Text[statement.Start..statement.Key.Start];
                return (new TomlSpan(statement.LineEnd, statement.LineEnd), document.LineEnd + indentation + line);
            default:
                throw TomlException.At(document.Text, table.Span.Start, TomlFailure.NotATable, "this table cannot be added to");
        }
    }

    /// <summary>Makes several changes, which do not overlap, at once.</summary>
    public static TomlDocument Apply(TomlDocument document, IEnumerable<(TomlSpan At, string Text)> changes)
    {
        var text = new StringBuilder();
        var end = 0;
        foreach (var (at, replacement) in changes.OrderBy(static change => change.At.Start))
        {
            text.Append(document.Text, end, at.Start - end).Append(replacement);
            end = at.End;
        }

        return TomlDocument.Parse(text.Append(document.Text, end, document.Text.Length - end).ToString(), document.Version);
    }

    private delegate string Writer(ReadOnlySpan<char> old);

    private static TomlDocument With(TomlDocument document, IReadOnlyList<string> path, Writer write)
    {
        if (path.Count == 0)
            throw new ArgumentException("The path names no key.", nameof(path));
        var table = document.Root;
        for (var i = 0; i < path.Count - 1; i++)
        {
            switch (table.Find(path[i]))
            {
                case null:
                    return Insert(document, table, path, i, write(default));
                case { Value: TomlTable next }:
                    table = next;
                    break;
                case { } entry:
                    throw NotEditable(document, entry, "is not a table, so nothing can be put into it");
            }
        }

        return table.Find(path[^1]) switch
        {
            null => Insert(document, table, path, path.Count - 1, write(default)),
            { Value: TomlTable { Form: not TomlTableForm.Inline } or TomlArray { IsArrayOfTables: true } } entry => throw NotEditable(
                document,
                entry,
                "is a table, not a value"
            ),
            { Value: var old } => Splice(document, old.Span, write(document.Text.AsSpan(old.Span.Start, old.Span.End - old.Span.Start))),
        };
    }

    // How a missing key is written follows the table it goes into.
    private static TomlDocument Insert(TomlDocument document, TomlTable table, IReadOnlyList<string> path, int known, string written)
    {
        var missing = path.Skip(known).ToList();
        switch (table.Form)
        {
            case TomlTableForm.Inline:
                return InsertInline(document, table, Nested(missing, written));
            case TomlTableForm.Dotted:
                var prefix = document.Text[table.Prefix.Start..table.Prefix.End];
                var entry = $"{prefix}.{TomlStringWriter.WriteKey(missing)} = {written}";
                return table.InlineOwner is { } owner
                    ? InsertInline(document, owner, entry)
                    : InsertLine(document, table.LastStatement, entry);
            case TomlTableForm.Header or TomlTableForm.Root when missing.Count == 1:
                return InsertLine(document, table.LastStatement, $"{TomlStringWriter.WriteKey(missing)} = {written}");
            case TomlTableForm.Header:
                return InsertTable(document, table.LastStatement, path, written);
            default:
                return InsertTable(document, document.Statements.Count - 1, path, written);
        }
    }

    private static string Nested(List<string> missing, string written)
    {
        var text = $"{TomlStringWriter.WriteKey([missing[^1]])} = {written}";
        for (var i = missing.Count - 2; i >= 0; i--)
            text = $"{TomlStringWriter.WriteKey([missing[i]])} = {{ {text} }}";
        return text;
    }

    private static TomlDocument InsertInline(TomlDocument document, TomlTable table, string entry)
    {
        if (table.Count > 0)
            return Splice(document, new TomlSpan(table.ContentEnd, table.ContentEnd), $", {entry}");

        // Between the braces of TOML 1.1 there may be a comment, which stays.
        var isBlank = document.Text.AsSpan(table.Span.Start + 1, table.Span.End - table.Span.Start - 2).Trim(" \t").IsEmpty;
        return isBlank
            ? Splice(document, table.Span, $"{{ {entry} }}")
            : Splice(document, new TomlSpan(table.Span.Start + 1, table.Span.Start + 1), $" {entry}");
    }

    // Before the line end, not behind it: so a last line without one stays without one.
    private static TomlDocument InsertLine(TomlDocument document, int after, string line)
    {
        if (after < 0)
        {
            var start = document.Text.StartsWith('\ufeff') ? 1 : 0;
            return Splice(document, new TomlSpan(start, start), line + document.LineEnd);
        }

        var statement = document.Statements[after];
        var indentation = document.Text[statement.Start..statement.Key.Start].TrimStart('\ufeff');
        return Splice(document, new TomlSpan(statement.LineEnd, statement.LineEnd), document.LineEnd + indentation + line);
    }

    private static TomlDocument InsertTable(TomlDocument document, int after, IReadOnlyList<string> path, string written)
    {
        var statement = document.Statements[after];
        var lineEnd = document.LineEnd;
        var table = $"[{TomlStringWriter.WriteKey(path.Take(path.Count - 1))}]{lineEnd}{TomlStringWriter.WriteKey([path[^1]])} = {written}";

        // An empty line apart from what stands before, unless nothing does.
        var isEmptyLine = statement.Kind == TomlStatementKind.Blank && statement.LineEnd == statement.Start;
        var gap =
            !isEmptyLine ? lineEnd + lineEnd
            : after == 0 ? string.Empty
            : lineEnd;
        return Splice(document, new TomlSpan(statement.LineEnd, statement.LineEnd), gap + table);
    }

    private static TomlDocument Splice(TomlDocument document, TomlSpan span, string replacement) =>
        TomlDocument.Parse(
            string.Concat(document.Text.AsSpan(0, span.Start), replacement, document.Text.AsSpan(span.End)),
            document.Version
        );

    private static TomlException NotEditable(TomlDocument document, TomlEntry entry, string explanation) =>
        TomlException.At(document.Text, entry.KeySpan.Start, TomlFailure.NotATable, $"'{entry.Key}' {explanation}");
}
