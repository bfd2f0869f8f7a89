using System.Reflection;
using System.Text.RegularExpressions;

namespace PySign.House.Tests;

/// <summary>Every pattern takes time that grows with its text and no faster: text of others is up to megabytes long.</summary>
public sealed partial class PatternTests
{
    private const int Length = 4 << 20;

    // Lookaheads, on a tag's name and on links of a page: with a time limit, and measured below. All others cannot backtrack.
    private static readonly string[] _lookingAhead = ["HtmlIndexReader", "VersionTag"];

    private static IEnumerable<(string File, string Text)> Sources() =>
        Directory
            .EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(file => (Path.GetFileName(file), File.ReadAllText(file)));

    [Fact]
    public void A_pattern_does_not_backtrack_or_has_a_time_limit()
    {
        var generated = Generated().ToList();
        Assert.True(generated.Count > 80, $"{generated.Count} patterns found");
        Assert.DoesNotContain(
            generated,
            one => !one.Regex.Options.HasFlag(RegexOptions.NonBacktracking) && !_lookingAhead.Contains(one.Type, StringComparer.Ordinal)
        );
        Assert.DoesNotContain(
            generated,
            one => !one.Regex.Options.HasFlag(RegexOptions.NonBacktracking) && one.Regex.MatchTimeout == Regex.InfiniteMatchTimeout
        );

        // Those that are made while the program runs come from a user or from a project.
        var odd = Sources()
            .SelectMany(source => Made().Matches(source.Text).Select(match => (source.File, match.Value)))
            .Where(one => !_bounds.Any(bound => one.Value.Contains(bound, StringComparison.Ordinal)))
            .Select(one => $"{one.File}: {one.Value}")
            .ToList();
        Assert.True(odd.Count == 0, string.Join(Environment.NewLine, odd));
    }

    private static readonly string[] _bounds = ["NonBacktracking", "TimeSpan.FromSeconds(1)", "_patience"];

    [Fact]
    public void A_pattern_that_looks_ahead_takes_time_that_grows_with_its_text()
    {
        Func<int, string>[] texts =
        [
            static length => new('a', length),
            static length => new('.', length),
            static length => new('-', length),
            static length => string.Concat(Enumerable.Repeat("a.1-&", length / 5)),
        ];
        var looking = Generated().Where(one => _lookingAhead.Contains(one.Type, StringComparer.Ordinal)).ToList();
        Assert.Equal(_lookingAhead, looking.Select(one => one.Type).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        foreach (var (_, regex) in looking)
        {
            // The same pattern without its time limit, which a loaded machine may reach.
            var patient = new Regex(regex.ToString(), regex.Options, Regex.InfiniteMatchTimeout);
            Assert.All(texts, text => Growth.AssertLinear(Length, text, input => patient.IsMatch(input)));
        }
    }

    private const BindingFlags OwnStatic = BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly;

    private static IEnumerable<(string Type, Regex Regex)> Generated() =>
        new[] { "Cake.PySign", "PySign.Http", "PySign.Packaging", "PySign.Sigstore" }
            .SelectMany(name => Assembly.Load(name).GetTypes())
            .SelectMany(type => type.GetMethods(OwnStatic))
            .Where(method => method.ReturnType == typeof(Regex) && method.GetCustomAttribute<GeneratedRegexAttribute>() is not null)
            .Select(method => (method.DeclaringType!.Name, (Regex)method.Invoke(null, null)!));

    [GeneratedRegex(
        @"(?:new Regex\(|\bRegex\.(?:IsMatch|Matches?|Replace|Split)\()[^;]*;",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Made();
}
