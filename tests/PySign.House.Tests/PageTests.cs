using System.Reflection;

namespace PySign.House.Tests;

public sealed class PageTests
{
    private static readonly Assembly _addin = typeof(global::Cake.PySign.PySignException).Assembly;

    /// <summary><c>PYSIGN_ACCEPT_PAGES=1</c> rewrites the page.</summary>
    [Fact]
    public void The_page_of_aliases_says_what_the_assembly_offers()
    {
        var path = Path.Combine(RepositoryRoot.Path, "docs", "aliases.md");
        var page = new AliasPage(_addin).Write();
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
        Assert.True(written == page, "docs/aliases.md is not current; PYSIGN_ACCEPT_PAGES=1 rewrites it.\n" + string.Join('\n', changes));
    }

    [Fact]
    public void Every_alias_and_every_member_of_a_public_type_has_a_meaning()
    {
        var page = new AliasPage(_addin).Write();
        Assert.DoesNotContain("|  |\n", page, StringComparison.Ordinal);
        Assert.All(AliasPage.Aliases(_addin), alias => Assert.Contains($"### {alias.Name}\n\n", page, StringComparison.Ordinal));
    }
}
