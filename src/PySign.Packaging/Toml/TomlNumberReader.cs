using System.Globalization;

namespace PySign.Packaging.Toml;

/// <summary>Integers and floats (TOML 1.0, "Integer" and "Float").</summary>
internal static class TomlNumberReader
{
    public static TomlValue Read(TomlScanner scanner, string word, TomlSpan span)
    {
        var body = word.AsSpan(word[0] is '+' or '-' ? 1 : 0);
        if (body is "inf" or "nan")
        {
            var special =
                body is "nan" ? double.NaN
                : word[0] == '-' ? double.NegativeInfinity
                : double.PositiveInfinity;
            return new TomlFloat(span, special);
        }

        if (body.Length > 2 && body[0] == '0' && body[1] is 'x' or 'o' or 'b')
            return new TomlInteger(span, ReadPrefixed(scanner, word, span));
        if (IsDecimal(body))
            return new TomlInteger(span, ReadDecimal(scanner, word, span));
        if (IsFloat(body))
            return new TomlFloat(
                span,
                double.Parse(word.Replace("_", string.Empty, StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture)
            );
        throw scanner.FailAt(span.Start, TomlFailure.InvalidNumber, "this is neither an integer nor a float");
    }

    private static long ReadDecimal(TomlScanner scanner, string word, TomlSpan span) =>
        long.TryParse(
            word.Replace("_", string.Empty, StringComparison.Ordinal),
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out var value
        )
            ? value
            : throw OutOfRange(scanner, span);

    private static long ReadPrefixed(TomlScanner scanner, string word, TomlSpan span)
    {
        var bits = word[1] switch
        {
            'x' => 4,
            'o' => 3,
            'b' => 1,
            _ => 0,
        };
        if (bits == 0 || !HasDigits(word.AsSpan(2), c => IsDigitOf(c, bits)))
            throw scanner.FailAt(
                span.Start,
                TomlFailure.InvalidNumber,
                "0x, 0o and 0b are followed by digits of their base and carry no sign"
            );
        var value = 0L;
        foreach (var c in word.AsSpan(2))
        {
            if (c == '_')
                continue;
            if (value >> (63 - bits) != 0)
                throw OutOfRange(scanner, span);
            value = (value << bits) | (long)Convert.ToInt32(c.ToString(), 16);
        }

        return value;
    }

    private static bool IsDigitOf(char c, int bits) =>
        bits switch
        {
            4 => char.IsAsciiHexDigit(c),
            3 => c is >= '0' and <= '7',
            _ => c is '0' or '1',
        };

    // No leading zeros; the sign is already gone.
    private static bool IsDecimal(ReadOnlySpan<char> body) => HasDigits(body, char.IsAsciiDigit) && (body.Length == 1 || body[0] != '0');

    private static bool IsFloat(ReadOnlySpan<char> body)
    {
        var exponent = body.IndexOfAny('e', 'E');
        if (exponent >= 0)
        {
            var digits = body[(exponent + 1)..];
            if (!HasDigits(digits.Length > 0 && digits[0] is '+' or '-' ? digits[1..] : digits, char.IsAsciiDigit))
                return false;
            body = body[..exponent];
        }

        var point = body.IndexOf('.');
        if (point >= 0 && !HasDigits(body[(point + 1)..], char.IsAsciiDigit))
            return false;
        return (point >= 0 || exponent >= 0) && IsDecimal(point >= 0 ? body[..point] : body);
    }

    // Underscores only between digits.
    private static bool HasDigits(ReadOnlySpan<char> text, Func<char, bool> isDigit)
    {
        var expectDigit = true;
        foreach (var c in text)
        {
            if (c == '_' && !expectDigit)
                expectDigit = true;
            else if (isDigit(c))
                expectDigit = false;
            else
                return false;
        }

        return !expectDigit;
    }

    private static TomlException OutOfRange(TomlScanner scanner, TomlSpan span) =>
        scanner.FailAt(span.Start, TomlFailure.InvalidNumber, "the integer does not fit 64 bits");
}
