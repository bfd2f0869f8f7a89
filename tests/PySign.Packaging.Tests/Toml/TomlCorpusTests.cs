using System.Globalization;
using System.Text.Json;
using PySign.Packaging.Toml;
using PySign.Packaging.TomlTest;

namespace PySign.Packaging.Tests.Toml;

public sealed class TomlCorpusTests
{
    [Fact]
    public void Every_valid_document_has_the_tagged_values_beside_it_and_is_written_back_byte_for_byte()
    {
        var files = Files("valid");
        var failures = new List<string>();
        foreach (var file in files)
        {
            var bytes = File.ReadAllBytes(file);
            try
            {
                var document = TomlDocument.Parse(bytes);
                using var expected = JsonDocument.Parse(File.ReadAllBytes(Path.ChangeExtension(file, ".json")));
                using var actual = JsonDocument.Parse(TaggedJson.Write(document));
                if (!Same(expected.RootElement, actual.RootElement))
                    failures.Add($"{file}: other values: {actual.RootElement}");
                if (!document.ToUtf8().AsSpan().SequenceEqual(bytes))
                    failures.Add($"{file}: other bytes");
                if (document.Statements.Aggregate(0, static (end, next) => next.Start == end ? next.End : -1) != document.Text.Length)
                    failures.Add($"{file}: its statements do not lie side by side");
            }
            catch (TomlException refused)
            {
                failures.Add($"{file}: {refused.Message}");
            }
        }

        Assert.Empty(failures);
        Assert.Equal(99, files.Length);
    }

    [Fact]
    public void Every_invalid_document_is_refused_with_line_column_and_reason()
    {
        var files = Files("invalid");
        var accepted = new List<string>();
        foreach (var file in files)
        {
            try
            {
                TomlDocument.Parse(File.ReadAllBytes(file));
                accepted.Add(file);
            }
            catch (TomlException refused)
            {
                Assert.True(refused.Line >= 1 && refused.Column >= 1, file);
                AssertWhole(refused.Explanation, file);
            }
        }

        Assert.Empty(accepted);
        Assert.Equal(228, files.Length);
    }

    /// <summary>Nothing that should be named in an explanation is left out.</summary>
    private static void AssertWhole(string explanation, string file)
    {
        Assert.True(explanation.Length > 0 && explanation.Trim() == explanation, $"{file}: {explanation}");
        Assert.False(explanation.Contains(" ,", StringComparison.Ordinal) || explanation.Contains("  ", StringComparison.Ordinal), file);
    }

    private static string[] Files(string kind)
    {
        var files = Directory.GetFiles(Path.Combine(Corpora.Require("toml-test"), kind), "*.toml", SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    // toml-test compares floats and moments by value, everything else by text.
    private static bool Same(JsonElement expected, JsonElement actual)
    {
        if (expected.ValueKind != actual.ValueKind)
            return false;
        if (expected.ValueKind == JsonValueKind.Array)
            return expected.GetArrayLength() == actual.GetArrayLength()
                && expected.EnumerateArray().Zip(actual.EnumerateArray()).All(pair => Same(pair.First, pair.Second));
        if (expected.ValueKind != JsonValueKind.Object)
            return expected.GetString() == actual.GetString();
        if (expected.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() == "float")
            return actual.GetProperty("type").GetString() == "float" && Number(expected).Equals(Number(actual));
        return expected.EnumerateObject().Count() == actual.EnumerateObject().Count()
            && expected.EnumerateObject().All(member => actual.TryGetProperty(member.Name, out var other) && Same(member.Value, other));
    }

    private static double Number(JsonElement element) =>
        element.GetProperty("value").GetString() switch
        {
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "nan" => double.NaN,
            var text => double.Parse(text!, CultureInfo.InvariantCulture),
        };
}
