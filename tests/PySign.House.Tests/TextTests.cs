using System.Globalization;
using System.Text.RegularExpressions;

namespace PySign.House.Tests;

/// <summary>The form of what is written: the width of lines and the words of docs/glossary.md.</summary>
public sealed partial class TextTests
{
    private const int Width = 140;

    private static readonly string[] _unread = ["bin", "obj", "node_modules", ".tools", "artifacts"];

    [Fact]
    public void No_line_of_code_is_wider_than_140_columns()
    {
        var wide = Files("src", "*.cs")
            .Concat(Files("benchmarks", "*.cs"))
            .SelectMany(file => Lines(file).Where(line => line.Text.Length > Width));
        AssertNone(wide);
    }

    /// <summary>A test's data may be a piece of text that cannot be broken: a word of a hundred characters, or a line of a raw
    /// literal.</summary>
    [Fact]
    public void A_line_of_a_test_is_wider_only_for_data()
    {
        var wide = Files("tests", "*.cs").SelectMany(file => Unbroken(file).Where(line => !LongWord().IsMatch(line.Text)));
        AssertNone(wide);
    }

    /// <summary>Lines that are too wide and do not lie in a raw literal, where a line's end would be part of the data.</summary>
    private static IEnumerable<Line> Unbroken(string file)
    {
        var raw = false;
        foreach (var line in Lines(file))
        {
            if (!raw && line.Text.Length > Width && !line.Text.Contains("\"\"\"", StringComparison.Ordinal))
            {
                yield return line;
            }

            raw ^= line.Text.Split("\"\"\"").Length % 2 == 0;
        }
    }

    /// <summary>Whoever needs the time is given it: tests move it, and a release has one clock.</summary>
    [Fact]
    public void The_addin_says_in_one_place_what_time_is_real()
    {
        var real = Files("src/Cake.PySign", "*.cs")
            .SelectMany(file => Lines(file).Where(line => line.Text.Contains("TimeProvider.System", StringComparison.Ordinal)))
            .Select(line => Path.GetFileName(line.File))
            .Distinct(StringComparer.Ordinal);
        Assert.Equal(["Services.cs"], real);
    }

