using System.Text;
using PySign.Packaging.Projects;
using PySign.Packaging.Toml;
using PySign.Packaging.TomlTest;

namespace PySign.Packaging.Tests.Toml;

/// <summary>What TOML 1.1 adds, when it is asked for, and only then.</summary>
public sealed class Toml11Tests
{
    [Theory]
    [InlineData("a = { b = 1, }", "a.b=1")]
    [InlineData("a = {\n  b = 1,\n\n  c.d = 'x' # last\n}\n", "a.b=1 a.c.d=x")]
    [InlineData("a = { # first\r\n\tb = [ { c = 1,\r\n}, ],\r\n # end\r\n}", "a.b.0.c=1")]
    [InlineData("a = {\n}", "")]
    [InlineData("a = { # nothing\n}\n", "")]
    [InlineData("a = \"\\e[0m\\x41\\xe9\\x00\"", "a=\u001b[0mA\u00e9\0")]
    [InlineData("a = \"\"\"\\x41\\\n  \\e\"\"\"\n\"\\x62\" = 1", "a=A\u001b b=1")]
    [InlineData("a = 07:32", "a=07:32:00")]
    [InlineData("a = 1979-05-27T07:32", "a=1979-05-27T07:32:00")]
    [InlineData("a = 1979-05-27 07:32Z", "a=1979-05-27T07:32:00Z")]
    [InlineData("a = 1979-05-27t07:32-07:00", "a=1979-05-27T07:32:00-07:00")]
    public void What_1_1_adds_is_read_by_1_1_alone_and_written_back_as_it_was(string text, string values)
    {
        Assert.Throws<TomlException>(() => TomlDocument.Parse(text));
        Assert.Throws<TomlException>(() => TomlDocument.Parse(Encoding.UTF8.GetBytes(text)));
        var document = TomlDocument.Parse(Encoding.UTF8.GetBytes(text), TomlVersion.V1_1);
        Assert.Equal(values, string.Join(' ', Values(document.Root, string.Empty)));
        Assert.Equal(text, document.ToString());
        Assert.Equal(TomlVersion.V1_1, document.Version);
    }

    [Theory]
    [InlineData("a = {,}", 1, 6, TomlFailure.InvalidKey)]
    [InlineData("a = { b = 1,, }", 1, 13, TomlFailure.InvalidKey)]
    [InlineData("a = {\n b = 1\n c = 2 }", 3, 2, TomlFailure.UnexpectedCharacter)]
    [InlineData("a = {\n b\n = 1 }", 2, 3, TomlFailure.UnexpectedEnd)]
    [InlineData("a = { b = 1,\n", 2, 1, TomlFailure.UnexpectedEnd)]
    [InlineData("a = {\n b = 1,\n b = 2 }", 3, 2, TomlFailure.DuplicateKey)]
    [InlineData("a = \"\\x4\"", 1, 6, TomlFailure.InvalidEscape)]
    [InlineData("a = \"\\xg0\"", 1, 6, TomlFailure.InvalidEscape)]
    [InlineData("a = \"\\E\"", 1, 6, TomlFailure.InvalidEscape)]
    [InlineData("a = 07:32.5", 1, 5, TomlFailure.InvalidDateTime)]
    [InlineData("a = 07", 1, 5, TomlFailure.InvalidNumber)]
    [InlineData("a = 24:00", 1, 5, TomlFailure.InvalidDateTime)]
    [InlineData("a = 1979-05-27T07", 1, 5, TomlFailure.InvalidDateTime)]
    [InlineData("[a]\n[a]\n", 2, 2, TomlFailure.DuplicateKey)]
    [InlineData("\u00fc = 1", 1, 1, TomlFailure.InvalidKey)]
    public void What_1_1_does_not_add_stays_refused(string text, int line, int column, TomlFailure reason)
    {
        var refused = Assert.Throws<TomlException>(() => TomlDocument.Parse(text, TomlVersion.V1_1));
        Assert.Equal((line, column, reason), (refused.Line, refused.Column, refused.Reason));
    }

