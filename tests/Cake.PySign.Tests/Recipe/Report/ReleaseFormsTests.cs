using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Cake.PySign.Common.Ci;
using Cake.PySign.Recipe;
using Cake.PySign.Recipe.Report;
using Cake.PySign.Tests.Rig;
using Json.Schema;

namespace Cake.PySign.Tests.Recipe.Report;

/// <summary>The forms of the report against what reads them: a strict parser of HTML, the schema, a browser, GitHub's limit; and each
/// against the others.</summary>
public sealed class ReleaseFormsTests : IDisposable
{
    private static readonly (int Width, int Height) _phone = (390, 844);
    private static readonly (int Width, int Height) _desktop = (1280, 900);

    private readonly CakeRig _rig = new();

    public static TheoryData<string> Ledgers => [.. _ledgers.Keys];

    public static TheoryData<string> HostileTexts =>
        [
            "</code></pre></td></svg></main><script>alert(1)</script>",
            "--><img src=x onerror=alert(1)>",
            "]]></title></style></desc>",
            "\" onload=\"x\" '><a href='javascript:alert(1)'>",
            "javascript:alert(1)",
            "https://user:secret@evil.example/",
            "&lt;b&gt;&amp;&#60;script&#62;",
            "|a|`b`\n## c\r\n- d | e",
            "```\n# out of the block",
            "<!-- Cake.PySign -->",
            "[x](javascript:alert(1)) ![y](https://evil.example) https://evil.example www.evil.example",
            "\u202egnp.exe\u2066\u200f\u200b\ufeff",
            "\u001b[31mred\u001b[0m\u0000\u0007\u0085",
            "\u0646\u0635 \u6587\u5b57\u5217 \U0001f9d1\u200d\U0001f680",
            "::error::x ##[group]y section_start:1:z",
            new string('W', 10_000),
            new string('\u5b57', 10_000),
        ];

    private static readonly Dictionary<string, Ledger> _ledgers = new()
    {
        ["not signed"] = SampleLedger.Unsigned(),
        ["signed"] = SampleLedger.Signed(),
        ["a run that died"] = SampleLedger.Partial(SampleLedger.Signed()),
        ["not tested"] = SampleLedger.Untested(SampleLedger.Signed()),
        ["imported"] = SampleLedger.Imported(SampleLedger.Signed()),
        ["checked"] = SampleLedger.Checked(SampleLedger.Signed()),
        ["finished"] = SampleLedger.Finished(SampleLedger.Checked(SampleLedger.Signed())),
        ["signed by a key"] = SampleLedger.Finished(SampleLedger.WithKey(SampleLedger.Signed())),
        ["of many files"] = SampleLedger.Checked(SampleLedger.Many()),
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Theory]
    [MemberData(nameof(Ledgers))]
    public void Each_ledger_gives_a_page_that_a_strict_parser_takes_and_json_that_its_schema_takes(string name)
    {
        var facts = ReleaseFacts.Of(_ledgers[name]);
        RequireValid(ReleasePage.Of(facts));
        RequireSchema(facts.ToJson());
        Assert.Equal(ReleasePage.Of(facts), ReleasePage.Of(ReleaseFacts.Of(_ledgers[name])));
        Assert.Equal(ReleaseMarkdown.Of(facts), ReleaseMarkdown.Of(ReleaseFacts.Of(_ledgers[name])));
        Assert.Equal(facts.ToJson(), ReleaseFacts.Of(_ledgers[name]).ToJson());
    }

