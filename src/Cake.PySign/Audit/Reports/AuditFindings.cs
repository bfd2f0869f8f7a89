namespace Cake.PySign.Audit.Reports;

/// <summary>How much a finding weighs.</summary>
internal enum FindingLevel
{
    /// <summary>Worth knowing.</summary>
    Note,

    /// <summary>The policy warns of it.</summary>
    Warning,

    /// <summary>It fails the run.</summary>
    Error,
}

/// <summary>One thing that a person should look at: a package and a cause, not a file.</summary>
internal sealed record AuditFinding(string Rule, FindingLevel Level, string LockFile, int Line, string Package, string Text)
{
    /// <summary>Why it is let pass all the same; null where it is not.</summary>
    public string? Exception { get; init; }
}

/// <summary>What of a report needs attention, the worst first.</summary>
internal static class AuditFindings
{
    public static IReadOnlyList<AuditFinding> Of(AuditReport report)
    {
        var findings = report.Packages.Select(Of).OfType<AuditFinding>().ToList();
        var first = report.Locks.Count > 0 ? report.Locks[0].LockFile : "";
        foreach (var index in report.SilentIndexes)
        {
            // Once for the index: every package behind it says the same.
            var behind = report.Packages.Where(row => row.IndexUrl == index && row.Reason == AuditReason.IndexSilent).ToList();
            var level = behind.Exists(static row => row.Mode != AuditMode.Collect) ? FindingLevel.Warning : FindingLevel.Note;
            findings.Add(
                new AuditFinding(
                    AuditNames.Of(AuditState.IndexWithoutAttestations),
                    level,
                    behind.Count > 0 ? behind[0].LockFile : first,
                    1,
                    "",
                    $"The index {index.AbsoluteUri} says nothing about attestations, so nothing is known of {behind.Count} packages. "
                        + "PySign-CheckMirror says what it leaves out."
                )
            );
        }

        findings.AddRange(
            report.PolicyErrors.Select(error => new AuditFinding("exception-expired", FindingLevel.Error, first, 1, "", error))
        );
        return
        [
            .. findings
                .OrderBy(static one => one.Exception is not null)
                .ThenByDescending(static one => one.Level)
                .ThenBy(static one => one.LockFile, StringComparer.Ordinal)
                .ThenBy(static one => one.Line)
                .ThenBy(static one => one.Package, StringComparer.Ordinal),
        ];
    }

    private static AuditFinding? Of(AuditedPackage row)
    {
        var isSilent = row.Reason == AuditReason.IndexSilent;
        FindingLevel? level = row.Mode switch
        {
            _ when row.Unmet.Count == 0 => null,
            AuditMode.Enforce => FindingLevel.Error,
            AuditMode.Warn when !isSilent => FindingLevel.Warning,

            // The long tail is counted; what changed or does not verify is said.
            AuditMode.Collect when row.Changes.Count > 0 || row.State == AuditState.Unverifiable => FindingLevel.Note,
            _ => null,
        };
        return level is null
            ? null
            : new AuditFinding(
                row.Changes.Count > 0 ? AuditNames.Of(row.Changes[0].Change) : AuditNames.Of(row.State),
                level.Value,
                row.LockFile,
                row.Line,
                $"{row.Name} {AuditText.Shown(row.Version)}".TrimEnd(),
                $"{row.Name} {AuditText.Shown(row.Version)}: {AuditText.Shown(string.Join(" ", row.Unmet))}{Before(row)}"
            )
            {
                Exception = row.ExceptionReason,
            };
    }

    private static string Before(AuditedPackage row) =>
        row.Before is { } before ? $" Last known: {AuditNames.Of(before.State)} on {before.At.UtcDateTime:yyyy-MM-dd}." : "";
}
