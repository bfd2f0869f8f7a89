using System.Globalization;
using Cake.PySign.Common.Reports;

namespace Cake.PySign.Audit.Reports;

/// <summary><c>index.html</c>: what needs attention, then every package with whom it comes from.</summary>
internal static class AuditPage
{
    private const int MostFindings = 500;

    public static string Write(AuditReport report, IReadOnlyList<AuditFinding> findings)
    {
        var page = new HtmlPage("Dependencies: whom they come from");
        page.Paragraph(
            HtmlText.Mark(report.IsSatisfied ? "ok" : "error", report.IsSatisfied ? "Satisfied" : "Not satisfied"),
            $". {AuditSummary.States(report)}"
        );
        page.Table("States", ["State", "Packages"], States(report));
        Findings(page, report, findings);
        foreach (var one in report.Locks)
        {
            page.Section($"lock-{Number(report, one)}", one.LockFile);
            foreach (var remark in one.Remarks)
            {
                page.Paragraph(AuditText.Shown(remark));
            }

            page.Table(
                $"{one.PackageCount} packages of {one.LockFile}",
                ["Package", "State", "Comes from"],
                report.Packages.Where(row => row.LockFile == one.LockFile).Select(Row)
            );
        }

        page.Section("policy", "Policy");
        page.Paragraph(
            report.DependencyPolicyFile is null
                ? "There is no policy file: everything is collected."
                : $"From {report.DependencyPolicyFile.GetFilename()}."
        );
        foreach (var remark in report.PolicyRemarks)
        {
            page.Paragraph(AuditText.Shown(remark));
        }

        page.Section("meaning", "What this means");
        page.Paragraph(
            "An attested file is, byte for byte, what the named workflow published. It does not say that the file is harmless, and not "
                + "that "
                + "nobody else may have changed the repository before. Publishers that were accepted once are remembered (trust on first "
                + "use); "
                + "what differs from that memory is a change."
        );
        return page.ToString();
    }

    private static int Number(AuditReport report, AuditedLock one) => report.Locks.Index().First(pair => pair.Item == one).Index + 1;

    private static IEnumerable<IReadOnlyList<HtmlText>> States(AuditReport report) =>
        Enum.GetValues<AuditState>()
            .Select(state => (State: state, Count: report.Packages.Count(row => row.State == state)))
            .Where(static one => one.Count > 0)
            .Select(static one => (IReadOnlyList<HtmlText>)[State(one.State), one.Count.ToString(CultureInfo.InvariantCulture)]);

    private static void Findings(HtmlPage page, AuditReport report, IReadOnlyList<AuditFinding> findings)
    {
        page.Section("findings", "What needs attention");
        if (findings.Count == 0)
        {
            page.Paragraph(HtmlText.Mark("ok", "Nothing."));
            return;
        }

        page.Table(
            "Findings, the worst first",
            ["Finding", "Why"],
            findings
                .Take(MostFindings)
                .Select(static one =>
                    (IReadOnlyList<HtmlText>)
                        [
                            HtmlText.Lines([one.Package, one.Rule, Level(one)]),
                            one.Exception is { } exception ? $"{one.Text} Let pass: {AuditText.Shown(exception)}" : one.Text,
                        ]
                )
        );
        if (findings.Count > MostFindings)
        {
            page.Paragraph($"{findings.Count - MostFindings} more are in audit.json.");
        }

        foreach (var index in report.SilentIndexes)
        {
            page.Paragraph($"{index.AbsoluteUri} says nothing about attestations.");
        }
    }

    private static HtmlText Level(AuditFinding finding) =>
        finding.Exception is not null ? HtmlText.Mark("soft", "let pass")
        : finding.Level == FindingLevel.Error ? HtmlText.Mark("error", "error")
        : finding.Level == FindingLevel.Warning ? HtmlText.Mark("warning", "warning")
        : "note";

    private static IReadOnlyList<HtmlText> Row(AuditedPackage row) =>
        [
            HtmlText.Lines([
                $"{row.Name} {AuditText.Shown(row.Version)}".TrimEnd(),
                HtmlText.Mark("soft", $"line {row.Line}, {AuditNames.Of(row.Mode)}"),
            ]),
            HtmlText.Lines([State(row.State), HtmlText.Mark("soft", row.Reason == AuditReason.None ? "" : AuditNames.Of(row.Reason))]),
            Origin(row),
        ];

    private static HtmlText State(AuditState state) =>
        HtmlText.Mark(
            state switch
            {
                AuditState.Attested => "ok",
                AuditState.Unverifiable => "error",
                AuditState.PartlyAttested or AuditState.Unknown => "warning",
                _ => "soft",
            },
            AuditNames.Of(state)
        );

    private static HtmlText Origin(AuditedPackage row)
    {
        var claims = row.Files.SelectMany(static file => file.Attestations).Select(static one => one.Claims).FirstOrDefault();
        if (row.Publisher is null || claims is null)
        {
            return AuditText.Shown(row.Explanation);
        }

        var run = claims.GetValueOrDefault("build-run");
        var source = AuditText.Shown(claims.GetValueOrDefault("source-ref"));
        var at = $"{source} {AuditText.Shown(claims.GetValueOrDefault("source-digest"))}".Trim();
        return HtmlText.Lines([row.Publisher.ToString(), run is null ? HtmlText.Code(at) : HtmlText.Link(run, at)]);
    }
}
