namespace PySign.Packaging.Toml;

/// <summary>Reads a document line by line into statements (how it is written) and tables (what it means).</summary>
internal sealed class TomlParser
{
    private readonly TomlScanner _scanner;
    private readonly List<TomlStatement> _statements = [];
    private readonly TomlTable _root = new(default, TomlTableForm.Root, 0);
    private TomlTable _current;

    private TomlParser(string text, TomlVersion version)
    {
        _scanner = new TomlScanner(text, version);
        _current = _root;
    }

    public static (IReadOnlyList<TomlStatement> Statements, TomlTable Root) Parse(string text, TomlVersion version)
    {
        if (text.Length > TomlLimits.MaxLength)
            throw TomlException.At(text, 0, TomlFailure.TooLarge, $"the document is longer than {TomlLimits.MaxLength} characters");
        var parser = new TomlParser(text, version);

        // A byte order mark belongs to the file, not to the first key.
        if (text.StartsWith('\ufeff'))
            parser._scanner.At = 1;
        do
        {
            parser.ReadStatement();
        } while (!parser._scanner.AtEnd);
        return (parser._statements, parser._root);
    }

    private void ReadStatement()
    {
        var start = _statements.Count == 0 ? 0 : _scanner.At;
        _scanner.SkipSpace();
        var (kind, key, value) = (TomlStatementKind.Blank, default(TomlSpan), default(TomlSpan));
        if (_scanner.Current == '[')
        {
            kind = TomlStatementKind.Header;
            key = ReadHeader();
        }
        else if (!_scanner.AtEnd && _scanner.Current != '#' && !_scanner.IsLineEnd())
        {
            kind = TomlStatementKind.KeyValue;
            (key, value) = ReadKeyValue();
        }

        _scanner.SkipSpace();
        _scanner.SkipComment();
        var lineEnd = _scanner.At;
        if (!_scanner.SkipLineEnd() && !_scanner.AtEnd)
            throw _scanner.Unexpected("the end of the line");
        if (_statements.Count == TomlLimits.MaxStatements)
            throw TomlException.At(
                _scanner.Text,
                start,
                TomlFailure.TooLarge,
                $"the document has more than {TomlLimits.MaxStatements} lines"
            );
        _statements.Add(new TomlStatement(kind, start, key, value, lineEnd, _scanner.At));
    }

    private TomlSpan ReadHeader()
    {
        var start = _scanner.At;
        var isArray = _scanner.Peek(1) == '[';
        _scanner.At += isArray ? 2 : 1;
        _scanner.SkipSpace();
        var key = TomlKeyReader.Read(_scanner);
        if (_scanner.Current != ']' || (isArray && _scanner.Peek(1) != ']'))
            throw _scanner.Unexpected(isArray ? "']]'" : "']'");
        _scanner.At += isArray ? 2 : 1;
        _current = new TomlTableBuilder(_scanner, _statements.Count).Open(_root, key, isArray);
        return new TomlSpan(start, _scanner.At);
    }

    private (TomlSpan Key, TomlSpan Value) ReadKeyValue()
    {
        var key = TomlKeyReader.Read(_scanner);
        var keySpan = new TomlSpan(key[0].Span.Start, key[^1].Span.End);
        TomlKeyReader.ReadEquals(_scanner);
        var builder = new TomlTableBuilder(_scanner, _statements.Count);
        var table = builder.Descend(_current, key);
        var value = TomlValueReader.Read(_scanner, table.Depth + 1, _statements.Count);
        builder.Set(table, key[^1], value);
        _current.LastStatement = _statements.Count;
        return (keySpan, value.Span);
    }
}
