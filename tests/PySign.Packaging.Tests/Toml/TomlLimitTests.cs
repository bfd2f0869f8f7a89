using System.Text;
using PySign.Packaging.Toml;

namespace PySign.Packaging.Tests.Toml;

/// <summary>The bounds of a document: what reaches one is read, and one more is refused as that.</summary>
public sealed class TomlLimitTests
{
    private const int Deepest = TomlLimits.MaxDepth;

    /// <summary>Ways to nest, each with what it takes to be exactly so deep.</summary>
    private static readonly Dictionary<string, Func<int, string>> _nested = new(StringComparer.Ordinal)
    {
        ["arrays"] = static depth => $"a = {Arrays(depth)}",
        ["arrays in a table"] = static depth => $"[t.u]\na = {Arrays(depth - 2)}",
        ["arrays in an array of tables"] = static depth => $"[[t]]\na = {Arrays(depth - 2)}",
        ["arrays in a dotted table"] = static depth => $"t.u.a = {Arrays(depth - 2)}",
        ["arrays in an inline table"] = static depth => $"t = {{ a = {Arrays(depth - 1)} }}",
        ["arrays in a dotted table of an inline table"] = static depth => $"t = {{ u.a = {Arrays(depth - 2)} }}",
        ["inline tables"] = static depth => $"a = {Tables(depth)}",
        ["inline tables in arrays"] = static depth => $"a = [[{Tables(depth - 2)}]]",
        ["a header"] = static depth => $"[{Key(depth)}]",
        ["a header below a header"] = static depth => $"[a.a]\n[{Key(depth)}]",
        ["a header of an array of tables"] = static depth => $"[[{Key(depth - 1)}]]",
        ["arrays of tables in each other"] = static depth => $"[[a]]\n[[a.a]]\n[{Key(depth - 2)}]",
        ["a dotted key"] = static depth => $"{Key(depth)} = 1",
    };

    public static TheoryData<string> Nested => [.. _nested.Keys];

    [Theory]
    [MemberData(nameof(Nested))]
    public void As_deep_as_the_bound_is_read_and_one_deeper_is_refused(string way)
    {
        Assert.NotEmpty(TomlDocument.Parse(_nested[way](Deepest)).Root.Keys);
        var refused = Assert.Throws<TomlException>(() => TomlDocument.Parse(_nested[way](Deepest + 1)));
        Assert.Equal(TomlFailure.TooDeep, refused.Reason);
        Assert.Contains($"{Deepest}", refused.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void As_long_as_the_bound_is_read_and_one_character_more_is_refused()
    {
        Assert.Empty(TomlDocument.Parse(new string('#', TomlLimits.MaxLength)).Root.Keys);
        Assert.Empty(TomlDocument.Parse(Encoding.UTF8.GetBytes(new string('#', TomlLimits.MaxLength))).Root.Keys);
        Assert.Equal(TomlFailure.TooLarge, Refusal(() => TomlDocument.Parse(new string('#', TomlLimits.MaxLength + 1))));
        Assert.Equal(TomlFailure.TooLarge, Refusal(() => TomlDocument.Parse(new byte[(3 * TomlLimits.MaxLength) + 1])));
    }

    [Fact]
    public void As_many_lines_as_the_bound_are_read_and_one_more_is_refused()
    {
        Assert.Empty(TomlDocument.Parse(new string('\n', TomlLimits.MaxStatements)).Root.Keys);
        Assert.Equal(TomlFailure.TooLarge, Refusal(() => TomlDocument.Parse(new string('\n', TomlLimits.MaxStatements + 1))));
    }

    /// <summary>Values that are not a line each, in what it takes to have so many.</summary>
    private static readonly Dictionary<string, Func<int, string>> _manyValues = new(StringComparer.Ordinal)
    {
        ["numbers of an array"] = static count => $"a = [{Repeated("1,", count - 1)}]",
        ["tables of dotted keys"] = static count => Lines(count, static key => $"{key} = 1\n"),
        ["tables of headers"] = static count => Lines(count, static key => $"[{key}]\n"),
    };

    public static TheoryData<string> ManyValues => [.. _manyValues.Keys];

    [Theory]
    [MemberData(nameof(ManyValues))]
    public void More_values_than_the_bound_are_refused_however_few_lines_they_take(string way) =>
        Assert.Equal(TomlFailure.TooLarge, Refusal(() => TomlDocument.Parse("b = 1\n" + _manyValues[way](TomlLimits.MaxValues))));

    [Fact]
    public void As_many_values_as_the_bound_are_read() =>
        Assert.NotEmpty(TomlDocument.Parse(_manyValues["numbers of an array"](TomlLimits.MaxValues)).Root.Keys);

    [Fact]
    public void A_key_of_any_length_makes_no_long_message()
    {
        var key = new string('k', 100_000);
        var refused = Assert.Throws<TomlException>(() => TomlDocument.Parse($"{key} = 1\n{key} = 2\n"));
        Assert.Equal(TomlFailure.DuplicateKey, refused.Reason);
        Assert.InRange(refused.Message.Length, 1, 600);
    }

    private static TomlFailure Refusal(Action parse)
    {
        var refused = Assert.Throws<TomlException>(parse);
        Assert.NotEmpty(refused.Explanation);
        return refused.Reason;
    }

    private static string Arrays(int depth) => new string('[', depth) + new string(']', depth);

    private static string Tables(int depth) => string.Concat(Enumerable.Repeat("{a=", depth - 1)) + "{}" + new string('}', depth - 1);

    private static string Lines(int values, Func<string, string> line) =>
        string.Concat(Enumerable.Range(0, values / 250).Select(i => line($"k{i}{Repeated(".a", 249)}")));

    private static string Repeated(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static string Key(int parts) => string.Join('.', Enumerable.Repeat("a", parts));
}
