namespace PySign.Packaging.Toml;

/// <summary>Keys: bare, quoted, dotted (TOML 1.0, "Keys").</summary>
internal static class TomlKeyReader
{
    /// <summary>Reads a key and the white space behind it.</summary>
    public static List<TomlKeyPart> Read(TomlScanner scanner)
    {
        var parts = new List<TomlKeyPart>(1);
        while (true)
        {
            parts.Add(ReadPart(scanner));
            if (parts.Count > TomlLimits.MaxDepth)
                throw scanner.Fail(TomlFailure.TooDeep, $"a key has at most {TomlLimits.MaxDepth} parts");
            scanner.SkipSpace();
            if (scanner.Current != '.')
                return parts;
            scanner.At++;
            scanner.SkipSpace();
        }
    }

    /// <summary>Reads <c>=</c> and the white space behind it.</summary>
    public static void ReadEquals(TomlScanner scanner)
    {
        if (scanner.Current != '=')
            throw scanner.Unexpected("'=' after the key");
        scanner.At++;
        scanner.SkipSpace();
    }

    public static bool IsBare(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    private static TomlKeyPart ReadPart(TomlScanner scanner)
    {
        var start = scanner.At;
        if (scanner.Current is '"' or '\'')
        {
            var text = TomlStringReader.ReadSingleLine(scanner);
            return new TomlKeyPart(text, new TomlSpan(start, scanner.At));
        }

        while (IsBare(scanner.Current))
            scanner.At++;
        if (scanner.At == start)
        {
            var unexpected = scanner.Unexpected("a key of letters, digits, '_' and '-', or in quotes");
            throw unexpected.Reason == TomlFailure.UnexpectedCharacter
                ? scanner.Fail(TomlFailure.InvalidKey, unexpected.Explanation)
                : unexpected;
        }

        return new TomlKeyPart(scanner.Text[start..scanner.At], new TomlSpan(start, scanner.At));
    }
}
