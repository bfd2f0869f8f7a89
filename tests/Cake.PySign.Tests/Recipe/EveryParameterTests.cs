using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Cake.PySign.Recipe;

namespace Cake.PySign.Tests.Recipe;

/// <summary>Each line of docs/parameters.md: its variables and its argument are read, and say the same.</summary>
public sealed partial class EveryParameterTests
{
    /// <summary>What is read only beside another parameter.</summary>
    private static readonly Dictionary<string, (string, string)[]> _beside = new(StringComparer.Ordinal)
    {
        ["key-password-file"] = [("PYSIGN_KEY", "release.key")],
        ["signer-arguments"] = [("PYSIGN_SIGNER", "program"), ("PYSIGN_PUBLIC_KEY", "release.pub")],
        ["signer-variables"] = [("PYSIGN_SIGNER", "program"), ("PYSIGN_PUBLIC_KEY", "release.pub")],
        ["signer-timeout"] = [("PYSIGN_SIGNER", "program"), ("PYSIGN_PUBLIC_KEY", "release.pub")],
    };

    private static readonly IReadOnlyList<string> _values =
    [
        "true",
        "false",
        "https://h.example/x",
        "7",
        "name==1.0",
        "some-value",
        typeof(EveryParameterTests).Assembly.Location,
        .. typeof(ReleaseOptions)
            .Assembly.GetExportedTypes()
            .Where(type => type.IsEnum)
            .SelectMany(Enum.GetNames)
            .Distinct(StringComparer.Ordinal),
    ];

    public static TheoryData<string, string> Parameters()
    {
        var rows = new TheoryData<string, string>();
        foreach (var row in Row().Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "parameters.md"))).Cast<Match>())
        {
            rows.Add(
                row.Groups["argument"].Value,
                string.Join(' ', Name().Matches(row.Groups["variables"].Value).Select(one => one.Value))
            );
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Parameters))]
    public void A_parameter_of_the_page_is_read_by_each_of_its_names(string argument, string variables)
    {
        var beside = _beside.GetValueOrDefault(argument) ?? [];
        var nothing = Read([], beside);
        foreach (var variable in variables.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var value = _values.FirstOrDefault(one => Read([], [.. beside, (variable, one)]) is { } read && read != nothing);
            Assert.True(value is not null, $"{variable} changes nothing.");

            // The tutorial's variables may mean less than ours.
            if (argument.Length > 0 && variable.StartsWith("PYSIGN_", StringComparison.Ordinal))
            {
                Assert.Equal(Read([], [.. beside, (variable, value!)]), Read([(argument, value!)], beside));
            }
        }

        Assert.True(variables.Length > 0 || _values.Any(one => Read([(argument, one)], beside) is { } read && read != nothing), argument);
    }

    [Fact]
    public void The_page_has_them_all() => Assert.True(Parameters().Count > 80, $"{Parameters().Count}");

    // Null for a value that is refused.
    private static string? Read((string Name, string Value)[] arguments, (string Name, string Value)[] variables)
    {
        try
        {
            var given = arguments.ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal);
            var set = variables.ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal);
            return Dump(new ReleaseParameters(given.GetValueOrDefault, set.GetValueOrDefault, set.Keys).Read(), 0);
        }
        catch (Exception e) when (e is global::Cake.Core.CakeException or PySignException)
        {
            return null;
        }
    }

    private static string Dump(object? value, int depth)
    {
        if (value is null or string or bool or Uri or IFormattable || depth > 4)
        {
            return value?.ToString() ?? "null";
        }

        if (value is IEnumerable items)
        {
            return $"[{string.Join(", ", items.Cast<object?>().Select(item => Dump(item, depth + 1)))}]";
        }

        var text = new StringBuilder("{");
        foreach (
            var property in value
                .GetType()
                .GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
                .Where(property => property.CanRead && property.GetIndexParameters().Length == 0)
                .OrderBy(property => property.Name, StringComparer.Ordinal)
        )
        {
            text.Append(property.Name).Append('=').Append(Dump(property.GetValue(value), depth + 1)).Append(';');
        }

        return text.Append('}').ToString();
    }

    [GeneratedRegex(
        @"^\| (?:`(?<argument>[a-z0-9-]+)`)? ?\| (?<variables>(?:`[A-Z_]+`(?:, )?)*) ?\| [^|]*\|",
        RegexOptions.Multiline | RegexOptions.CultureInvariant
    )]
    private static partial Regex Row();

    [GeneratedRegex("[A-Z][A-Z_]+", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
