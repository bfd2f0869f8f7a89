using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Recipe;
using Cake.PySign.Tests.Rig;
using Json.Schema;

namespace Cake.PySign.Tests.Pages;

/// <summary>
/// The published schemas of what is written as JSON. Those of the report and the audit are held against real ones by their own tests
/// (<c>release.schema.json</c>, <c>audit-1.schema.json</c>), that of the preflight by <c>PreflightTests</c>.
/// </summary>
public sealed class SchemaTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static JsonSchema Read(string name) => JsonSchema.FromText(File.ReadAllText(PathOf(name)));

    [Fact]
    public void A_ledger_is_what_its_schema_says_and_one_with_a_member_more_is_not()
    {
        var schema = Read("ledger-1.schema.json");
        var signed = SampleLedger.Signed();
        var imported = signed with
        {
            Files =
            [
                signed.Files[0] with
                {
                    Origin = new LedgerOrigin("wheels-linux") { Job = "7", HandedOn = true },
                },
                signed.Files[1],
            ],
        };
        foreach (var ledger in new[] { SampleLedger.Unsigned(), signed, imported })
        {
            var store = new LedgerStore(_folder.Folder("dist"));
            Directory.CreateDirectory(_folder.Folder("dist").FullPath);
            store.Write(ledger);
            var written = JsonNode.Parse(File.ReadAllText(store.Path.FullPath))!;
            Assert.True(IsValid(schema, written), written.ToJsonString());
            written["files"]![0]!["more"] = 1;
            Assert.False(IsValid(schema, written));
        }
    }

    [Fact]
    public void The_schema_of_the_ledger_has_every_member_and_no_other()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(PathOf("ledger-1.schema.json")));
        var said = Members(schema.RootElement).Order(StringComparer.Ordinal).Distinct(StringComparer.Ordinal);
        var written = Within(typeof(Ledger), [])
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            .Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))
            .Order(StringComparer.Ordinal)
            .Distinct(StringComparer.Ordinal);
        Assert.Equal(written, said);
    }

    /// <summary>A type of a ledger and those of its members.</summary>
    private static HashSet<Type> Within(Type type, HashSet<Type> found)
    {
        var isOfLedger = type.Namespace == typeof(Ledger).Namespace && !type.IsEnum;
        var members = isOfLedger && found.Add(type) ? type.GetProperties().Select(property => property.PropertyType) : [];
        foreach (var inner in members.Concat(type.GetGenericArguments()))
        {
            Within(inner, found);
        }

        return found;
    }

    [Fact]
    public void Every_schema_is_named_by_a_page_and_by_a_test()
    {
        var pages = string.Concat(Texts("docs", "*.md"));
        var tests = string.Concat(Texts("tests", "*.cs"));
        var names = Directory.EnumerateFiles(Path.GetDirectoryName(PathOf("x"))!, "*.json").Select(file => Path.GetFileName(file)).ToList();
        Assert.True(names.Count >= 4);
        Assert.All(
            names,
            name =>
            {
                Assert.Contains($"(schemas/{name})", pages, StringComparison.Ordinal);
                Assert.Contains(name, tests, StringComparison.Ordinal);
            }
        );
    }

    private static IEnumerable<string> Texts(string folder, string pattern) =>
        Directory
            .EnumerateFiles(Path.Combine(RepositoryRoot.Path, folder), pattern, SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText);

    private static IEnumerable<string> Members(JsonElement node) =>
        node.ValueKind switch
        {
            JsonValueKind.Object => node.EnumerateObject()
                .SelectMany(member =>
                    Members(member.Value)
                        .Concat(member.Name == "properties" ? member.Value.EnumerateObject().Select(property => property.Name) : [])
                ),
            JsonValueKind.Array => node.EnumerateArray().SelectMany(Members),
            _ => [],
        };

    private static bool IsValid(JsonSchema schema, JsonNode written)
    {
        using var document = JsonDocument.Parse(written.ToJsonString());
        return schema.Evaluate(document.RootElement).IsValid;
    }

    private static string PathOf(string name) => Path.Combine(RepositoryRoot.Path, "docs", "schemas", name);
}