    [Theory]
    [InlineData("a = {\n  b = 'x', # c\n}\n", "a.b", "a = {\n  b = 'v', # c\n}\n")]
    [InlineData("a = {\n  b = 1, # c\n}\n", "a.n", "a = {\n  b = 1, n = \"v\", # c\n}\n")]
    [InlineData("a = {\n  b = 1 # c\n}\n", "a.n", "a = {\n  b = 1, n = \"v\" # c\n}\n")]
    [InlineData("a = { # c\n}\n", "a.n", "a = { n = \"v\" # c\n}\n")]
    [InlineData("t = 07:32\n", "a", "t = 07:32\na = \"v\"\n")]
    public void An_edit_of_a_1_1_document_keeps_its_version_and_every_other_character(string before, string path, string after)
    {
        var edited = TomlDocument.Parse(before, TomlVersion.V1_1).WithString(path.Split('.'), "v");
        Assert.Equal(after, edited.ToString().Replace("a = \"v\"\nt = 07:32\n", "t = 07:32\na = \"v\"\n", StringComparison.Ordinal));
        Assert.Equal("v", ((TomlString)edited.Find(path.Split('.'))!).Value);
        Assert.Equal(TomlVersion.V1_1, edited.Version);
    }

    [Fact]
    public void Every_1_0_document_of_the_corpus_means_the_same_in_1_1()
    {
        var files = Directory.GetFiles(Path.Combine(Corpora.Require("toml-test"), "valid"), "*.toml", SearchOption.AllDirectories);
        Assert.Equal(99, files.Length);
        Assert.All(
            files,
            file =>
            {
                var bytes = File.ReadAllBytes(file);
                Assert.Equal(TaggedJson.Write(TomlDocument.Parse(bytes)), TaggedJson.Write(TomlDocument.Parse(bytes, TomlVersion.V1_1)));
            }
        );
    }

    [Fact]
    public void A_project_file_of_1_1_is_refused_by_name()
    {
        var refused = Assert.Throws<TomlException>(() => PyProject.Parse("[project]\nname = 'x'\nurls = {\n  a = 'b',\n}\n"));
        Assert.Equal((TomlFailure.NewerVersion, 3, 9), (refused.Reason, refused.Line, refused.Column));
        Assert.Contains("valid TOML 1.1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("tomllib", refused.Message, StringComparison.Ordinal);
        Assert.Equal(TomlFailure.InvalidValue, Assert.Throws<TomlException>(() => PyProject.Parse("a = b")).Reason);
    }

    [Theory]
    [InlineData(0, "a = 07:32", "--toml", "1.1")]
    [InlineData(1, "a = 07:32", "--toml", "1.0")]
    [InlineData(1, "a = 07:32")]
    [InlineData(0, "a = {\n}", "--toml", "1.1", "--roundtrip")]
    [InlineData(0, "project = { version = '1',\n}", "--toml", "1.1", "--set", "project.version=2")]
    [InlineData(2, "a = 1", "--toml", "2.0")]
    public void The_decoder_reads_1_1_when_told(int exitCode, string text, params string[] arguments)
    {
        using var error = new StringWriter();
        Assert.Equal(exitCode, Commands.Run(arguments, new MemoryStream(Encoding.UTF8.GetBytes(text)), new MemoryStream(), error));
    }

    private static IEnumerable<string> Values(TomlValue value, string path) =>
        value switch
        {
            TomlTable table => table.Keys.SelectMany(key => Values(table[key], path.Length == 0 ? key : $"{path}.{key}")),
            TomlArray array => array.Items.SelectMany((item, i) => Values(item, $"{path}.{i}")),
            TomlString text => [$"{path}={text.Value}"],
            TomlInteger number => [$"{path}={number.Value}"],
            TomlDateTime time => [$"{path}={time.Value}"],
            _ => [path],
        };
}
