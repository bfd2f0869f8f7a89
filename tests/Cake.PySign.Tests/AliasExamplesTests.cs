using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests;

/// <summary>What the documentation of an alias and every page shows can be pasted into a script: Cake itself compiles all of it.</summary>
public sealed partial class AliasExamplesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_example_compiles_in_a_script_that_loads_the_addin()
    {
        var addin = typeof(PySignException).Assembly.Location;
        var examples = XDocument
            .Load(Path.ChangeExtension(addin, ".xml"))
            .Descendants("member")
            .Where(member => member.Attribute("name")!.Value.Contains("Aliases.", StringComparison.Ordinal))
            .Select(member => member.Element("example")?.Element("code")?.Value)
            .OfType<string>()
            .ToList();
        Assert.True(examples.Count >= 17, $"only {examples.Count} examples were found");

        var pages = PageBlocks().ToList();
        Assert.True(pages.Count >= 20, $"only {pages.Count} blocks were found");
        examples.AddRange(pages);

        // What a page's block needs and a script has: the recipe, and the engines' namespaces that the block itself names.
        var recipe = Path.Combine(RepositoryRoot.Path, "recipes", "pysign.cake");
        var script = new StringBuilder($"#r \"{addin}\"\n#load \"{recipe}\"\n");
        foreach (var engine in new[] { "PySign.Sigstore.dll", "PySign.Packaging.dll", "PySign.Formats.dll" })
        {
            script.Append($"#r \"{Path.Combine(Path.GetDirectoryName(addin)!, engine)}\"\n");
        }

        foreach (
            var needed in examples.SelectMany(text => Usings().Matches(text).Select(match => match.Value)).Distinct(StringComparer.Ordinal)
        )
        {
            script.Append(needed).Append('\n');
        }
        for (var i = 0; i < examples.Count; i++)
        {
            // Compiled, never called. The empty await keeps a synchronous example from being a warning.
            script.Append(
                $"async System.Threading.Tasks.Task Example{i}({Given(examples[i])})\n{{\n{Usings().Replace(examples[i], "")}\n"
                    + "await System.Threading.Tasks.Task.CompletedTask;\n}\n"
            );
        }

        script.Append("Information(\"compiled\");\n");
        var path = _folder.Write("examples.cake", script.ToString());
        var host = typeof(AliasExamplesTests)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(entry => entry.Key == "CakeHostDir")
            .Value!;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(host, "Cake.dll"), path.FullPath, "--settings_enablescriptcache=false"])
        {
            WorkingDirectory = _folder.Path,
        };
        var run = await ProgramRun.OfAsync(start, TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, run.Said);
        Assert.Contains("compiled", run.Output, StringComparison.Ordinal);
    }

    /// <summary>Every C# block of the README, the pages and the samples, without the lines that load the package.</summary>
    private static IEnumerable<string> PageBlocks() =>
        Directory
            .EnumerateFiles(Path.Combine(RepositoryRoot.Path, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "samples"), "README.md", SearchOption.AllDirectories))
            .Append(Path.Combine(RepositoryRoot.Path, "README.md"))
            .Where(page => Path.GetFileName(page) != "aliases.md")
            .Order(StringComparer.Ordinal)
            .SelectMany(page =>
                Blocks().Matches(File.ReadAllText(page).ReplaceLineEndings("\n")).Select(match => match.Groups["text"].Value)
            )
            .Select(text => Directives().Replace(text, ""));

    // What a block takes from the lines around it.
    private static string Given(string text) =>
        string.Join(
            ", ",
            new[]
            {
                (Name: "files", Type: "System.Collections.Generic.IEnumerable<Cake.Core.IO.FilePath>"),
                (Name: "sandbox", Type: "Cake.PySign.Sandbox.PySignSandbox"),
                (Name: "args", Type: "string[]"),
            }
                .Where(one => Regex.IsMatch(text, $@"\b{one.Name}[.,\[]") && !text.Contains($"var {one.Name} ", StringComparison.Ordinal))
                .Select(one => $"{one.Type} {one.Name}")
        );

    [GeneratedRegex("^```csharp\\n(?<text>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Blocks();

    [GeneratedRegex("^#(load|addin|tool) .*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Directives();

    [GeneratedRegex(@"^using [A-Za-z.]+;$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Usings();
}
