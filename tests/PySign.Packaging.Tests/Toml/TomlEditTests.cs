using PySign.Packaging.Toml;

namespace PySign.Packaging.Tests.Toml;

/// <summary>An edit changes what it was asked to change, in the form that the document has.</summary>
public sealed class TomlEditTests
{
    [Theory]
    [InlineData("a = 1\r\n", "b", "a = 1\r\nb = \"v\"\r\n")]
    [InlineData("[t]\n", "t.a", "[t]\na = \"v\"\n")]
    [InlineData("\ufeff[t]\n", "a", "\ufeffa = \"v\"\n[t]\n")]
    [InlineData("\ufeffa = 1\n", "b", "\ufeffa = 1\nb = \"v\"\n")]
    [InlineData("[t]\na = 1\n# c\n", "b.c", "[t]\na = 1\n# c\n\n[b]\nc = \"v\"\n")]
    [InlineData("[t]\r\na = 1\r\n", "b.c", "[t]\r\na = 1\r\n\r\n[b]\r\nc = \"v\"")]
    [InlineData("t = {}", "t.a", "t = { a = \"v\" }")]
    [InlineData("t = {\t }", "t.a", "t = { a = \"v\" }")]
    [InlineData("t = { b = 1 }", "t.a", "t = { b = 1, a = \"v\" }")]
    [InlineData("t = {}", "t.a.b.c", "t = { a = { b = { c = \"v\" } } }")]
    [InlineData("t = { u.b = 1 }", "t.u.a", "t = { u.b = 1, u.a = \"v\" }")]
    [InlineData("t.u = 1\nb = 2\n", "t.a", "t.u = 1\nt.a = \"v\"\nb = 2\n")]
    [InlineData("  t.u = 1\n", "t.a.b", "  t.u = 1\n  t.a.b = \"v\"\n")]
    [InlineData("", "a..b", "[a.\"\"]\nb = \"v\"")]
    public void A_missing_key_is_added_where_its_table_is_written(string before, string path, string after)
    {
        var document = TomlDocument.Parse(before).WithString(path.Split('.'), "v");
        Assert.Equal(after.TrimEnd(), document.ToString().TrimEnd());
        Assert.Equal("v", ((TomlString)document.Find(path.Split('.'))!).Value);
    }

    [Theory]
    [InlineData("'x'", "a b", "'a b'")]
    [InlineData("'x'", "a\tb", "'a\tb'")]
    [InlineData("'x'", "a\u0001b", "\"a\\u0001b\"")]
    [InlineData("'x'", "a\u007f", "\"a\\u007F\"")]
    [InlineData("\"x\"", "a b\r\n\t", "\"a b\\r\\n\\t\"")]
    [InlineData("'''x'''", "it's", "'''it's'''")]
    [InlineData("'''x'''", "a'''b", "\"a'''b\"")]
    [InlineData("'''x'''", "a\nb", "\"a\\nb\"")]
    [InlineData("\"\"\"x\"\"\"", "it\"s", "\"\"\"it\\\"s\"\"\"")]
    public void A_string_keeps_its_quotes_where_they_can_hold_it(string old, string value, string written)
    {
        var document = TomlDocument.Parse($"a = {old} # c\n").WithString(["a"], value);
        Assert.Equal($"a = {written} # c\n", document.ToString());
        Assert.Equal(value, ((TomlString)document.Root["a"]).Value);
    }

    [Fact]
    public void An_inline_table_of_strings_replaces_a_value_or_is_added()
    {
        KeyValuePair<string, string>[] entries = [new("b", "1"), new("c d", "2\"")];
        var document = TomlDocument.Parse("a = 1 # c\n").WithInlineTable(["a"], entries);
        Assert.Equal("a = { b = \"1\", \"c d\" = \"2\\\"\" } # c\n", document.ToString());
        document = TomlDocument.Parse("[t]\n").WithInlineTable(["t", "a"], entries);
        Assert.Equal("[t]\na = { b = \"1\", \"c d\" = \"2\\\"\" }\n", document.ToString());
        Assert.Equal("2\"", ((TomlString)document.Find("t", "a", "c d")!).Value);
    }

    [Theory]
    [InlineData("t = { b = 1 }", "t = { b = 1, k = 2 }")]
    [InlineData("[t]\n  b = 1\nc = 2\n[u]\n", "[t]\n  b = 1\nc = 2\nk = 2\n[u]\n")]
    [InlineData("[t]\r\n  b = 1\r\n", "[t]\r\n  b = 1\r\n  k = 2\r\n")]
    public void An_addition_goes_behind_the_last_key_of_its_table(string before, string after)
    {
        var document = TomlDocument.Parse(before);
        var addition = TomlEditor.Addition(document, (TomlTable)document.Root["t"], "k = 2");
        Assert.Equal(after, TomlEditor.Apply(document, [addition]).ToString());
    }

    [Theory]
    [InlineData("t = {}")]
    [InlineData("t.b = 1")]
    [InlineData("[t.b]")]
    public void Nothing_is_added_to_a_table_of_another_form(string text)
    {
        var document = TomlDocument.Parse(text);
        var refused = Assert.Throws<TomlException>(() => TomlEditor.Addition(document, (TomlTable)document.Root["t"], "k = 2"));
        Assert.Equal(TomlFailure.NotATable, refused.Reason);
        Assert.NotEmpty(refused.Explanation);
    }

    [Fact]
    public void Several_changes_are_made_in_the_order_of_their_places()
    {
        var document = TomlDocument.Parse("a = 1\nb = 2\nc = 3\n", TomlVersion.V1_1);
        var changed = TomlEditor.Apply(document, [(document.Root["c"].Span, "30"), (document.Root["a"].Span, "10")]);
        Assert.Equal("a = 10\nb = 2\nc = 30\n", changed.ToString());
        Assert.Equal(TomlVersion.V1_1, changed.Version);
    }

    [Fact]
    public void A_path_of_no_key_and_a_way_through_a_value_are_refused_by_name()
    {
        var document = TomlDocument.Parse("[t]\nversion = 1\n");
        Assert.Throws<ArgumentException>(() => document.WithString([], "v"));
        var refused = Assert.Throws<TomlException>(() => document.WithString(["t", "version", "x"], "v"));
        Assert.Contains("'version'", refused.Explanation, StringComparison.Ordinal);
        Assert.Equal((2, 1), (refused.Line, refused.Column));
    }

    [Theory]
    [InlineData("a = {\n}", "a = { n = \"v\"\n}")]
    [InlineData("a = { }", "a = { n = \"v\" }")]
    public void Between_empty_braces_a_line_end_stays(string before, string after) =>
        Assert.Equal(after, TomlDocument.Parse(before, TomlVersion.V1_1).WithString(["a", "n"], "v").ToString());
}
