using System.Globalization;
using System.Text;

namespace PySign.Packaging.Toml;

/// <summary>The four forms of strings (TOML, "String").</summary>
internal static class TomlStringReader
{
    /// <summary>Reads the string that begins here with <c>"</c> or <c>'</c>.</summary>
    public static string Read(TomlScanner scanner)
    {
        var quote = scanner.Current;
        return scanner.Peek(1) == quote && scanner.Peek(2) == quote ? ReadMultiline(scanner, quote) : ReadSingleLine(scanner);
    }

    /// <summary>Reads a string of one line, the only form a key may have.</summary>
    public static string ReadSingleLine(TomlScanner scanner)
    {
        var quote = scanner.Current;
        var start = ++scanner.At;
        StringBuilder? builder = null;
        while (true)
        {
            scanner.SkipLetters();
            if (scanner.Current == quote)
                break;
            if (scanner.AtEnd || scanner.IsLineEnd())
                throw scanner.Unexpected($"the closing {quote} of the string");
            if (quote == '"' && scanner.Current == '\\')
            {
                builder ??= new StringBuilder();
                builder.Append(scanner.Text, start, scanner.At - start);
                ReadEscape(scanner, builder);
                start = scanner.At;
            }
            else
            {
                scanner.CheckCharacter();
                scanner.At++;
            }
        }

        var end = scanner.At++;
        return builder is null ? scanner.Text[start..end] : builder.Append(scanner.Text, start, end - start).ToString();
    }

    private static string ReadMultiline(TomlScanner scanner, char quote)
    {
        scanner.At += 3;

        // "A newline immediately following the opening delimiter will be trimmed."
        scanner.SkipLineEnd();
        var builder = new StringBuilder();
        while (true)
        {
            if (scanner.AtEnd)
                throw scanner.Unexpected($"the closing {new string(quote, 3)} of the string");
            if (scanner.Current == quote)
            {
                if (ReadQuotes(scanner, quote, builder))
                    return builder.ToString();
            }
            else if (scanner.SkipLineEnd())
            {
                // Normalized, so that a value does not depend on how a file was checked out.
                builder.Append('\n');
            }
            else if (quote == '"' && scanner.Current == '\\')
            {
                if (!SkipEscapedLineEnd(scanner))
                    ReadEscape(scanner, builder);
            }
            else
            {
                var start = scanner.At;
                scanner.CheckCharacter();
                scanner.At++;
                builder.Append(scanner.Text, start, scanner.At - start);
            }
        }
    }

    // Up to two quotes may stand inside, also directly before the closing three: """"two"""" and so on, but never six.
    private static bool ReadQuotes(TomlScanner scanner, char quote, StringBuilder builder)
    {
        var count = 0;
        while (count < 5 && scanner.Peek(count) == quote)
            count++;
        builder.Append(quote, count < 3 ? count : count - 3);
        scanner.At += count;
        return count >= 3;
    }

    // A backslash as the last thing on a line (white space aside) joins it with the next text.
    private static bool SkipEscapedLineEnd(TomlScanner scanner)
    {
        var backslash = scanner.At++;
        scanner.SkipSpace();
        if (!scanner.SkipLineEnd())
        {
            scanner.At = backslash;
            return false;
        }

        do
        {
            scanner.SkipSpace();
        } while (scanner.SkipLineEnd());
        return true;
    }

    private static void ReadEscape(TomlScanner scanner, StringBuilder builder)
    {
        var start = scanner.At;
        var c = scanner.Peek(1);
        scanner.At += 2;
        if (Escaped(c, scanner.Is11) is { } character)
        {
            builder.Append(character);
            return;
        }

        var digits = c switch
        {
            'x' when scanner.Is11 => 2,
            'u' => 4,
            'U' => 8,
            _ => throw scanner.FailAt(
                start,
                TomlFailure.InvalidEscape,
                "the escapes are \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX and \\UXXXXXXXX" + (scanner.Is11 ? ", \\e and \\xXX" : string.Empty)
            ),
        };
        AppendScalar(scanner, start, digits, builder);
    }

    /// <summary>What an escape of one letter stands for; null for all others.</summary>
    private static char? Escaped(char letter, bool is11) =>
        letter switch
        {
            'b' => '\b',
            't' => '\t',
            'n' => '\n',
            'f' => '\f',
            'r' => '\r',
            '"' or '\\' => letter,
            'e' when is11 => '\u001b',
            _ => null,
        };

    private static void AppendScalar(TomlScanner scanner, int start, int length, StringBuilder builder)
    {
        if (
            scanner.At + length > scanner.Text.Length
            || !uint.TryParse(
                scanner.Text.AsSpan(scanner.At, length),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out var value
            )
            || !Rune.IsValid(value)
        )
            throw scanner.FailAt(
                start,
                TomlFailure.InvalidEscape,
                $"\\{scanner.Text[start + 1]} needs {length} hexadecimal digits of a Unicode scalar value"
            );
        builder.Append(new Rune(value));
        scanner.At += length;
    }
}
