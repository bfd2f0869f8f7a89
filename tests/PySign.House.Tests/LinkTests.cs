using System.Text.RegularExpressions;

namespace PySign.House.Tests;

/// <summary>Every link of every page leads somewhere in this tree: the file is there, and so is the anchor.</summary>
public sealed partial class LinkTests
{
    private static readonly string[] _roots = ["docs", "recipes", "samples", "benchmarks", "tests"];

    private static readonly string[] _unread = ["bin", "obj", "node_modules", ".tools", "artifacts"];

    private readonly Dictionary<string, HashSet<string>> _anchors = new(StringComparer.Ordinal);

    [Fact]
    public void No_link_is_dead()
    {
        var pages = Pages().ToList();
        Assert.True(pages.Count >= 40, $"{pages.Count} pages");
        var dead = pages.SelectMany(page => Links(page).Where(link => !Resolves(page, link)).Select(link => $"{Shown(page)}: {link}"));
        Assert.Empty(dead);
    }

    [Fact]
    public void Every_page_is_reached_from_the_index()
    {
        var docs = Path.Combine(RepositoryRoot.Path, "docs");
        var index = File.ReadAllText(Path.Combine(docs, "index.md"));
        var lost = Directory
            .EnumerateFiles(docs, "*.md")
            .Select(Path.GetFileName)
            .Where(name => name != "index.md" && !index.Contains($"({name})", StringComparison.Ordinal));
        Assert.Empty(lost);
    }

    /// <summary>The pages by reader, the first table of the index.</summary>
    [Fact]
    public void A_page_for_a_reader_begins_with_five_minutes_and_ends_with_what_can_go_wrong()
    {
        var docs = Path.Combine(RepositoryRoot.Path, "docs");
        var table = File.ReadAllText(Path.Combine(docs, "index.md")).Split("## Reference")[0];
        var pages = Link().Matches(table).Select(match => match.Groups["to"].Value).ToList();
        Assert.True(pages.Count >= 9);
        foreach (var page in pages)
        {
            var text = Fenced().Replace(File.ReadAllText(Path.Combine(docs, page)), "");
            var headings = Heading().Matches(text).Select(match => match.Value.TrimEnd());
            var parts = headings.Where(line => line.StartsWith("## ", StringComparison.Ordinal)).ToList();
            Assert.Equal((page, "## Five minutes", "## What can go wrong"), (page, parts[0], parts[^1]));
        }
    }

