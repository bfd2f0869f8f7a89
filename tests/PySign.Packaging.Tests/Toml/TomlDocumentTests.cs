using System.Text;
using PySign.Packaging.Toml;
using PySign.Packaging.TomlTest;

namespace PySign.Packaging.Tests.Toml;

public sealed class TomlDocumentTests
{
    [Theory]
    [InlineData("a = 1\nb = \n", 2, 5, TomlFailure.UnexpectedEnd)]
    [InlineData("a = 1\r\n\r\nb = x", 3, 5, TomlFailure.InvalidValue)]
    [InlineData("é\n", 1, 1, TomlFailure.InvalidKey)]
    [InlineData("a = '😀\u0001'", 1, 7, TomlFailure.ControlCharacter)]
    [InlineData("# c\r", 1, 4, TomlFailure.ControlCharacter)]
    [InlineData("a = \"\\x41\"", 1, 6, TomlFailure.InvalidEscape)]
    [InlineData("a = \"\\e\"", 1, 6, TomlFailure.InvalidEscape)]
    [InlineData("a = 9223372036854775808", 1, 5, TomlFailure.InvalidNumber)]
    [InlineData("a = 0x8000000000000000", 1, 5, TomlFailure.InvalidNumber)]
    [InlineData("a = 12:30", 1, 5, TomlFailure.InvalidDateTime)]
    [InlineData("a = 2023-02-29", 1, 5, TomlFailure.InvalidDateTime)]
    [InlineData("a = 2016-12-31T23:59:60", 1, 5, TomlFailure.InvalidDateTime)]
    [InlineData("a = {b = 1,}", 1, 12, TomlFailure.InvalidKey)]
    [InlineData("a = {\nb = 1}", 1, 6, TomlFailure.UnexpectedEnd)]
    [InlineData("[a]\n[b]\n[a]", 3, 2, TomlFailure.DuplicateKey)]
    [InlineData("a = 1 b = 2", 1, 7, TomlFailure.UnexpectedCharacter)]
    public void What_is_not_toml_is_refused_at_its_place(string text, int line, int column, TomlFailure reason)
    {
        var refused = Assert.Throws<TomlException>(() => TomlDocument.Parse(text));
        Assert.Equal((line, column, reason), (refused.Line, refused.Column, refused.Reason));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        var refused = Assert.Throws<TomlException>(() => TomlDocument.Parse("a = '\ud800'"));
        Assert.Equal(TomlFailure.InvalidEncoding, refused.Reason);
        Assert.Contains("surrogate", refused.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused_at_their_place()
    {
        var refused = Assert.Throws<TomlException>(() => TomlDocument.Parse([.. "a = 1\n# ü"u8, 0xff, (byte)'\n']));
        Assert.Equal((2, 4, TomlFailure.InvalidEncoding), (refused.Line, refused.Column, refused.Reason));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\ufeff")]
    [InlineData("\r\n \t\n# only a comment")]
    [InlineData("\ufeff  [a] # c\r\n\tb=1\n\n\nc . 'd' = [ 1,\r\n # x\n 2 ,]   ")]
    public void A_document_is_written_back_as_it_was(string text)
    {
        Assert.Equal(text, TomlDocument.Parse(text).ToString());
        Assert.Equal(Encoding.UTF8.GetBytes(text), TomlDocument.Parse(Encoding.UTF8.GetBytes(text)).ToUtf8());
    }

    [Fact]
    public void A_leap_second_of_utc_is_a_moment() =>
        Assert.Equal("2016-12-31T18:59:60-05:00", ((TomlDateTime)TomlDocument.Parse("a = 2016-12-31 18:59:60-05:00").Root["a"]).Value);

    [Theory]
    [InlineData("", "b.c", "v", "[b]\nc = \"v\"")]
    [InlineData("[t]\n\n", "b.c", "v", "[t]\n\n[b]\nc = \"v\"\n")]
    [InlineData("", "a", "v", "a = \"v\"\n")]
    [InlineData("# c\n[t]\n", "a", "v", "a = \"v\"\n# c\n[t]\n")]
    [InlineData("[[t]]\n", "a.\"b\".c", "v", "[[t]]\n\n[a.\"\\\"b\\\"\"]\nc = \"v\"\n")]
    [InlineData("a = 'x'", "a", "it's", "a = \"it's\"")]
    [InlineData("a = 1 # n", "a", "q\"\\\n", "a = \"q\\\"\\\\\\n\" # n")]
    [InlineData("a = '''x'''", "a", "y'", "a = \"y'\"")]
    [InlineData("a = [1, 2]", "a", "v", "a = \"v\"")]
    [InlineData("[a.b]\nx = 1\n", "a.y", "v", "[a.b]\nx = 1\n\n[a]\ny = \"v\"\n")]
    public void A_string_is_set_anywhere(string before, string path, string value, string after)
    {
        var edited = TomlDocument.Parse(before).WithString(path.Split('.'), value);
        Assert.Equal(value, ((TomlString)edited.Find(path.Split('.'))!).Value);
        Assert.Equal(after, edited.ToString());
    }

    [Theory]
    [InlineData("[a]\n", "a")]
    [InlineData("[[a]]\n", "a.b")]
    [InlineData("a = 1\n", "a.b")]
    public void What_cannot_be_edited_is_refused(string text, string path) =>
        Assert.Equal(
            TomlFailure.NotATable,
            Assert.Throws<TomlException>(() => TomlDocument.Parse(text).WithString(path.Split('.'), "v")).Reason
        );

    [Theory]
    [InlineData("a = 1\n", 0, "{\n  \"a\": {\n    \"type\": \"integer\",\n    \"value\": \"1\"\n  }\n}\n", new string[0])]
    [InlineData("# c\r\na = 1", 0, "# c\r\na = 1", new[] { "--roundtrip" })]
    [InlineData("[project]\nversion = '1' # v", 0, "[project]\nversion = '2.0' # v", new[] { "--set", "project.version=2.0" })]
    [InlineData("a = \n", 1, "", new string[0])]
    [InlineData("[project]\ndynamic = ['version']\n", 1, "", new[] { "--set", "project.version=2.0" })]
    [InlineData("a = 1\n", 2, "", new[] { "--unknown" })]
    public void The_decoder_speaks_the_protocol_of_toml_test(string input, int exitCode, string output, string[] arguments)
    {
        using var written = new MemoryStream();
        using var error = new StringWriter();
        Assert.Equal(exitCode, Commands.Run(arguments, new MemoryStream(Encoding.UTF8.GetBytes(input)), written, error));
        Assert.Equal(
            output,
            Encoding.UTF8.GetString(written.ToArray()).ReplaceLineEndings(input.Contains('\r', StringComparison.Ordinal) ? "\r\n" : "\n")
        );
        Assert.Equal(exitCode == 0, error.ToString().Length == 0);
    }
}
