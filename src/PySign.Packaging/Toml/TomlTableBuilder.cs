namespace PySign.Packaging.Toml;

/// <summary>
/// Puts keys into tables and refuses what contradicts earlier lines (TOML 1.0, "Table", "Inline Table", "Array of Tables").
/// | met on the way | header | dotted key |
/// |---|---|---|
/// | nothing | an implicit table | a dotted table |
/// | implicit table | through it | it becomes dotted |
/// | header table | through it | refused |
/// | dotted table | through it | through it |
/// | inline table, value, static array | refused | refused |
/// | array of tables | its last table | refused |
/// </summary>
internal sealed class TomlTableBuilder(TomlScanner scanner, int statement, TomlTable? inline = null)
{
    /// <summary>Makes the table of a header and returns it.</summary>
    public TomlTable Open(TomlTable root, List<TomlKeyPart> key, bool isArray)
    {
        var table = root;
        for (var i = 0; i < key.Count - 1; i++)
            table = Through(table, key[i]);
        return isArray ? OpenArray(table, key[^1]) : OpenTable(table, key[^1]);
    }

    /// <summary>Goes through all parts of a dotted key but the last.</summary>
    public TomlTable Descend(TomlTable table, List<TomlKeyPart> key)
    {
        for (var i = 0; i < key.Count - 1; i++)
        {
            switch (table.Find(key[i].Text)?.Value)
            {
                case null:
                    table = Create(table, key[i], TomlTableForm.Dotted);
                    break;
                case TomlTable { Form: TomlTableForm.Dotted or TomlTableForm.Implicit } next:
                    next.Form = TomlTableForm.Dotted;
                    table = next;
                    break;
                default:
                    throw Duplicate(key[i], "is already defined and cannot be extended by a dotted key");
            }

            table.LastStatement = statement;
            table.InlineOwner = inline;
            table.Prefix = new TomlSpan(key[0].Span.Start, key[i].Span.End);
        }

        return table;
    }

    /// <summary>Adds a value under a key that must be new.</summary>
    public void Set(TomlTable table, TomlKeyPart key, TomlValue value)
    {
        if (table.Find(key.Text) is not null)
            throw Duplicate(key, "is already defined");
        table.Add(new TomlEntry(key.Text, value, key.Span, statement));
    }

    private TomlTable Through(TomlTable table, TomlKeyPart key) =>
        table.Find(key.Text)?.Value switch
        {
            null => Create(table, key, TomlTableForm.Implicit),
            TomlTable { Form: not TomlTableForm.Inline } next => next,
            TomlArray { IsArrayOfTables: true } array => (TomlTable)array.Items[^1],
            _ => throw Duplicate(key, "is already defined and is not a table that a header can extend"),
        };

    private TomlTable OpenTable(TomlTable parent, TomlKeyPart key)
    {
        var table = parent.Find(key.Text)?.Value switch
        {
            null => Create(parent, key, TomlTableForm.Header),
            TomlTable { Form: TomlTableForm.Implicit } found => found,
            _ => throw Duplicate(key, "is already defined"),
        };
        table.Form = TomlTableForm.Header;
        table.LastStatement = statement;
        return table;
    }

    private TomlTable OpenArray(TomlTable parent, TomlKeyPart key)
    {
        TomlArray array;
        switch (parent.Find(key.Text)?.Value)
        {
            case null:
                array = new TomlArray(default, isArrayOfTables: true);
                Set(parent, key, array);
                break;
            case TomlArray { IsArrayOfTables: true } found:
                array = found;
                break;
            default:
                throw Duplicate(key, "is already defined and is not an array of tables");
        }

        var table = NewTable(parent.Depth + 2, key, TomlTableForm.Header);
        table.LastStatement = statement;
        array.Add(table);
        return table;
    }

    private TomlTable Create(TomlTable parent, TomlKeyPart key, TomlTableForm form)
    {
        var table = NewTable(parent.Depth + 1, key, form);
        Set(parent, key, table);
        return table;
    }

    private TomlTable NewTable(int depth, TomlKeyPart key, TomlTableForm form)
    {
        scanner.CountValue();
        return depth <= TomlLimits.MaxDepth
            ? new TomlTable(default, form, depth)
            : throw scanner.FailAt(key.Span.Start, TomlFailure.TooDeep, $"tables and arrays nest at most {TomlLimits.MaxDepth} deep");
    }

    private TomlException Duplicate(TomlKeyPart key, string explanation) =>
        scanner.FailAt(key.Span.Start, TomlFailure.DuplicateKey, $"'{key.Text}' {explanation}");
}