    /// <summary>The suffixes of signatures, the quoting of a shell, what is named twice, the media type of a statement, the parser of
    /// one.</summary>
    [Theory]
    [InlineData("Cake.PySign", @"""[^""]*\.(sigstore|attestation|sig|crt)(\.json)?""|\}\.(sigstore|sig|crt)\b", "SignatureNames.cs")]
    [InlineData("Cake.PySign", @"'\\\\''", "ShellText.cs")]
    [InlineData("Cake.PySign", @"GroupBy\([^;]*OrdinalIgnoreCase", "Duplicates.cs")]
    [InlineData("Cake.PySign", @"\.EnsureAbout\(", "AttestationVerifier.cs")]
    [InlineData("", @"""application/vnd\.in-toto", "InTotoStatement.cs")]
    [InlineData("", @"(TryGetProperty|TextOf)\([^;]*""predicateType""", "InTotoStatement.cs")]
    public void What_there_is_one_of_is_written_in_one_file(string room, string form, string only)
    {
        // The sandbox shares no code with what it tests: what it knows, it knows for itself.
        var places = Files(Path.Combine("src", room), "*.cs")
            .Where(file => !file.Contains("PySign.Sandbox", StringComparison.Ordinal))
            .SelectMany(file =>
                Lines(file).Where(line => Regex.IsMatch(Code(line.Text), form, RegexOptions.None, TimeSpan.FromSeconds(1)))
            );
        Assert.Contains(places, line => Path.GetFileName(line.File) == only);
        AssertNone(places.Where(line => Path.GetFileName(line.File) != only));
    }

    /// <summary>What opens a file to write to it, and why it is not written as a whole.</summary>
    private static readonly Dictionary<string, string> _writers = new(StringComparer.Ordinal)
    {
        ["WholeFile.cs"] = "the one writer",
        ["ArrivingFile.cs"] = "a download under a temporary name",
        ["CopyStream.cs"] = "a private copy, while it is hashed",
        ["StagedImport.cs"] = "a copy in a private folder, while it is hashed",
        ["SourceCopy.cs"] = "a file of a working copy",
        ["SdistUnpacker.cs"] = "a file of an unpacked archive",
        ["SdistNormalizer.cs"] = "the contents of an archive between reading and writing",
        ["RehearsalKey.cs"] = "a key that is nobody else's to read from its first byte on",
        ["PlayedRun.cs"] = "a log that is read while it grows",
        ["StepSummary.cs"] = "GitHub's file, to which every step adds",
        ["HeldFolder.cs"] = "a lock",
        ["AtomicFile.cs"] = "a probe that nobody reads",
        ["DistFolder.cs"] = "a lock",
        ["TufCache.cs"] = "a lock",
    };

    /// <summary>The sandbox shares nothing and has a writer of its own.</summary>
    [Fact]
    public void A_file_that_somebody_else_reads_is_written_in_one_way()
    {
        var places = new[] { "Cake.PySign", "PySign.Formats", "PySign.Http", "PySign.Packaging", "PySign.Sigstore" }
            .SelectMany(room => Files($"src/{room}", "*.cs"))
            .SelectMany(file => Lines(file).Where(line => Writing().IsMatch(Code(line.Text))))
            .ToList();
        AssertNone(places.Where(line => !_writers.ContainsKey(Path.GetFileName(line.File))));
        var seen = places.Select(line => Path.GetFileName(line.File)).ToHashSet(StringComparer.Ordinal);
        Assert.Equal([], _writers.Keys.Where(file => !seen.Contains(file)));
    }

    private static string Code(string line) => line.TrimStart().StartsWith("//", StringComparison.Ordinal) ? "" : line;

    [Fact]
    public void The_words_are_those_of_the_glossary()
    {
        var files = Files("src", "*.cs")
            .Concat(Files("src", "*.py"))
            .Concat(Files("docs", "*.md"))
            .Concat(Files("recipes", "*.*"))
            .Concat(Files("samples", "*.md"))
            .Append(Path.Combine(RepositoryRoot.Path, "README.md"))
            .Append(Path.Combine(RepositoryRoot.Path, "CHANGELOG.md"))
            .Append(Path.Combine(RepositoryRoot.Path, "CONTRIBUTING.md"))
            .Where(file => Path.GetFileName(file) != "glossary.md");
        var found = files.SelectMany(file => Lines(file).Where(line => Unwanted().IsMatch(line.Text)));
        AssertNone(found);
    }

    [Theory]
    [InlineData("This file is no bundle.", true)]
    [InlineData("These are no bundles.", true)]
    [InlineData("{value} is no {what} of a publisher.", true)]
    [InlineData("It is public for ever.", true)]
    [InlineData("The license behaves; the behaviour does not.", true)]
    [InlineData("There is no bundle for every file; it is no longer there.", false)]
    [InlineData("Whether there is no such file.", false)]
    public void What_is_unwanted_is_told_apart_from_what_only_looks_like_it(string text, bool unwanted) =>
        Assert.Equal(unwanted, Unwanted().IsMatch(text));

    private static void AssertNone(IEnumerable<Line> lines)
    {
        var shown = string.Join('\n', lines.Select(Shown));
        Assert.True(shown.Length == 0, shown);
    }

    private static IEnumerable<string> Files(string folder, string pattern)
    {
        var files = Directory
            .EnumerateFiles(Path.Combine(RepositoryRoot.Path, folder), pattern, SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(RepositoryRoot.Path, file).Split(Path.DirectorySeparatorChar).Any(_unread.Contains))
            .Order(StringComparer.Ordinal)
            .ToList();
        Assert.True(files.Count > 0, $"No {pattern} below {folder}: nothing was looked at.");
        return files;
    }

    private static IEnumerable<Line> Lines(string file) => File.ReadLines(file).Select((text, index) => new Line(file, index + 1, text));

    private static string Shown(Line line) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Path.GetRelativePath(RepositoryRoot.Path, line.File)}:{line.Number}: {line.Text.Trim()}"
        );

    [GeneratedRegex(
        @"(?<!\bthere )\b(is|are) no (?!longer\b|more\b|less\b|doubt\b|way\b|need\b|use\b)[\w'{]|\bfor ever\b|\bletter by letter\b"
            + @"|(?<!\bthere )\b(is|are) none (of|that)\b|\bstrangers?\b|\banew\b|\bbesides\b|\bbelongs? into\b|\bwhose time is over\b"
            + @"|behaviour|colour|flavour|favour|honour|licence|catalogue|organisation|recognis|normalis|\blabelled\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Unwanted();

    [GeneratedRegex(
        @"\bFile\.(WriteAll|Append|Create\(|CreateText|OpenWrite)|\bFileMode\.(Create|CreateNew|Append|OpenOrCreate|Truncate)\b"
            + @"|new StreamWriter\([^)]*\.FullPath",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Writing();

    // A call in an interpolation is code, however long it is.
    [GeneratedRegex(@"(?<!\S)[^\s()]{100,}", RegexOptions.CultureInvariant)]
    private static partial Regex LongWord();

    private sealed record Line(string File, int Number, string Text);
}
