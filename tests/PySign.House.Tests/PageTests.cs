using System.Reflection;

namespace PySign.House.Tests;

public sealed class PageTests
{
    private static readonly Assembly _addin = typeof(global::Cake.PySign.PySignException).Assembly;

    /// <summary><c>PYSIGN_ACCEPT_PAGES=1</c> rewrites the pages.</summary>
    [Theory]
    [InlineData("aliases.md")]
    [InlineData("parameters.md")]
    [InlineData("failures.md")]
    public void A_generated_page_says_what_the_code_does(string name)
    {
        var path = Path.Combine(RepositoryRoot.Path, "docs", name);
        var page = name switch
        {
            "aliases.md" => new AliasPage(_addin).Write(),
            "parameters.md" => new ParameterPage(_addin).Write(),
            _ => new FailurePage().Write(),
        };
        if (Environment.GetEnvironmentVariable("PYSIGN_ACCEPT_PAGES") == "1")
        {
            File.WriteAllText(path, page);
        }

        var written = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        var (old, offered) = (written.Split('\n'), page.Split('\n'));
        var changes = offered
            .Except(old)
            .Select(line => "+ " + line)
            .Concat(old.Except(offered).Select(line => "- " + line))
            .Take(20)
            .ToList();
        Assert.True(written == page, $"docs/{name} is not current; PYSIGN_ACCEPT_PAGES=1 rewrites it.\n" + string.Join('\n', changes));
    }

    [Fact]
    public void Every_variable_that_a_release_knows_is_on_the_page()
    {
        var known =
            (HashSet<string>)
                _addin
                    .GetType("Cake.PySign.Common.KnownVariables")!
                    .GetField("_read", BindingFlags.NonPublic | BindingFlags.Static)!
                    .GetValue(null)!;
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "parameters.md"));
        Assert.NotEmpty(known);
        Assert.All(known, name => Assert.Contains($"`PYSIGN_{name}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void An_argument_and_its_variable_have_one_name()
    {
        var parameters = new ParameterPage(_addin).Parameters();
        Assert.All(
            parameters
                .Where(row => row.Argument.Length > 0 && row.Argument != "accept")
                .SelectMany(row => row.Variables.Select(name => (row.Argument, Name: name))),
            row =>
                Assert.True(
                    !row.Name.StartsWith("PYSIGN_", StringComparison.Ordinal)
                        || row.Name == "PYSIGN_" + row.Argument.ToUpperInvariant().Replace('-', '_'),
                    row.ToString()
                )
        );
    }

    [Fact]
    public void Every_parameter_and_every_failure_has_a_meaning()
    {
        Assert.All(new ParameterPage(_addin).Parameters(), row => Assert.False(row.Meaning.Length == 0, row.ToString()));
        Assert.DoesNotContain("\n\n\n", new FailurePage().Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_alias_and_every_member_of_a_public_type_has_a_meaning()
    {
        var page = new AliasPage(_addin).Write();
        Assert.DoesNotContain("|  |\n", page, StringComparison.Ordinal);
        Assert.All(AliasPage.Aliases(_addin), alias => Assert.Contains($"### {alias.Name}\n\n", page, StringComparison.Ordinal));
    }
}
