using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using PySign.Packaging.Metadata;
using PySign.Packaging.Projects;
using PySign.Packaging.Toml;

namespace PySign.Packaging.Tests.Projects;

/// <summary>For any valid document and any edit, reading again shows exactly that change and nothing else.</summary>
public sealed class EditPropertyTests
{
    private static readonly string[] _lineEnds = ["\n", "\r\n"];
    private static readonly string[] _quotes = ["\"", "'", "\"\"\"", "'''"];
    private static readonly string[] _fillers = ["", "# name = \"x\"", "\t# [project]", "  "];
    private static readonly string[] _labels = ["Homepage", "homepage", "Home Page", "Source", "Issue Tracker"];
    private static readonly string[] _tools =
    [
        "[tool.a]|name = \"t\"|version = '9'",
        "[[tool.b]]|version = \"1\"|[[tool.b]]|name = '''|[project]|name = \"no\"|'''",
        "[tool]|x = { project.name = 'n', version = 3 }",
        "[project.optional-dependencies]|dev = [|  \"x\", # c|]",
    ];

    [Fact]
    public void Any_edit_changes_its_value_and_nothing_else()
    {
        var documents =
            from shape in Gen.Choose(0, 3)
            from lineEnd in Gen.Elements(_lineEnds)
            from quote in Gen.Elements(_quotes)
            from filler in Gen.Elements(_fillers)
            from urls in Gen.SubListOf(_labels)
            from urlForm in Gen.Choose(0, 3)
            from tools in Gen.SubListOf(_tools)
            from lastEnd in Gen.Elements(true, false)
            from mark in Gen.Elements(true, false)
            select Write(shape, lineEnd, quote, filler, Distinct(urls), urlForm, tools, lastEnd, mark);
        var edits =
            from kind in Gen.Choose(0, 2)
            from label in Gen.Elements(_labels)
            from number in Gen.Choose(0, 99)
            select (Kind: kind, Label: label, Number: number);
        var both = from document in documents from edit in edits select (Document: document, Edit: edit);
        var config = Config
            .QuickThrowOnFailure.WithMaxTest(3000)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(20260604, 1), null)));
        Check.One(config, Prop.ForAll(both.ToArbitrary(), pair => Holds(pair.Document, pair.Edit)));
    }

    private static bool Holds(string document, (int Kind, string Label, int Number) edit)
    {
        var before = PyProject.Parse(document);
        var (path, value, after) = edit.Kind switch
        {
            0 => (new[] { "project", "name" }, $"pkg{edit.Number}", before.WithName($"pkg{edit.Number}")),
            1 => (["project", "version"], $"{edit.Number}.0", before.WithVersion($"{edit.Number}.0")),
            _ => (
                UrlPath(before, edit.Label),
                $"https://h.example/{edit.Number}",
                before.WithUrl(edit.Label, $"https://h.example/{edit.Number}")
            ),
        };
        var edited = after.ToString();

        // Nothing is lost around the edit: what is left and right of it is the old text.
        var left = document.AsSpan().CommonPrefixLength(edited);
        var right = 0;
        while (right < Math.Min(document.Length, edited.Length) - left && document[^(right + 1)] == edited[^(right + 1)])
            right++;
        var removed = document.Length - left - right;

        // And what was there is there still, in its order, around the one place: an existing value loses itself alone, a new one takes
        // nothing.
        var old = before.Document.Find(path) is TomlString was ? was.Value : string.Empty;
        var existed = before.Document.Find(path) is not null;
        var expected = Facts(before.Document);
        expected[string.Join('\u0001', path)] = value;
        return Facts(TomlDocument.Parse(edited)).OrderBy(fact => fact.Key).SequenceEqual(expected.OrderBy(fact => fact.Key))
            && (existed ? removed <= old.Length + 6 : removed <= 2)
            && edited.EndsWith('\n') == document.EndsWith('\n')
            && edited.StartsWith('\ufeff') == document.StartsWith('\ufeff')
            && edited.Contains('\r', StringComparison.Ordinal) == document.Contains('\r', StringComparison.Ordinal);
    }

    private static string[] UrlPath(PyProject project, string label) =>
        ["project", "urls", project.Urls.FirstOrDefault(url => url.NormalizedLabel == ProjectUrl.NormalizeLabel(label))?.Label ?? label];

    private static Dictionary<string, string> Facts(TomlDocument document)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        Collect(document.Root, string.Empty);
        return facts;

        void Collect(TomlValue value, string path)
        {
            if (value is TomlTable table)
            {
                foreach (var key in table.Keys)
                    Collect(table[key], path.Length == 0 ? key : $"{path}\u0001{key}");
            }
            else if (value is TomlArray array)
            {
                for (var i = 0; i < array.Items.Count; i++)
                    Collect(array.Items[i], $"{path}\u0001[{i}]");
            }
            else
            {
                facts[path] =
                    value is TomlString text ? text.Value
                    : value is TomlInteger integer ? $"{integer.Value}"
                    : value.GetType().Name;
            }
        }
    }

    private static List<string> Distinct(IEnumerable<string> labels) => [.. labels.DistinctBy(ProjectUrl.NormalizeLabel)];

    private static string Write(
        int shape,
        string lineEnd,
        string quote,
        string filler,
        List<string> urls,
        int urlForm,
        IEnumerable<string> tools,
        bool lastEnd,
        bool mark
    )
    {
        var lines = new List<string> { filler };
        var pairs = urls.Select(label => $"\"{label}\" = {quote}https://old.example{quote}").ToList();
        var inline = $"{{ {string.Join(", ", pairs)} }}";
        var extra = tools.Where(tool => shape == 0 || !tool.StartsWith("[project", StringComparison.Ordinal));
        switch (shape)
        {
            case 0:
                lines.AddRange(["[project]", $"name = {quote}old{quote} {filler}", filler, $"  \"version\" = {quote}0{quote}"]);
                AddUrls(lines, pairs, inline, urlForm, string.Empty);
                break;
            case 1:
                lines.AddRange([$"project . name = {quote}old{quote}", $"project.'version' = {quote}0{quote} # c"]);
                AddUrls(lines, pairs, inline, urlForm % 3, "project.");
                break;
            case 2:
                lines.Add(
                    $"project = {{name = {quote}old{quote}, "
                        + $"version={quote}0{quote}{(pairs.Count == 0 ? string.Empty : $", urls = {inline}")}}} # c"
                );
                break;
            default:
                lines.Add(
                    $"project = {{ version={quote}0{quote}{string.Concat(pairs.Select(pair => $", urls.{pair}"))}, name = "
                        + $"{quote}old{quote}}}"
                );
                break;
        }

        lines.AddRange(extra.SelectMany(tool => tool.Split('|')));
        return (mark ? "\ufeff" : string.Empty) + string.Join(lineEnd, lines) + (lastEnd ? lineEnd : string.Empty);
    }

    private static void AddUrls(List<string> lines, List<string> pairs, string inline, int form, string prefix)
    {
        switch (form)
        {
            case 0:
                lines.Add($"{prefix}urls = {inline}");
                break;
            case 1:
                lines.AddRange(pairs.Select(pair => $"{prefix}urls.{pair} # u"));
                break;
            case 2:
                break;
            default:
                lines.AddRange(["", "[project.urls] # u", .. pairs, "# end"]);
                break;
        }
    }
}
