using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Xml.Linq;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests;

/// <summary>What the documentation of an alias shows can be pasted into a script: Cake itself compiles all of it.</summary>
public sealed class AliasExamplesTests : IDisposable
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

        var script = new StringBuilder($"#r \"{addin}\"\n");
        for (var i = 0; i < examples.Count; i++)
        {
            // Compiled, never called. The empty await keeps a synchronous example from being a warning.
            script.Append(
                $"async System.Threading.Tasks.Task Example{i}()\n{{\n{examples[i]}\nawait System.Threading.Tasks.Task.CompletedTask;\n}}\n"
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
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output + await error);
        Assert.Contains("compiled", output, StringComparison.Ordinal);
    }
}
