using System.Globalization;
using System.Text;
using Cake.PySign.Common.Logging;

namespace Cake.PySign.Audit.Reports;

/// <summary>What a person reads first: a table for the terminal, annotations and a summary for GitHub.</summary>
internal static class AuditSummary
{
    private const int MostRows = 30;
    private const int Width = 100;
    private const int MostAnnotations = 9;
    private const int MostSummaryRows = 200;

    /// <summary>What needs attention, then the rest counted.</summary>
    public static IEnumerable<string> Table(AuditReport report, IReadOnlyList<AuditFinding> findings)
    {
        var shown = findings.Where(static one => one.Exception is null).ToList();
        foreach (var finding in shown.Take(MostRows))
        {
            yield return $"{Name(finding.Level), -8} {Cut(finding.Rule, 26), -26} {Cut(finding.Text, Width - 36)}";
        }

        if (shown.Count > MostRows)
        {
            yield return $"... and {shown.Count - MostRows} more; all are in the reports.";
        }

        yield return Counts(report);
        foreach (
            var remark in report.PolicyRemarks.Concat(report.Locks.SelectMany(one => one.Remarks.Select(text => $"{one.LockFile}: {text}")))
        )
        {
            yield return Cut(remark, 2 * Width);
        }
    }

    /// <summary>Workflow commands, the worst first; a runner shows ten of each level.</summary>
    public static IEnumerable<string> Annotations(IReadOnlyList<AuditFinding> findings)
    {
        foreach (var level in findings.Where(static one => one.Exception is null).GroupBy(static one => one.Level))
        {
            var command = level.Key switch
            {
                FindingLevel.Error => "error",
                FindingLevel.Warning => "warning",
                _ => "notice",
            };
            foreach (var finding in level.Take(MostAnnotations))
            {
                yield return CiMarks.Annotation(command, finding.Rule, finding.Text, finding.LockFile, Math.Max(1, finding.Line));
            }

            if (level.Count() > MostAnnotations)
            {
                var more = $"{level.Count() - MostAnnotations} more findings of this level are in the reports.";
                yield return CiMarks.Annotation(command, "PySign-Audit", more);
            }
        }
    }

    /// <summary>Markdown for the run's page.</summary>
    public static string Markdown(AuditReport report, IReadOnlyList<AuditFinding> findings)
    {
        var text = new StringBuilder("## Dependencies: whom they come from\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{Counts(report)}\n");
        var shown = findings.Where(static one => one.Exception is null).ToList();
        if (shown.Count > 0)
        {
            text.Append("\n| | finding | package | |\n|---|---|---|---|\n");
            foreach (var finding in shown.Take(MostSummaryRows))
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {Name(finding.Level)} | {finding.Rule} | {Escape(finding.Package)} | {Escape(finding.Text)} |\n"
                );
            }
        }

        return text.ToString();
    }

    public static string Counts(AuditReport report) =>
        report.IsSatisfied
            ? $"{States(report)} Satisfied."
            : $"{States(report)} NOT SATISFIED: {report.Failures.Count} enforced, {report.PolicyErrors.Count} of the policy.";

    public static string States(AuditReport report)
    {
        var states = Enum.GetValues<AuditState>()
            .Select(state => (Name: AuditNames.Of(state), Count: report.Packages.Count(row => row.State == state)))
            .Where(static one => one.Count > 0)
            .Select(static one => $"{one.Count} {one.Name}");
        return $"{report.Packages.Count} packages: {string.Join(", ", states)}.";
    }

    private static string Name(FindingLevel level) => AuditNames.Of(level);

    private static string Cut(string text, int width) => text.Length <= width ? text : text[..(width - 3)] + "...";

    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text)
        {
            escaped.Append(
                c switch
                {
                    '&' => "&amp;",
                    '<' => "&lt;",
                    '>' => "&gt;",
                    '|' or '`' or '[' or ']' or '*' or '_' or '\\' or '@' or '#' => $"&#{(int)c};",
                    _ => c.ToString(),
                }
            );
        }

        return escaped.ToString();
    }
}
