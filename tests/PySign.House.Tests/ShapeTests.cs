using System.Text.RegularExpressions;

namespace PySign.House.Tests;

/// <summary>The shape of the code: what a reader can take in at one look. CSharpier decides where lines end, so that they count the same
/// for everybody.</summary>
public sealed partial class ShapeTests
{
    private const int Screen = 45;
    private const int Parameters = 6;

    /// <summary>Methods that a screen does not hold, because they are tables: a row for each name that a format or a service has.</summary>
    private static readonly string[] _tables =
    [
        "AttemptFailure.OfRequest",
        "CertificateExtensions.ForGitHub",
        "CertificateExtensions.ForGitLab",
        "GitLabClaims.Create",
        "LogEntryReader.Read",
        "MaterialReader.Read",
        "RefusalKind.Of",
        "SigningConfigReader.ReadConfig",
        "TrustedLogReader.Read",
    ];

    /// <summary>G of RFC 7693 3.1 has these seven.</summary>
    private static readonly string[] _longLists = ["Blake2b.Mix"];

    [Fact]
    public void A_method_that_is_not_a_table_fits_on_a_screen() =>
        Assert.Equal(_tables, Members().Where(member => member.Lines > Screen).Select(member => member.Name));

    [Fact]
    public void What_needs_more_than_six_parameters_takes_an_object() =>
        Assert.Equal(_longLists, Members().Where(member => member.Parameters > Parameters).Select(member => member.Name));

    [Theory]
    [InlineData("    private static Task<(int A, int B)> Read<T>(string one, Func<int, string, T> two)\n    {\n    }\n", 3, 2)]
    [InlineData(
        "    internal Reader(\n        string one,\n        int two = 3\n    )\n    {\n\n        One();\n    }\n\n    /// <x>",
        8,
        2
    )]
    [InlineData("    public int Count() =>\n        new()\n        {\n\n            A = 1,\n        };\n\n    private int _x;", 6, 0)]
    [InlineData("internal sealed record Row(string Name, (int, int) Span, Dictionary<string, int> More);\n", 1, 3)]
    public void A_member_is_measured_from_its_first_line_to_its_last(string code, int lines, int parameters) =>
        Assert.Equal(
            (lines, parameters),
            Assert.Single(Members("X", code.Split('\n')).Select(member => (member.Lines, member.Parameters)))
        );

    private static IReadOnlyList<Member> Members()
    {
        var src = Path.Combine(RepositoryRoot.Path, "src");
        List<Member> members =
        [
            .. Directory
                .EnumerateFiles(src, "*.cs", SearchOption.AllDirectories)
                .Where(file => !Path.GetRelativePath(src, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
                .SelectMany(file => Members(Path.GetFileNameWithoutExtension(file), File.ReadAllLines(file)))
                .OrderBy(member => member.Name, StringComparer.Ordinal),
        ];
        Assert.True(members.Count > 3000, $"Only {members.Count} members in src: they were not looked at.");
        return members;
    }

    private static IEnumerable<Member> Members(string file, string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (Start().Match(lines[i]) is { Success: true } start)
            {
                var text = string.Join(' ', lines.Skip(i).Take(Screen));
                if (Name().Match(text) is { Success: true } name)
                {
                    var length = Type().IsMatch(lines[i]) ? 1 : Length(lines, i, start.Groups["indent"].Length);
                    yield return new Member($"{file}.{name.Groups["name"].Value}", length, Count(text[(name.Index + name.Length)..]));
                }
            }
        }
    }

    /// <summary>Up to the brace below its first letter, or to the last line before something else stands as far left.</summary>
    private static int Length(string[] lines, int start, int indent)
    {
        var last = start;
        for (var i = start + 1; i < lines.Length; i++)
        {
            var line = lines[i].TrimStart();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var depth = lines[i].Length - line.Length;
            if (depth < indent || (depth == indent && line[0] is not ('{' or '}' or ')' or ']')))
            {
                break;
            }

            last = i;
            if (depth == indent && line[0] == '}')
            {
                break;
            }
        }

        return last - start + 1;
    }

    private static int Count(string afterParenthesis)
    {
        var (depth, count) = (0, afterParenthesis.TrimStart().StartsWith(')') ? 0 : 1);
        foreach (var c in afterParenthesis.Replace("=>", "", StringComparison.Ordinal))
        {
            depth += c is '(' or '[' or '<' or '{' ? 1 : 0;
            depth -= c is ')' or ']' or '>' or '}' ? 1 : 0;
            if (depth < 0)
            {
                break;
            }

            count += c == ',' && depth == 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>A method, a constructor, or a type with one; not a field, whose length is that of its data.</summary>
    [GeneratedRegex(
        @"^(?<indent> *)(public|private|protected|internal)\b(?!.*\b(readonly (?!record|struct)|const )|.*\{ get)[^=]*\(",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Start();

    [GeneratedRegex(@"\b(class|record|struct) \w+(<[\w, ]+>)?\(", RegexOptions.CultureInvariant)]
    private static partial Regex Type();

    [GeneratedRegex(@"(?<= )(?<name>\w+)(<[\w, ]+>)?\(", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    private sealed record Member(string Name, int Lines, int Parameters);
}
