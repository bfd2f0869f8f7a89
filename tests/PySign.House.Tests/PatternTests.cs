using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace PySign.House.Tests;

/// <summary>Every pattern takes time that grows with its text and no faster: text of others is up to megabytes long.</summary>
public sealed partial class PatternTests
{
    private const int Length = 4 << 20;

    // Lookaheads, on a tag's name and on links of a page: with a time limit, and measured below.
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
    public void Every_generated_pattern_reads_four_megabytes_of_anything_in_time()
    {
        string[] texts = [new('a', Length), new('.', Length), new('-', Length), string.Concat(Enumerable.Repeat("a.1-&", Length / 5))];
        var slow = new List<string>();
        foreach (var (_, regex) in Generated())
        {
            foreach (var text in texts)
            {
                var started = Stopwatch.GetTimestamp();
                try
                {
                    _ = regex.IsMatch(text);
                }
                catch (RegexMatchTimeoutException)
                {
                    slow.Add($"{regex}: gave up");
                }

                if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(4))
                {
                    slow.Add($"{regex}: {Stopwatch.GetElapsedTime(started)} for {text[..10]}…");
                }
            }
        }

        Assert.True(slow.Count == 0, string.Join(Environment.NewLine, slow));
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
