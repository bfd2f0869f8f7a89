using System.Globalization;
using PySign.Packaging.Toml;

namespace PySign.Packaging.Tests.Toml;

/// <summary>Numbers, times and strings at the edges of their grammar (TOML 1.0).</summary>
public sealed class TomlValueTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("+0", 0)]
    [InlineData("-1_0", -10)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("0x7fff_ffff_ffff_ffff", long.MaxValue)]
    [InlineData("0x0000000000000000000F", 15)]
    [InlineData("0o777777777777777777777", long.MaxValue)]
    [InlineData("0o7_0", 56)]
    [InlineData("0b111111111111111111111111111111111111111111111111111111111111111", long.MaxValue)]
    [InlineData("0b1_0", 2)]
    public void An_integer_has_its_value(string text, long value) => Assert.Equal(value, ((TomlInteger)Value(text)).Value);

    [Theory]
    [InlineData("0.0", 0)]
    [InlineData("1e+5", 1e5)]
    [InlineData("1E-2", 0.01)]
    [InlineData("1e05", 1e5)]
    [InlineData("+1.5e+3", 1500)]
    [InlineData("6_0.2_5e1_0", 60.25e10)]
    [InlineData("inf", double.PositiveInfinity)]
    [InlineData("+inf", double.PositiveInfinity)]
    [InlineData("-inf", double.NegativeInfinity)]
    [InlineData("-nan", double.NaN)]
    public void A_float_has_its_value(string text, double value) => Assert.Equal(value, ((TomlFloat)Value(text)).Value);

    [Theory]
    [InlineData("00")]
    [InlineData("-01")]
    [InlineData("1__0")]
    [InlineData("_1", TomlFailure.InvalidValue)]
    [InlineData("1_")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("0x8000000000000000")]
    [InlineData("0o1000000000000000000000")]
    [InlineData("0b1000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0o8")]
    [InlineData("0b2")]
    [InlineData("0xg")]
    [InlineData("0x")]
    [InlineData("0x_1")]
    [InlineData("0x1_")]
    [InlineData("+0x1")]
    [InlineData("0X1")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("+e5")]
    [InlineData("1.e5")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("01.5")]
    [InlineData("1._5")]
    [InlineData("1e_5")]
    [InlineData("Inf", TomlFailure.InvalidValue)]
    public void What_is_almost_a_number_is_refused(string text, TomlFailure reason = TomlFailure.InvalidNumber) =>
        Assert.Equal(reason, Refusal(text));

    [Theory]
    [InlineData("0000-02-29", TomlDateTimeKind.LocalDate, "0000-02-29")]
    [InlineData("2000-02-29", TomlDateTimeKind.LocalDate, "2000-02-29")]
    [InlineData("9999-12-31", TomlDateTimeKind.LocalDate, "9999-12-31")]
    [InlineData("23:59:59", TomlDateTimeKind.LocalTime, "23:59:59")]
    [InlineData("07:32:00.5", TomlDateTimeKind.LocalTime, "07:32:00.500")]
    [InlineData("1979-05-27t07:32:00", TomlDateTimeKind.LocalDateTime, "1979-05-27T07:32:00")]
    [InlineData("1979-05-27 07:32:00.1234", TomlDateTimeKind.LocalDateTime, "1979-05-27T07:32:00.1234")]
    [InlineData("1979-05-27T07:32:00z", TomlDateTimeKind.OffsetDateTime, "1979-05-27T07:32:00Z")]
    [InlineData("1979-05-27T07:32:00+23:59", TomlDateTimeKind.OffsetDateTime, "1979-05-27T07:32:00+23:59")]
    [InlineData("1979-05-27T07:32:00-23:59", TomlDateTimeKind.OffsetDateTime, "1979-05-27T07:32:00-23:59")]
    [InlineData("2016-12-31T23:59:60Z", TomlDateTimeKind.OffsetDateTime, "2016-12-31T23:59:60Z")]
    [InlineData("2017-01-01T05:29:60+05:30", TomlDateTimeKind.OffsetDateTime, "2017-01-01T05:29:60+05:30")]
    [InlineData("2016-12-31T18:29:60-05:30", TomlDateTimeKind.OffsetDateTime, "2016-12-31T18:29:60-05:30")]
    public void A_date_or_time_has_its_kind_and_form(string text, TomlDateTimeKind kind, string value)
    {
        var time = (TomlDateTime)Value(text);
        Assert.Equal((kind, value), (time.Kind, time.Value));
    }

    [Theory]
    [InlineData("1979-")]
    [InlineData("07:")]
    [InlineData("1979-05-2")]
    [InlineData("1979-05:27")]
    [InlineData("1979-0a-27")]
    [InlineData("1979-05-a7")]
    [InlineData("1979-00-10")]
    [InlineData("1979-13-01")]
    [InlineData("1979-01-00")]
    [InlineData("1979-04-31")]
    [InlineData("1900-02-29")]
    [InlineData("1979-05-27X07:32:00")]
    [InlineData("1979-05-27T")]
    [InlineData("1979-05-27TZ")]
    [InlineData("1979-05-27T07:32:00+24:00")]
    [InlineData("1979-05-27T07:32:00+23:60")]
    [InlineData("1979-05-27T07:32:00+1:00")]
    [InlineData("1979-05-27T07:32:00+01-00")]
    [InlineData("1979-05-27T07:32:00+01:a0")]
    [InlineData("1979-05-27T07:32:00ZZ")]
    [InlineData("24:00:00")]
    [InlineData("23:60:00")]
    [InlineData("23:59:61")]
    [InlineData("23:59:60")]
    [InlineData("07:32-00")]
    [InlineData("07:3a:00")]
    [InlineData("07:32:a0")]
    [InlineData("07:32:00.")]
    [InlineData("07:32:00.x")]
    [InlineData("07:32:00:00")]
    [InlineData("2016-12-31T23:59:60")]
    [InlineData("2016-12-31T18:29:60+05:30")]
    [InlineData("2016-12-31T23:58:60Z")]
    public void A_date_or_time_that_does_not_exist_is_refused(string text) => Assert.Equal(TomlFailure.InvalidDateTime, Refusal(text));

    [Theory]
    [InlineData("\"\\b\\t\\n\\f\\r\\\"\\\\\\u00e9\\U0001F600\"", "\b\t\n\f\r\"\\é😀")]
    [InlineData("\"\"\"x\r\ny\"\"\"", "x\ny")]
    [InlineData("'''\r\nx\r\n\r\ny'''", "x\n\ny")]
    [InlineData("\"\"\"a\\  \n\t \n  b\"\"\"", "ab")]
    [InlineData("\"\"\"a\\\r\n\r\n  b\"\"\"", "ab")]
    [InlineData("\"\"\"a\"\"b\"\"\"\"\"", "a\"\"b\"\"")]
    [InlineData("'''a'b''''", "a'b'")]
    public void A_string_has_its_value(string text, string value) => Assert.Equal(value, ((TomlString)Value(text)).Value);

    [Theory]
    [InlineData("\"\\u0041", TomlFailure.UnexpectedEnd, "the closing \"")]
    [InlineData("\"\\u004\"", TomlFailure.InvalidEscape, "\\u needs 4")]
    [InlineData("\"\\ud800\"", TomlFailure.InvalidEscape, "\\u needs 4")]
    [InlineData("\"\\U00110000\"", TomlFailure.InvalidEscape, "\\U needs 8")]
    [InlineData("\"\\q\"", TomlFailure.InvalidEscape, "the escapes are")]
    [InlineData("\"\"\"a\\ b\"\"\"", TomlFailure.InvalidEscape, "the escapes are")]
    [InlineData("'''a", TomlFailure.UnexpectedEnd, "the closing '''")]
    [InlineData("'''a''''''", TomlFailure.UnexpectedCharacter, "the end of the line")]
    [InlineData("'a\rb'", TomlFailure.ControlCharacter, "line feed")]
    [InlineData("'a\u0001b'", TomlFailure.ControlCharacter, "U+0001")]
    [InlineData("9223372036854775808", TomlFailure.InvalidNumber, "64 bits")]
    [InlineData("[1", TomlFailure.UnexpectedEnd, "in the array")]
    [InlineData("{b = 1", TomlFailure.UnexpectedEnd, "in the inline table")]
    public void A_refusal_names_what_is_wrong(string text, TomlFailure reason, string named)
    {
        var refused = Assert.Throws<TomlException>(() => Value(text));
        Assert.Equal(reason, refused.Reason);
        Assert.Contains(named, refused.Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[a", "']'")]
    [InlineData("[[a]", "']]'")]
    [InlineData("a", "'='")]
    public void A_refusal_of_a_line_names_what_is_missing(string text, string named) =>
        Assert.Contains(named, Assert.Throws<TomlException>(() => TomlDocument.Parse(text)).Explanation, StringComparison.Ordinal);

    [Fact]
    public void The_escapes_of_1_1_are_spoken_of_only_there()
    {
        var refused = Assert.Throws<TomlException>(() => TomlDocument.Parse("a = \"\\q\""));
        Assert.EndsWith(" and \\UXXXXXXXX", refused.Explanation, StringComparison.Ordinal);
        refused = Assert.Throws<TomlException>(() => TomlDocument.Parse("a = \"\\q\"", TomlVersion.V1_1));
        Assert.Contains("\\xXX", refused.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_takes_no_column()
    {
        var refused = Assert.Throws<TomlException>(() => TomlDocument.Parse("\ufeffa = x"));
        Assert.Equal((1, 5), (refused.Line, refused.Column));
    }

    [Fact]
    public void A_key_that_is_not_there_is_named()
    {
        var root = TomlDocument.Parse("a = { b = 1 }").Root;
        Assert.Contains("missing", Assert.Throws<KeyNotFoundException>(() => root["missing"]).Message, StringComparison.Ordinal);
        Assert.False(root.IsInline);
        Assert.True(((TomlTable)root["a"]).IsInline);
    }

    private static TomlValue Value(string text) => TomlDocument.Parse(string.Create(CultureInfo.InvariantCulture, $"a = {text}")).Root["a"];

    private static TomlFailure Refusal(string text) => Assert.Throws<TomlException>(() => Value(text)).Reason;
}
