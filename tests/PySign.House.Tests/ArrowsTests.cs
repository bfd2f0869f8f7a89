using System.Reflection;

namespace PySign.House.Tests;

/// <summary>
/// The order of the rooms. A room may use itself and the rooms of the lines above it; two rooms of one line know nothing of each other. An
/// exception is a debt with a name: as soon as it is not needed any more, it must leave the list.
/// </summary>
public sealed class ArrowsTests
{
    private static readonly string[] _sigstore =
    [
        "Errors",
        "Formats Identity",
        "Cryptography",
        "Certificates Timestamps",
        "Bundles",
        "Trust",
        "Tuf",
        "Transparency",
        "Verification",
        "Signing",
    ];

    private static readonly string[] _packaging =
    [
        "- Sources Toml",
        "Names Versions",
        "Metadata",
        "Distributions Projects",
        "Acceptance Attestations Indexes LockFiles",
    ];

    private static readonly string[] _sandbox =
    [
        "Formats Faults",
        "Oidc CertificateTransparency",
        "Fulcio",
        "Timestamps Transparency Registries.Store Registries.GitHub Registries.GitLab Registries.PyPi",
        "Trust",
        "Hosting",
        "Control",
        "Application",
    ];

    private static readonly string[] _addin =
    [
        "-",
        "Common",
        "Common.Statements Common.Reports",
        "Common.Logging",
        "Common.Processes",
        "Common.Network",
        "Common.Ci Common.Stores Common.Trust",
        "Common.Calls",
        "Common.Indexes Common.Signatures Common.Provenance",
        "Sandbox Build",
        "Test Import Sign",
        "Verify",
        "Publish Audit",
        "Consume",
        "Recipe",
    ];

    [Fact]
    public void Arrows_run_one_way()
    {
        var broken = Rooms().SelectMany(Broken).ToDictionary(pair => pair.Arrow, pair => pair.Types, StringComparer.Ordinal);
        var problems = string.Join('\n', broken.Select(pair => $"{pair.Key} ({pair.Value})").Order(StringComparer.Ordinal));
        Assert.True(problems.Length == 0, problems);
    }

    [Fact]
    public void Every_room_has_its_place_in_the_order()
    {
        foreach (var (assembly, root, layers) in Rooms())
        {
            var rooms = assembly.GetTypes().Select(type => type.Namespace).OfType<string>().Where(space => IsOf(root, space));
            Assert.Equal(
                rooms.Select(space => Room(root, space)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
                layers.SelectMany(layer => layer.Split(' ')).Order(StringComparer.Ordinal)
            );
        }
    }

    /// <summary>PySign.Sigstore and PySign.Packaging know neither each other nor Cake; the sandbox knows none of them.</summary>
    [Fact]
    public void Assemblies_know_only_what_is_below_them()
    {
        Assert.Equal(
            ["PySign.Formats", "PySign.Http", "PySign.Packaging", "PySign.Sigstore"],
            Ours(typeof(global::Cake.PySign.PySignException))
        );
        Assert.Equal(["PySign.Formats", "PySign.Http"], Ours(typeof(Sigstore.Verification.SigstoreVerifier)));
        Assert.Equal(["PySign.Formats"], Ours(typeof(Packaging.Toml.TomlDocument)));
        Assert.Equal(["PySign.Formats"], Ours(typeof(Http.ServiceClient)));
        Assert.Empty(Ours(typeof(Formats.Sha256Digest)));
        Assert.Empty(Ours(typeof(Sandbox.Hosting.SandboxOptions)));
    }

    [Fact]
    public void No_assembly_that_is_shipped_opens_itself_to_another_that_is_shipped()
    {
        var shipped = Rooms().Select(room => room.Assembly.GetName().Name!).ToHashSet(StringComparer.Ordinal);
        foreach (var (assembly, _, _) in Rooms())
        {
            var friends = assembly
                .GetCustomAttributes<System.Runtime.CompilerServices.InternalsVisibleToAttribute>()
                .Select(friend => friend.AssemblyName.Split(',')[0]);
            Assert.DoesNotContain(friends, shipped.Contains);
        }
    }

    [Fact]
    public void The_addin_brings_no_package_but_what_the_build_needs()
    {
        foreach (var project in Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "src"), "*.csproj", SearchOption.AllDirectories))
        {
            var references = System
                .Xml.Linq.XDocument.Load(project)
                .Descendants("PackageReference")
                .Where(reference => reference.Attribute("PrivateAssets")?.Value != "all");
            Assert.Empty(references.Select(reference => $"{Path.GetFileName(project)}: {reference.Attribute("Include")?.Value}"));
        }
    }

    /// <summary>An alias is a script's way in; what is inside calls the worker. An overload may lead to the fuller one.</summary>
    [Fact]
    public void No_code_of_the_addin_calls_an_alias()
    {
        var addin = typeof(global::Cake.PySign.PySignException).Assembly;
        var aliases = AliasPage.Aliases(addin).ToHashSet<MethodBase>();
        var calls = Arrows
            .Calls(addin)
            .Where(call => aliases.Contains(call.To) && Outermost(call.From.DeclaringType!) != call.To.DeclaringType)
            .Select(call => $"{call.From.DeclaringType}.{call.From.Name} calls {call.To.Name}");
        Assert.True(aliases.Count > 20, "no alias was found");
        Assert.Empty(calls);
    }

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<(Assembly Assembly, string Root, string[] Layers)> Rooms() =>
        [
            (typeof(Sigstore.Verification.SigstoreVerifier).Assembly, "PySign.Sigstore", _sigstore),
            (typeof(Packaging.Toml.TomlDocument).Assembly, "PySign.Packaging", _packaging),
            (typeof(Sandbox.Hosting.SandboxOptions).Assembly, "PySign.Sandbox", _sandbox),
            (typeof(Http.ServiceClient).Assembly, "PySign.Http", ["-"]),
            (typeof(Formats.Sha256Digest).Assembly, "PySign.Formats", ["-"]),
            (typeof(global::Cake.PySign.PySignException).Assembly, "Cake.PySign", _addin),
        ];

    private static IEnumerable<(string Arrow, string Types)> Broken((Assembly Assembly, string Root, string[] Layers) room)
    {
        var place = room
            .Layers.SelectMany((layer, index) => layer.Split(' ').Select(name => (name, index)))
            .ToDictionary(pair => pair.name, pair => pair.index, StringComparer.Ordinal);
        foreach (var ((from, to), types) in new Arrows(room.Assembly, space => Room(room.Root, space)).Found)
        {
            if (place.TryGetValue(from, out var source) && place.TryGetValue(to, out var target) && source <= target)
            {
                yield return ($"{room.Root}: {from} > {to}", string.Join(", ", types.Take(5)));
            }
        }
    }

    private static bool IsOf(string root, string space) => space == root || space.StartsWith(root + ".", StringComparison.Ordinal);

    /// <summary>In the addin a folder is a verb of the release, with all that is below it; what all need is apart by folder.</summary>
    private static string Room(string root, string space) =>
        space == root ? "-"
        : !IsOf(root, space) ? space
        : root == "Cake.PySign" && !space.StartsWith("Cake.PySign.Common.", StringComparison.Ordinal) ? space.Split('.')[2]
        : space[(root.Length + 1)..];

    private static IEnumerable<string> Ours(Type type) =>
        type
            .Assembly.GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => name.StartsWith("PySign.", StringComparison.Ordinal) || name.StartsWith("Cake.PySign", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
}