    [Fact]
    public void The_tests_that_the_readme_names_are_there()
    {
        var tests = Directory
            .EnumerateFiles(Path.Combine(RepositoryRoot.Path, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension)
            .ToHashSet(StringComparer.Ordinal);
        var named = TestName()
            .Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md")))
            .Select(match => match.Groups[1].Value)
            .ToList();
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, tests));
    }

    /// <summary>A folder or a file of this repository, as pages write them: from its top, or a room's by its last name.</summary>
    [Fact]
    public void Every_path_of_this_repository_that_a_page_names_is_there_and_so_is_every_test()
    {
        var methods = string.Concat(
            Directory
                .EnumerateFiles(Path.Combine(RepositoryRoot.Path, "tests"), "*.cs", SearchOption.AllDirectories)
                .Where(file => !Shown(file).Split('/').Any(_unread.Contains))
                .Select(File.ReadAllText)
        );
        var named = Pages()
            .SelectMany(page => InCode().Matches(File.ReadAllText(page)).Select(match => (page, match.Value.Trim('`'))))
            .ToList();
        var paths = named.Where(one => OwnPath().IsMatch(one.Item2)).ToList();
        var tests = named.Where(one => OwnTest().IsMatch(one.Item2)).ToList();
        Assert.True(paths.Count > 40 && tests.Count > 3, $"{paths.Count} paths, {tests.Count} tests");
        var missing = paths
            .Where(one => !IsThere(one.Item2))
            .Concat(tests.Where(one => !methods.Contains($" {one.Item2}(", StringComparison.Ordinal)))
            .Select(one => $"{Shown(one.page)}: {one.Item2}");
        Assert.Equal([], missing);
    }

    private static bool IsThere(string path)
    {
        var room = path.Split('/')[0];
        var full = room is "Sigstore" or "Packaging" or "PySign.Http"
            ? $"src/PySign.{room.Replace("PySign.", "", StringComparison.Ordinal)}"
            : room;
        var place = Path.Combine(RepositoryRoot.Path, full + path[room.Length..].TrimEnd('/'));
        return File.Exists(place) || File.Exists(place + ".cs") || Directory.Exists(place);
    }

    [Theory]
    [InlineData("no-such-page.md")]
    [InlineData("index.md#no-such-anchor")]
    [InlineData("../../outside.md")]
    [InlineData("decisions/")]
    public void A_dead_link_would_be_found(string link) =>
        Assert.False(Resolves(Path.Combine(RepositoryRoot.Path, "docs", "index.md"), link));

    private static IEnumerable<string> Pages() =>
        _roots
            .SelectMany(root => Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, root), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(RepositoryRoot.Path, "*.md"))
            .Where(file => !Shown(file).Split('/').Any(part => _unread.Contains(part)));

    private static string Shown(string file) => Path.GetRelativePath(RepositoryRoot.Path, file).Replace('\\', '/');

    private static IEnumerable<string> Links(string page) =>
        Link()
            .Matches(Code().Replace(File.ReadAllText(page), ""))
            .Select(match => match.Groups["to"].Value)
            .Where(to => !Scheme().IsMatch(to));

    private bool Resolves(string page, string link)
    {
        var (path, anchor) = link.Split('#', 2) is [var before, var after] ? (before, after) : (link, "");
        var target = path.Length == 0 ? page : Path.GetFullPath(path, Path.GetDirectoryName(page)!);
        // A folder is a page on GitHub and GitLab, and nothing on the site.
        if (!target.StartsWith(RepositoryRoot.Path, StringComparison.Ordinal) || !File.Exists(target))
        {
            return false;
        }

        return anchor.Length == 0 || (target.EndsWith(".md", StringComparison.Ordinal) && Anchors(target).Contains(anchor));
    }

    private HashSet<string> Anchors(string page)
    {
        if (!_anchors.TryGetValue(page, out var anchors))
        {
            _anchors[page] = anchors = new HashSet<string>(StringComparer.Ordinal);
            foreach (
                var heading in Heading().Matches(Fenced().Replace(File.ReadAllText(page), "")).Select(match => match.Groups["text"].Value)
            )
            {
                var anchor = Anchor(heading);
                for (var i = 1; !anchors.Add(anchor); i++)
                {
                    anchor = $"{Anchor(heading)}-{i}";
                }
            }
        }

        return anchors;
    }

    // As GitHub and GitLab make them: lower case, blanks to hyphens, punctuation gone.
    private static string Anchor(string heading) =>
        string.Concat(
            heading.Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_').Select(c => c == ' ' ? '-' : c)
        );

    [GeneratedRegex("`([A-Za-z]+Tests)`", RegexOptions.CultureInvariant)]
    private static partial Regex TestName();

    [GeneratedRegex("`[^`\\s]+`", RegexOptions.CultureInvariant)]
    private static partial Regex InCode();

    [GeneratedRegex(
        @"^(src/(Cake\.)?PySign|tests/|eng/|recipes/|docs/|benchmarks/|Sigstore/|Packaging/|PySign\.Http/)[\w./-]*$",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex OwnPath();

    // At least two underscores and a small letter: what is all capitals is a variable.
    [GeneratedRegex("^[A-Z][a-zA-Z0-9]*(_[a-zA-Z0-9]*[a-z][a-zA-Z0-9]*){2,}$", RegexOptions.CultureInvariant)]
    private static partial Regex OwnTest();

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Link();

    [GeneratedRegex(@"^[a-z][a-z+.-]*:", RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"^```.*?^```|`[^`\n]*`", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Code();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Fenced();

    [GeneratedRegex(@"^#{1,6} (?<text>.+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Heading();
}