    /// <summary>What others wrote changes no element, no attribute but addresses, and no line and no cell of the Markdown.</summary>
    [Theory]
    [MemberData(nameof(HostileTexts))]
    public void Foreign_text_in_every_field_stays_text_in_every_form(string text)
    {
        var (facts, harmless) = (ReleaseFacts.Of(SampleLedger.With(text)), ReleaseFacts.Of(SampleLedger.With("demo")));
        var (page, other) = (RequireValid(ReleasePage.Of(facts)), RequireValid(ReleasePage.Of(harmless)));

        // The picture breaks long text into more lines, and only that.
        static IEnumerable<string> Shape(IDocument page) =>
            page
                .All.Where(element => element.LocalName != "text")
                .Select(element => $"{element.LocalName} {string.Join(' ', element.Attributes.Select(one => one.Name).Order())}");
        Assert.Equal(Shape(other), Shape(page));
        Assert.Equal(Cells(ReleaseMarkdown.Of(harmless)), Cells(ReleaseMarkdown.Of(facts)));
        RequireSchema(facts.ToJson());
        foreach (var form in new[] { ReleasePage.Of(facts), ReleaseMarkdown.Of(facts), facts.ToJson() })
        {
            Assert.DoesNotContain(form, c => c is '\u202e' or '\u2066' or '\u200f' or '\u200b' or '\ufeff' or '\u001b' or '\0');
        }

        // Lines, and the bars in them that end a cell.
        static IEnumerable<int> Cells(string markdown) =>
            markdown.Split('\n').Select(line => line.StartsWith('|') ? Regex.Count(line, @"(?<!\\)(?:\\\\)*\|") : 0);
    }

    [Theory]
    [MemberData(nameof(Ledgers))]
    public void The_forms_state_the_same_facts(string name)
    {
        var facts = ReleaseFacts.Of(_ledgers[name]);
        var page = RequireValid(ReleasePage.Of(facts)).DocumentElement.TextContent;
        var notes = WebUtility.HtmlDecode(Regex.Replace(ReleaseMarkdown.Of(facts), @"\\([\\`*_\[\]<>|#!&~$:.])", "$1"));
        using var json = JsonDocument.Parse(facts.ToJson());
        foreach (var text in Texts(json.RootElement, "").Where(IsShown).Select(one => one.Text).Distinct())
        {
            Assert.Contains(text, page, StringComparison.Ordinal);
            Assert.Contains(text, notes, StringComparison.Ordinal);
        }

        Assert.Contains(facts.Verdict, page, StringComparison.Ordinal);
        Assert.Contains(facts.Verdict, notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_phone_and_a_desktop_show_every_text_whole_readable_and_in_contrast_light_and_dark()
    {
        Assert.SkipWhen(Browser.Program is null, "NOT RUN: there is no Chromium to look at the page with (apt-get install chromium).");
        await using var browser = await Browser.StartAsync(Stop);
        var reports = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Path, "artifacts", "test-reports")).FullName;
        Dictionary<string, Ledger> shown = new()
        {
            ["many"] = _ledgers["of many files"],
            ["finished"] = _ledgers["finished"],
            ["key"] = _ledgers["signed by a key"],
            ["open"] = _ledgers["a run that died"],
            ["wide"] = SampleLedger.With(new string('W', 300)),
            ["cjk"] = SampleLedger.With(string.Concat(Enumerable.Repeat("\u5b57 \U0001f680", 60))),
        };
        foreach (var (name, ledger) in shown)
        {
            foreach (var (size, device) in new[] { (_phone, "phone"), (_desktop, "desktop") })
            {
                foreach (var dark in new[] { false, true })
                {
                    var layout = await browser.MeasureAsync(ReleasePage.Of(ReleaseFacts.Of(ledger)), size, dark, Stop);
                    var what = $"{name}, {device}, {(dark ? "dark" : "light")}: {layout}";
                    Assert.True((layout.Width, layout.Needed) == (size.Width, size.Width), what);
                    Assert.True(layout.Contrast >= 4.5 && layout.Frame >= 3 && layout.Smallest >= 12, what);
                    Assert.True(layout.Clipped.Count == 0, $"{what} {string.Join(" ", layout.Clipped)}");
                    Assert.True(layout.Headings[0] == 1 && layout.Headings.Skip(1).All(level => level == 2) && layout.Text > 500, what);
                    if (name is "many" or "finished" or "wide")
                    {
                        var picture = $"release-page-{name}-{device}-{(dark ? "dark" : "light")}.png";
                        await browser.PhotographAsync(Path.Combine(reports, picture), Stop, wholePage: name != "many");
                    }
                }
            }
        }
    }

