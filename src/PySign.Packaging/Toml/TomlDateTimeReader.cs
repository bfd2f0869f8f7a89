using System.Globalization;

namespace PySign.Packaging.Toml;

/// <summary>Dates and times (TOML, after RFC 3339).</summary>
internal static class TomlDateTimeReader
{
    private const int MinutesOfDay = 24 * 60;

    /// <summary>Whether a word has the outline of a date or a time rather than of a number.</summary>
    public static bool LooksLike(ReadOnlySpan<char> word) =>
        (word.Length >= 5 && word[4] == '-' && Digits(word[..4])) || (word.Length >= 3 && word[2] == ':' && Digits(word[..2]));

    public static TomlDateTime Read(TomlScanner scanner, string word, TomlSpan span)
    {
        if (word[2] == ':')
            return new TomlDateTime(span, TomlDateTimeKind.LocalTime, Time(scanner, word, null) ?? throw Invalid(scanner, span));
        if (word.Length < 10 || !IsDate(word.AsSpan(0, 10)))
            throw Invalid(scanner, span);
        if (word.Length == 10)
            return new TomlDateTime(span, TomlDateTimeKind.LocalDate, word);
        if (word[10] is not ('T' or 't' or ' '))
            throw Invalid(scanner, span);

        var time = word.AsSpan(11);
        var zone = time.IndexOfAny("Zz+-");
        if (zone < 0)
            return new TomlDateTime(
                span,
                TomlDateTimeKind.LocalDateTime,
                $"{word[..10]}T{Time(scanner, time, null) ?? throw Invalid(scanner, span)}"
            );
        if (Offset(time[zone..]) is not { } offset || Time(scanner, time[..zone], offset) is not { } text)
            throw Invalid(scanner, span);
        return new TomlDateTime(span, TomlDateTimeKind.OffsetDateTime, $"{word[..10]}T{text}{time[zone..].ToString().ToUpperInvariant()}");
    }

    // Four digits and a hyphen are what made it look like one.
    private static bool IsDate(ReadOnlySpan<char> text)
    {
        if (text[7] != '-' || !Digits(text[5..7]) || !Digits(text[8..10]))
            return false;
        var (year, month, day) = (Number(text[..4]), Number(text[5..7]), Number(text[8..10]));

        // Year 0 is a leap year of the proleptic calendar; .NET's calendar begins with 1.
        return month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year == 0 ? 4 : year, month);
    }

    // A leap second is the last of a UTC day (RFC 3339, 5.7), so only a time with an offset can be known to have one.
    private static string? Time(TomlScanner scanner, ReadOnlySpan<char> text, int? offset)
    {
        // TOML 1.1: seconds may be left out and are zero then.
        if (scanner.Is11 && text.Length == 5)
            text = string.Concat(text, ":00");
        if (text.Length < 8 || text[2] != ':' || text[5] != ':' || !Digits(text[..2]) || !Digits(text[3..5]) || !Digits(text[6..8]))
            return null;
        var (hour, minute, second) = (Number(text[..2]), Number(text[3..5]), Number(text[6..8]));
        if (hour > 23 || minute > 59 || second > 60)
            return null;
        if (
            second == 60
            && (offset is not { } minutes || ((hour * 60) + minute - minutes + MinutesOfDay) % MinutesOfDay != MinutesOfDay - 1)
        )
            return null;
        if (text.Length == 8)
            return text.ToString();
        return text[8] == '.' && Digits(text[9..]) ? text.ToString().PadRight(12, '0') : null;
    }

    private static int? Offset(ReadOnlySpan<char> zone)
    {
        if (zone is "Z" or "z")
            return 0;
        if (zone.Length != 6 || zone[0] is not ('+' or '-') || zone[3] != ':' || !Digits(zone[1..3]) || !Digits(zone[4..]))
            return null;
        var (hour, minute) = (Number(zone[1..3]), Number(zone[4..]));
        return hour > 23 || minute > 59 ? null : (zone[0] == '-' ? -1 : 1) * ((hour * 60) + minute);
    }

    private static bool Digits(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');

    private static int Number(ReadOnlySpan<char> text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static TomlException Invalid(TomlScanner scanner, TomlSpan span) =>
        scanner.FailAt(span.Start, TomlFailure.InvalidDateTime, "this is not a date or time of RFC 3339 that exists");
}
