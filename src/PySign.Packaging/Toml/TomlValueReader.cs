namespace PySign.Packaging.Toml;

/// <summary>Values. Recursion follows nesting and ends at <see cref="TomlLimits.MaxDepth"/>.</summary>
internal static class TomlValueReader
{
    public static TomlValue Read(TomlScanner scanner, int depth, int statement)
    {
        scanner.CountValue();
        var start = scanner.At;
        switch (scanner.Current)
        {
            case '"' or '\'':
                var text = TomlStringReader.Read(scanner);
                return new TomlString(new TomlSpan(start, scanner.At), text);
            case '[':
                return ReadArray(scanner, depth, statement);
            case '{':
                return ReadInlineTable(scanner, depth, statement);
            default:
                return ReadWord(scanner);
        }
    }

    private static TomlArray ReadArray(TomlScanner scanner, int depth, int statement)
    {
        CheckDepth(scanner, depth);
        var array = new TomlArray(new TomlSpan(scanner.At, scanner.At), isArrayOfTables: false);
        scanner.At++;
        scanner.SkipSpaceCommentsAndLines();
        while (scanner.Current != ']')
        {
            array.Add(Read(scanner, depth + 1, statement));
            scanner.SkipSpaceCommentsAndLines();
            if (scanner.Current == ',')
            {
                scanner.At++;
                scanner.SkipSpaceCommentsAndLines();
            }
            else if (scanner.Current != ']')
            {
                throw scanner.Unexpected("',' or ']' in the array");
            }
        }

        array.EndAt(++scanner.At);
        return array;
    }

    // In TOML 1.0 all on one line and without a comma at the end; 1.1 lifts both.
    private static TomlTable ReadInlineTable(TomlScanner scanner, int depth, int statement)
    {
        CheckDepth(scanner, depth);
        var table = new TomlTable(new TomlSpan(scanner.At, scanner.At), TomlTableForm.Inline, depth);
        var builder = new TomlTableBuilder(scanner, statement, table);
        scanner.At++;
        SkipInside(scanner);
        if (scanner.Current != '}')
        {
            while (true)
            {
                ReadInlineEntry(scanner, table, builder, statement);
                if (scanner.Current != ',')
                    break;
                scanner.At++;
                SkipInside(scanner);
                if (scanner.Is11 && scanner.Current == '}')
                    break;
            }
        }

        if (scanner.Current != '}')
            throw scanner.Unexpected("',' or '}' in the inline table");
        table.EndAt(++scanner.At);
        return table;
    }

    private static void SkipInside(TomlScanner scanner)
    {
        if (scanner.Is11)
            scanner.SkipSpaceCommentsAndLines();
        else
            scanner.SkipSpace();
    }

    private static void ReadInlineEntry(TomlScanner scanner, TomlTable table, TomlTableBuilder builder, int statement)
    {
        var key = TomlKeyReader.Read(scanner);
        TomlKeyReader.ReadEquals(scanner);
        var inner = builder.Descend(table, key);
        builder.Set(inner, key[^1], Read(scanner, inner.Depth + 1, statement));
        table.ContentEnd = scanner.At;
        SkipInside(scanner);
    }

    private static TomlValue ReadWord(TomlScanner scanner)
    {
        var start = scanner.At;
        SkipWord(scanner);

        // RFC 3339 allows a blank between date and time.
        if (
            scanner.At - start == 10
            && scanner.Current == ' '
            && char.IsAsciiDigit(scanner.Peek(1))
            && TomlDateTimeReader.LooksLike(scanner.Text.AsSpan(start, 10))
        )
        {
            scanner.At++;
            SkipWord(scanner);
        }

        if (scanner.At == start)
            throw scanner.Unexpected("a value");
        var span = new TomlSpan(start, scanner.At);
        var word = scanner.Text[start..scanner.At];
        return word switch
        {
            "true" => new TomlBoolean(span, true),
            "false" => new TomlBoolean(span, false),
            _ when TomlDateTimeReader.LooksLike(word) => TomlDateTimeReader.Read(scanner, word, span),
            _ when char.IsAsciiDigit(word[0]) || word[0] is '+' or '-' or '.' || word is "inf" or "nan" => TomlNumberReader.Read(
                scanner,
                word,
                span
            ),
            _ => throw scanner.FailAt(
                start,
                TomlFailure.InvalidValue,
                "a value is a string, number, date, true, false, array or inline table; strings need quotes"
            ),
        };
    }

    private static void SkipWord(TomlScanner scanner)
    {
        while (TomlKeyReader.IsBare(scanner.Current) || scanner.Current is '+' or '.' or ':')
            scanner.At++;
    }

    private static void CheckDepth(TomlScanner scanner, int depth)
    {
        if (depth > TomlLimits.MaxDepth)
            throw scanner.Fail(TomlFailure.TooDeep, $"tables and arrays nest at most {TomlLimits.MaxDepth} deep");
    }
}