    [Fact]
    public void A_summary_never_grows_beyond_what_GitHub_shows()
    {
        var file = _rig.Folder.File("summary.md");
        _rig.Environment.Variables["GITHUB_STEP_SUMMARY"] = file.FullPath;
        var many = SampleLedger.Many();
        var facts = ReleaseFacts.Of(
            many with
            {
                Files = [.. many.Files.Select(one => one with { Origin = new LedgerOrigin(new string('x', 30_000)) })],
            }
        );
        for (var i = 0; i < 3; i++)
        {
            StepSummary.Append(_rig.Environment, _rig.Services().Log, () => ReleaseMarkdown.Of(facts));
            var bytes = File.ReadAllBytes(file.FullPath);
            Assert.InRange(bytes.Length, 900_000, StepSummary.MaxBytes);
            var text = new UTF8Encoding(false, true).GetString(bytes);
            Assert.EndsWith("a summary takes 1 MiB.\n", text, StringComparison.Ordinal);
            Assert.Equal(0, Regex.Count(text, "^```", RegexOptions.Multiline) % 2);
        }
    }

    private static IDocument RequireValid(string html)
    {
        var page = new HtmlParser(new HtmlParserOptions { IsStrictMode = true }).ParseDocument(html);
        Assert.Equal("en", page.DocumentElement.GetAttribute("lang"));
        Assert.NotEmpty(page.Title!);
        Assert.Single(page.QuerySelectorAll("main"));
        Assert.Single(page.QuerySelectorAll("h1"));
        Assert.Empty(page.QuerySelectorAll("script, img, iframe, object, link, form, base"));
        var ids = page.QuerySelectorAll("[id]").Select(element => element.Id).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(
            page.QuerySelectorAll("[aria-labelledby]"),
            one => Assert.All(one.GetAttribute("aria-labelledby")!.Split(' '), id => Assert.Contains(id, ids))
        );
        Assert.All(page.QuerySelectorAll("svg"), svg => Assert.NotEmpty(svg.QuerySelector("title")!.TextContent));
        Assert.All(page.QuerySelectorAll("th"), th => Assert.Equal("col", th.GetAttribute("scope")));
        Assert.All(page.QuerySelectorAll("table"), table => Assert.NotNull(table.QuerySelector("caption")));
        Assert.All(
            page.QuerySelectorAll("tbody tr"),
            row => Assert.Equal(row.Closest("table")!.QuerySelectorAll("th").Length, row.Children.Length)
        );
        Assert.All(page.QuerySelectorAll("a"), a => Assert.Matches("^https?://(?![^/]*@)", a.GetAttribute("href")!));
        Assert.DoesNotContain(
            page.All.SelectMany(element => element.Attributes),
            one => one.Name.StartsWith("on", StringComparison.Ordinal) || one.Name == "style"
        );
        return page;
    }

    private static void RequireSchema(string text)
    {
        var schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "schemas", "release.schema.json")));
        using var json = JsonDocument.Parse(text);
        var result = schema.Evaluate(json.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        Assert.True(
            result.IsValid,
            string.Join('\n', (result.Details ?? []).SelectMany(detail => detail.Errors?.Values.AsEnumerable() ?? []))
        );
        using var other = JsonDocument.Parse(text.Replace("\"schema\": 1", "\"schema\": 2", StringComparison.Ordinal));
        Assert.False(schema.Evaluate(other.RootElement).IsValid);
    }

    private static IEnumerable<(string Path, string Text)> Texts(JsonElement json, string path) =>
        json.ValueKind switch
        {
            JsonValueKind.Object => json.EnumerateObject().SelectMany(member => Texts(member.Value, $"{path}/{member.Name}")),
            JsonValueKind.Array => json.EnumerateArray().SelectMany(item => Texts(item, path)),
            JsonValueKind.String => [(path, json.GetString()!)],
            JsonValueKind.Number => [(path, json.GetRawText())],
            _ => [],
        };

    // Times stand in another form, a size is rounded, and the digests of signatures are in the JSON alone.
    private static bool IsShown((string Path, string Text) one) =>
        one.Text.Length > 0
        && one.Path
            is not (
                "/schema"
                or "/files/size"
                or "/files/kind"
                or "/files/publishedAt"
                or "/files/signatureFiles/sha256"
                or "/tests/result"
            )
        && !one.Path.EndsWith("/at", StringComparison.Ordinal)
        && !one.Path.EndsWith("/time", StringComparison.Ordinal)
        && !one.Path.EndsWith("integratedTime", StringComparison.Ordinal)
        && !one.Path.EndsWith("/logEntries/log", StringComparison.Ordinal)
        && !one.Path.StartsWith("/files/origin/folder", StringComparison.Ordinal);
}
