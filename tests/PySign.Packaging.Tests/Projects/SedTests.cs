using System.ComponentModel;
using System.Diagnostics;
using PySign.Packaging.Projects;
using PySign.Packaging.Toml;

namespace PySign.Packaging.Tests.Projects;

/// <summary>What the three sed expressions of the common tutorial do to a pyproject.toml, beside what an edit of <c>[project]</c>
/// does.</summary>
public sealed class SedTests
{
    private const string Name = "s/name = \".*\"/name = \"pkg\"/";
    private const string Version = "s/version = \".*\"/version = \"2.0\"/";
    private const string Homepage = "s|\"Homepage\" = \".*\"|\"Homepage\" = \"https://h.example\"|";

    private const string Sample = """
        # comment
        [project]
        name = "Hello-PySign"
        version = "1.0"
        authors = [{name = "Zoë Ångström", email = "zoe@example.org"}]

        [project.urls]
        homepage = "https://a.example"

        [tool.greeter]
        name = "Not the project's name"
        target-version = "py39"
        minversion = "7.0"

        """;

    [Fact]
    public void The_name_expression_loses_the_author_and_renames_tools_where_the_edit_changes_one_value()
    {
        var sed = Sed(Name, Sample);
        Assert.DoesNotContain("zoe@example.org", sed, StringComparison.Ordinal);
        Assert.Contains("authors = [{name = \"pkg\"}]", sed, StringComparison.Ordinal);
        Assert.DoesNotContain("Not the project's name", sed, StringComparison.Ordinal);
        Assert.Equal(
            Sample.Replace("\"Hello-PySign\"", "\"pkg\"", StringComparison.Ordinal),
            PyProject.Parse(Sample).WithName("pkg").ToString()
        );
    }

    [Fact]
    public void The_version_expression_rewrites_settings_of_tools_where_the_edit_changes_one_value()
    {
        var sed = Sed(Version, Sample);
        Assert.Contains("target-version = \"2.0\"", sed, StringComparison.Ordinal);
        Assert.Contains("minversion = \"2.0\"", sed, StringComparison.Ordinal);
        Assert.Equal(
            Sample.Replace("version = \"1.0\"", "version = \"2.0\"", StringComparison.Ordinal),
            PyProject.Parse(Sample).WithVersion("2.0").ToString()
        );
    }

    [Fact]
    public void The_homepage_expression_silently_changes_nothing_where_the_edit_finds_the_label()
    {
        Assert.Equal(Sample, Sed(Homepage, Sample));
        Assert.Equal(
            Sample.Replace("https://a.example", "https://h.example", StringComparison.Ordinal),
            PyProject.Parse(Sample).WithUrl("Homepage", "https://h.example").ToString()
        );
    }

    [Theory]
    [InlineData("[project]\nname='a'\nversion='1'\n")]
    [InlineData("project = {name='a', version=\"1\"}\n")]
    public void The_expressions_succeed_without_effect_where_the_edit_takes_effect(string text)
    {
        Assert.Equal(text, Sed(Version, Sed(Name, text)));
        var edited = PyProject.Parse(text).WithName("pkg").WithVersion("2.0");
        Assert.Equal(("pkg", "2.0"), (PyProject.Parse(edited.ToString()).Name, PyProject.Parse(edited.ToString()).Version));
    }

    [Fact]
    public void The_expressions_succeed_without_effect_where_the_edit_refuses()
    {
        const string Text = "[project]\nname=\"a\"\ndynamic = [\"version\"]\n";
        Assert.Equal(Text, Sed(Version, Text));
        Assert.Equal(
            PackagingFailure.DynamicField,
            Assert.Throws<PackagingException>(() => PyProject.Parse(Text).WithVersion("2.0")).Reason
        );
    }

    [Fact]
    public void The_three_expressions_in_a_row_beside_the_three_edits()
    {
        var sed = Facts(Sed(Homepage, Sed(Version, Sed(Name, Sample))));
        var edit = Facts(PyProject.Parse(Sample).WithName("pkg").WithVersion("2.0").WithUrl("Homepage", "https://h.example").ToString());
        var before = Facts(Sample);
        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine($"{"key", -32} {"was", -26} {"sed", -18} edit");
        foreach (var key in before.Keys.Where(key => sed.GetValueOrDefault(key) != before[key] || edit[key] != before[key]))
            output.WriteLine($"{key, -32} {before[key], -26} {sed.GetValueOrDefault(key) ?? "(gone)", -18} {edit[key]}");

        // The edit changes the three values that it was asked to change; everything else is there as it was.
        Assert.Equal(before.Keys, edit.Keys);
        Assert.Equal(
            ["project.name", "project.urls.homepage", "project.version"],
            before.Keys.Where(key => edit[key] != before[key]).Order()
        );

        // The expressions change two of them, and five values that are none of their business; one is gone, and nothing is said.
        Assert.Equal(
            [
                "project.authors.0.email",
                "project.authors.0.name",
                "project.name",
                "project.version",
                "tool.greeter.minversion",
                "tool.greeter.name",
                "tool.greeter.target-version",
            ],
            before.Keys.Where(key => sed.GetValueOrDefault(key) != before[key]).Order()
        );
        Assert.Equal(["project.authors.0.email"], before.Keys.Except(sed.Keys));
    }

    private static Dictionary<string, string> Facts(string text)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        Collect(TomlDocument.Parse(text).Root, string.Empty);
        return facts;

        void Collect(TomlValue value, string path)
        {
            switch (value)
            {
                case TomlTable table:
                    foreach (var key in table.Keys)
                        Collect(table[key], path.Length == 0 ? key : $"{path}.{key}");
                    break;
                case TomlArray array:
                    for (var i = 0; i < array.Items.Count; i++)
                        Collect(array.Items[i], $"{path}.{i}");
                    break;
                default:
                    facts[path] = Assert.IsType<TomlString>(value).Value;
                    break;
            }
        }
    }

    private static string Sed(string expression, string text)
    {
        var start = new ProcessStartInfo("sed")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList = { expression },
        };
        try
        {
            using var sed = Process.Start(start)!;
            sed.StandardInput.Write(text);
            sed.StandardInput.Close();
            var output = sed.StandardOutput.ReadToEnd();
            sed.WaitForExit();
            Assert.Equal(0, sed.ExitCode);
            return output;
        }
        catch (Win32Exception)
        {
            Assert.Skip("NOT RUN: there is no sed on this machine.");
            return string.Empty;
        }
    }
}
