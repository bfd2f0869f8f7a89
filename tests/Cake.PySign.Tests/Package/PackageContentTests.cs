using System.Diagnostics;
using System.Reflection;
using System.Xml.Linq;
using Cake.Core.Annotations;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Package;

public sealed class PackageContentTests(PackedOnce packed) : IAsyncLifetime
{
    private PackedAddin? _package;

    private PackedAddin Package => _package ?? throw new InvalidOperationException("Not packed yet.");

    public async ValueTask InitializeAsync() => _package = await packed.Addin;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public void The_package_holds_the_addin_its_engines_the_recipe_and_the_sandbox_and_nothing_else()
    {
        Assert.Equal(
            [
                "Cake.PySign.nuspec",
                "README.md",
                "build/Cake.PySign.targets",
                "buildTransitive/Cake.PySign.targets",
                "content/pysign.cake",
                "content/zz-reference.cake",
                "icon.png",
                "lib/net10.0/Cake.PySign.dll",
                "lib/net10.0/Cake.PySign.xml",
                "lib/net10.0/PySign.Formats.dll",
                "lib/net10.0/PySign.Formats.xml",
                "lib/net10.0/PySign.Http.dll",
                "lib/net10.0/PySign.Http.xml",
                "lib/net10.0/PySign.Packaging.dll",
                "lib/net10.0/PySign.Packaging.xml",
                "lib/net10.0/PySign.Sigstore.dll",
                "lib/net10.0/PySign.Sigstore.xml",
                "sandbox/PySign.Sandbox.deps.json",
                "sandbox/PySign.Sandbox.dll",
                "sandbox/PySign.Sandbox.runtimeconfig.json",
            ],
            Package.Files
        );
    }

    [Fact]
    public async Task A_program_that_references_the_package_has_the_sandbox_beside_itself()
    {
        using var folder = new TemporaryFolder();
        folder.Write(
            "host/host.csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <RestorePackagesPath>packages</RestorePackagesPath>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Cake.PySign" Version="{Package.Version}" />
              </ItemGroup>
            </Project>
            """
        );
        folder.Write("host/Program.cs", "System.Console.WriteLine(1);");
        folder.Write(
            "host/nuget.config",
            $"<configuration><packageSources><clear/><add key=\"here\" value=\"{Package.Feed}\"/></packageSources></configuration>"
        );
        var start = new ProcessStartInfo("dotnet", ["build", "--nologo", "-v:q", "-o", "out", "-p:UseAppHost=false"])
        {
            WorkingDirectory = System.IO.Path.Combine(folder.Path, "host"),
        };
        var build = await ProgramRun.OfAsync(start, TestContext.Current.CancellationToken);
        Assert.True(build.ExitCode == 0, build.Said);
        Assert.True(File.Exists(System.IO.Path.Combine(folder.Path, "host/out/sandbox/PySign.Sandbox.dll")));
    }

    [Fact]
    public void The_package_has_no_dependencies_because_a_script_shares_one_load_context()
    {
        var dependencies = Package.Metadata.Descendants().Where(e => e.Name.LocalName == "dependency");
        Assert.Empty(dependencies);
        Assert.Contains(
            Package.Metadata.Descendants(),
            e => e.Name.LocalName == "group" && (string?)e.Attribute("targetFramework") == "net10.0"
        );
    }

    [Fact]
    public void The_package_is_found_by_Cakes_tags_and_shows_icon_readme_and_license()
    {
        var tags = Package.MetadataValue("tags")!.Split(' ');
        foreach (
            var tag in new[]
            {
                "cake",
                "cake-build",
                "build",
                "script",
                "addin",
                "cake-addin",
                "recipe",
                "cake-recipe",
                "python",
                "sigstore",
            }
        )
        {
            Assert.Contains(tag, tags);
        }

        Assert.Equal("icon.png", Package.MetadataValue("icon"));
        Assert.Equal("README.md", Package.MetadataValue("readme"));
        Assert.Equal("MIT", Package.MetadataValue("license"));
        using var icon = Package.Archive.GetEntry("icon.png")!.Open();
        var header = new byte[8];
        icon.ReadExactly(header);
        Assert.Equal("89504E470D0A1A0A", Convert.ToHexString(header));
    }

    [Fact]
    public void The_editor_finds_documentation_of_every_alias()
    {
        using var stream = Package.Archive.GetEntry("lib/net10.0/Cake.PySign.xml")!.Open();
        var documented = XDocument.Load(stream).Descendants("member").Select(m => (string)m.Attribute("name")!).ToList();
        var aliases = typeof(PySignException)
            .Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(method => method.IsDefined(typeof(CakeMethodAliasAttribute)) || method.IsDefined(typeof(CakePropertyAliasAttribute)))
            .Select(method => method.Name)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        Assert.True(aliases.Count > 15, $"{aliases.Count} aliases");
        foreach (var alias in aliases)
        {
            Assert.Contains(
                documented,
                m => m.StartsWith("M:Cake.PySign.", StringComparison.Ordinal) && m.Contains($".{alias}(", StringComparison.Ordinal)
            );
        }
    }

    [Fact]
    public void No_machine_path_is_left_in_an_assembly()
    {
        var root = RepositoryRoot.Path;
        foreach (var entry in Package.Archive.Entries.Where(e => e.FullName.EndsWith(".dll", StringComparison.Ordinal)))
        {
            using var content = new MemoryStream();
            using (var stream = entry.Open())
            {
                stream.CopyTo(content);
            }

            var bytes = content.GetBuffer().AsSpan(0, (int)content.Length);
            Assert.True(bytes.IndexOf(System.Text.Encoding.UTF8.GetBytes(root + "/src")) < 0, entry.FullName);
        }
    }
}
