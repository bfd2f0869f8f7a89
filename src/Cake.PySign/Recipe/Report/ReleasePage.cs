using System.Globalization;
using Cake.PySign.Common.Reports;

namespace Cake.PySign.Recipe.Report;

/// <summary>The report as a page for a browser.</summary>
internal static class ReleasePage
{
    public static string Of(ReleaseFacts facts)
    {
        var page = new HtmlPage($"{facts.Name} {facts.Version}");
        page.Paragraph(HtmlText.Mark(facts.Complete ? "ok" : "warning", facts.Verdict));
        page.Section("chain", "From the commit to the index")
            .Picture(new ChainPicture($"The chain of {facts.Name} {facts.Version}", facts.Chain))
            .Table("Each step in words", ["step", "what", "done"], facts.Chain.Select(Row));
        Signer(page, facts);
        Files(page, facts);
        Checks(page, facts);
        Tests(page, facts);
        Verifications(page, facts);
        Tools(page, facts);
        return page.ToString();
    }

    private static HtmlText[] Row(ChainStep step) => [step.Title, step.Text, HtmlText.Mark(step.Color, Word(step))];

    private static string Word(ChainStep step)
    {
        if (step.Done)
        {
            return "yes";
        }

        return step.LeftOut ? "left out" : "no";
    }

    private static void Signer(HtmlPage page, ReleaseFacts facts)
    {
        page.Section("signer", "Who signed");
        if (facts.Signer is not { } signer)
        {
            page.Paragraph("Nothing is signed yet.");
            return;
        }

        page.Table(
            "Signer",
            ["identity", "vouched for by"],
            [
                [HtmlText.Code(signer.Identity.Length > 0 ? signer.Identity : "a key"), HtmlText.Code(signer.Issuer)],
            ]
        );
        page.Paragraph("These are the publisher's words. Compare them with a place that this page's author does not control, then verify:");
        page.Block(ReleaseCommands.Of(facts));
    }

    private static void Files(HtmlPage page, ReleaseFacts facts)
    {
        page.Section("files", "Files");
        page.Table(
            $"{facts.Files.Count} distributions",
            ["file", "SHA-256", "signature", "log entry", "from"],
            facts.Files.Select(file =>
                (IReadOnlyList<HtmlText>)
                    [
                        HtmlText.Lines([Linked(file.Name, file.Url), HtmlText.Plain(Size(file.Size))]),
                        HtmlText.Code(file.Sha256),
                        HtmlText.Lines(file.SignatureFiles.Select(part => Linked(part.Name, part.Url)).Concat(Attested(file))),
                        HtmlText.Lines(file.LogEntries.Select(log => HtmlText.Plain(Entry(log)))),
                        HtmlText.Plain(ReleaseMarkdown.From(file.Origin)),
                    ]
            )
        );
        if (facts.Statement is { } statement)
        {
            page.Paragraph(
                "Which files there are is signed too: ",
                Linked(statement.Name, statement.Url),
                ", SHA-256 ",
                HtmlText.Code(statement.Sha256)
            );
        }
    }

    private static void Checks(HtmlPage page, ReleaseFacts facts)
    {
        page.Section("checks", "What was checked before signing");
        if (facts is { Checks: null, Preflight: null })
        {
            page.Paragraph("There is no record of it.");
            return;
        }

        List<IReadOnlyList<HtmlText>> rows = [];
        if (facts.Checks is { } checks)
        {
            rows.AddRange(checks.Passed.Select(name => Line(name, "the files themselves", "ok", "passed")));
            rows.AddRange(checks.Waived.Select(name => Line(name, "the files themselves", "warning", "waived")));
        }

        if (facts.Preflight is { } preflight)
        {
            rows.AddRange(preflight.Checked.Select(what => Line(what, "preflight", "ok", "nothing in the way")));
            rows.AddRange(preflight.NotKnown.Select(what => Line(what, "preflight", "soft", "not known there")));
        }

        page.Table("Checks and preflight", ["what", "by", "result"], rows);

        static IReadOnlyList<HtmlText> Line(string what, string by, string color, string result) =>
            [what, by, HtmlText.Mark(color, result)];
    }

    private static void Tests(HtmlPage page, ReleaseFacts facts)
    {
        page.Section("tests", "Tests");
        if (facts.Tests is not { Runs.Count: > 0 } tests)
        {
            page.Paragraph(
                HtmlText.Mark("warning", facts.Tests is { } none ? $"The tests were not run: {none.Reason}." : "The tests were not run.")
            );
            return;
        }

        page.Table(
            "By interpreter",
            ["interpreter", "framework", "wheel", "tests", "skipped"],
            tests.Runs.Select(run =>
                (IReadOnlyList<HtmlText>)
                    [
                        HtmlText.Plain($"{run.Implementation} {run.Version}"),
                        run.Framework,
                        HtmlText.Code(run.Wheel),
                        Number(run.Tests),
                        Number(run.Skipped),
                    ]
            )
        );
    }

    private static void Verifications(HtmlPage page, ReleaseFacts facts)
    {
        page.Section("verifications", "Who verified");
        page.Table(
            "Each verified every file",
            ["stage", "required identity", "required issuer", "when"],
            facts.Verifications.Select(one =>
                (IReadOnlyList<HtmlText>)
                    [
                        one.By.ToString(),
                        one.Identity.Length > 0 ? HtmlText.Code(one.Identity) : "a key",
                        HtmlText.Code(one.Issuer),
                        one.At.ToString("u", CultureInfo.InvariantCulture),
                    ]
            )
        );
    }

    private static void Tools(HtmlPage page, ReleaseFacts facts)
    {
        if (facts.Tools is { Count: > 0 } tools)
        {
            page.Section("tools", "Built with");
            page.Table(
                "Tools",
                ["tool", "version"],
                tools
                    .OrderBy(tool => tool.Key, StringComparer.Ordinal)
                    .Select(tool => (IReadOnlyList<HtmlText>)[tool.Key, HtmlText.Plain(tool.Value)])
            );
        }
    }

    private static IEnumerable<HtmlText> Attested(ReportedFile file) =>
        file.RepositoryAttestations is { } address ? [HtmlText.Link(address, "in the repository's attestations")] : [];

    private static HtmlText Linked(string name, string? url) => url is null ? HtmlText.Code(name) : HtmlText.Link(url, name);

    internal static string Entry(LedgerLog log) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{log.Index} in {(Uri.TryCreate(log.Log, UriKind.Absolute, out var uri) ? uri.Authority : log.Log)}"
        );

    internal static string Size(long bytes) =>
        bytes < 1024 ? $"{bytes} B"
        : bytes < 1024 * 1024 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024.0:0.0} MiB");

    private static HtmlText Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
