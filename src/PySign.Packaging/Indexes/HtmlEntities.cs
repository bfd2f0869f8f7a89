namespace PySign.Packaging.Indexes;

/// <summary>Character references (HTML 5, 13.1.4) that readers of HTML resolve in different ways.</summary>
internal static class HtmlEntities
{
    private const int DecimalDigits = 7;
    private const int HexDigits = 6;

    /// <summary>Whether a text has a number without its semicolon or of too many digits, or a name that HTML 5 added: some readers resolve
    /// them, others do not. It is read once from front to back, whatever it holds.</summary>
    public static bool AreOdd(ReadOnlySpan<char> text)
    {
        while (text.IndexOf('&') is >= 0 and var at)
        {
            text = text[(at + 1)..];
            if (text is ['#', .. var number] ? !IsPlainNumber(number) : IsAddedName(text))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPlainNumber(ReadOnlySpan<char> text)
    {
        var digits = 0;
        if (text is ['x' or 'X', .. var hex])
        {
            while (digits < hex.Length && char.IsAsciiHexDigit(hex[digits]))
            {
                digits++;
            }

            return digits is > 0 and <= HexDigits && digits < hex.Length && hex[digits] == ';';
        }

        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            digits++;
        }

        return digits is > 0 and <= DecimalDigits && digits < text.Length && text[digits] == ';';
    }

    private static bool IsAddedName(ReadOnlySpan<char> text)
    {
        var letters = 0;
        while (letters < text.Length && char.IsAsciiLetterOrDigit(text[letters]))
        {
            letters++;
        }

        return letters > 0
            && char.IsAsciiLetter(text[0])
            && letters < text.Length
            && text[letters] == ';'
            && text[..letters] is not ("amp" or "lt" or "gt" or "quot" or "apos");
    }
}
